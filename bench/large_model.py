"""A package of the size of a published one, with weights by chance: it says nothing, at the speed of those that do.

Six layers on either side, 512 wide, 32,000 pieces, int8: what OpenNMT calls a base transformer and Argos packages hold. One part is not by
chance: a number that only the place in the output writes, which makes every sentence end after `OUT` tokens, as nothing else would.
"""

import io
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import sentencepiece
from ctranslate2.specs import TransformerSpec

OUT = 24
_LAYERS, _HEADS, _WIDE, _INNER, _PIECES, _PLACES = 6, 8, 512, 2048, 32_000, 1024
_LOUD = 40.0
SPACE = "\u2581"


def build(file: Path) -> list[str]:
    """Write the package and return the words it knows."""
    words = [f"w{number}" for number in range(_PIECES - 260)]
    tokenizer = _tokenizer(words)
    processor = sentencepiece.SentencePieceProcessor(model_proto=tokenizer)
    vocabulary: list[str] = [processor.id_to_piece(number) for number in range(processor.vocab_size())]
    metadata = {"package_version": "1.0", "from_code": "es", "to_code": "en", "from_name": "es", "to_name": "en", "type": "translate"}
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(file, "w") as packed:
        _transformer(vocabulary).save(folder)
        packed.writestr("large/metadata.json", json.dumps(metadata))
        packed.writestr("large/sentencepiece.model", tokenizer)
        for part in sorted(Path(folder).iterdir()):
            packed.write(part, f"large/model/{part.name}")
    return words


def _tokenizer(words: list[str]) -> bytes:
    written = io.BytesIO()
    letters = "abcdefghijklmnopqrstuvwxyz0123456789.,[]()"
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([" ".join(letters)] * 2),
        model_writer=written,
        model_type="char",
        vocab_size=_PIECES,
        hard_vocab_limit=False,
        user_defined_symbols=[SPACE + word for word in words],
        minloglevel=2,
    )
    return written.getvalue()


def _linear(layer: Any, rows: int, columns: int, chance: np.random.Generator, *, into_stream: bool = False) -> None:
    weight = (chance.standard_normal((rows, columns)) / np.sqrt(columns)).astype(np.float32)
    if into_stream:
        weight[0] = 0.0
    layer.weight, layer.bias = weight, np.zeros(rows, np.float32)


def _norm(layer: Any) -> None:
    layer.gamma, layer.beta = np.ones(_WIDE, np.float32), np.zeros(_WIDE, np.float32)


def _places(*, ending: bool) -> Any:
    """Places by chance rather than by sines: far apart, so that no two steps say the same and nothing goes round in circles."""
    found = np.random.default_rng(1).standard_normal((_PLACES, _WIDE)).astype(np.float32)
    found[:, 0] = np.where(np.arange(_PLACES) >= OUT, _LOUD, -_LOUD) if ending else 0.0
    return found


def _transformer(vocabulary: list[str]) -> TransformerSpec:
    chance = np.random.default_rng(0)
    made: Any = TransformerSpec.from_config(_LAYERS, _HEADS, pre_norm=True)
    embeddings = chance.standard_normal((len(vocabulary), _WIDE)).astype(np.float32)
    embeddings[:, 0] = 0.0
    made.encoder.embeddings[0].weight = embeddings
    # Deaf to its own words, or most sentences would go round in circles, which we decode twice and the library does not.
    made.decoder.embeddings.weight = np.zeros_like(embeddings)
    for side, ending in ((made.encoder, False), (made.decoder, True)):
        side.scale_embeddings = False
        side.position_encodings.encodings = _places(ending=ending)
        _norm(side.layer_norm)
        for layer in side.layer:
            _layer(layer, chance, crossing=ending)
    _linear(made.decoder.projection, len(vocabulary), _WIDE, chance)
    # As sure of its words as models are that were trained; else two ways of counting would find two winners among equals.
    made.decoder.projection.weight *= 4.0
    made.decoder.projection.weight[:, 0] = 0.0
    end = vocabulary.index("</s>")
    made.decoder.projection.weight[end] = 0.0
    made.decoder.projection.weight[end, 0] = 16.0
    made.register_source_vocabulary(vocabulary)
    made.register_target_vocabulary(vocabulary)
    made.config.add_source_eos = True
    made.validate()
    made.optimize(quantization="int8")
    return made


def _layer(layer: Any, chance: np.random.Generator, *, crossing: bool) -> None:
    _norm(layer.self_attention.layer_norm)
    _linear(layer.self_attention.linear[0], 3 * _WIDE, _WIDE, chance)
    _linear(layer.self_attention.linear[1], _WIDE, _WIDE, chance, into_stream=True)
    if crossing:
        _norm(layer.attention.layer_norm)
        _linear(layer.attention.linear[0], _WIDE, _WIDE, chance)
        _linear(layer.attention.linear[1], 2 * _WIDE, _WIDE, chance)
        _linear(layer.attention.linear[2], _WIDE, _WIDE, chance, into_stream=True)
    _norm(layer.ffn.layer_norm)
    _linear(layer.ffn.linear_0, _INNER, _WIDE, chance)
    _linear(layer.ffn.linear_1, _WIDE, _INNER, chance, into_stream=True)
