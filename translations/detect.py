"""Which language words are in: the worker's choice, then the script, then the site's languages, then a detector that may say "unknown".

Measured in docs/explanation/which-language.md. Whatever this says is shown to the officer, who can correct it; nothing is silently decided.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal, cast

import regex
import yaml
from py3langid.langid import MODEL_FILE, LanguageIdentifier  # pyright: ignore[reportMissingTypeStubs]

UNKNOWN: Final = "und"
"""The tag of a language that nothing told (ISO 639-2: undetermined)."""
Why = Literal["choice", "script", "site", "detector", "romanised", "nothing"]

SCRIPTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "Bengali": ("bn", "as"), "Devanagari": ("hi", "ne", "mr"), "Arabic": ("ar", "ur", "fa", "ps", "sd", "ug"), "Thai": ("th",),
    "Lao": ("lo",), "Myanmar": ("my",), "Khmer": ("km",), "Sinhala": ("si",), "Tamil": ("ta",), "Telugu": ("te",), "Kannada": ("kn",),
    "Malayalam": ("ml",), "Gujarati": ("gu",), "Gurmukhi": ("pa",), "Oriya": ("or",), "Ethiopic": ("am",), "Hangul": ("ko",),
    "Hiragana": ("ja",), "Katakana": ("ja",), "Han": ("zh", "ja"), "Cyrillic": ("ru", "uk", "bg", "kk", "ky", "sr"), "Greek": ("el",),
    "Hebrew": ("he",), "Georgian": ("ka",), "Armenian": ("hy",),
})  # fmt: skip
"""Languages (ISO 639-1) by their script (Unicode); what stands nowhere here is written in Latin letters."""

_LETTER: Final = regex.compile(r"\p{L}")
_WORD: Final = regex.compile(r"[a-z0-9]+")
_IN: Final = MappingProxyType({script: regex.compile(rf"\p{{Script={script}}}") for script in (*SCRIPTS, "Latin")})
_FOLDER: Final = Path(__file__).parent / "romanised"
_SURE: Final = 0.7
"""The least share that the detector must give a language before it counts against what the worker chose or for a language at all."""
_CERTAIN: Final = 0.9
"""The same for one sentence against the rest of its message."""
_LEAST_LETTERS, _LEAST_FOR_CERTAIN, _LEAST_WORDS, _LEAST_OF_A_SCRIPT = 6, 12, 3, 2
_ROMANISED_WORDS, _ROMANISED_SHARE = 2, 0.25
_MOSTLY_WORDS, _MOSTLY_SHARE = 3, 0.5
SIBLINGS: Final = (frozenset({"id", "ms"}), frozenset({"hi", "ne"}), frozenset({"hi-Latn", "ur-Latn"}))
"""Languages that no detector tells apart in a few words; who chose one of them, or works where one is spoken, is taken to write it."""
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True, slots=True)
class Detected:
    """What language words are in, and why that was thought.

    `language` is ISO 639-1, with `-Latn` where it is written in letters that are not its own (or without its accents), None where nothing
    told. `foreign_letters` says that Latin letters came although the worker's language has its own: no model for it reads them.
    """

    language: str | None
    why: Why
    foreign_letters: bool = False


class Detector:
    """Knows the languages of a programme. One for a process: it holds some tens of megabytes and takes a second to make."""

    def __init__(self, languages: Sequence[str]) -> None:
        """Take the languages (ISO 639-1) that may come; those that the model does not know are told by their script alone."""
        self._languages = tuple(dict.fromkeys(language.split("-")[0].lower() for language in languages))
        self._model: Any = cast("Any", LanguageIdentifier).from_model_file(MODEL_FILE, norm_probs=True)
        known: set[str] = set(self._model.labels)
        self._model.set_languages([language for language in self._languages if language in known] or ["en"])

    def detect(self, text: str, choice: str | None = None, site: Sequence[str] = ()) -> Detected:
        """Say in which language a sentence or message is, knowing what the worker chose and what is spoken at the site."""
        chosen = choice.split("-")[0].lower() if choice else None
        script = script_of(text)
        if script is None:
            return Detected(None, "nothing")
        if script == "Latin":
            return self._latin(text, chosen, site)
        return self._own_script(text, SCRIPTS.get(script, ()), chosen, site)

    def certainly(self, sentence: str, choice: str | None = None, site: Sequence[str] = ()) -> str | None:
        """The language that one sentence is in beyond doubt, None where it is too short or anything else is possible.

        A script of its own is beyond doubt, UNKNOWN where several are written in it and none is told. Between Latin letters the detector
        must be surer than for a message, and have more to go by, except for the language that was chosen; a list of romanised words must
        know half of the sentence.
        """
        found = self.detect(sentence, choice, site)
        chosen = choice.split("-")[0].lower() if choice else None
        if script_of(sentence) != "Latin":
            return (found.language or UNKNOWN) if len(_LETTER.findall(sentence)) >= _LEAST_OF_A_SCRIPT else None
        possible = tuple(language for language in self._languages if language not in WITH_SCRIPT)
        certain = self._best(sentence, possible, (chosen, *site), _CERTAIN)
        if found.why == "romanised":
            expected = found.language is not None and found.language.removesuffix("-Latn") == chosen
            return found.language if certain is None and (expected or _mostly_romanised(sentence)) else None
        if found.language == chosen and found.why == "choice":
            return found.language if len(_LETTER.findall(sentence)) >= _LEAST_LETTERS else None
        enough = len(_LETTER.findall(sentence)) >= _LEAST_FOR_CERTAIN and len(sentence.split()) >= _LEAST_WORDS
        return certain if enough else None

    def _own_script(self, text: str, written: tuple[str, ...], chosen: str | None, site: Sequence[str]) -> Detected:
        possible = tuple(language for language in written if language in self._languages) or written
        if chosen in written:
            best = self._best(text, possible, (chosen, *site))
            return Detected(best, "detector") if best is not None and best != chosen else Detected(chosen, "choice")
        if len(possible) == 1:
            return Detected(possible[0], "script")
        local = [language for language in possible if language in site]
        if len(local) == 1:
            return Detected(local[0], "site")
        best = self._best(text, possible, (chosen, *site))
        return Detected(best, "detector" if best else "nothing")

    def _latin(self, text: str, chosen: str | None, site: Sequence[str]) -> Detected:
        foreign = chosen is not None and chosen in WITH_SCRIPT
        romanised = _romanised(text, chosen, site)
        if romanised is not None:
            return Detected(romanised, "romanised", foreign)
        possible = tuple(language for language in self._languages if language not in WITH_SCRIPT)
        best = self._best(text, possible, (chosen, *site))
        if best is None and chosen is not None and not foreign:
            return Detected(chosen, "choice")
        local = [language for language in site if language in possible]
        if best is None and chosen is None and len(local) == 1:
            return Detected(local[0], "site")
        return Detected(best, "nothing" if best is None else "choice" if best == chosen else "detector", foreign)

    def _best(self, text: str, possible: tuple[str, ...], likely: tuple[str | None, ...], sure: float = _SURE) -> str | None:
        """The language that the detector finds, of those possible, if it is sure enough and has enough to go by."""
        if len(_LETTER.findall(text)) < _LEAST_LETTERS:
            return None
        ranked: list[tuple[str, float]] = self._model.rank(text.casefold())
        shares = {language: float(share) for language, share in ranked if language in possible}
        best = max(shares, key=lambda language: shares[language], default=None)
        if best is None:
            return None
        alike = next((pair for pair in SIBLINGS if best in pair), frozenset({best}))
        if sum(shares.get(language, 0.0) for language in alike) < sure * sum(shares.values()):
            return None
        return next((language for language in likely if language in alike and language in shares), best)


WITH_SCRIPT: Final = frozenset(language for languages in SCRIPTS.values() for language in languages)


def script_of(text: str) -> str | None:
    """The script (Unicode) that most letters are of, None where there are none; of Japanese, which mixes, the kana tell."""
    letters = "".join(_LETTER.findall(text))
    counts = {script: len(pattern.findall(letters)) for script, pattern in _IN.items()}
    if not any(counts.values()):
        return None
    kana = counts["Hiragana"] + counts["Katakana"]
    return "Hiragana" if kana and kana + counts["Han"] > counts["Latin"] else max(counts, key=lambda script: counts[script])


@cache
def lists() -> Mapping[str, frozenset[str]]:
    """The words of each list in translations/romanised, by its language tag."""
    read: list[dict[str, str]] = [yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER) for path in sorted(_FOLDER.glob("*.yaml"))]  # noqa: S506
    return MappingProxyType({each["language"]: frozenset(each["words"].split()) for each in read})


def _romanised(text: str, chosen: str | None, site: Sequence[str]) -> str | None:
    """The list that knows most of the words, at least two and one in four; of two alike the chosen, then the site's, is taken."""
    words, hits = _hits(text)

    def weight(tag: str) -> tuple[int, bool, bool]:
        language = tag.removesuffix("-Latn")
        return hits[tag], language == chosen, language in site

    best = max(hits, key=weight)
    return best if hits[best] >= max(_ROMANISED_WORDS, _ROMANISED_SHARE * words) else None


def _hits(text: str) -> tuple[int, Mapping[str, int]]:
    """How many words a text has, and how many of them each list knows."""
    words = _WORD.findall(text.casefold()) if text.isascii() else []
    return len(words), {tag: sum(word in known for word in words) for tag, known in lists().items()}


def _mostly_romanised(text: str) -> bool:
    """Whether one list knows half of the words, and three of them: no sentence of another language comes near that."""
    words, hits = _hits(text)
    return max(hits.values()) >= max(_MOSTLY_WORDS, _MOSTLY_SHARE * words)
