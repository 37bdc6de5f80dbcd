"""A file beside an entry of a case, put away as the bringing loop puts it away."""

import sqlalchemy as sa

from bot.media.clean import clean
from cases import entries
from cases.change import CaseChange
from cases.save import save
from store.casekeys import load_data_key
from store.files import new_name, seal_file
from store.sealing import new_key, seal_with
from store.tables import attachments, cases
from tests.api.house import House


def attach(house: House, reference: str, number: int, kind: str, content: bytes) -> bytes:
    """Put a clean copy beside entry `number` of a case; returns what it holds."""
    services, cleaned, key, name = house.services, clean(content), new_key(), new_name()
    services.files.put(name, seal_file(key, name, cleaned.content))
    with services.database.write() as connection:
        case = connection.execute(sa.select(cases).where(cases.c.reference == reference)).one()
        row = {
            "worker_id": case.worker_id or "nobody",
            "channel": case.channel,
            "kind": kind,
            "case_id": case.id,
            "seq": number,
            "state": "kept",
            "file": name,
            "key_sealed": seal_with(load_data_key(connection, services.keyring, case.id), key, name.encode()),
            "media_type": cleaned.media_type,
            "size": len(cleaned.content),
            "seconds": cleaned.seconds,
            "due_at": 0,
            "created_at": 0,
        }
        connection.execute(sa.insert(attachments), [row])
    return cleaned.content


def attach_beside(house: House, reference: str, kind: str, content: bytes) -> int:
    """Put a clean copy beside an entry of its own; returns the entry's number."""
    services = house.services
    with services.database.write() as connection:
        case = dict(connection.execute(sa.select(cases).where(cases.c.reference == reference)).mappings().one())
        save(connection, services.keyring, case, CaseChange({"updated_at": house.clock()}, (entries.attachment(house.clock(), kind),)))
        number: int = connection.execute(sa.select(cases.c.last_seq).where(cases.c.reference == reference)).scalar_one()
    attach(house, reference, number, kind, content)
    return number
