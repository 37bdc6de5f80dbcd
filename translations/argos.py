"""One language package at work: the one file that imports `argostranslate`, `ctranslate2` and `sentencepiece`.

Of argostranslate only a tokenizer is taken. Its own way from text to text is not walked: it cuts at 256 tokens without a word, keeps the
last words it saw in memory, decodes sentence by sentence, makes folders in the home directory, and can be told by the environment to send
what it is given to somebody else (docs/decisions/0042-argostranslate-without-its-splitters.md).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
import json
import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol, cast

import ctranslate2
import sentencepiece
from argostranslate.tokenizer import BPETokenizer

from translations.base import Rendered
from translations.loops import loops

BEAM: Final = 4
"""Ways followed at once, as argostranslate has it, so that the same model says the same."""
LONGEST: Final = 512
"""Tokens of one sentence that a model is given. Models are trained on far shorter ones; what is longer is cut, and the result says so."""

_LENGTH_PENALTY = 0.2
_SUB_BATCH = 16
_NO_REPEAT = 3
_SPACE = "\u2581"
_CANNOT = Rendered(text="", complete=False)


class Unloadable(Exception):
    """A folder is no model that can be used; the message is a sentence."""


class SendsTextAway(Exception):
    """The environment asks the library to hand texts to a service elsewhere."""


def refuse_senders(environment: Mapping[str, str]) -> None:
    """Raise SendsTextAway if argostranslate was told to use a service instead of models on this machine.

    We would not obey, but whoever set it may believe so, and other programmes of the same account would.
    """
    provider = environment.get("ARGOS_MODEL_PROVIDER", "OPENNMT")
    if provider != "OPENNMT":
        raise SendsTextAway(
            f"ARGOS_MODEL_PROVIDER is {provider}, which sends workers' words to a service elsewhere; take it out of the environment, "
            "and out of ~/.config/argos-translate/settings.json"
        )


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Tokenizer(Protocol):
    def encode(self, sentence: str) -> list[str]: ...

    def decode(self, tokens: list[str]) -> str: ...


class _Pieces:
    """SentencePiece as the library uses it, without its habit of turning every underscore into a space."""

    def __init__(self, file: Path) -> None:
        self._processor: Any = sentencepiece.SentencePieceProcessor(model_file=str(file))

    def encode(self, sentence: str) -> list[str]:
        return list(self._processor.encode(sentence, out_type=str))

    def decode(self, tokens: list[str]) -> str:
        return str(self._processor.decode_pieces(tokens)).replace(_SPACE, " ")


@dataclass(frozen=True, slots=True)
class Ask:
    """How a model is to be used: `beam` ways at once, `threads` batches at once, and what every output begins with, if anything."""

    beam: int = BEAM
    threads: int = 0
    prefix: str = ""


class Model:
    """A loaded package. May be called from several threads at once."""

    def __init__(self, folder: Path, source: str, target: str, ask: Ask | None = None) -> None:
        """Load what lies in a package's folder. Raises Unloadable."""
        self._ask = ask or Ask()
        self._threads = self._ask.threads or cores()
        try:
            self._tokenizer = _tokenizer(folder, source, target)
            self._translator: Any = ctranslate2.Translator(
                str(folder / "model"), device="cpu", compute_type="int8", inter_threads=self._threads, intra_threads=1
            )
            self._tokenizer.encode("1")
            self._end = _end_of(folder / "model" / "config.json")
        except (RuntimeError, ValueError, OSError, IndexError, TypeError) as error:
            raise Unloadable("the model in it cannot be loaded: a part is missing, damaged, or made for another version") from error

    def render(self, sentences: Sequence[str]) -> list[Rendered]:
        """Carry sentences over, one result each, in order.

        What the model refuses or says nothing about comes back as an empty, incomplete text; this never raises for what a sentence holds.
        """
        found: list[Rendered] = [Rendered(text="") for _ in sentences]
        sized: dict[int, list[tuple[int, list[str], bool]]] = defaultdict(list)
        for number, sentence in enumerate(sentences):
            tokens = self._tokenizer.encode(sentence.encode("utf-8", "replace").decode("utf-8"))
            if tokens:
                sized[_limit(len(tokens))].append((number, tokens[:LONGEST], len(tokens) <= LONGEST))
        # All lengths are handed over before the first is waited for, so that every thread has something to do.
        waiting = [(limit, group, self._begin([tokens for _, tokens, _ in group], limit)) for limit, group in sorted(sized.items())]
        for limit, group, begun in waiting:
            for (number, tokens, whole), answer in zip(group, begun, strict=True):
                rendered = self._judged(answer, tokens, limit)
                found[number] = rendered if whole else Rendered(rendered.text, rendered.score, complete=False)
        return found

    def _begin(self, batch: list[list[str]], limit: int, no_repeat: int = 0) -> list[Any]:
        prefix = [[self._ask.prefix]] * len(batch) if self._ask.prefix else None
        return cast(
            "list[Any]",
            self._translator.translate_batch(
                batch,
                target_prefix=prefix,
                asynchronous=True,
                max_batch_size=min(_SUB_BATCH, -(-len(batch) // self._threads)),
                beam_size=self._ask.beam,
                length_penalty=_LENGTH_PENALTY,
                max_decoding_length=limit,
                max_input_length=0,
                no_repeat_ngram_size=no_repeat,
                replace_unknowns=True,
                return_scores=True,
                return_end_token=True,
            ),
        )

    def _judged(self, answer: Any, tokens: list[str], limit: int) -> Rendered:
        """A sentence's result; decoded once more, with repeats forbidden, if it went round in circles."""
        try:
            result = answer.result()
        except (RuntimeError, ValueError):
            # It failed with its batch, perhaps by a neighbour's fault.
            return self._alone(tokens, limit, 0)
        if loops(result.hypotheses[0], tokens):
            return self._alone(tokens, limit, _NO_REPEAT)
        return self._rendered(result)

    def _alone(self, tokens: list[str], limit: int, no_repeat: int) -> Rendered:
        try:
            return self._rendered(self._begin([tokens], limit, no_repeat)[0].result())
        except (RuntimeError, ValueError):
            return _CANNOT

    def _rendered(self, result: Any) -> Rendered:
        said: list[str] = list(result.hypotheses[0])
        complete = bool(said) and said[-1] == self._end
        count = max(1, len(said))
        text = self._tokenizer.decode(said[:-1] if complete else said).removeprefix(self._ask.prefix).strip()
        # CTranslate2 divides the sum of log probabilities by the length, the end included, to the power of the penalty.
        return Rendered(text, float(result.scores[0]) * count**_LENGTH_PENALTY / count, complete and bool(text))


def _limit(length: int) -> int:
    """How many tokens may come out for so many put in: three times as many and some, in steps, so that neighbours share a batch.

    A sentence's limit hangs on itself alone; else what becomes of it would hang on whose words waited beside it.
    """
    limit = 64
    while limit < 3 * min(length, LONGEST) + 16:
        limit *= 2
    return limit


def _end_of(config: Path) -> str:
    """The token by which a model says that it is done; models of older make have no such file."""
    told: object = json.loads(config.read_text(encoding="utf-8")) if config.is_file() else {}
    return str(cast("dict[str, object]", told).get("eos_token", "</s>")) if isinstance(told, dict) else "</s>"


def _tokenizer(folder: Path, source: str, target: str) -> _Tokenizer:
    pieces, pairs = folder / "sentencepiece.model", folder / "bpe.model"
    if pieces.is_file():
        return _Pieces(pieces)
    if pairs.is_file():
        return cast("_Tokenizer", BPETokenizer(pairs, source, target))
    raise Unloadable("it has neither a sentencepiece.model nor a bpe.model, so nothing can be cut into its tokens")
