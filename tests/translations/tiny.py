"""Real language packages, made in a moment: a trained SentencePiece model and a CTranslate2 transformer with weights by hand.

Nothing is learned and nothing fetched. Step t of the decoder attends to place t of the source, and the last layer turns the word found
there into its renderings with the probabilities the lexicon names; so a sentence goes word by word, and its score is known beforehand. What
no lexicon knows falls apart into characters that are copied, as real models copy what they do not know. Such a package proves the way a
text takes through the libraries, never the quality of a translation.
"""

import io
import json
import math
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import sentencepiece
from ctranslate2.specs import TransformerSpec

Lexicon = Mapping[str, str | Sequence[tuple[str, float]]]
Options = list[tuple[str, float]]

END = "</s>"
"""A rendering that ends the sentence, for models that are to get stuck and be freed."""

SPACE = "\u2581"
_MARKS = "0123456789.,;:!?'\"()[]{}<>/\\@#$%&*+-=~^|`_€£¥₹৳ៗ។၊။،؟।"
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZáéíóúàèìòùâêîôûäëïöüãõñçşğıăđơưßøåæœ"
_WORD_SIZE, _PLACE_SIZE = 192, 64
_SIZE = _WORD_SIZE + _PLACE_SIZE
_SHARP = 90.0
"""How much more a step attends to its own place than to any other; at 90 nothing else is left."""
_SURE = 24.0
"""The logit of a word's rendering above all that are not; at 24 their share is some 1e-8."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package to be made. `stuck_at` is a place the decoder never leaves: such a model says one word for ever, as real ones do.
    `spoiled` are characters that come out as others.
    """

    source: str
    target: str
    lexicon: Lexicon
    version: str = "1.0"
    places: int = 1024
    stuck_at: int | None = None
    spoiled: Mapping[str, str] = field(default_factory=dict[str, str])
    more: Mapping[str, object] = field(default_factory=dict[str, object])

    @property
    def folder(self) -> str:
        return f"translate-{self.source}_{self.target}-{self.version.replace('.', '_')}"


def build(package: Package, file: Path) -> Path:
    """Write a package as an `.argosmodel` file."""
    lexicon = _capitalised(package.lexicon)
    pieces = {_piece(word): [(_piece(to), share) for to, share in options] for word, options in lexicon.items()}
    pieces |= {letter: [(other, 1.0)] for letter, other in package.spoiled.items()}
    tokenizer = _tokenizer(pieces, set(_MARKS + _LETTERS) | {letter for word in lexicon for letter in word if not letter.isspace()})
    processor = sentencepiece.SentencePieceProcessor(model_proto=tokenizer)
    source: list[str] = [processor.id_to_piece(number) for number in range(processor.vocab_size())]
    renderings = dict.fromkeys(to for options in pieces.values() for to, _ in options)
    target = [*source, *(to for to in renderings if to not in set(source))]
    metadata = {
        "package_version": package.version,
        "argos_version": "1.9",
        "from_code": package.source,
        "from_name": package.source,
        "to_code": package.target,
        "to_name": package.target,
        "links": [],
        "type": "translate",
        **package.more,
    }
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        _transformer(package, source, target, pieces).save(folder)
        packed.writestr(f"{package.folder}/metadata.json", json.dumps(metadata))
        packed.writestr(f"{package.folder}/sentencepiece.model", tokenizer)
        packed.writestr(f"{package.folder}/README.md", "A model made by hand for tests; it translates nothing for people.")
        for part in sorted(Path(folder).iterdir()):
            packed.write(part, f"{package.folder}/model/{part.name}")
    return file


def _capitalised(lexicon: Lexicon) -> dict[str, Options]:
    """The lexicon with every word also as a sentence begins with it."""
    found: dict[str, Options] = {}
    for word, to in lexicon.items():
        options = [(to, 1.0)] if isinstance(to, str) else list(to)
        found[word] = options
        capital = word[:1].upper() + word[1:]
        if capital not in lexicon:
            found[capital] = [(text if text == END else text[:1].upper() + text[1:], share) for text, share in options]
    return found


def _piece(words: str) -> str:
    return words if words == END else SPACE + words.replace(" ", SPACE)


