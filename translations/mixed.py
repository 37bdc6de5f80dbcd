"""Messages in which languages are mixed: each sentence is translated from its own, and says so.

A message is one language until two sentences of it are certainly in two. A word of thanks, a name or a hasty line proves nothing and goes
with the language that the worker chose, else with its neighbour. How often that is right is measured in docs/explanation/which-language.md.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from translations.base import NO_CARE, Care, Confidence, Sentence, Translation, Translator
from translations.detect import SCRIPTS, SIBLINGS, UNKNOWN, WITH_SCRIPT, Detector, script_of
from translations.splitter import split
from translations.translator import LEFT_OUT, UNSPACED, base_of
from words.letters import has_letters


@dataclass(frozen=True, slots=True)
class Stretch:
    """Sentences that follow each other in one language (ISO 639-1, with `-Latn` where romanised, or UNKNOWN); `before` stands before them:
    a space, ends of lines, or nothing at the beginning.
    """

    text: str
    language: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A sentence with what stands before it."""

    before: str
    text: str


def stretches(detector: Detector, text: str, choice: str, site: Sequence[str] = ()) -> tuple[Stretch, ...]:
    """Cut a message where its language changes; one stretch, the message as it is, where it is plainly in one or nothing is certain."""
    whole = (Stretch(text, detector.detect(text, choice, site).language or choice or UNKNOWN),)
    placed = tuple(_placed(text))
    told = _one_of_siblings([detector.certainly(each.text, choice, site) for each in placed])
    certain = [_written_alike(told, placed[at].text) if language == UNKNOWN else language for at, language in enumerate(told)]
    if len({language for language in certain if language}) < 2:
        return whole
    languages = [language or _beside(certain, at, placed[at].text, choice) for at, language in enumerate(certain)]
    together = groupby(zip(placed, languages, strict=True), key=lambda pair: pair[1])
    return tuple(_stretch([each for each, _ in group], language) for language, group in together)


def translate(translator: Translator, parts: Sequence[Stretch], target: str, care: Care = NO_CARE) -> Translation:
    """Translate each stretch from its own language and put them together, in their order. Raises what the translator raises.

    What is in the target's language already stands as it is. A stretch that no model here reads stands as it is too, marked `unread`, and
    the whole is `partly` translated; it is `not_translated` where no stretch could be.
    """
    if len(parts) == 1:
        return translator.translate(parts[0].text, parts[0].language, target, care)
    made = [(part, translator.translate(part.text, part.language, target, care)) for part in parts]
    nothing = Translation("", _main(parts), target, "none", "not_translated")
    sentences = tuple(sentence for part, each in made for sentence in _sentences(part, each))
    carried = [each for _, each in made if each.engine != "none"]
    whole = replace(nothing, sentences=sentences, confidence=_confidence([each.confidence for _, each in made], carried=bool(carried)))
    if whole.confidence == "not_translated":
        return whole
    models = dict.fromkeys(hop.model for each in carried for hop in each.hops)
    return replace(
        whole,
        text=_joined(parts, [each.text or part.text for part, each in made], target),
        engine=carried[0].engine if carried else "none",
        by=", ".join(models) or None,
        hops=tuple(dict.fromkeys(hop for each in carried for hop in each.hops)),
        back=_back(made),
    )


def _placed(text: str) -> Iterator[_Placed]:
    before = ""
    for number, sentences in enumerate(split(text)):
        if number:
            before = f"{before.strip(' ')}\n"
        for sentence in sentences:
            yield _Placed(before, sentence)
            before = " "


def _one_of_siblings(certain: Sequence[str | None]) -> list[str | None]:
    """The same languages, of two that nobody tells apart only the one that was found more often."""
    counts = Counter(certain)
    told: dict[str | None, str | None] = {}
    for pair in SIBLINGS:
        best = max(sorted(pair), key=lambda language: counts[language])
        told |= dict.fromkeys(pair, best) if counts[best] else {}
    return [told.get(language, language) for language in certain]


def _written_alike(certain: Sequence[str | None], text: str) -> str:
    """The language of another sentence in the same script, for one that its script alone leaves open."""
    return next((language for language in certain if language in SCRIPTS.get(script_of(text) or "", ())), None) or UNKNOWN


def _beside(certain: Sequence[str | None], at: int, text: str, choice: str) -> str:
    """The language of a sentence that is not certain: the chosen one where it may be written so, else its neighbour's, the last's first."""
    if choice and has_letters(text) and (script_of(text) == "Latin") == (choice not in WITH_SCRIPT):
        return choice
    return next(language for language in (*reversed(certain[:at]), *certain[at:]) if language)


def _stretch(placed: Sequence[_Placed], language: str) -> Stretch:
    first, *more = placed
    return Stretch(first.text + "".join(each.before + each.text for each in more), language, first.before)


def _main(parts: Sequence[Stretch]) -> str:
    """The language that most letters of a message are in."""
    letters = Counter[str]()
    for part in parts:
        letters[part.language] += sum(map(str.isalpha, part.text))
    return letters.most_common(1)[0][0]


def _sentences(part: Stretch, made: Translation) -> tuple[Sentence, ...]:
    if made.sentences:
        return tuple(replace(each, language=part.language, by=made.by or "") for each in made.sentences)
    if made.confidence == "not_translated":
        return (Sentence(part.text, part.text, "not_translated", ("unread",), part.language),)
    return (Sentence(part.text, made.text, "good", language=part.language),)


def _confidence(words: Sequence[Confidence], *, carried: bool) -> Confidence:
    if "not_translated" in words:
        return "partly" if carried else "not_translated"
    return "good" if set(words) == {"good"} else "unsure"


def _back(made: Sequence[tuple[Stretch, Translation]]) -> str:
    """The words carried back, each stretch to its own language; empty where none was."""
    if not any(each.back for _, each in made):
        return ""
    own = [part.text if each.engine == "none" and each.confidence == "good" else LEFT_OUT for part, each in made]
    return _joined([part for part, _ in made], [each.back or stands for stands, (_, each) in zip(own, made, strict=True)], "")


def _joined(parts: Sequence[Stretch], texts: Sequence[str], language: str) -> str:
    gap = "" if base_of(language) in UNSPACED else " "
    return "".join((gap if part.before == " " else part.before) + text for part, text in zip(parts, texts, strict=True))
