"""Where a worker stands in a conversation: a value that is stored, read back and resumed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import orjson


@dataclass(frozen=True, slots=True)
class Frame:
    """One flow being run: its name, the content hash of the revision it is pinned to, and the node it waits at.

    `was`: the nodes it was moved here from by the map of a publication. The buttons in the worker's hand still carry their names.
    """

    flow: str
    revision: str
    node: str
    was: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation between two messages. The last frame is the one that waits; no frame means no flow waits.

    `fields` holds what flows set and branch on (site, who, danger, how many, since when ...); never a name, a telephone number or a code.
    `asked` counts how often the waiting node got words that were no answer to it. `earlier` holds the last few questions that were
    answered, the latest last, each with the frames that stood when it was put: the way `back`. `channel` is the one the last words came on,
    if known. `timers` counts the timers that were ever set: the newest of them may still ring, an older one does nothing.
    """

    frames: tuple[Frame, ...] = ()
    language: str = "en"
    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    asked: int = 0
    earlier: tuple[tuple[Frame, ...], ...] = ()
    channel: str = ""
    timers: int = 0

    def to_bytes(self) -> bytes:
        """Write the session as JSON bytes, to be sealed and stored."""
        return orjson.dumps(
            {
                "frames": _written(self.frames),
                "language": self.language,
                "fields": dict(self.fields),
                "asked": self.asked,
                "earlier": [_written(frames) for frames in self.earlier],
                "channel": self.channel,
                "timers": self.timers,
            }
        )

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Session":
        """Read a session back, also one from before there was a way back. Raises ValueError on anything `to_bytes` did not write."""
        data = orjson.loads(raw)
        since = {"channel": data.get("channel", ""), "timers": data.get("timers", 0)}  # not in sessions of earlier versions
        earlier = tuple(_read(frames) for frames in data.get("earlier", ()))
        frames = _read(data["frames"])
        return cls(frames=frames, language=data["language"], fields=data["fields"], asked=data["asked"], earlier=earlier, **since)

    def anew(self, language: str, fields: Mapping[str, str]) -> "Session":
        """A new talk on the same phone: nothing waits, nothing leads back, and only these fields are known."""
        return replace(self, frames=(), language=language, fields=fields, asked=0, earlier=())


def _written(frames: tuple[Frame, ...]) -> list[list[str]]:
    return [[frame.flow, frame.revision, frame.node, *frame.was] for frame in frames]


def _read(frames: list[list[str]]) -> tuple[Frame, ...]:
    return tuple(Frame(flow, revision, node, tuple(was)) for flow, revision, node, *was in frames)
