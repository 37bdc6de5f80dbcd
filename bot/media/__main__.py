"""Cleans one file in a process of its own: bytes in, the clean copy out, with little memory, little time and no files."""

import sys

from bot.media.clean import clean
from bot.media.kinds import Refused

if sys.platform != "win32":
    import resource

MEMORY = 1024 * 1024 * 1024
SECONDS = 30
REFUSED = 3


def _be_small() -> None:
    """Hold this process to its limits: a bomb ends it, and nothing but it."""
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    """Clean what stands on the standard input: a line with what it is and its seconds (`-` where none are told), then the clean copy.

    A refusal is its kind and its reason, and the exit status REFUSED.
    """
    _be_small()
    try:
        cleaned = clean(sys.stdin.buffer.read())
    except Refused as refused:
        sys.stdout.write(f"{refused.refusal}\n{refused.why}")
        return REFUSED
    sys.stdout.buffer.write(f"{cleaned.media_type} {cleaned.seconds or '-'}\n".encode() + cleaned.content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
