"""Passwords: long, not well known, hashed slowly; no rules about capitals and signs, and none about changing them (ASVS 6.2.x)."""

import re
import string
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager

from nacl.exceptions import InvalidkeyError
from nacl.pwhash import argon2id

from api.well_known import STEMS
from words.marked import marked

SHORTEST = 12
LONGEST = 200
_MEMORY = 64 * 1024 * 1024
_PASSES = 2
_AT_ONCE = 2
_IN_ALL = 6
_RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "qazwsxedcrfvtgbyhnujmikolp",
    "azertyuiopqsdfghjklmwxcvbn",
)
_PLAIN = str.maketrans("013457$@!", "oleastsai")
_places = threading.BoundedSemaphore(_IN_ALL)
_turns = threading.BoundedSemaphore(_AT_ONCE)


class TooBusy(Exception):
    """More people sign in at once than hashing may cost (ASVS 15.2.2); try again in a moment."""


@contextmanager
def _turn() -> Generator[None]:
    """Hold one of two turns. Four more may wait; whoever comes then is sent off at once: hashing never holds every thread."""
    if not _places.acquire(blocking=False):
        raise TooBusy
    try:
        with _turns:
            yield
    finally:
        _places.release()


def hashed(password: str) -> str:
    """Hash a password with Argon2id (64 MiB, two passes). Raises TooBusy."""
    with _turn():
        return argon2id.str(password.encode(), opslimit=_PASSES, memlimit=_MEMORY).decode()


_NOBODYS = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHR0aGF0aXM$aWYgdGhpcyB3ZXJlIGEgcGFzc3dvcmQsIGl0IGlzbid0"


def matches(password_hash: str | None, password: str) -> bool:
    """Whether a password is the right one. Without a hash the same work is done, so that time tells nobody who has an account.

    Raises TooBusy.
    """
    with _turn():
        try:
            return argon2id.verify((password_hash or _NOBODYS).encode(), password.encode()) and password_hash is not None
        except InvalidkeyError:
            return False


def _is_a_run(text: str) -> bool:
    """Whether a text is one short piece over and over, or steps along the alphabet, the digits or a keyboard."""
    if (text + text).find(text, 1, -1) != -1 or len(set(text)) < 4:
        return True
    return any(text in run * 2 or text in (run * 2)[::-1] for run in _RUNS)


def _stems(text: str) -> Iterator[str]:
    for each in (text, text.strip(string.digits + string.punctuation).translate(_PLAIN)):
        yield each
        letters = "".join(sign for sign in each if sign.isalpha())
        yield letters
        half = len(letters) // 2
        if letters[:half] == letters[half:]:
            yield letters[:half]


def complaint(password: str, *about: str) -> str | None:
    """Say what is wrong with a new password, or None. `about` are words an attacker tries first: the officer's name and e-mail."""
    if len(password) < SHORTEST:
        return marked("Use at least {count} characters. A few words after one another are easy to keep.", count=SHORTEST)
    if len(password) > LONGEST:
        return marked("Use at most {count} characters.", count=LONGEST)
    folded = password.casefold().replace(" ", "")
    if _is_a_run(folded) or any(stem in STEMS for stem in _stems(folded)):
        return marked("This password is one of the first that anybody would try. Choose another.")
    if about and len(_without(folded, *about)) < 4:
        return marked("This password is made of your own name or address. Choose another.")
    return None


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalpha())


def _without(folded: str, *about: str) -> str:
    """Strike somebody's names, whole and in parts, from a password; what is left is its own."""
    parts = [part for text in about for part in re.split(r"[\s@.]+", text) if len(part) > 3]
    rest = folded
    for known in sorted({_letters(text) for text in (*about, *parts)} - {""}, key=len, reverse=True):
        rest = _letters(rest).replace(known, "")
    return rest
