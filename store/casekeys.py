"""One key pair and one data key a case; who may open them is a row.

The case's entries are sealed under its data key. The data key is sealed to the case's public key; the private key is granted to each
reader. In `server` mode there is one reader, the service, whose grant is wrapped by the keyring; the `officer` mode adds readers whose
grants are boxes to their own public keys, and nothing that calls this module changes.
"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

import sqlalchemy as sa
from nacl.bindings import crypto_box_keypair, crypto_box_seal, crypto_box_seal_open
from nacl.exceptions import CryptoError

from store.sealing import Keyring, Unopenable, new_key
from store.tables import case_grants, cases

SERVICE = "service"
_PURPOSE = "case_grants.envelope"
_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class CaseKeys:
    """The keys of a new case: the data key to seal with now, and what is stored of them."""

    data_key: bytes
    public_key: bytes
    data_key_sealed: bytes
    grants: tuple[tuple[str, bytes], ...]


def create(keyring: Keyring) -> CaseKeys:
    """Make the keys of a case and grant them to the service."""
    public_key, private_key = crypto_box_keypair()
    data_key = new_key()
    grant = keyring.seal(_PURPOSE, private_key, public_key)
    return CaseKeys(data_key, public_key, crypto_box_seal(data_key, public_key), ((SERVICE, grant),))


def data_key(keyring: Keyring, public_key: bytes, data_key_sealed: bytes | None, envelope: bytes | None) -> bytes:
    """Open a case's data key with the service's grant. Raises Unopenable when the case was forgotten or the grant is gone."""
    if data_key_sealed is None or envelope is None:
        raise Unopenable("the keys of this case were destroyed")
    private_key = keyring.open(_PURPOSE, envelope, public_key)
    try:
        return crypto_box_seal_open(data_key_sealed, public_key, private_key)
    except CryptoError as error:
        raise Unopenable("the data key of this case does not open") from error


class KeyCache:
    """Data keys opened lately, so that a long talk does not open the same box at every message.

    A key is only given out together with the sealed form it came from: a forgotten case has none, so nothing outlives forgetting.
    """

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._keys: OrderedDict[bytes, bytes] = OrderedDict()
        self._lock = Lock()

    def remember(self, keys: CaseKeys) -> None:
        """Keep the keys of a case just made."""
        self._put(keys.data_key_sealed, keys.data_key)

    def _put(self, sealed: bytes, key: bytes) -> None:
        with self._lock:
            self._keys[sealed] = key
            while len(self._keys) > _REMEMBERED:
                self._keys.popitem(last=False)

    def open(self, public_key: bytes, data_key_sealed: bytes | None, envelope: bytes | None) -> bytes:
        """As `data_key`, remembered. Raises Unopenable."""
        known = self._keys.get(data_key_sealed) if data_key_sealed is not None else None
        if known is None:
            known = data_key(self._keyring, public_key, data_key_sealed, envelope)
            self._put(data_key_sealed or b"", known)
        return known

    def forget(self, data_key_sealed: bytes | None) -> None:
        """Drop a key whose case is forgotten."""
        with self._lock:
            self._keys.pop(data_key_sealed or b"", None)


def load_data_key(connection: sa.Connection, keyring: Keyring, case_id: int) -> bytes:
    """Read and open one case's data key. Raises Unopenable."""
    found = connection.execute(
        sa.select(cases.c.public_key, cases.c.data_key_sealed, case_grants.c.envelope)
        .join(case_grants, (case_grants.c.case_id == cases.c.id) & (case_grants.c.reader == SERVICE), isouter=True)
        .where(cases.c.id == case_id)
    ).one_or_none()
    if found is None:
        raise Unopenable("there is no such case")
    return data_key(keyring, found.public_key, found.data_key_sealed, found.envelope)


def destroy(connection: sa.Connection, case_id: int) -> None:
    """Destroy a case's keys: its words can never be read again; the chain of hashes stays whole."""
    connection.execute(sa.delete(case_grants).where(case_grants.c.case_id == case_id))
    connection.execute(sa.update(cases).where(cases.c.id == case_id).values(data_key_sealed=None, code_hash=None, worker_id=None))