def _tokenizer(pieces: Mapping[str, Options], letters: set[str]) -> bytes:
    """SentencePiece by characters, with every word and phrase of the lexicon as a piece of its own, the longest first."""
    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([" ".join(sorted(letters))] * 2),
        model_writer=written,
        model_type="char",
        vocab_size=len(letters) + len(pieces) + 8,
        hard_vocab_limit=False,
        character_coverage=1.0,
        user_defined_symbols=sorted(pieces),
        normalization_rule_name="nmt_nfkc",
        minloglevel=2,
        num_threads=1,
    )
    return written.getvalue()


def _codes(count: int, size: int, chance: np.random.Generator) -> Any:
    """Nearly orthogonal directions of length one and mean zero, so that a layer's norm only scales them."""
    drawn = chance.standard_normal((count, size))
    drawn -= drawn.mean(1, keepdims=True)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def _linear(layer: Any, rows: int, columns: int) -> Any:
    layer.weight = np.zeros((rows, columns), np.float32)
    layer.bias = np.zeros(rows, np.float32)
    return layer.weight


def _norm(layer: Any) -> None:
    layer.gamma = np.ones(_SIZE, np.float32)
    layer.beta = np.zeros(_SIZE, np.float32)


def _transformer(package: Package, source: list[str], target: list[str], pieces: Mapping[str, Options]) -> TransformerSpec:
    chance = np.random.default_rng(0)
    words, places = _codes(len(source), _WORD_SIZE, chance), _codes(package.places, _PLACE_SIZE, chance)
    made: Any = TransformerSpec.from_config(1, 1, pre_norm=True)
    for side in (made.encoder, made.decoder):
        side.scale_embeddings = False
        _norm(side.layer_norm)
        layer = side.layer[0]
        _norm(layer.self_attention.layer_norm)
        _linear(layer.self_attention.linear[0], 3 * _SIZE, _SIZE)
        _linear(layer.self_attention.linear[1], _SIZE, _SIZE)
        _norm(layer.ffn.layer_norm)
        _linear(layer.ffn.linear_0, 8, _SIZE)
        _linear(layer.ffn.linear_1, _SIZE, 8)
    embedded = np.zeros((len(source), _SIZE), np.float32)
    embedded[:, :_WORD_SIZE] = words
    made.encoder.embeddings[0].weight = embedded
    placed = np.zeros((package.places, _SIZE), np.float32)
    placed[:, _WORD_SIZE:] = places
    made.encoder.position_encodings.encodings = placed
    steps = placed.copy()
    if package.stuck_at is not None:
        steps[package.stuck_at :] = steps[package.stuck_at]
    made.decoder.position_encodings.encodings = steps
    made.decoder.embeddings.weight = np.zeros((len(target), _SIZE), np.float32)
    _attend(made.decoder.layer[0].attention)
    _render(_linear(made.decoder.projection, len(target), _SIZE), source, target, pieces, words)
    made.register_source_vocabulary(source)
    made.register_target_vocabulary(target)
    made.config.add_source_eos = True
    made.validate()
    made.optimize(quantization="int8")
    return made


def _attend(cross: Any) -> None:
    """Let the decoder's step find its own place in the source and take the word that stands there."""
    _norm(cross.layer_norm)
    key_scale = math.sqrt(_SIZE / 2)
    queries = _linear(cross.linear[0], _SIZE, _SIZE)
    queries[_WORD_SIZE:, _WORD_SIZE:] = np.eye(_PLACE_SIZE) * (_SHARP / key_scale)
    keys_and_values = _linear(cross.linear[1], 2 * _SIZE, _SIZE)
    keys_and_values[_WORD_SIZE:_SIZE, _WORD_SIZE:] = np.eye(_PLACE_SIZE)
    keys_and_values[_SIZE : _SIZE + _WORD_SIZE, :_WORD_SIZE] = np.eye(_WORD_SIZE) / key_scale
    _linear(cross.linear[2], _SIZE, _SIZE)[:_WORD_SIZE, :_WORD_SIZE] = np.eye(_WORD_SIZE)


def _render(weight: Any, source: list[str], target: list[str], pieces: Mapping[str, Options], words: Any) -> None:
    """Let the word that was found point at its renderings, each by its probability; what the lexicon does not know, at itself."""
    number_of = {piece: number for number, piece in enumerate(target)}
    for number, piece in enumerate(source):
        for to, share in pieces.get(piece, [(piece, 1.0)]):
            weight[number_of[to], :_WORD_SIZE] += words[number] * (_SURE + math.log(share)) / math.sqrt(_SIZE / 2)
