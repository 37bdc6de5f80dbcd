"""Draws a day of queues as an SVG: three panels over 24 hours, lines that differ in colour and in dashes, events named in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

_LEFT, _WIDTH, _HIGH, _GAP, _TOP = 70, 860, 150, 62, 74
_LOOKS = {"sms": ("#0b3c8c", ""), "whatsapp": ("#9a3412", "7 4"), "telegram": ("#14632f", "2 3"), "": ("#4a1d6b", "")}
_DAY = 24
_SHOWN = (
    "Three panels over 24 hours: the age of the oldest word not handled by channel, the messages waiting to leave by channel, and the "
    "messages set aside. Shaded: a broken flow in the morning, and an hour without Twilio in the afternoon."
)


@dataclass(frozen=True, slots=True)
class Sample:
    """How a queue stood at an hour of the day: so many rows, the oldest overdue for so many minutes."""

    hour: float
    queue: str
    channel: str
    count: int
    age: float


@dataclass(frozen=True, slots=True)
class _Panel:
    title: str
    queue: str
    channels: tuple[str, ...]
    value: Callable[[Sample], float]


_CHANNELS = ("sms", "whatsapp", "telegram")
_PANELS = (
    _Panel("Age of the oldest word not handled, minutes", "inbox", _CHANNELS, lambda sample: sample.age),
    _Panel("Messages waiting to leave, rows", "outbox", _CHANNELS, lambda sample: float(sample.count)),
    _Panel("Workers' messages set aside, rows", "aside", ("",), lambda sample: float(sample.count)),
)


def draw(samples: Sequence[Sample], outage: tuple[float, float], poison: tuple[float, float], shifts: Sequence[float]) -> str:
    """The picture as text of an SVG file."""
    height = _TOP + len(_PANELS) * (_HIGH + _GAP) + 20
    named = 'role="img" aria-labelledby="t d" font-family="sans-serif" font-size="13"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 {height}" {named}>',
        '<title id="t">The queues of a simulated day</title>',
        f'<desc id="d">{_SHOWN}</desc>',
        f'<rect width="960" height="{height}" fill="#ffffff"/>',
        *_legend(),
    ]
    for number, panel in enumerate(_PANELS):
        parts += _panel(panel, samples, _TOP + number * (_HIGH + _GAP), (outage, poison), shifts)
    return "\n".join([*parts, "</svg>", ""])


def _legend() -> list[str]:
    parts: list[str] = []
    for place, name in enumerate(_CHANNELS):
        colour, dashes = _LOOKS[name]
        x = _LEFT + place * 150
        parts.append(f'<path d="M{x} 20h40" stroke="{colour}" stroke-width="2.5" stroke-dasharray="{dashes or "none"}"/>')
        parts.append(f'<text x="{x + 48}" y="25">{name}</text>')
    parts.append(f'<text x="{_LEFT + 460}" y="25">vertical lines: shift changes</text>')
    return parts


def _x(hour: float) -> float:
    return _LEFT + hour / _DAY * _WIDTH


def _panel(
    panel: _Panel, samples: Sequence[Sample], top: int, spans: tuple[tuple[float, float], tuple[float, float]], shifts: Sequence[float]
) -> list[str]:
    lines = {channel: _line(panel, channel, samples) for channel in panel.channels}
    most = max([1.0, *(value for line in lines.values() for _, value in line)])
    bottom = top + _HIGH
    parts = [f'<text x="{_LEFT}" y="{top - 8}" font-weight="bold">{panel.title} (highest: {most:.1f})</text>']
    for (start, end), name, fill in zip(spans, ("Twilio away", "flow broken"), ("#fde68a", "#e5e7eb"), strict=True):
        parts.append(f'<rect x="{_x(start):.1f}" y="{top}" width="{_x(end) - _x(start):.1f}" height="{_HIGH}" fill="{fill}"/>')
        parts.append(f'<text x="{_x(start) + 3:.1f}" y="{top + 14}" font-size="11">{name}</text>')
    parts += [f'<path d="M{_x(hour):.1f} {top}V{bottom}" stroke="#6b7280"/>' for hour in shifts]
    parts.append(f'<path d="M{_LEFT} {top}V{bottom}H{_LEFT + _WIDTH}" stroke="#111827" fill="none"/>')
    for share in (0.0, 0.5, 1.0):
        parts.append(f'<text x="{_LEFT - 6}" y="{bottom - share * _HIGH + 4:.1f}" text-anchor="end">{most * share:.1f}</text>')
    parts += [f'<text x="{_x(hour):.1f}" y="{bottom + 17}" text-anchor="middle">{hour:02d}:00</text>' for hour in range(0, 25, 2)]
    for channel, line in lines.items():
        colour, dashes = _LOOKS[channel]
        points = " ".join(f"{_x(hour):.1f},{bottom - value / most * _HIGH:.1f}" for hour, value in line)
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.8"{dashed}/>')
    return parts


def _line(panel: _Panel, channel: str, samples: Sequence[Sample]) -> list[tuple[float, float]]:
    """One value at each look: rows of several kinds are added up where rows are counted, and of ages the highest counts."""
    looks = {sample.hour: 0.0 for sample in samples if 0 <= sample.hour <= _DAY}
    for sample in samples:
        if sample.hour in looks and (sample.queue, sample.channel) == (panel.queue, channel):
            value = panel.value(sample)
            looks[sample.hour] = max(looks[sample.hour], value) if panel.queue == "inbox" else looks[sample.hour] + value
    return sorted(looks.items())
