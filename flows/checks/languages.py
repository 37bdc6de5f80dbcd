"""Checks of translations: every text is there in every language, was read by somebody, and says the same facts."""

from collections.abc import Iterator

from flows.checks.base import Found, Sheet, check
from flows.checks.rendered import asked, where
from flows.nodes.base import Spoken
from flows.template import OPTIONS, conditions, names
from flows.wording import CHANNELS, PerChannel, Words


@check(
    "text-missing",
    "warning",
    reason="A worker who chose this language reads another one here.",
    mend="Write it in the language's file, or take it through `weerklank flows texts`.",
)
def missing(sheet: Sheet) -> Iterator[Found]:
    """A text, or the words of an answer, that is not there in a language that is switched on."""
    for language in sheet.languages:
        if _base(language) == _base(sheet.flow.language):
            continue
        if language not in sheet.flow.overlays and _base(language) not in sheet.flow.overlays:
            yield Found(("language",), f"nothing of the flow is there in `{language}`", language)
            continue
        for name, node in sheet.spoken():
            words = _own(sheet, name, language)
            yield from (Found(("nodes", name, *path), what, language) for path, what in _missing(node, words, language))


@check(
    "draft",
    "warning",
    reason="A machine's sentence, or one made from an older text, may say what is not true.",
    mend="Let somebody who speaks the language read it, then take `draft` away or stamp it.",
)
def draft(sheet: Sheet) -> Iterator[Found]:
    """Words in a language that nobody who speaks it has read, or that were made from what the flow said before."""
    for language in sheet.languages:
        for name, _ in sheet.spoken():
            words = _own(sheet, name, language)
            if words is not None and words.draft:
                yield Found(("nodes", name), f"the words in `{language}` are a draft", language)


@check(
    "fact-lost",
    "error",
    reason="A fact that one language leaves out is a code, a number or a date that its readers never get.",
    mend="Put it into the translation too.",
)
def fact_lost(sheet: Sheet) -> Iterator[Found]:
    """A `{fact}` of the source that a translation leaves out, or one that only the translation speaks of."""
    for language, name, path, source, text in _pairs(sheet):
        told, lost = names(text) - {OPTIONS}, names(source) - names(text) - {OPTIONS}
        for fact in sorted(lost):
            yield Found(path, f"`{fact}` of the source is not in `{language}`", language)
        for fact in sorted(told - names(source)):
            yield Found(path, f"`{fact}` is not in the source of `{name}`", language)


@check(
    "condition-lost",
    "warning",
    reason="What the source says only when something is known is said always, or never.",
    mend="Keep each `[fact:...]` of the source.",
)
def condition_lost(sheet: Sheet) -> Iterator[Found]:
    """A `[condition:...]` of the source that a translation does not have."""
    for language, _, path, source, text in _pairs(sheet):
        for condition in sorted(conditions(source) - conditions(text)):
            if condition.removeprefix("not ") in names(text):
                yield Found(path, f"`[{condition}:...]` of the source is not in `{language}`", language)


def _pairs(sheet: Sheet) -> Iterator[tuple[str, str, tuple[str, ...], str, str]]:
    """Every text of a translation with the source it stands for: language, node, path, source, text."""
    for language in sheet.languages:
        for name, node in sheet.spoken():
            words = _own(sheet, name, language)
            for channel in CHANNELS if words is not None else ():
                for slot in asked(node):
                    source, text = _said(node, slot, channel), _said(words, slot, channel) if words is not None else ""
                    if source and text and words is not None:
                        yield language, name, ("nodes", name, *where(words, slot, channel)), source, text


def _said(words: PerChannel, slot: str, channel: str) -> str:
    """What is said on a channel: its own wording first, and the question as it was first put where it is not put otherwise."""
    return next((text for each in (slot, "text") for wording in words.on(channel) if (text := str(getattr(wording, each)))), "")


def _own(sheet: Sheet, name: str, language: str) -> Words | None:
    """The words of a node in a language, or in the language it is a form of."""
    for each in (language, _base(language)):
        words = sheet.flow.overlays.get(each, {}).get(name)
        if words is not None:
            return words
    return None


def _missing(node: Spoken, words: Words | None, language: str) -> Iterator[tuple[tuple[str, ...], str]]:
    if words is None:
        yield (), f"nothing of it is there in `{language}`"
        return
    for channel in CHANNELS:
        if _said(node, "text", channel) and not _said(words, "text", channel):
            yield ("text",), f"the text is missing in `{language}`"
    for option in node.labels():
        if not any(wording.options[option].text for channel in CHANNELS for wording in words.on(channel) if option in wording.options):
            yield ("options", option), f"the answer `{option}` has no words in `{language}`"


def _base(language: str) -> str:
    return language.partition("-")[0]
