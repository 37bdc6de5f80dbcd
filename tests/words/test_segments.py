"""What an SMS costs is counted as the carrier bills it: equal on every row of a table from Twilio's own calculator."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from words.segments import Segments, segments, units

ROWS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "data" / "sms_segments.json").read_text(encoding="utf-8"))["rows"]


def billed(row: dict[str, Any], mode: str) -> Segments:
    expected = row[mode]
    return Segments(
        expected["encoding"], expected["segments"], expected["size_bits_payload"] // (7 if expected["encoding"] == "GSM-7" else 16)
    )


def test_the_table_is_whole() -> None:
    assert len(ROWS) == 164


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_text_costs_what_the_carrier_bills(row: dict[str, Any]) -> None:
    assert segments(row["text"]) == billed(row, "plain")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_text_costs_what_the_carrier_bills_with_smart_encoding(row: dict[str, Any]) -> None:
    assert segments(row["text"], smart=True) == billed(row, "smart")


@given(st.text(max_size=400))
def test_any_text_has_a_cost_with_room_for_its_units(text: str) -> None:
    cost = segments(text)
    alone, part = (160, 153) if cost.encoding == "GSM-7" else (70, 67)

    assert cost.units <= (alone if cost.segments == 1 else cost.segments * part)
    assert cost.encoding == "GSM-7" or cost.units == units(text)


@given(st.text(max_size=400), st.text(max_size=20))
@example("{{", "\x1f")
def test_more_words_never_cost_less(text: str, more: str) -> None:
    fewer, longer = segments(text), segments(text + more)

    assert longer.segments >= fewer.segments
    # Septets and 16-bit units are not one measure: `{{` is four of the first, and three of the second with one sign more that GSM-7 lacks.
    assert longer.units >= fewer.units or (fewer.encoding, longer.encoding) == ("GSM-7", "UCS-2")
