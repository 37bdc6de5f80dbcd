"""One file in, a clean copy out: what it is decides how it is cleaned, and what cannot be cleaned is not taken."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from bot.media import films, papers, pictures, sounds
from bot.media.kinds import DOCX, ODT, XLSX, MediaType, Refused, media_type_of
from bot.media.lengths import seconds_of


@dataclass(frozen=True, slots=True)
class Clean:
    """A clean copy, what it is, and how many seconds it plays; None where it plays nothing or its length cannot be told."""

    content: bytes
    media_type: MediaType
    seconds: int | None = None


_PLAINLY: Final[dict[MediaType, Callable[[bytes], bytes]]] = {
    "audio/ogg": sounds.clean_opus,
    "audio/mpeg": sounds.clean_mp3,
    "audio/aac": sounds.clean_aac,
    "audio/amr": sounds.clean_amr,
    "audio/wav": sounds.clean_wav,
    "audio/mp4": films.clean,
    "video/mp4": films.clean,
    "video/3gpp": films.clean,
    "application/pdf": papers.clean_pdf,
}


def clean(content: bytes) -> Clean:
    """Make a clean copy of a file that a stranger sent. Raises Refused, and nothing else, whatever the bytes are."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = _cleaned(content)
        return replace(made, seconds=seconds_of(made.content, made.media_type))
    except Refused:
        raise
    except Exception as error:  # a stranger's bytes can break a decoder in any way it knows (struct, zlib, Pillow, pypdf); none is ours
        raise Refused("broken", f"this file cannot be read ({type(error).__name__})") from error


def _cleaned(content: bytes) -> Clean:
    found = media_type_of(content)
    if found in ("image/jpeg", "image/png", "image/webp"):
        return Clean(*pictures.clean(content, found))
    if found in (DOCX, XLSX, ODT):
        return Clean(papers.clean_office(content, found), found)
    if found == "text/plain":
        return Clean(content.decode("utf-8-sig").encode(), found)
    return Clean(_PLAINLY[found](content), found)
