"""Checks of what happens later, and of who cannot read: waits that outlast a channel's window, questions that nobody can hear."""

from collections.abc import Iterator

from flows.checks.base import Found, Sheet, check
from flows.model import Flow
from flows.nodes import Waiting
from flows.nodes.wait import Wait

WINDOWS = {"whatsapp": 24 * 3600}
"""Seconds after a worker's last word in which a channel takes free text (WhatsApp, customer service window; read in August 2026)."""


@check(
    "wait-over-window",
    "warning",
    reason="By then the channel takes a template alone: what follows comes only when the worker answers the knock, if one could be sent.",
    mend="Wait less, or let it stand in `accepted` when WEERKLANK_TWILIO_KNOCK_CONTENT_SID names an approved template.",
)
def wait_over_window(sheet: Sheet) -> Iterator[Found]:
    """A wait that is longer than the time in which a channel takes free text after a worker's last word."""
    for name, node in sheet.flow.nodes.items():
        if not isinstance(node, Wait):
            continue
        for channel in sheet.scope.channels:
            if node.waits() > WINDOWS.get(channel, node.waits()):
                yield Found(("nodes", name, "time"), f"it waits longer than the window of {channel}", channel=channel)


@check(
    "unheard",
    "note",
    reason="Whoever does not read has nobody to ask for help with it without showing their talk.",
    mend="Add a recording (`voice: name.ogg`) in each of these languages, and bring it at /desk/voices.",
)
def unheard(sheet: Sheet) -> Iterator[Found]:
    """A question without a recording in some language, on channels that carry one."""
    channels = [measure.channel for measure in sheet.measures if measure.voice]
    if not channels:
        return
    for name, node in sheet.spoken():
        if isinstance(node, Waiting) and not node.listens():
            silent = [language for language in sheet.languages if not _is_heard(sheet.flow, name, language, channels)]
            if silent:
                yield Found(("nodes", name), f"nobody can hear this question in {', '.join(f'`{language}`' for language in silent)}")


def _is_heard(flow: Flow, node: str, language: str, channels: list[str]) -> bool:
    return any(wording.voice for channel in channels for near in flow.wordings(node, language, channel)[:1] for wording in near)
