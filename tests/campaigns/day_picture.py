"""Draws a day of queues as an SVG: three panels over 24 hours, lines that differ in colour and in dashes, events named in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

_LEFT, _WIDTH, _HIGH, _GAP, _TOP = 70, 860, 150, 62, 74
_LOOKS = {"sms": ("#0b3c8c", ""), "whatsapp": ("#9a3412", "7 4"), "telegram": ("#14632f", "2 3"), "": ("#4a1d6b", "")}
_DAY = 24
_NAMES = {"sms": "SMS", "whatsapp": "WhatsApp", "telegram": "Telegram"}
_AWAY, _BROKEN = "#fde68a", "#e5e7eb"
_SHOWN = (
    "Three panels over 24 hours: the age of the oldest word not handled by channel, the messages waiting to leave by channel, and the "
    "messages set aside. Shaded: a broken flow in the morning, and an hour without Twilio in the afternoon. A dashed line: the words set "
    "aside run again. Vertical lines: shift changes at {shifts}. Highest: {highest}."
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
class Events:
    """What befell the day, in its hours: Twilio away and a flow broken (from, until), words set aside run again, and shift changes."""

    outage: tuple[float, float]
    poison: tuple[float, float]
    again: float
    shifts: Sequence[float]


@dataclass(frozen=True, slots=True)
class _Panel:
    title: str
    queue: str
    channels: tuple[str, ...]
    value: Callable[[Sample], float]


_CHANNELS = ("sms", "whatsapp", "telegram")
_PANELS = (
    _Panel("Age of the oldest word not handled (but those set aside), minutes", "inbox", _CHANNELS, lambda sample: sample.age),
    _Panel("Messages waiting to leave, rows", "outbox", _CHANNELS, lambda sample: float(sample.count)),
    _Panel("Workers' messages set aside, rows", "aside", ("",), lambda sample: float(sample.count)),
)


def draw(samples: Sequence[Sample], events: Events) -> str:
    """The picture as text of an SVG file."""
    height = _TOP + len(_PANELS) * (_HIGH + _GAP) + 6
    named = 'role="img" aria-labelledby="t d" font-family="sans-serif" font-size="13"'
    lines = [{channel: _line(panel, channel, samples) for channel in panel.channels} for panel in _PANELS]
    highest = "; ".join(f"{panel.title.lower()}: {_figure(panel, _most(each))}" for panel, each in zip(_PANELS, lines, strict=True))
    shown = _SHOWN.format(shifts=", ".join(f"{hour:02.0f}:00" for hour in events.shifts), highest=highest)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 {height}" {named}>',
        '<title id="t">The queues of a simulated day</title>',
        f'<desc id="d">{shown}</desc>',
        f'<rect width="960" height="{height}" fill="#ffffff"/>',
        *_legend(),
    ]
    for number, (panel, each) in enumerate(zip(_PANELS, lines, strict=True)):
        top = _TOP + number * (_HIGH + _GAP)
        parts += _events(events, top) + _axes(panel, _most(each), top) + _curves(each, top)
    parts.append(f'<text x="{_LEFT + _WIDTH / 2}" y="{height - 8}" text-anchor="middle">hour of the simulated day</text>')
    return "\n".join([*parts, "</svg>", ""])


def _legend() -> list[str]:
    parts: list[str] = []
    for place, name in enumerate(_CHANNELS):
        colour, dashes = _LOOKS[name]
        x = _LEFT + place * 120
        parts.append(f'<path d="M{x} 20h34" stroke="{colour}" stroke-width="2.5" stroke-dasharray="{dashes or "none"}"/>')
        parts.append(f'<text x="{x + 40}" y="25">{_NAMES[name]}</text>')
    for x, name, fill in ((_LEFT + 370, "flow broken", _BROKEN), (_LEFT + 490, "Twilio away", _AWAY)):
        parts.append(f'<rect x="{x}" y="12" width="22" height="16" fill="{fill}" stroke="#6b7280"/><text x="{x + 28}" y="25">{name}</text>')
    parts.append(f'<path d="M{_LEFT + 612} 12v16" stroke="#6b7280"/><text x="{_LEFT + 620}" y="25">shift change</text>')
    again = f'<path d="M{_LEFT + 722} 12v16" stroke="#111827" stroke-dasharray="3 3"/>'
    return [*parts, f'{again}<text x="{_LEFT + 730}" y="25">aside, run again</text>']


def _x(hour: float) -> float:
    return _LEFT + hour / _DAY * _WIDTH


def _most(lines: Mapping[str, list[tuple[float, float]]]) -> float:
    return max([1.0, *(value for line in lines.values() for _, value in line)])


def _figure(panel: _Panel, value: float) -> str:
    return f"{value:.1f}" if panel.queue == "inbox" else f"{value:.0f}"


def _events(events: Events, top: int) -> list[str]:
    spans = ((events.outage, _AWAY), (events.poison, _BROKEN))
    parts = [
        f'<rect x="{_x(start):.1f}" y="{top}" width="{_x(end) - _x(start):.1f}" height="{_HIGH}" fill="{fill}"/>'
        for (start, end), fill in spans
    ]
    parts += [f'<path d="M{_x(hour):.1f} {top}v{_HIGH}" stroke="#6b7280"/>' for hour in events.shifts]
    return [*parts, f'<path d="M{_x(events.again):.1f} {top}v{_HIGH}" stroke="#111827" stroke-dasharray="3 3"/>']


def _axes(panel: _Panel, most: float, top: int) -> list[str]:
    bottom = top + _HIGH
    parts = [
        f'<text x="{_LEFT}" y="{top - 8}" font-weight="bold">{panel.title} (highest: {_figure(panel, most)})</text>',
        f'<path d="M{_LEFT} {top}V{bottom}H{_LEFT + _WIDTH}" stroke="#111827" fill="none"/>',
    ]
    parts += [
        f'<text x="{_LEFT - 6}" y="{bottom - share * _HIGH + 4:.1f}" text-anchor="end">{_figure(panel, most * share)}</text>'
        for share in (0.0, 0.5, 1.0)
    ]
    return parts + [f'<text x="{_x(hour):.1f}" y="{bottom + 17}" text-anchor="middle">{hour:02d}:00</text>' for hour in range(0, 25, 2)]


def _curves(lines: Mapping[str, list[tuple[float, float]]], top: int) -> list[str]:
    parts: list[str] = []
    for channel, line in lines.items():
        colour, dashes = _LOOKS[channel]
        points = " ".join(f"{_x(hour):.1f},{top + _HIGH - value / _most(lines) * _HIGH:.1f}" for hour, value in line)
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
