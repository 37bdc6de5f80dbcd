"""Envelopes: only the right key opens them, in the right place, and their length says little."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import casekeys
from store.sealing import Keyring, Unopenable, WeakKey, new_key, open_with, seal_with


@given(st.binary(max_size=5000), st.binary(max_size=40))
def test_what_is_sealed_opens_with_its_key_in_its_place(plaintext: bytes, aad: bytes) -> None:
    key = new_key()

    assert open_with(key, seal_with(key, plaintext, aad), aad) == plaintext


def test_an_envelope_opens_nowhere_else() -> None:
    key = new_key()
    envelope = seal_with(key, b"words", b"here")

    for other_key, place, changed in (
        (new_key(), b"here", envelope),
        (key, b"there", envelope),
        (key, b"here", envelope[:-1] + bytes([envelope[-1] ^ 1])),
        (key, b"here", b"\x09" + envelope[1:]),
        (key, b"here", envelope[:10]),
    ):
        with pytest.raises(Unopenable):
            open_with(other_key, changed, place)


def test_short_answers_all_look_alike() -> None:
    key = new_key()

    assert {len(seal_with(key, b"x" * length, b"")) for length in range(64)} == {105}


def test_an_older_key_on_the_ring_still_opens_and_the_newest_seals() -> None:
    old, new, pepper = new_key(), new_key(), new_key()
    envelope = Keyring([old], pepper).seal("table", b"words", b"1")
    ring = Keyring([new, old], pepper)

    assert ring.open("table", envelope, b"1") == b"words"
    with pytest.raises(Unopenable):
        Keyring([old], pepper).open("table", ring.seal("table", b"words", b"1"), b"1")


def test_an_envelope_of_one_purpose_does_not_open_in_anothers_name() -> None:
    ring = Keyring([new_key()], new_key())

    with pytest.raises(Unopenable):
        ring.open("officers", ring.seal("workers", b"words"))


def test_a_look_up_depends_on_the_pepper_and_on_every_part() -> None:
    one, other = Keyring([new_key()], new_key()), Keyring([new_key()], new_key())

    assert one.lookup("contact", "sms", "a") == one.lookup("contact", "sms", "a")
    assert len({one.lookup("contact", "sms", "a"), one.lookup("contact", "whatsapp", "a"), other.lookup("contact", "sms", "a")}) == 3


KEY = new_key()
WEAK = [([], new_key()), ([b"short"], new_key()), ([bytes(32)], new_key()), ([KEY, KEY], new_key()), ([KEY], KEY), ([KEY], b"x" * 32)]


@pytest.mark.parametrize(("keys", "pepper"), WEAK, ids=["none", "short", "zeros", "twice", "as pepper", "one letter"])
def test_a_weak_missing_or_repeated_key_is_refused_in_one_sentence(keys: list[bytes], pepper: bytes) -> None:
    with pytest.raises(WeakKey) as refused:
        Keyring(keys, pepper)

    assert "\n" not in str(refused.value)
    assert KEY.hex() not in str(refused.value)


def test_a_case_opens_with_its_grant_and_with_nothing_once_that_is_gone() -> None:
    ring = Keyring([new_key()], new_key())
    keys = casekeys.create(ring)

    assert casekeys.data_key(ring, keys.public_key, keys.data_key_sealed, keys.grants[0][1]) == keys.data_key
    for sealed, grant in ((None, keys.grants[0][1]), (keys.data_key_sealed, None)):
        with pytest.raises(Unopenable):
            casekeys.data_key(ring, keys.public_key, sealed, grant)
