"""The kinds of node a flow is made of: one file a kind, and this union."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import Field

from flows.nodes.add_to_case import AddToCase
from flows.nodes.ask import Ask
from flows.nodes.base import Node, Waiting
from flows.nodes.branch import Branch
from flows.nodes.call import Call
from flows.nodes.choose import Choose
from flows.nodes.consent import Consent
from flows.nodes.danger import Danger
from flows.nodes.end import End
from flows.nodes.group import Group
from flows.nodes.jump import Jump
from flows.nodes.open_case import OpenCase
from flows.nodes.relay import Relay
from flows.nodes.say import Say
from flows.nodes.set_field import SetField
from flows.nodes.set_language import SetLanguage
from flows.nodes.show_status import ShowStatus
from flows.nodes.tell import Tell
from flows.nodes.wait import Wait

AnyNode = Annotated[
    AddToCase
    | Ask
    | Branch
    | Call
    | Choose
    | Consent
    | Danger
    | End
    | Group
    | Jump
    | OpenCase
    | Relay
    | Say
    | SetField
    | SetLanguage
    | ShowStatus
    | Tell
    | Wait,
    Field(discriminator="kind"),
]

KINDS: Mapping[str, type[Node]] = MappingProxyType(
    {
        "add_to_case": AddToCase,
        "ask": Ask,
        "branch": Branch,
        "call": Call,
        "choose": Choose,
        "consent": Consent,
        "danger": Danger,
        "end": End,
        "group": Group,
        "jump": Jump,
        "open_case": OpenCase,
        "relay": Relay,
        "say": Say,
        "set_field": SetField,
        "set_language": SetLanguage,
        "show_status": ShowStatus,
        "tell": Tell,
        "wait": Wait,
    }
)

__all__ = ["KINDS", "AnyNode", "Node", "Waiting"]
