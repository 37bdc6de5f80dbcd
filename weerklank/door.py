"""A small door for those who watch, one for each process: its figures, whether it lives, whether it can work.

Several processes behind one port answer in turn, and a process that only works in the background has no port at all; each that is to be
watched gets a door of its own. It is off unless a setting says where, and on this machine alone unless another one says so.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Generator, MutableMapping
from contextlib import contextmanager
from typing import Any

import orjson
import uvicorn

from api.deps import ReadyReport
from weerklank.settings import Settings, SettingsError

_Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[_Message]]
Send = Callable[[_Message], Awaitable[None]]
_TEXT = "text/plain; version=0.0.4; charset=utf-8"
_JSON = "application/json"


def first_free(host: str, ports: range) -> socket.socket:
    """Take the first of these ports that no other process has. Raises SettingsError when all are taken."""
    for port in ports:
        door = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
        try:
            door.bind((host, port))
            door.listen()
        except OSError:
            door.close()
        else:
            return door
    raise SettingsError(f"no port of WEERKLANK_METRICS_PORTS is free on {host}: give one for each process of this machine")


class _Silent(uvicorn.Server):
    """A server inside a process that has another one, or none: signals are not its affair."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave signals to the process."""
        yield


class Door:
    """The door of one process; does nothing while no port is set."""

    def __init__(self, settings: Settings, figures: Callable[[], bytes], readiness: Callable[[], ReadyReport]) -> None:
        self._host, self._ports = settings.metrics_host, settings.metrics_range
        self._figures = figures
        self._readiness = readiness
        self._taken: socket.socket | None = None
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None

    def take(self) -> None:
        """Take a port before anything else is begun. Raises SettingsError."""
        if self._ports is not None:
            self._taken = first_free(self._host, self._ports)

    def open(self) -> None:
        """Begin to answer on the port that was taken."""
        if self._taken is None:
            return
        quiet: dict[str, Any] = {"access_log": False, "log_config": None, "server_header": False, "lifespan": "off", "interface": "asgi3"}
        self._server = _Silent(uvicorn.Config(self._answer, http="httptools", proxy_headers=False, timeout_graceful_shutdown=2, **quiet))
        self._task = asyncio.create_task(self._server.serve(sockets=[self._taken]))

    async def shut(self) -> None:
        """Answer nobody any more."""
        if self._server is not None and self._task is not None:
            self._server.should_exit = True
            await self._task

    async def _answer(self, scope: _Message, _: Receive, send: Send) -> None:
        status, kind, body = await asyncio.to_thread(self._said, scope["method"], scope["path"])
        headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _said(self, method: str, path: str) -> tuple[int, str, bytes]:
        if method != "GET":
            return 405, _JSON, b"{}"
        if path == "/healthz":
            return 200, _JSON, b'{"status":"alive"}'
        if path == "/readyz":
            report = self._readiness()
            said = {"status": "ready" if report.ready else "not ready", "parts": dict(report.parts)}
            return 200 if report.ready else 503, _JSON, orjson.dumps(said)
        return (200, _TEXT, self._figures()) if path == "/metrics" else (404, _JSON, b"{}")
