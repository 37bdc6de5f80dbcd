"""A model that says the same thing again and again: the decoder's best known fault, told apart from a source that repeats itself."""

from collections.abc import Sequence

_LONGEST_REFRAIN = 8
_OFTEN = 4


def loops(out: Sequence[str], source: Sequence[str]) -> bool:
    """Whether the same one to eight tokens follow each other four times or more, and more often than anything does in the source."""
    found = most_repeated(out)
    return found >= _OFTEN and found > most_repeated(source)


def most_repeated(tokens: Sequence[str]) -> int:
    """How many times at most the same one to eight tokens stand one after another; 1 where nothing repeats, 0 for nothing."""
    most = min(1, len(tokens))
    for size in range(1, _LONGEST_REFRAIN + 1):
        same = 0
        for at in range(size, len(tokens)):
            same = same + 1 if tokens[at] == tokens[at - size] else 0
            most = max(most, same // size + 1)
    return most
