"""Checks of answers: each can be told from the others, from the ways out, and from what the carrier keeps for itself."""

from collections.abc import Iterator
from dataclasses import dataclass

from flows.checks.base import Found, Sheet, check
from flows.engine import COMMANDS
from flows.match import OFFER, OFFER_DIGITS, option_id
from flows.model import Flow
from flows.nodes import Waiting
from flows.nodes.call import Call
from flows.wording import Command
from words.carriers import reserved
from words.fold import fold


@dataclass(frozen=True, slots=True)
class _Form:
    """One way in which an option is answered, folded: its words, and where they stand."""

    option: str
    folded: str
    where: tuple[str, ...]


@check(
    "options-clash",
    "error",
    reason="Whoever answers this is sent to only one of the two, and it may be the wrong one.",
    mend="Give each answer words that no other has.",
)
def clash(sheet: Sheet) -> Iterator[Found]:
    """Two answers of one question that are the same once case, accents and spaces are gone; or words that are another one's digit."""
    for name, language, forms in _asked(sheet):
        node = sheet.flow.nodes[name]
        digits = {digit: option for option, digit in node.digits().items()} if isinstance(node, Waiting) else {}
        seen = digits | {digit: option_id(OFFER, each) for each, digit in OFFER_DIGITS.items() if digit not in digits}
        for form in forms:
            other = seen.setdefault(form.folded.replace(" ", ""), form.option)
            if other != form.option:
                yield Found(form.where, f"`{form.folded}` also means `{other}`", language)


@check(
    "option-begins-another",
    "warning",
    reason="A worker who means the longer answer and types only its beginning is taken at the shorter one, and is not asked.",
    mend="Let the two begin with different words.",
)
def begins_another(sheet: Sheet) -> Iterator[Found]:
    """An answer whose words are the whole beginning of another answer's, word for word."""
    for _, language, forms in _asked(sheet):
        shown = [form for form in forms if form.where[-1] != "also"]
        for short in shown:
            longer = next((each for each in shown if each.option != short.option and each.folded.startswith(f"{short.folded} ")), None)
            if longer is not None:
                yield Found(short.where, f"`{short.folded}` is the beginning of `{longer.folded}`", language)


@check(
    "way-out-taken",
    "warning",
    reason="0, 7, 8 and 9 mean a person, language, who sees what and hide everywhere; here a worker who sends it gets something else.",
    mend="Give the answer another digit, or ask fewer things at once.",
)
def way_out_taken(sheet: Sheet) -> Iterator[Found]:
    """An answer with the digit of a way out, unless it leads to that way out itself."""
    taken: dict[str, Command] = {digit: command for command, digit in OFFER_DIGITS.items()}
    for name, node in sheet.spoken():
        if not isinstance(node, Waiting):
            continue
        for option, digit in node.digits().items():
            if digit in taken and not _leads_to(sheet.flow, node.choices()[option].go, taken[digit]):
                yield Found(("nodes", name, "options", option), f"the digit {digit} of `{option}` hides the way out `{taken[digit]}`")


@check(
    "reserved-word",
    "error",
    reason="The carrier hears it before we do, and the worker may never get a message again.",
    mend="Take another word.",
)
def reserved_word(sheet: Sheet) -> Iterator[Found]:
    """A word that the carrier of text messages keeps for itself, as an answer or a way out on SMS."""
    if "sms" not in sheet.scope.channels:
        return
    for _, language, forms in _asked(sheet, "sms"):
        for form in forms:
            does = reserved().get(form.folded.replace(" ", ""))
            if does is not None:
                yield Found(form.where, f"`{form.folded}`: {does}", language, "sms")


def _asked(sheet: Sheet, *channels: str) -> Iterator[tuple[str, str, list[_Form]]]:
    """Every question with answers, language by language: the node, the language, and all forms of its answers and ways out."""
    for name, node in sheet.spoken():
        if not isinstance(node, Waiting):
            continue
        for language in sheet.languages:
            forms = list(dict.fromkeys(_forms(sheet, name, language, channels or sheet.scope.channels)))
            if forms:
                yield name, language, forms


def _forms(sheet: Sheet, name: str, language: str, channels: tuple[str, ...]) -> Iterator[_Form]:
    tongue, words = sheet.flow.spoken(name, language)[0]
    if tongue.partition("-")[0] != language.partition("-")[0]:
        return
    for channel in channels:
        for wording in words.on(channel):
            for option, label in wording.options.items():
                where = ("nodes", name, "options", option)
                yield from (_Form(option, fold(text), (*where, part)) for part, text in _said(option, label.text, label.button, label.also))
            for command, title in wording.offers.items():
                yield _Form(option_id(OFFER, command), fold(title), ("nodes", name, "offers", command))


def _said(option: str, text: str, button: str, also: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    yield "text", text or option
    if button:
        yield "button", button
    yield from (("also", each) for each in also)


def _leads_to(flow: Flow, go: str, command: Command) -> bool:
    node = flow.nodes.get(go)
    return isinstance(node, Call) and node.flow == COMMANDS.get(command)
