"""Templates and what they are drawn with: one set of templates, and for each language its own texts, dates and numbers."""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from difflib import SequenceMatcher
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from cases.wording import Wording
from cases.wording_tongue import in_tongue
from translations import locales
from translations.locales import direction
from translations.quality import MARKS
from translations.texts import Texts
from words.marked import marked

_HERE = Path(__file__).parent
STATIC = _HERE / "static"
FOLDERS = (_HERE / "templates", _HERE.parent / "talk" / "templates")
EXTENSIONS = ("jinja2.ext.i18n",)
_CHANNELS = {
    "sms": "SMS",
    "http_sms": marked("SMS, local line"),
    "whatsapp": "WhatsApp",
    "telegram": "Telegram",
    "web": marked("web phone"),
    "terminal": marked("terminal"),
}
_ROLES = {
    "officer": marked("officer"),
    "lead_officer": marked("lead officer"),
    "programme_admin": marked("runs the line"),
    "translator": marked("translator"),
}
_DANGERS = {"fire": marked("fire"), "violence": marked("violence"), "suicide": marked("suicide")}
_DAY = 86_400_000


@lru_cache(maxsize=64)
def asset(name: str) -> str:
    """Give the address of one of our files, with the hash of its content."""
    digest = hashlib.blake2b((STATIC / name).read_bytes(), digest_size=8).hexdigest()
    return f"/desk/static/{name}?v={digest}"


def apart(before: str, after: str) -> dict[str, list[tuple[bool, str]]]:
    """Lay two texts side by side: each as pieces, with whether the piece stands in both."""
    old, new = (re.findall(r"\s*\S+\s*$|\s*\S+", text) for text in (before, after))
    sides: dict[str, list[tuple[bool, str]]] = {"before": [], "after": []}
    for tag, start, end, there, until in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        sides["before"].append((tag == "equal", "".join(old[start:end])))
        sides["after"].append((tag == "equal", "".join(new[there:until])))
    return {side: [piece for piece in pieces if piece[1]] for side, pieces in sides.items()}


def iso(moment: int) -> str:
    """Write a moment (ms) for the `datetime` attribute."""
    return datetime.fromtimestamp(moment / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def urgency(answer_by: int | None, now: int) -> str:
    """Sort a promise by how near it is: late, soon (within a day), calm, or none. The page shows it in words and in colour."""
    if answer_by is None:
        return "none"
    if answer_by <= now:
        return "late"
    return "soon" if answer_by - now <= _DAY else "calm"


def language_in(texts: Texts, tag: str | None) -> str:
    """Name a language for the desk, with its script where that is unusual."""
    if not tag:
        return texts.say(marked("unknown language"))
    name = locales.language_name(tag, texts.locale)
    return texts.say(marked("{language}, in Latin letters", language=name)) if tag.endswith("-Latn") else name


def mark_in(texts: Texts, mark: str) -> str:
    """Say in a sentence what a mark of a translation means."""
    return f"{locales.capital(texts.say(MARKS.get(mark, mark)), texts.locale)}."


@lru_cache(maxsize=32)
def wording_in(texts: Texts) -> Wording:
    """Give the sentences of cases in a language."""
    return in_tongue(texts.language, texts.say, texts.count)


def _named(texts: Texts, names: Mapping[str, str]) -> Callable[[str], str]:
    return lambda name: texts.say(names[name]) if name in names else name


def _filters(texts: Texts) -> dict[str, Callable[..., str]]:
    """What templates name, date and count with, in one language."""
    here = texts.locale
    return {
        "capfirst": partial(locales.capital, locale=here),
        "channel": _named(texts, _CHANNELS),
        "country": partial(locales.country_name, locale=here),
        "danger": _named(texts, _DANGERS),
        "direction": direction,
        "iso": iso,
        "known": texts.say_known,
        "language": partial(language_in, texts),
        "local": partial(locales.moment, locale=here),
        "mark": partial(mark_in, texts),
        "number": partial(locales.number, locale=here),
        "playing": locales.playing,
        "percent": partial(locales.percent, locale=here),
        "role": _named(texts, _ROLES),
        "say": texts.say,
        "size": partial(locales.size, locale=here),
    }


def _lookups(texts: Texts) -> dict[str, Callable[..., Markup]]:
    """What `_()` and `{% trans %}` call. Messages are ours and may hold tags; what is filled in is escaped, numbers are written here."""

    def filled(found: str, values: Mapping[str, object]) -> Markup:
        return Markup(found) % texts.filled(values)  # noqa: S704 - a catalogue is part of the source, looked at like a template

    def look_up(message: str, /, **values: object) -> Markup:
        return filled(texts.look_up(message), values)

    def look_up_many(one: str, many: str, count: int, /, **values: object) -> Markup:
        return filled(texts.look_up_many(one, many, count), {"num": count, **values})

    def look_up_in(context: str, message: str, /, **values: object) -> Markup:
        return filled(texts.look_up_in(context, message), values)

    return {"gettext": look_up, "ngettext": look_up_many, "pgettext": look_up_in}


@lru_cache(maxsize=32)
def templates(texts: Texts) -> Environment:
    """Give the templates as they are drawn in one language. Each is compiled once a language: constants are said while compiling."""
    environment = Environment(
        loader=FileSystemLoader(list(FOLDERS)),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        extensions=list(EXTENSIONS),
    )
    untyped: Any = environment  # Jinja's tables of filters and globals carry no types
    untyped.newstyle_gettext = True
    untyped.policies["ext.i18n.trimmed"] = True
    untyped.filters.update(_filters(texts))
    untyped.globals.update(asset=asset, urgency=urgency, apart=apart, texts=texts, **_lookups(texts))
    return environment
