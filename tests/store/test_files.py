"""A sealed file opens whole under its own key and name, or not at all."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.files import CHUNK, Folder, NoFile, new_name, open_file, seal_file
from store.sealing import Unopenable, new_key

KEY, NAME = new_key(), "0" * 32


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])
def test_a_file_of_any_length_comes_back(length: int) -> None:
    content = bytes(length % 251 for length in range(length))

    assert open_file(KEY, NAME, seal_file(KEY, NAME, content)) == content


def test_a_full_chunk_wastes_no_room() -> None:
    assert len(seal_file(KEY, NAME, bytes(CHUNK))) < CHUNK + 100


def _chunks(sealed: bytes) -> list[bytes]:
    found, at = list[bytes](), 0
    while at < len(sealed):
        end = at + 4 + int.from_bytes(sealed[at : at + 4], "big")
        found.append(sealed[at:end])
        at = end
    return found


def test_no_chunk_can_be_left_out_doubled_or_moved() -> None:
    first, second, third = _chunks(seal_file(KEY, NAME, bytes(2 * CHUNK + 5)))

    for wrong in ((first, second), (first, third), (second, first, third), (first, first, second, third), (third,), ()):
        with pytest.raises(Unopenable):
            open_file(KEY, NAME, b"".join(wrong))


@pytest.mark.parametrize(("key", "name"), [(new_key(), NAME), (KEY, "1" * 32)], ids=["another key", "another name"])
def test_another_key_or_name_opens_nothing(key: bytes, name: str) -> None:
    with pytest.raises(Unopenable):
        open_file(key, name, seal_file(KEY, NAME, b"words"))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_bytes_that_were_never_sealed_are_unopenable(sealed: bytes) -> None:
    with pytest.raises(Unopenable):
        open_file(KEY, NAME, sealed)


def test_a_folder_keeps_gives_and_deletes_for_this_account_alone(tmp_path: Path) -> None:
    folder, name = Folder(tmp_path / "files"), new_name()
    folder.put(name, b"sealed")

    assert folder.get(name) == b"sealed"
    assert (tmp_path / "files").stat().st_mode & 0o077 == 0
    assert list(folder.older(-1)) == [name]
    assert list(folder.older(3600)) == []
    folder.delete(name)
    folder.delete(name)
    with pytest.raises(NoFile):
        folder.get(name)


@pytest.mark.parametrize("name", ["../secret", "", "A" * 32, "0" * 31])
def test_a_name_that_is_not_ours_leads_nowhere(tmp_path: Path, name: str) -> None:
    with pytest.raises(NoFile):
        Folder(tmp_path).get(name)
