"""Envelopes: what is sealed, under which key, so that a stolen database says nothing.

AEAD is XChaCha20-Poly1305 (libsodium): its 24-byte nonces may be drawn at random for the life of a key. Plaintext is padded to a bucket
first, so that an envelope's length says little about the words in it (ASVS 5.0.0, 11.x).
"""

import hashlib
import os
from collections.abc import Sequence

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt as _decrypt,
)
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_encrypt as _encrypt,
)
from nacl.exceptions import CryptoError

KEY_BYTES = 32
_NONCE = 24
_SMALLEST_BUCKET = 64
_UNDER_A_KEY = b"\x01"
_UNDER_THE_RING = b"\x02"
_KEY_ID = 4
HEAD_BYTES = 1 + _KEY_ID
"""How many bytes at the front of an envelope say under which key of the ring it was sealed."""


class Unopenable(Exception):
    """An envelope that no key at hand opens: the key was destroyed, the bytes were changed, or they belong elsewhere."""


class WeakKey(ValueError):
    """A key that must not be used: too short, repeated, or plainly not random."""


def new_key() -> bytes:
    """Draw a fresh 32-byte key."""
    return os.urandom(KEY_BYTES)


def _padded(plaintext: bytes) -> bytes:
    room = _SMALLEST_BUCKET
    while room <= len(plaintext):
        room *= 2
    return plaintext + b"\x80" + bytes(room - len(plaintext) - 1)


def _unpadded(padded: bytes) -> bytes:
    return padded[: padded.rindex(b"\x80")]


def seal_with(key: bytes, plaintext: bytes, aad: bytes) -> bytes:
    """Seal `plaintext` under a 32-byte key, bound to the place it belongs to (`aad`)."""
    nonce = os.urandom(_NONCE)
    return _UNDER_A_KEY + nonce + _encrypt(_padded(plaintext), aad, nonce, key)


def open_with(key: bytes, envelope: bytes, aad: bytes) -> bytes:
    """Open what `seal_with` sealed. Raises Unopenable."""
    if envelope[:1] != _UNDER_A_KEY:
        raise Unopenable("this envelope is of another version")
    try:
        return _unpadded(_decrypt(envelope[1 + _NONCE :], aad, envelope[1 : 1 + _NONCE], key))
    except (CryptoError, ValueError) as error:
        raise Unopenable("this envelope does not open with this key") from error


def _derived(key: bytes, purpose: str) -> bytes:
    return hashlib.blake2b(purpose.encode(), key=key, digest_size=KEY_BYTES, person=b"weerklank-seal").digest()


def _checked(key: bytes, name: str) -> bytes:
    if len(key) != KEY_BYTES:
        raise WeakKey(f"{name} must be {KEY_BYTES} bytes, it has {len(key)}; make one with `weerklank keys new`")
    if len(set(key)) < KEY_BYTES // 2:
        raise WeakKey(f"{name} is not random; make one with `weerklank keys new`")
    return key


class Keyring:
    """The service's own keys: sealing keys (newest first) and the pepper for keyed look-up.

    Each purpose gets a key of its own, derived with keyed BLAKE2b, so that an envelope of one table never opens in another's name.
    """

    def __init__(self, keys: Sequence[bytes], pepper: bytes) -> None:
        if not keys:
            raise WeakKey("no sealing key is set; make one with `weerklank keys new`")
        checked = [_checked(key, f"sealing key {number}") for number, key in enumerate(keys, start=1)]
        _checked(pepper, "the look-up pepper")
        if len({*checked, pepper}) != len(checked) + 1:
            raise WeakKey("a sealing key is repeated or equals the look-up pepper; every key must be its own")
        self._keys = {self._key_id(key): key for key in checked}
        self._newest = self._key_id(checked[0])
        self.size = len(checked)
        self._pepper = pepper
        self._purposes: dict[tuple[bytes, str], bytes] = {}

    @staticmethod
    def _key_id(key: bytes) -> bytes:
        return hashlib.blake2b(key, digest_size=_KEY_ID, person=b"weerklank-keyid").digest()

    def _key_for(self, key_id: bytes, purpose: str) -> bytes:
        derived = self._purposes.get((key_id, purpose))
        if derived is None:
            derived = self._purposes[key_id, purpose] = _derived(self._keys[key_id], purpose)
        return derived

    def seal(self, purpose: str, plaintext: bytes, aad: bytes = b"") -> bytes:
        """Seal under the newest key, for one purpose (a table and column, say)."""
        return _UNDER_THE_RING + self._newest + seal_with(self._key_for(self._newest, purpose), plaintext, aad)

    def open(self, purpose: str, envelope: bytes, aad: bytes = b"") -> bytes:
        """Open what `seal` sealed, with whichever key of the ring it names. Raises Unopenable."""
        key_id = envelope[1 : 1 + _KEY_ID]
        if envelope[:1] != _UNDER_THE_RING or key_id not in self._keys:
            raise Unopenable("this envelope was sealed under a key that is not on the ring")
        return open_with(self._key_for(key_id, purpose), envelope[1 + _KEY_ID :], aad)

    def is_newest(self, envelope: bytes) -> bool:
        """Whether an envelope that opens was sealed under the newest key."""
        return envelope[1 : 1 + _KEY_ID] == self._newest

    @property
    def newest_head(self) -> bytes:
        """What every envelope begins with that is sealed now."""
        return _UNDER_THE_RING + self._newest

    def number_of(self, envelope: bytes) -> int | None:
        """Under which key of the ring an envelope was sealed, by its place: 1 is the first; None for one that is not on the ring."""
        places = {key_id: number for number, key_id in enumerate(self._keys, start=1)}
        return places.get(envelope[1:HEAD_BYTES]) if envelope[:1] == _UNDER_THE_RING else None

    def lacks_key_of(self, envelope: bytes) -> bool:
        """Whether an envelope names a key that is not on the ring; False for bytes that are no envelope of the ring at all."""
        return envelope[:1] == _UNDER_THE_RING and len(envelope) > HEAD_BYTES and envelope[1:HEAD_BYTES] not in self._keys

    def lookup(self, *parts: str) -> bytes:
        """A keyed hash to find something by, without storing it: 32 bytes, the same for the same parts and pepper."""
        return hashlib.blake2b("\x00".join(parts).encode(), key=self._pepper, digest_size=32, person=b"weerklank-look").digest()

    def salt(self, purpose: str) -> bytes:
        """A 16-byte secret salt for a password hash that must be looked up (SECURITY.md, ASVS 6.5.2)."""
        return hashlib.blake2b(purpose.encode(), key=self._pepper, digest_size=16, person=b"weerklank-salt").digest()
