"""`weerklank talk FLOW`: a phone in the terminal, on the same path as a carrier's, with a database that is thrown away."""

import argparse
import asyncio
import secrets
import sys
import tempfile
import time
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import sqlalchemy as sa

from bot import log
from cases import programme
from channels.base import Choice, Inbound, InboundKind
from channels.registry import CARDS
from channels.terminal import TerminalPhone
from flows.model import load, sources_of
from flows.revisions import SHIPPED
from flows.transcript import Recorder
from store import flows as kept_flows
from store.flows import Kept, Publication
from store.migrate import upgrade
from store.standing import TO_LEAVE, standing
from store.tables import inbox, outbox
from weerklank.commands.common import Commands, say
from weerklank.commands.errors import CommandError
from weerklank.commands.keys import fresh_lines
from weerklank.settings import Settings
from weerklank.wiring import Parts, Service

_ADDRESS = "terminal"
_LOOK_EVERY = 0.02


def add_parser(commands: Commands) -> None:
    """Add `talk`."""
    command = commands.add_parser("talk", help="talk with a flow as a worker would, in the terminal; nothing is kept")
    command.add_argument("flow", metavar="FLOW", help="a flow file, or the name of a flow that we ship")
    command.add_argument("--channel", choices=["sms", "whatsapp", "telegram", "web"], default="sms")
    command.add_argument("--language", default=None, help="en, nl, es, bn ...; else the site's")
    command.add_argument("--save", type=Path, default=None, metavar="FILE", help="write the talk as a transcript test")
    command.set_defaults(run=_run)


@dataclass(slots=True)
class _Phone:
    """The person at the terminal: what the bot said is shown and, where asked for, recorded."""

    recorder: Recorder
    seen: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def show(self, text: str, choices: tuple[Choice, ...]) -> None:
        for line in text.splitlines() or [""]:
            say(f"    {line}")
        for choice in choices:
            say(f"    [ {choice.title} ]")
        say()
        self.seen[:] = [(choice.id, choice.title) for choice in choices] or self.seen
        self.recorder.bot(text, tuple((choice.id, choice.title) for choice in choices))

    def option(self, text: str) -> str | None:
        """The id behind a button whose words were typed as they stand on it."""
        return next((option for option, title in self.seen if title == text), None)


def _run(arguments: argparse.Namespace) -> int:
    path = Path(arguments.flow)
    path = path if path.exists() else SHIPPED / f"{arguments.flow}.yaml"
    flow = load(path)
    log.set_up("ERROR")
    with tempfile.TemporaryDirectory(prefix="weerklank-talk-") as folder:
        recorder = Recorder(flow.name, arguments.channel, arguments.language or flow.language)
        asyncio.run(_talk(arguments, path, Path(folder), _Phone(recorder)))
    if arguments.save is not None:
        arguments.save.write_text(recorder.text(), encoding="utf-8")
        say(f"written: {arguments.save}")
    return 0


def _service(folder: Path, channel: str, phone: _Phone) -> Service:
    keys = dict(line.split("=", 1) for line in fresh_lines())
    settings = Settings(
        data_dir=folder,
        database_url=f"sqlite:///{folder / 'talk.sqlite3'}",
        sealing_keys=keys["WEERKLANK_SEALING_KEYS"],  # type: ignore[arg-type]  # read from text, as in the environment
        lookup_pepper=keys["WEERKLANK_LOOKUP_PEPPER"],  # type: ignore[arg-type]
        codes_ahead=2,
        # A talk in a folder with the real settings must not ask Telegram: real workers' words would end on this throw-away database.
        telegram_polling=False,
    )
    return Service(settings, Parts(phones={channel: TerminalPhone(channel, CARDS[channel].limits, phone.show)}))


async def _talk(arguments: argparse.Namespace, path: Path, folder: Path, phone: _Phone) -> None:
    service = _service(folder, arguments.channel, phone)
    upgrade(service.database)
    name = load(path).name
    text = files("weerklank.sample").joinpath("programme.yaml").read_text(encoding="utf-8")
    with service.database.write() as connection:
        programme.apply(connection, programme.read_programme(text, "programme.yaml"), text, service.clock())
    service.houses.first_flow = name
    service.prepare()
    await service.writer.call(lambda connection: _lay(connection, path, service.clock()))
    service.houses.reload()
    await service.start(background=True)
    site = _site(service, arguments.channel)
    say(f"You are a worker on {arguments.channel}. The poster says {site}. An empty line ends the talk.\n")
    if arguments.language:
        await _send(service, arguments.channel, f"{site} {arguments.language}", phone)
    await _listen(service, arguments.channel, phone)
    await service.stop()


def _lay(connection: sa.Connection, path: Path, now: int) -> None:
    flow = load(path)
    before = kept_flows.in_force(connection).get(flow.name)
    kept_flows.keep(connection, Kept(flow.revision, shipped=False, created_at=now), flow.name, sources_of(path))
    kept_flows.publish(connection, Publication(flow.name, before.number + 1 if before else 1, flow.revision, now))


def _site(service: Service, channel: str) -> str:
    places = service.houses.now().programme.places.values()
    found = [place.code for place in places if channel in place.channels] or [place.code for place in places]
    if not found:
        raise CommandError("the sample programme has no site")
    return found[0]


async def _listen(service: Service, channel: str, phone: _Phone) -> None:
    while True:
        sys.stdout.write("> ")
        sys.stdout.flush()
        line = await asyncio.to_thread(sys.stdin.readline)
        if not line.strip():
            return
        await _send(service, channel, line.strip(), phone)


async def _send(service: Service, channel: str, text: str, phone: _Phone) -> None:
    option = phone.option(text)
    phone.recorder.worker(text)
    kind: InboundKind = "message" if option is None else "button"
    await service.inbox.accept([Inbound(channel, secrets.token_hex(8), _ADDRESS, kind, text, option)])
    await asyncio.to_thread(_until_quiet, service)


def _until_quiet(service: Service) -> None:
    while _busy(service):
        time.sleep(_LOOK_EVERY)


def _busy(service: Service) -> bool:
    """Whether something is still to be handled or to be said."""
    with service.database.read() as connection:
        words = sa.select(sa.exists().where(standing(inbox, "new")))
        answers = sa.select(sa.exists().where(standing(outbox, *TO_LEAVE)))
        return bool(connection.execute(words).scalar_one() or connection.execute(answers).scalar_one())
