"""What a message means before any flow sees it: an answered knock, a code, a site's digits, or words for the talk that is on."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bot import answers, attachments, coming_back, discretion, effects, pin
from bot.clock import MINUTE, SECOND
from bot.effects import Means
from bot.heard import Heard, cleaned
from bot.talk import Talk
from cases import intake, speaker
from cases.model import Place
from flows import engine
from flows import events as ev
from flows.engine import Words
from flows.phrases import saying
from words.digits import ascii_digits, case_code, site_code
from words.fold import fold

_FIVE = re.compile(r"\d(?:[ .-]?\d){4}")
_NAMES_THE_CODE = frozenset(
    (
        *("code", "kode", "codigo", "number", "nummer", "numero", "nr", "no", "my", "mijn", "mi", "is", "the", "het", "el", "la"),
        *("site", "factory", "fabriek", "fabrica", "poster", "from", "van", "de", "del"),
        *("join", "start", "hello", "hallo", "hola", "hi", "hoi"),
    )
)
# A card or link made for those who speak for others says so beside the site's digits (docs/reference/channels.md).
_SPEAKERS = {
    **dict.fromkeys(("union", "vakbond", "sindicato", fold("ইউনিয়ন")), "union"),
    **dict.fromkeys(("rep", "representative", "vertegenwoordiger", "representante", fold("প্রতিনিধি")), "representative"),
}
_DANGER_FADES = 6 * 60 * MINUTE


def hear(at: Heard) -> None:
    """Understand one message and act on it."""
    talk, said, means = at.talk, at.said, at.means
    discretion.came(talk)
    talk.channel = said.channel
    talk.session = replace(talk.session, channel=said.channel)
    if said.kind in ("contact", "unsupported"):
        effects.say(talk, means.speech.notice("contact_refused" if said.kind == "contact" else "unsupported"), means)
    elif pin.is_typed(at):
        pin.take(at)
    elif answers.are_asked_for(at):
        pin.read(at)
    elif (digits := case_code(said.text)) is not None and said.kind != "button":
        coming_back.come_back(at, digits)
    elif (code := site_code(said.payload or said.text)) is not None and said.kind != "button":
        _at_a_site(at, code)
    else:
        _words(at)


def _at_a_site(at: Heard, code: str) -> None:
    """The five digits of a site: they give an open case its site, or begin a new talk there."""
    talk, said, means = at.talk, at.said, at.means
    place = means.house.programme.place(code)
    if place is None:
        _words(at)
        return
    if talk.case is not None and talk.case.row["place_id"] is None:
        _place_found(at, place)
        return
    beside = _beside(said.payload or said.text, code)
    language = _language_named(beside, means) or _language_of(place, means)
    fields = {"site": "known", "place": place.id, **_speaker_named(beside, means)}
    talk.turn_to(None)
    talk.session = talk.session.anew(language, fields)
    name = means.house.first_flow_for_neighbours if place.kind == "area" else means.house.first_flow
    effects.take(talk, engine.start(at.flows, name, talk.session), means)
    if said.payload is None and (_is_testimony(beside, means) or attachments.named(said)):
        _resume(at)


def _place_found(at: Heard, place: Place) -> None:
    talk = at.talk
    case = talk.opened()
    who = _speaker_named(_beside(at.said.payload or at.said.text, place.code), at.means).get("speaks")
    case.take(intake.give_place(case.row, place, at.means.house.programme, talk.now, who=speaker.named(who)))
    talk.session = replace(talk.session, fields={**talk.session.fields, "site": "known", "place": place.id})
    _words(at)


def _beside(text: str, code: str) -> str:
    """What stands beside the digits, folded: a language's name, a word such as `join`, or testimony."""
    return fold(ascii_digits(text).replace(code, " "))


def _speaker_named(beside: str, means: Means) -> dict[str, str]:
    """Who speaks, where nothing else stands beside the digits that could be testimony (`52746 union leader fired` is)."""
    told = _told(beside, means)
    return {"speaks": _SPEAKERS[told[0]]} if len(told) == 1 and told[0] in _SPEAKERS else {}


