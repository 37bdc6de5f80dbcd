"""What came beside words, on its way into a case: each becomes an entry of the timeline, and a row that says where to bring it from."""

import re
from typing import Any, Final

from bot.sealed import Source, seal_source
from bot.talk import Talk
from cases import entries
from cases.change import CaseChange
from channels.base import Attachment, AttachmentKind, Inbound
from flows import events as ev

ORIGINAL = "original"
"""The field in which a flow notes `yes` where the worker agreed that a file is kept as it came, too."""

_PLACE = re.compile(r"(-?[0-9]{1,2}(?:\.[0-9]{1,9})?),(-?[0-9]{1,3}(?:\.[0-9]{1,9})?)")
# A film is something to see, as a photo is; a sticker says nothing that a person could answer.
_IN_FLOWS: Final[dict[AttachmentKind, ev.Attachment]] = {
    "voice": "voice",
    "photo": "photo",
    "video": "photo",
    "document": "document",
    "place": "place",
}


def hold(talk: Talk, said: Inbound) -> None:
    """Take what came with a message, until a case has it."""
    talk.arrived = _testimony(said)


def named(said: Inbound) -> ev.Attachment | None:
    """Tell a flow what came with the words; of several things the first."""
    return next((_IN_FLOWS[each.kind] for each in _testimony(said)), None)


def has_voice(said: Inbound) -> bool:
    """Whether somebody spoke."""
    return any(each.kind == "voice" for each in _testimony(said))


def _testimony(said: Inbound) -> tuple[Attachment, ...]:
    """What says something; an edit brings the same file again, and what was refused as a whole brings none."""
    if said.kind != "message":
        return ()
    return tuple(each for each in said.attachments if each.kind in _IN_FLOWS and (each.kind != "place" or _PLACE.fullmatch(each.ref)))


def put(talk: Talk) -> None:
    """Put what came into the case that is talked about, if there is one."""
    case = talk.case
    if case is None:
        return
    for each in talk.arrived:
        if each.kind == "place":
            latitude, _, longitude = each.ref.partition(",")
            case.take(CaseChange(entries=(entries.attachment(talk.now, each.kind, latitude=latitude, longitude=longitude),)))
            continue
        case.files += ((len(case.entries), _row(talk, each)),)
        case.take(CaseChange(entries=(entries.attachment(talk.now, each.kind),)))
    talk.arrived = ()


def _row(talk: Talk, attachment: Attachment) -> dict[str, Any]:
    source = Source(attachment, original=talk.session.fields.get(ORIGINAL) == "yes")
    return {
        "worker_id": talk.worker.id,
        "channel": talk.channel,
        "kind": attachment.kind,
        "ref_sealed": seal_source(talk.worker.key, talk.worker.id, source),
        "state": "wanted",
        "due_at": talk.now,
        "created_at": talk.now,
    }
