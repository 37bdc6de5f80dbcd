"""A reading as plain text, for a terminal and for a mail."""

from collections.abc import Iterator

from flows.reading import Reading, Turn, Way


def as_text(reading: Reading) -> str:
    """Print a reading: a turn a paragraph, what is said behind a bar, the ways on behind arrows."""
    head = f"{reading.flow} in {reading.language} on {reading.channel}"
    return "\n\n".join([head, *("\n".join(_lines(turn, reading.language)) for turn in reading.turns)]) + "\n"


def _lines(turn: Turn, language: str) -> Iterator[str]:
    details = "".join(f", {name} {value}" for name, value in turn.details)
    yield f"{turn.node}: {turn.does}{details}{'' if turn.reached else ' (nothing in this flow leads here)'}"
    if turn.messages:
        yield from _notes(turn, language)
    for place, message in enumerate(turn.messages):
        yield from (f"  | {line}" for line in message.text.split("\n"))
        if turn.costs:
            number = turn.costs[place].segments
            yield f"    {number} SMS segment{'' if number == 1 else 's'}, {turn.costs[place].encoding}"
        yield from (f"    [{title}]" for _, title in message.choices)
    for message in turn.again:
        yield from (f"  : {line}" for line in message.text.split("\n"))
    yield from (_way(way) for way in turn.ways)


def _notes(turn: Turn, language: str) -> Iterator[str]:
    if turn.draft:
        yield f"  ! a draft in {turn.tongue}: nobody who speaks it has read it yet"
    if turn.tongue not in (language, language.partition("-")[0]):
        yield f"  ! no words in {language}: said in {turn.tongue}"


def _way(way: Way) -> str:
    what = f"{way.digit} {way.what}".strip() if way.when == "option" else "calls" if way.when == "call" else way.what
    return f"  > {what} -> {way.to or 'the flow ends'}{' (above)' if way.back else ''}"
