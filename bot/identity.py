"""Who is behind a pseudonym: the only module that opens the vault."""

import os
import secrets
from collections.abc import Sequence

import sqlalchemy as sa

from bot.people import Reach, Worker
from store import vault
from store.sealing import Keyring, Unopenable, new_key, open_with, seal_with

_PURPOSE = "workers.key_sealed"
_REMEMBERED = 2048


class Identity:
    """Turns addresses into pseudonyms, and back for the one who sends."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._opened: dict[bytes, Worker] = {}

    def pseudonyms(self, connection: sa.Connection, addresses: Sequence[tuple[str, str]]) -> list[Worker]:
        """The worker behind each (channel, address); a stranger gets a new pseudonym and key. Safe when two processes meet the same one."""
        lookups = [self._keyring.lookup("contact", channel, address) for channel, address in addresses]
        known = vault.by_lookup(connection, lookups)
        new = {
            lookup: self._stranger(lookup, channel, address)
            for lookup, (channel, address) in zip(lookups, addresses, strict=True)
            if lookup not in known
        }
        if new:
            vault.add(connection, list(new.values()))
            known |= vault.by_lookup(connection, list(new))
        opened = {lookup: self.worker(contact.worker_id, contact.key_sealed) for lookup, contact in known.items()}
        return [opened[lookup] for lookup in lookups]

    def _stranger(self, lookup: bytes, channel: str, address: str) -> vault.Contact:
        worker_id, key = secrets.token_urlsafe(16), new_key()
        sealed_key = self._keyring.seal(_PURPOSE, key, worker_id.encode())
        return vault.Contact(lookup, worker_id, sealed_key, channel, seal_with(key, address.encode(), lookup))

    def worker(self, worker_id: str, key_sealed: bytes | None) -> Worker:
        """Open a worker's key; one opened lately is remembered. Raises Unopenable when the worker was forgotten."""
        if key_sealed is None:
            raise Unopenable("this worker was forgotten")
        known = self._opened.get(key_sealed)
        if known is None or known.id != worker_id:
            known = self.passer_by(worker_id, key_sealed)
            if len(self._opened) >= _REMEMBERED:
                self._opened.clear()
            self._opened[key_sealed] = known
        return known

    def passer_by(self, worker_id: str, key_sealed: bytes) -> Worker:
        """Open a worker's key for one look, and remember nothing of it: for whoever goes through everybody. Raises Unopenable."""
        return Worker(worker_id, self._keyring.open(_PURPOSE, key_sealed, worker_id.encode()))

    @staticmethod
    def try_address(key: bytes, lookup: bytes, address_sealed: bytes) -> None:
        """See that an address opens under its worker's key, and tell nobody what it is. Raises Unopenable."""
        open_with(key, address_sealed, lookup)

    def drop(self, worker_id: str) -> None:
        """Remember nothing of a worker any more."""
        self._opened = {sealed: worker for sealed, worker in self._opened.items() if worker.id != worker_id}

    def address_of(self, connection: sa.Connection, worker_ids: Sequence[str]) -> dict[str, Reach]:
        """How to reach these workers now; forgotten ones are missing."""
        found = vault.by_worker(connection, worker_ids)
        return {worker_id: self._reach(contact) for worker_id, contact in found.items() if contact.key_sealed is not None}

    def _reach(self, contact: vault.Contact) -> Reach:
        worker = self.worker(contact.worker_id, contact.key_sealed)
        address = open_with(worker.key, contact.address_sealed, contact.lookup).decode()
        return Reach(worker, contact.channel, address, contact.heard_at, contact.closed_to)

    def follow(self, connection: sa.Connection, channel: str, previous: str, address: str) -> None:
        """A carrier says that a worker has another address now: the worker, with case and session, is found there from now on.

        Where somebody wrote from the new address already and has a case open there, they keep it: the case of before can be opened by its
        code. Somebody there without a case is the same person who did not get far, and gives way.
        """
        old, new = (self._keyring.lookup("contact", channel, each) for each in (previous, address))
        known = vault.by_lookup(connection, [old, new])
        if old == new or old not in known or known[old].key_sealed is None:
            return
        if new in known and not vault.give_way(connection, known[new].worker_id, new):
            return
        worker = self.worker(known[old].worker_id, known[old].key_sealed)
        vault.move(connection, worker.id, new, seal_with(worker.key, address.encode(), new))

    def part_from(self, connection: sa.Connection, worker_id: str) -> None:
        """Let the next words from this address be a stranger's, while a last text can still reach it."""
        reach = self.address_of(connection, [worker_id]).get(worker_id)
        if reach is not None:
            lookup = os.urandom(32)
            vault.move(connection, worker_id, lookup, seal_with(reach.worker.key, reach.address.encode(), lookup))

    def forget(self, connection: sa.Connection, worker_id: str) -> None:
        """Destroy a worker's key and address."""
        vault.destroy(connection, worker_id)