def _told(beside: str, means: Means) -> list[str]:
    """The words that neither name the code nor a language."""
    return [word for word in beside.split() if word not in _NAMES_THE_CODE and word not in means.house.programme.languages]


def _language_named(beside: str, means: Means) -> str | None:
    named = [tag for tag in means.house.programme.languages if tag.casefold() in beside.split()]
    return named[0] if named else None


def _language_of(place: Place, means: Means) -> str:
    spoken = [tag.partition("-")[0] for tag in place.languages]
    return next((tag for tag in spoken if tag in means.house.programme.languages), means.house.programme.languages[0])


def _is_testimony(beside: str, means: Means) -> bool:
    """What stands beside the digits is what happened, and must not be lost, unless it only names the code or is a single word."""
    return len(_told(beside, means)) > 1 or means.lexicon.danger(saying(beside)) is not None


def _words(at: Heard) -> None:
    """Words for the talk that is on, for the open case, or from a stranger without a site."""
    talk, means = at.talk, at.means
    if not _known_frames(talk, means):
        talk.session = replace(talk.session, frames=(), asked=0)
    if talk.case is None and talk.session.fields.get("case") == "open":
        talk.session = replace(talk.session, frames=(), asked=0, earlier=(), fields=_fields_of_place(talk))
    elif talk.now - talk.state.talked_at > _DANGER_FADES:
        talk.session = replace(talk.session, fields={name: value for name, value in talk.session.fields.items() if name != "danger"})
    if talk.session.frames or means.lexicon.command(saying(at.said.text)) == "stop":
        _resume(at)
    elif talk.case is not None:
        started = engine.start(at.flows, "dialogue", replace(talk.session, fields={**talk.session.fields, "case": "open"}))
        talk.session = started.session
        _resume(at)
    else:
        _stranger(at)


def _fields_of_place(talk: Talk) -> dict[str, str]:
    """What is left of a talk whose case went to another phone, or was hidden or forgotten: the place alone."""
    place = talk.session.fields.get("place")
    return {"site": "unknown"} if place is None else {"site": "known", "place": place}


def _known_frames(talk: Talk, means: Means) -> bool:
    """Whether the talk can go on: each question is there in its own revision or, where that cannot be read, in the one in force."""
    return all(means.house.library.standing(frame) is not None for frame in talk.session.frames)


def _stranger(at: Heard) -> None:
    """Someone without a site: hello with who reads, and the words they sent are kept in the same go."""
    talk, said, means = at.talk, at.said, at.means
    if _FIVE.fullmatch(ascii_digits(said.text).strip()):
        effects.say(talk, means.speech.notice("site_code_unknown"), means)
        return
    anew = talk.session.anew(talk.session.language, _fields_of_place(talk))
    started = engine.start(at.flows, means.house.first_flow, anew)
    effects.take(talk, started, means)
    if attachments.named(said) or (said.text.strip() and not _only_digits(said.text)):
        words = Words(said.text, None, attachments.named(said), _today(talk, means))
        tried = engine.resume(at.flows, talk.session, words, means.lexicon)
        if not any(isinstance(event, ev.NoCase) for event in tried.events):
            _resume(at)
        else:
            effects.apply(talk, tuple(event for event in tried.events if isinstance(event, ev.NoCase)), means)


def _only_digits(text: str) -> bool:
    """A digit from a stranger answers no question of ours, and is no testimony."""
    return len(fold(text)) <= 5 and fold(text).replace(" ", "").isdigit()


def _resume(at: Heard) -> None:
    words = Words(cleaned(at), at.said.option, attachments.named(at.said), _today(at.talk, at.means))
    effects.take(at.talk, engine.resume(at.flows, at.talk.session, words, at.means.lexicon), at.means)


def _today(talk: Talk, means: Means) -> date:
    """The day it is where the worker is: `28-12` without a year is the one nearest to it."""
    zone = means.house.programme.timezone_at(talk.session.fields.get("place"))
    return datetime.fromtimestamp(talk.now / SECOND, UTC).astimezone(ZoneInfo(zone)).date()
