"""Checks of what a flow owes a worker: a person, a way to stop, a language they can read, and a channel that hears them."""

import re
from collections.abc import Iterator

from flows.checks.base import Found, Sheet, check
from flows.checks.ways import called, callers, live
from flows.engine import COMMANDS, DANGER
from flows.match import OFFER_DIGITS
from flows.nodes import Waiting
from flows.nodes.base import Spoken
from flows.wording import Command, PerChannel
from words.carriers import one_way
from words.digits import ascii_digits

_PLACEHOLDERS = re.compile(r"\{[a-z_]+\}")


@check(
    "no-way-to-a-person",
    "warning",
    reason="A worker who is stuck, or cannot put it into a form, has to know that a person can be asked for.",
    mend="Say `0 = a person` in one of its texts, offer `person` on a button, or call the flow `person`.",
)
def person(sheet: Sheet) -> Iterator[Found]:
    """A flow that a talk begins with and that never says how to reach a person."""
    yield from _untold(sheet, ("person",), "how to reach a person")


@check(
    "no-way-to-stop",
    "warning",
    reason="A phone is shared. Who cannot end the talk before somebody else reads it is in danger by it.",
    mend="Say `9` in one of its texts, offer `hide` or `forget` on a button, or call the flow `hide`.",
)
def stop(sheet: Sheet) -> Iterator[Found]:
    """A flow that a talk begins with and that never says how to hide or end it."""
    yield from _untold(sheet, ("hide", "forget"), "how to hide or end it")


@check(
    "no-way-to-change-language",
    "warning",
    reason="Whoever cannot read this language cannot read that there are others.",
    mend="Say `7` in its first text with the word for language, offer `language` on a button, or call the flow `language`.",
)
def language(sheet: Sheet) -> Iterator[Found]:
    """A flow that a talk begins with and that never says how to change the language."""
    yield from _untold(sheet, ("language",), "how to change the language")


@check(
    "question-one-way",
    "error",
    reason="A question is put that nobody can answer: what the worker texts back goes nowhere, or to a stranger.",
    mend="Use another channel or a local gateway (`http_sms`) there, or only say things on this one.",
)
def one_way_question(sheet: Sheet) -> Iterator[Found]:
    """A question on a channel on which workers of the country cannot write back (`--country`)."""
    for channel in sheet.scope.channels:
        country = one_way(channel, sheet.scope.country)
        if country is None:
            continue
        for name, node in sheet.flow.nodes.items():
            if isinstance(node, Waiting):
                what = f"nobody can text back on {channel} in {country.code} ({country.source})"
                yield Found(("nodes", name), what, channel=channel)


def _untold(sheet: Sheet, commands: tuple[Command, ...], what: str) -> Iterator[Found]:
    if not _begins_a_talk(sheet):
        return
    for each in sheet.languages:
        silent = [channel for channel in sheet.scope.channels if not _tells(sheet, commands, each, channel)]
        if silent:
            yield Found(("flow",), f"in `{each}` it never says {what} on {', '.join(silent)}", each)


def _begins_a_talk(sheet: Sheet) -> bool:
    """Tell whether it asks something, and is neither a way out itself nor run by another flow."""
    flow = sheet.flow
    asks = any(isinstance(flow.nodes[name], Waiting) and flow.nodes[name].targets() for name in live(flow, sheet.library))
    return asks and flow.name not in {*COMMANDS.values(), DANGER} and not callers(flow, sheet.library)


def _tells(sheet: Sheet, commands: tuple[Command, ...], language: str, channel: str) -> bool:
    """Tell whether the flow, or one that it runs, says or offers one of these ways out."""
    every = called(sheet.flow, sheet.library)
    if any(flow.name in {COMMANDS.get(command) for command in commands} for flow in every):
        return True
    said = (flow.spoken(name, language) for flow in every for name, node in flow.nodes.items() if isinstance(node, Spoken))
    return any(_told(words[0][1], commands, channel) for words in said)


def _told(words: PerChannel, commands: tuple[Command, ...], channel: str) -> bool:
    digits = [OFFER_DIGITS[command] for command in commands if command in OFFER_DIGITS]
    own, *behind = words.on(channel)
    text = own.text or next((wording.text for wording in behind), "")
    said = ascii_digits(_PLACEHOLDERS.sub("", text))
    offered = next((tuple(wording.offers) for wording in (own, *behind) if wording.offers), ())
    return any(command in offered for command in commands) or any(re.search(rf"(?<!\d){digit}(?!\d)", said) for digit in digits)
