"""Checks of size and cost: what a channel cannot carry, and what a message costs."""

from collections.abc import Iterator

from flows.checks.base import Found, Sheet, check
from flows.checks.rendered import messages
from flows.match import OFFER, option_id
from flows.nodes import Waiting
from flows.render import labelled
from words.limits import CAN_CARRY
from words.segments import segments

# Two messages of two segments where a script needs room (docs/decisions/0021); in Latin letters one message is enough.
SMS_MESSAGES_MAX = 2


@check(
    "sms-over-budget",
    "warning",
    reason="Each segment is paid for, and a worker on a small phone sees a long text in pieces.",
    mend="Shorten it, say less on `sms`, or part it in two messages with a line `---`.",
)
def over_budget(sheet: Sheet) -> Iterator[Found]:
    """A text message of more segments than the channel's budget, or more than two messages, with facts as long as real ones."""
    for message in messages(sheet):
        budget = message.limits.segments_max
        if budget is None:
            continue
        costs = [segments(part.text) for part in message.parts]
        if len(costs) > SMS_MESSAGES_MAX or any(cost.segments > budget for cost in costs):
            told = " + ".join(f"{cost.segments} ({cost.encoding})" for cost in costs)
            what = f"in `{message.language}` this costs {told} segments; the budget is {budget} a message"
            yield Found(message.path, what, message.language, message.limits.channel)


@check(
    "text-too-long",
    "warning",
    reason="The channel would refuse it, so it is cut in several messages where it hurts least.",
    mend="Shorten it, or say less on this channel.",
)
def too_long(sheet: Sheet) -> Iterator[Found]:
    """A text longer than one message of the channel, or than one with buttons below it."""
    for message in messages(sheet):
        if message.limits.segments_max is None and len(message.parts) > 1:
            longest = f"the longest message on {message.limits.channel} is {message.limits.text_max} letters"
            yield Found(message.path, longest, message.language, message.limits.channel)
        native = CAN_CARRY.get(message.limits.channel, message.limits)
        body = native.body_max if _choices(sheet, message.path[1]) else 0
        if body and any(len(part.text) > body for part in message.parts[-1:]):
            what = f"with buttons the longest message on {native.channel} is {body} letters"
            yield Found(message.path, what, message.language, native.channel)


@check(
    "too-many-buttons",
    "note",
    reason="What does not fit on buttons or in a list is shown as numbered text, which works but is slower to answer.",
    mend="Offer fewer answers, or cut the question in two.",
)
def too_many(sheet: Sheet) -> Iterator[Found]:
    """A question with more answers than the channel has buttons or rows in a list for."""
    for name, node in sheet.spoken():
        for measured in sheet.measures:
            native = CAN_CARRY.get(measured.channel, measured)
            room = max(native.buttons_max, native.list_max)
            count = len(node.labels()) if isinstance(node, Waiting) else 0
            if room and count > room:
                yield Found(
                    ("nodes", name, "options"), f"{count} answers, and {native.channel} has room for {room}", channel=native.channel
                )


@check(
    "title-too-long",
    "note",
    reason="A title is never cut off: all answers of the question are shown as numbered text in place of buttons.",
    mend="Give the answer a shorter `button`.",
)
def title_too_long(sheet: Sheet) -> Iterator[Found]:
    """An answer whose words are longer than a button of the channel, or a row of its list."""
    for name, node in sheet.spoken():
        for language in sheet.languages:
            for measured in sheet.measures:
                native = CAN_CARRY.get(measured.channel, measured)
                room = max(native.button_title_max if len(node.labels()) <= native.buttons_max else 0, native.list_title_max)
                for option, title in labelled(sheet.flow, name, language, native.channel) if room else ():
                    if len(title) > room:
                        what = f"`{title}` has {len(title)} letters, and a button on {native.channel} {room}"
                        yield Found(_title(name, option), what, language, native.channel)


@check(
    "callback-too-long",
    "error",
    reason="A button carries the node's and the option's id; over the channel's limit there can be no buttons at all.",
    mend="Shorten the id of the node or of the option.",
)
def callback_too_long(sheet: Sheet) -> Iterator[Found]:
    """A node and option whose ids together take more bytes than a button may carry."""
    for name, node in sheet.spoken():
        for measured in sheet.measures:
            for option in node.labels():
                size = len(option_id(name, option).encode())
                if measured.option_bytes_max and size > measured.option_bytes_max:
                    what = f"the id takes {size} bytes, and {measured.channel} carries {measured.option_bytes_max}"
                    yield Found(("nodes", name, "options", option), what, channel=measured.channel)


def _choices(sheet: Sheet, name: str) -> bool:
    node = sheet.flow.nodes[name]
    return isinstance(node, Waiting) and bool(node.choices())


def _title(name: str, option: str) -> tuple[str, ...]:
    """Where the words of a button stand; a way out is an offer."""
    first, _, command = option.partition(".")
    return ("nodes", name, "offers", command) if first == OFFER and command else ("nodes", name, "options", option)
