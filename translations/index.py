"""The index of published packages, asked only when an operator says so: what there is for a pair, and the file itself.

The index names no checksums. What was fetched is known by the SHA-256 that is kept with it, to be compared with what others were given.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import httpx
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from translations.package_file import BIGGEST, version_order

PIVOT: Final = "en"
"""All published packages but two go to or from English."""

_MOST_INDEX_BYTES = 16 * 2**20
_TIMEOUT = httpx.Timeout(60.0, connect=15.0)


class IndexAway(Exception):
    """The index, or a package it names, could not be had; the message is a sentence."""


class NotPublished(IndexAway):
    """The index has nothing that carries one language to another."""


class Entry(BaseModel):
    """One published package."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    type: str = "translate"
    from_code: str = ""
    to_code: str = ""
    package_version: str = "0"
    links: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[int, ...]:
        """The version to compare by; one that is no number comes first."""
        try:
            return version_order(self.package_version)
        except ValueError:
            return ()


_ENTRIES = TypeAdapter(tuple[Entry, ...])


def read_index(url: str) -> tuple[Entry, ...]:
    """Fetch the index. Raises IndexAway."""
    try:
        with httpx.Client(timeout=_TIMEOUT, follow_redirects=True) as client, client.stream("GET", url) as answer:
            answer.raise_for_status()
            text = b"".join(_bounded(answer, _MOST_INDEX_BYTES))
        return _ENTRIES.validate_json(text)
    except httpx.HTTPError as error:
        raise IndexAway(f"the index at {url} does not answer as it should; on a machine without internet, install a file") from error
    except ValidationError as error:
        raise IndexAway(f"what {url} answers is no index of packages") from error


def needed(entries: Sequence[Entry], source: str, target: str) -> tuple[Entry, ...]:
    """The packages that carry one language to another: one, or two by way of English. Raises NotPublished where there are none."""
    for way in (((source, target),), ((source, PIVOT), (PIVOT, target))):
        found = [_newest(entries, start, end) for start, end in way]
        if all(found):
            return tuple(entry for entry in found if entry is not None)
    raise NotPublished(f"no package is published that carries {source} to {target}, and none by way of English")


def fetch(entry: Entry, file: Path) -> None:
    """Fetch a package into a file, from the first of its addresses that gives it. Raises IndexAway."""
    for link in entry.links:
        if not link.startswith(("https://", "http://")):
            continue
        try:
            with httpx.Client(timeout=_TIMEOUT, follow_redirects=True) as client, client.stream("GET", link) as answer:
                answer.raise_for_status()
                with file.open("wb") as target:
                    for block in _bounded(answer, BIGGEST):
                        target.write(block)
        except httpx.HTTPError:
            continue
        return
    raise IndexAway(f"the package {entry.from_code}-{entry.to_code} {entry.package_version} is at none of the addresses it should be at")


def _bounded(answer: httpx.Response, most: int) -> Iterator[bytes]:
    left = most
    for block in answer.iter_bytes():
        left -= len(block)
        if left < 0:
            raise IndexAway(f"the answer of {answer.url.host} is far too large")
        yield block


def _newest(entries: Sequence[Entry], source: str, target: str) -> Entry | None:
    of_pair = [entry for entry in entries if (entry.type, entry.from_code, entry.to_code) == ("translate", source, target)]
    return max(of_pair, key=lambda entry: entry.order, default=None)
