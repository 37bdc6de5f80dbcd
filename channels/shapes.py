"""What a carrier's JSON really is: nothing is taken for a mapping, a list or a text before it has been looked at."""

from collections.abc import Iterable
from typing import Any, cast

import orjson


def as_dict(value: object) -> dict[str, Any]:
    """A JSON object, or an empty one in place of anything else."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """A JSON array, or an empty one in place of anything else."""
    return list(cast("Iterable[Any]", value)) if isinstance(value, list) else []


def as_text(value: object) -> str:
    """A JSON text, or an empty one in place of anything else."""
    return value if isinstance(value, str) else ""


def whole_object(body: bytes) -> dict[str, Any] | None:
    """The JSON object that a body is, None when it is anything else."""
    try:
        value: object = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None
