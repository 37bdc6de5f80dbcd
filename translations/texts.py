"""What pages and mails say, in the reader's language: one catalogue (gettext PO) for each language, read once, English in the source.

What the line says to workers is not here: those are flows, with words of their own in every language (`flows/`).
"""

import gettext
import io
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from translations.locales import direction, locale_of, number
from words.marked import Marked

SOURCE = "en"
CATALOG = Path(__file__).parent / "catalog"
DOMAIN = "desk"
TEMPLATE = CATALOG / f"{DOMAIN}.pot"


class _Shown(gettext.NullTranslations):
    """What stands in for a missing text while somebody develops: the English one, in brackets that cannot be overlooked."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{super().ngettext(msgid1, msgid2, n)}⟧"

    def pgettext(self, context: str, message: str) -> str:  # noqa: ARG002 - the context is for translators
        return f"⟦{message}⟧"


class Texts:
    """The texts of one language. Two are the same only when they are one."""

    def __init__(self, language: str, found: gettext.NullTranslations) -> None:
        self.language = language
        self.locale: Locale = locale_of(language)
        self.direction = direction(language)
        self._found = found
        self._bare = gettext.NullTranslations() if not isinstance(found, gettext.GNUTranslations) else _without_fallback(found)

    def look_up(self, message: str) -> str:
        """Find a message, not filled in; the empty one is empty in every language."""
        return self._found.gettext(message) if message else ""

    def look_up_in(self, context: str, message: str) -> str:
        """Find a message that means one thing here and another elsewhere (gettext's msgctxt), not filled in."""
        return self._found.pgettext(context, message)

    def look_up_many(self, one: str, many: str, count: int) -> str:
        """Find a message in the form that goes with a number (CLDR's plurals), not filled in."""
        return self._found.ngettext(one, many, count)

    def say(self, message: str, **values: object) -> str:
        """Say a message with its `{names}` filled in. One that was marked brings its own values."""
        plain, given = (message.message, {**message.values, **values}) if isinstance(message, Marked) else (message, values)
        found = self.look_up(plain)
        return found.format(**self.filled(given)) if given else found

    def say_known(self, message: str) -> str:
        """Say a message if it is ours; a text from elsewhere (a flow's author, a carrier) stays as it was written."""
        plain = message.message if isinstance(message, Marked) else message
        return self.say(message) if plain and self._bare.gettext(plain) != plain else str(message)

    def count(self, one: str, many: str, count: int, /, **values: object) -> str:
        """Say how many, in the form that goes with the number, which is `{count}` in it."""
        return self.look_up_many(one, many, count).format(**self.filled({"count": count, **values}))

    def filled(self, values: Mapping[str, object]) -> dict[str, object]:
        """Bring what is filled in into this language: numbers as they are written here, marked texts said."""
        return {name: self._shown(value) for name, value in values.items()}

    def _shown(self, value: object) -> object:
        if isinstance(value, Marked):
            return self.say(value)
        return number(value, self.locale) if isinstance(value, int) and not isinstance(value, bool) else value


def _without_fallback(found: gettext.GNUTranslations) -> gettext.NullTranslations:
    """The same catalogue, without what stands in for a missing text."""
    bare = gettext.GNUTranslations()
    bare.__dict__.update(found.__dict__, _fallback=None)
    return bare


class Catalogues:
    """Every language that pages and mails have: English, and those with a catalogue. Each is read when it is first asked for."""

    def __init__(self, files: Mapping[str, Path], *, show_missing: bool = False) -> None:
        self._files = dict(files)
        self._show_missing = show_missing
        self._read: dict[str, Texts] = {}
        self.languages: tuple[str, ...] = (SOURCE, *sorted(self._files))

    def of(self, language: str) -> Texts:
        """The texts of a language; English for one without a catalogue. Raises nothing: a page is always said in some language."""
        known = self.fitting((language,)) or SOURCE
        if known not in self._read:
            self._read[known] = Texts(known, self._opened(known))
        return self._read[known]

    def fitting(self, wanted: Iterable[str]) -> str | None:
        """The first of some languages that there is; one of another country or script than ours will do, but not another language."""
        for tag in wanted:
            base = tag.strip().casefold().partition("-")[0]
            if base in self.languages:
                return base
        return None

    def _opened(self, language: str) -> gettext.NullTranslations:
        if language == SOURCE:
            return gettext.NullTranslations()
        found = compiled(self._files[language].read_bytes())
        found.add_fallback(_Shown() if self._show_missing else gettext.NullTranslations())
        return found


def compiled(po: bytes) -> gettext.GNUTranslations:
    """Make a catalogue of a PO file. What is marked fuzzy is not taken: nobody has looked at it since its source changed."""
    made = io.BytesIO()
    write_mo(made, read_po(io.BytesIO(po)))
    made.seek(0)
    return gettext.GNUTranslations(made)


@cache
def shipped(*, show_missing: bool = False) -> Catalogues:
    """The catalogues that come along. `show_missing` puts a text that has no translation in brackets, in place of plain English."""
    files = {path.parent.parent.name: path for path in CATALOG.glob(f"*/LC_MESSAGES/{DOMAIN}.po")}
    return Catalogues(files, show_missing=show_missing)
