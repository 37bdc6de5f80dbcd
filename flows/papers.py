"""Writes what is made from the code: the schemas, and the reference page of the format. Run it as `python -m flows.papers`."""

from collections.abc import Mapping
from pathlib import Path

from flows import reference, schema

HOUSE = Path(__file__).parents[1]


def papers() -> Mapping[Path, str]:
    """Every file that is made from the code, with what it should hold."""
    page = HOUSE / "docs" / "reference" / "flow-format.md"
    return {page: reference.page(), **{schema.FOLDER / name: text for name, text in schema.schemas().items()}}


def write() -> None:
    """Bring the files up to date."""
    for path, text in papers().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
