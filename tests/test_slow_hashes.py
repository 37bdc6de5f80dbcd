"""Whoever takes the database away still has to guess, and each guess costs memory and time: Argon2id, as OWASP's cheat sheet has it."""

import pytest
from nacl.pwhash import argon2id

from api import passwords
from store import codes
from store.sealing import Keyring, new_key

pytestmark = pytest.mark.usefixtures("full_strength")
MEBIBYTE = 1024 * 1024


def test_a_guess_at_a_password_costs_64_mebibytes_and_two_passes() -> None:
    hashed = passwords.hashed("a long walk by the canal")

    assert hashed.startswith("$argon2id$v=19$m=65536,t=2,p=1$")
    assert passwords.matches(hashed, "a long walk by the canal")


def test_a_guess_at_a_code_costs_19_mebibytes_and_two_passes() -> None:
    keyring = Keyring([new_key()], new_key())
    slow = argon2id.kdf(32, b"12345678", keyring.salt("codes"), opslimit=2, memlimit=19 * MEBIBYTE)

    assert codes.code_hash(keyring, "12345678") == slow
