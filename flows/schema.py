"""The JSON Schema of flow files and of their languages, made from the model, so that editors complete and check what is written."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from flows.model import FlowFile, Overlay

FOLDER: Final = Path(__file__).parent
# The draft that every editor knows; nothing newer is needed.
_DRAFT: Final = "http://json-schema.org/draft-07/schema#"
# Every scalar is text to us, whatever YAML takes it for: `digit: 9`, `text: no`.
_TEXT: Final = ["string", "number", "boolean", "null"]
_LABEL: Final = {"$ref": "#/$defs/Label"}
_FILES: Final[Mapping[str, tuple[type[BaseModel], str]]] = {
    "flow.schema.json": (FlowFile, "A flow of Weerklank"),
    "overlay.schema.json": (Overlay, "The words of a flow in one more language"),
}


def schemas() -> dict[str, str]:
    """The schema files as they should be, name to text."""
    return {name: json.dumps(_schema(model, title), ensure_ascii=False, indent=1) + "\n" for name, (model, title) in _FILES.items()}


def _schema(model: type[BaseModel], title: str) -> dict[str, Any]:
    made = json.loads(json.dumps(model.model_json_schema()), object_hook=_loosened)
    return {"$schema": _DRAFT, "title": title, **made}


def _loosened(part: dict[str, Any]) -> dict[str, Any]:
    """A piece of schema as an author may write: any scalar where a text stands, a bare text for an answer, nothing that is not known."""
    found = {key: each for key, each in part.items() if key != "title" or not isinstance(each, str)}
    if found.get("type") == "string" and "enum" not in found and "const" not in found:
        found["type"] = _TEXT
    if "patternProperties" in found:
        found["additionalProperties"] = False
        found["patternProperties"] = {pattern: _answer(each) for pattern, each in found["patternProperties"].items()}
    found.pop("discriminator", None)
    if not isinstance(found.get("default"), str) or not found["default"]:
        found.pop("default", None)
    return found


def _answer(part: Any) -> Any:
    return {"anyOf": [{"type": _TEXT}, part]} if part == _LABEL else part
