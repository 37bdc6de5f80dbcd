"""`weerklank demo`: the whole line on this machine, with a sample programme, phones in the browser and officers who sign in by link."""

import argparse
import contextlib
import gc
import os
import socket
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import sqlalchemy as sa
import uvicorn
from pydantic import SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from api import accounts
from api.app import build_app
from api.deps import Phone
from bot import log
from bot.mail import FileMailer
from cases import programme
from cases.model import Place, Programme
from store.migrate import upgrade
from weerklank import web
from weerklank.commands.common import Commands, say
from weerklank.commands.errors import CommandError
from weerklank.commands.keys import fresh_lines
from weerklank.commands.serve import UVICORN
from weerklank.sample import programme_text
from weerklank.sample.form import Sample
from weerklank.sample.phones import carry_by_phones
from weerklank.sample.seed import draw_codes, is_played, play
from weerklank.settings import Settings
from weerklank.wiring import Parts, Service

HOST = "127.0.0.1"
CODES_AHEAD = 40
_FOLDER = Path("var/demo")
_CHANNELS = {"sms": "SMS", "whatsapp": "WhatsApp", "telegram": "Telegram", "http_sms": "SMS, local line", "web": "web"}
_ROLES = {"officer": "officer", "lead_officer": "lead officer", "programme_admin": "runs the line", "translator": "translator"}


def add_parser(commands: Commands) -> None:
    """Add `demo`."""
    command = commands.add_parser("demo", help="everything on this machine, with a sample programme: phones, desk and cases to try")
    command.add_argument("--port", type=int, default=8000, help="port on this machine; 0 takes any that is free")
    command.add_argument("--data-dir", type=Path, default=_FOLDER, metavar="FOLDER", help="what the demo keeps; delete it to begin again")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prepare, print where to click, and serve until Ctrl-C. Raises CommandError when the port is taken."""
    with contextlib.suppress(KeyboardInterrupt), contextlib.closing(_door(arguments.port)) as door:
        log.set_up("WARNING")
        _serve(arguments.data_dir, door)
    say("\n  Stopped. Everything is kept; start again to go on.")
    return 0


def _serve(folder: Path, door: socket.socket) -> None:
    # Nothing made until here becomes garbage: collecting would cost a tenth of the start.
    gc.disable()
    service = _service(folder, f"http://{HOST}:{door.getsockname()[1]}")
    phones = _filled(service)
    gc.freeze()
    gc.enable()
    app = web.with_service(build_app(web.services(service, demo=True, phones=phones)), service, background=True)
    lines = tuple(_welcome(service, folder))
    _Announced(uvicorn.Config(app, **UVICORN, log_level="warning"), lines).run(sockets=[door])


class _Announced(uvicorn.Server):
    """A server that says where to click as soon as it answers."""

    def __init__(self, config: uvicorn.Config, lines: Sequence[str]) -> None:
        super().__init__(config)
        self._lines = lines

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then speak."""
        await super().startup(sockets=sockets)
        say("\n".join(self._lines))


def _door(port: int) -> socket.socket:
    """Take the port at once: who comes early waits a moment, and a port that is taken is told before anything is made."""
    door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((HOST, port))
    except (OSError, OverflowError) as error:
        door.close()
        raise CommandError(f"port {port} is taken or cannot be used; choose another, as in `weerklank demo --port 8123`") from error
    door.listen()
    return door


def _keys(folder: Path) -> dict[str, SecretStr]:
    """The demo's own keys, made at its first start, for the eyes of this account only."""
    file = folder / "keys.env"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not file.exists():
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as made:
            made.write("\n".join([*fresh_lines(), ""]))
    return {name: SecretStr(value) for name, _, value in (line.partition("=") for line in file.read_text("ascii").splitlines())}


class _OwnSettings(Settings):
    """Settings that nothing around the demo can change: no carrier and no mail server hears of it."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take only what is given in the program."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


def _service(folder: Path, address: str) -> Service:
    keys = _keys(folder)
    settings = _OwnSettings(
        data_dir=folder,
        database_url=f"sqlite:///{(folder / 'weerklank.sqlite3').absolute()}",
        public_url=address,
        sealing_keys=[keys["WEERKLANK_SEALING_KEYS"]],
        lookup_pepper=keys["WEERKLANK_LOOKUP_PEPPER"],
        mail_from="line@weerklank.example",
        codes_ahead=CODES_AHEAD,
        web_phone=True,
    )
    service = Service(settings, Parts(mailer=FileMailer(folder / "mail")))
    carry_by_phones(service)
    return service


def _filled(service: Service) -> tuple[Phone, ...]:
    """Lay the tables, the programme and, the first time, the sample; the slow hashes of codes are made beside the rest."""
    upgrade(service.database)
    text = programme_text()
    story = Sample.model_validate(programme.read_sample(text))
    with ThreadPoolExecutor(1) as beside:
        drawn = beside.submit(draw_codes, service.keyring, 0 if is_played(service.database) else story.codes)
        with service.database.write() as connection:
            programme.apply(connection, programme.read_programme(text, "programme.yaml"), text, service.clock())
        service.prepare()
        return play(service, story, drawn.result())


def _bold(text: str) -> str:
    return f"\x1b[1m{text}\x1b[0m" if sys.stdout.isatty() and "NO_COLOR" not in os.environ else text


def _welcome(service: Service, folder: Path) -> Iterator[str]:
    """Where to click, in the order in which a visitor needs it."""
    address, present = service.settings.public_url, service.houses.now().programme
    yield f"\n  {_bold('Weerklank')} {address}"
    yield "  A demo: every person, place and word is invented, and nothing leaves this machine.\n"
    yield f"  {_bold('Be a worker')}   {address}/talk"
    yield "  Phones of the sample cases, and a poster of every site with its links and QR codes. Or begin on a new phone:"
    yield from (f"    {line}" for place in present.places.values() for line in _new_phones(place, present, address))
    yield f"\n  {_bold('Be an officer')}   each link lets you in once, today"
    links = service.writer.call_sync(lambda connection: _links(connection, service, present))
    yield from (f"    {who:<{max(map(len, links))}}  {link}" for who, link in links.items())
    yield "\n  First: open a sample case, answer it, and watch the knock arrive on its phone at /talk."
    yield f"  Mails to officers land in {folder / 'mail'}. Delete {folder} to begin again. Ctrl-C stops.\n"


def _new_phones(place: Place, present: Programme, address: str) -> Iterator[str]:
    """A link to a new phone on each of a site's channels; the phone sends the site's code, as from a poster."""
    language = next((tag for tag in place.languages if tag in present.languages), present.languages[0])
    name = f"{place.name}, {place.town or place.country}"
    for channel in place.channels:
        yield f"{place.code}  {name:<33}  {_CHANNELS[channel]:<15}  {address}/talk/phone#new/{channel}/{place.code}/{language}"


def _links(connection: sa.Connection, service: Service, present: Programme) -> dict[str, str]:
    """A one-time link for everybody who signs in, by who they are."""
    now = service.clock()
    return {
        f"{officer.name}, {_ROLES[officer.role]}, {present.company_name(officer.company_id)}": accounts.link_address(
            service.settings.public_url, accounts.make_link(connection, service.keyring, officer.id, "demo", now)
        )
        for officer in present.officers.values()
    }
