"""A message as its channel is given it: in words, and with buttons where its carrier keeps such forms."""

from dataclasses import dataclass

from bot import window
from bot.people import Reach
from bot.sealed import Wording
from channels.base import Choice, Outbound, Pattern
from store.outbox import Row


@dataclass(frozen=True, slots=True)
class Ready:
    """A claimed row with everything a channel needs. `heard_at` (ms) is when its worker's last word came."""

    row: Row
    message: Outbound
    voice: str = ""
    heard_at: int = 0

    def waited(self, now: int) -> int | None:
        """How long (ms) somebody waited for this answer to their words; None for what is none, or waited for them behind a knock."""
        if self.row.kind != "flow" or (self.row.attempts == 0 and self.row.due_at != self.row.created_at):
            return None
        return now - min(self.heard_at or self.row.created_at, self.row.created_at)


def outbound(row: Row, reach: Reach, wording: Wording, *, is_open: bool) -> Outbound:
    """Make what a channel sends of a claimed row; `is_open` says whether the channel's window is."""
    form, knock = wording.form, row.kind == "knock"
    return Outbound(
        key=str(row.id),
        address=reach.address,
        text=wording.text,
        choices=tuple(Choice(*choice) for choice in (form.choices if form is not None else wording.choices)),
        pattern=Pattern(form.pattern, form.fills) if form is not None else None,
        plain=wording.text if form is not None else "",
        language=wording.language,
        knock=knock,
        window_open=is_open,
        valid_seconds=window.KNOCK_IS_NEWS if knock else None,
        again=row.maybe,
    )
