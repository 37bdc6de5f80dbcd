"""What Twilio takes: the part of its description that we call, as JSON Schema, and limits that its description leaves to words.

The subset that we call, written in words of our own after the SDK's source (twilio 9.13) and docs/reference/channels.md; what Twilio's
descriptions leave to words (lengths, what may stand beside what) is from its pages on errors, quick replies and list pickers.
"""

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import fastjsonschema

if TYPE_CHECKING:
    from tests.doubles.twilio_desk import TwilioDesk

_LONGEST = 1600
_ADDRESS = r"^(\+[0-9]{5,20}|whatsapp:\+[0-9]{5,20}|whatsapp:[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128})$"
_MESSAGE = fastjsonschema.compile({
    "type": "object",
    "required": ["To"],
    "additionalProperties": False,
    "properties": {
        "To": {"type": "string", "pattern": _ADDRESS},
        "From": {"type": "string", "pattern": _ADDRESS},
        "MessagingServiceSid": {"type": "string", "pattern": "^MG[0-9a-fA-F]{32}$"},
        "Body": {"type": "string", "minLength": 1},
        "MediaUrl": {"type": "string", "pattern": "^https?://"},
        "ContentSid": {"type": "string", "pattern": "^HX[0-9a-fA-F]{32}$"},
        "ContentVariables": {"type": "string"},
        "StatusCallback": {"type": "string", "pattern": "^https?://"},
        "ValidityPeriod": {"type": "string", "pattern": "^([1-9][0-9]{0,3}|[12][0-9]{4}|3[0-5][0-9]{3}|36000)$"},
        "ContentRetention": {"enum": ["retain", "discard"]},
        "AddressRetention": {"enum": ["retain", "obfuscate"]},
    },
})  # fmt: skip
_BODY = {"type": "string", "minLength": 1, "maxLength": 1024}
_FORM = fastjsonschema.compile({
    "type": "object",
    "required": ["friendly_name", "language", "types"],
    "additionalProperties": False,
    "properties": {
        "friendly_name": {"type": "string", "maxLength": 64},
        "language": {"type": "string", "pattern": "^[a-z]{2,3}$"},
        "variables": {"type": "object", "additionalProperties": {"type": "string", "minLength": 1}},
        "types": {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": False,
            "properties": {
                "twilio/quick-reply": {
                    "type": "object",
                    "required": ["body", "actions"],
                    "properties": {"body": _BODY, "actions": {"type": "array", "minItems": 1, "maxItems": 3, "items": {
                        "type": "object",
                        "required": ["type", "title", "id"],
                        "properties": {
                            "type": {"const": "QUICK_REPLY"},
                            "title": {"type": "string", "minLength": 1, "maxLength": 20},
                            "id": {"type": "string", "minLength": 1, "maxLength": 200},
                        },
                    }}},
                },
                "twilio/list-picker": {
                    "type": "object",
                    "required": ["body", "button", "items"],
                    "properties": {
                        "body": _BODY,
                        "button": {"type": "string", "minLength": 1, "maxLength": 20},
                        "items": {"type": "array", "minItems": 1, "maxItems": 10, "items": {
                            "type": "object",
                            "required": ["id", "item"],
                            "properties": {
                                "id": {"type": "string", "minLength": 1, "maxLength": 200},
                                "item": {"type": "string", "minLength": 1, "maxLength": 24},
                            },
                        }},
                    },
                },
            },
        },
    },
})  # fmt: skip
_ENDS = re.compile(r"^\s*\{\{|\}\}\s*$|\}\}\s*\{\{")


def wrong(fields: Mapping[str, str], desk: "TwilioDesk") -> tuple[int, str] | None:
    """Twilio's code and words for a message that it refuses."""
    if not fields.get("To"):
        return 21604, "A 'To' phone number is required."
    if not (fields.get("From") or fields.get("MessagingServiceSid")):
        return 21603, "A 'From' phone number is required."
    if not (fields.get("Body") or fields.get("ContentSid") or fields.get("MediaUrl")):
        return 21602, "Message body is required."
    if len(fields.get("Body", "")) > _LONGEST:
        return 21617, "The concatenated message body exceeds the 1600 character limit."
    try:
        _MESSAGE(dict(fields))
    except fastjsonschema.JsonSchemaException as error:
        return 20001, f"Against the description: {error}"
    return _refused_by_state(fields, desk) or _wrong_content(fields, desk)


def _refused_by_state(fields: Mapping[str, str], desk: "TwilioDesk") -> tuple[int, str] | None:
    if fields["To"] in desk.opted_out:
        return 21610, "Attempt to send to unsubscribed recipient"
    if fields["To"] in desk.shut and fields.get("ContentSid") not in desk.templates:
        return 63016, "Failed to send freeform message because you are outside the allowed window."
    if "ContentRetention" in fields and not desk.redacts:
        return 30029, "Invalid ContentRetention"
    if "AddressRetention" in fields and not desk.redacts:
        return 30030, "Invalid AddressRetention"
    return None


def _wrong_content(fields: Mapping[str, str], desk: "TwilioDesk") -> tuple[int, str] | None:
    content = fields.get("ContentSid")
    if content is None:
        return None
    if fields.get("Body"):
        return 21619, "A Body beside a ContentSid"
    if content not in desk.forms and content not in desk.templates:
        return 21655, "The ContentSid is Invalid"
    try:
        fills = json.loads(fields.get("ContentVariables", "{}"))
    except ValueError:
        return 21656, "The ContentVariables Parameter is invalid"
    wanted = set(desk.forms.get(content, {}).get("variables") or {})
    if set(fills) != wanted or any(not fill or "\n" in fill for fill in fills.values()):
        return 21656, "The ContentVariables Parameter is invalid"
    return None


def wrong_form(form: Mapping[str, Any]) -> str | None:
    """Why Twilio would refuse to make a form."""
    try:
        _FORM(dict(form))
    except fastjsonschema.JsonSchemaException as error:
        return str(error)
    ((_, said),) = form["types"].items()
    return "a variable at an end or beside another" if _ENDS.search(said["body"]) else None
