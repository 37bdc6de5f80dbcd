"""What the doubles of all carriers share: a small HTTP server in a thread, a record of every send, and faults on demand."""

import argparse
import asyncio
import dataclasses
import json
import os
import threading
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Self

Headers = Mapping[str, str]
_PATIENCE = 10.0


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """One call of our service to a carrier."""

    method: str
    path: str
    headers: Headers
    body: bytes


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What a carrier answers: JSON, or a file's `content`."""

    status: int
    body: Mapping[str, object]
    headers: Headers = dataclasses.field(default_factory=dict)
    content: bytes | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Sent:
    """One send that reached a carrier. `taken` says whether the carrier really took it, `told` whether our service heard the outcome."""

    time: float
    to: str
    body: str
    id: str
    choices: tuple[tuple[str, str], ...] = ()
    fields: Mapping[str, str] = dataclasses.field(default_factory=dict)
    taken: bool = True
    told: bool = True
    status: int = 200


@dataclasses.dataclass(frozen=True, slots=True)
class Fault:
    """How one call fares otherwise: refused with a status (and the carrier's code and words), late, or cut off.

    Without a status the message is taken. `drop` hangs up in place of answering. `seconds` pass before the outcome.
    """

    status: int | None = None
    code: int | None = None
    text: str = ""
    retry_after: int | None = None
    seconds: float = 0.0
    drop: bool = False
    raw: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Webhook:
    """One request that a carrier makes to our service: the public URL it signed, headers, body."""

    url: str
    headers: Headers
    body: bytes


class CarrierDouble:
    """The server. A carrier says in `take` what a send is and in `refusal` how it says no."""

    def __init__(self, *, port: int = 0, record: Path | None = None, delay: float = 0.0) -> None:
        self.delay = delay
        self.sends: list[Sent] = []
        self.unknown: list[Request] = []
        self.faults: deque[Fault] = deque()
        self._port = port
        self._record = os.open(record, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) if record is not None else None
        self._changed = threading.Condition()
        self._taken = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name=type(self).__name__)

    def take(self, request: Request) -> Sent | Answer:
        """The send that a request is, or what else to answer."""
        raise NotImplementedError

    def thanks(self, sent: Sent) -> Answer:
        """What the carrier answers to a send that it took."""
        raise NotImplementedError

    def refusal(self, fault: Fault) -> Answer:
        """What the carrier answers to a send that it refuses."""
        raise NotImplementedError

    def taken_up(self, sent: Sent) -> None:
        """Called in the double's loop after a send was taken."""

    @property
    def port(self) -> int:
        """The port of loopback where the double listens."""
        return self._port

    @property
    def url(self) -> str:
        """The address to call in place of the carrier's."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def taken(self) -> list[Sent]:
        """What the carrier took, in order."""
        return [sent for sent in list(self.sends) if sent.taken]

    def texts_to(self, address: str) -> list[str]:
        """The texts that arrived at one address, in order."""
        return [sent.body for sent in self.taken if sent.to == address]

    def fail(self, times: int = 1, *, status: int = 500, code: int | None = None, text: str = "", retry_after: int | None = None) -> None:
        """Refuse the next calls."""
        self.faults.extend([Fault(status, code, text, retry_after)] * times)

    def drop(self, times: int = 1, *, taken: bool = True) -> None:
        """Hang up on the next calls without an answer; `taken` says whether their messages go out all the same."""
        self.faults.extend([Fault(None if taken else 500, drop=True)] * times)

    def hang(self, seconds: float, times: int = 1) -> None:
        """Take the next messages, and answer late."""
        self.faults.extend([Fault(seconds=seconds)] * times)

    def babble(self, raw: str, times: int = 1, *, status: int = 200) -> None:
        """Take the next messages, and answer with something that is no JSON of this carrier."""
        self.faults.extend([Fault(status, raw=raw)] * times)

    def wait_for(self, count: int, seconds: float = _PATIENCE) -> list[Sent]:
        """What was taken, once it is at least so many; fails the test when they do not come."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._taken >= count, seconds):
                raise AssertionError(f"{self._taken} of {count} messages arrived within {seconds} seconds")
        return self.taken

    def start(self) -> Self:
        """Open the door; returns when it is open."""
        self._thread.start()
        if not self._ready.wait(_PATIENCE):
            raise RuntimeError("the double did not start")
        return self

    def stop(self) -> None:
        """Close the door and hang up on everybody."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(_PATIENCE)
        if self._record is not None:
            os.close(self._record)
            self._record = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", self._port, backlog=1024))
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        try:
            self._loop.run_forever()
        finally:
            server.close()
            for task in asyncio.all_tasks(self._loop):
                task.cancel()
            self._loop.run_until_complete(asyncio.sleep(0.01))
            self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (request := await _read(reader)) is not None:
                raw = await self._outcome(request)
                if raw is None:
                    break
                writer.write(raw)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()

    async def _outcome(self, request: Request) -> bytes | None:
        if request.path.startswith("/double/"):
            return _raw(self._told(request))
        found = self.take(request)
        if isinstance(found, Answer):
            if found.status == 404:
                self.unknown.append(request)
            return _raw(found)
        fault = self.faults.popleft() if self.faults else Fault()
        return await self._fared(found, fault)

    async def _fared(self, sent: Sent, fault: Fault) -> bytes | None:
        taken = fault.status is None or (fault.raw is not None and fault.status < 300)
        if self.delay or fault.seconds:
            await asyncio.sleep(self.delay + fault.seconds)
        answer = self.thanks(sent) if taken else self.refusal(fault)
        self._remember(dataclasses.replace(sent, time=time.time(), taken=taken, told=not fault.drop, status=fault.status or answer.status))
        if fault.drop:
            return None
        return _raw(answer, fault.raw, fault.status)

    def _remember(self, sent: Sent) -> None:
        if self._record is not None:
            os.write(self._record, json.dumps(dataclasses.asdict(sent), ensure_ascii=False).encode() + b"\n")
        with self._changed:
            self.sends.append(sent)
            self._taken += sent.taken
            self._changed.notify_all()
        if sent.taken:
            self.taken_up(sent)

    def _told(self, request: Request) -> Answer:
        """Faults and questions from another process."""
        if request.method == "POST":
            wish = json.loads(request.body)
            self.faults.extend([Fault(**wish["fault"])] * wish.get("times", 1))
        return Answer(200, {"sends": [dataclasses.asdict(sent) for sent in self.sends], "faults": len(self.faults)})


async def _read(reader: asyncio.StreamReader) -> Request | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").rstrip().split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, path, headers, body)


def _raw(answer: Answer, text: str | None = None, status: int | None = None) -> bytes:
    said = json.dumps(answer.body) if text is None else text
    body = said.encode() if answer.content is None else answer.content
    lines = [f"HTTP/1.1 {status or answer.status} Said", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in answer.headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def arguments(about: str) -> argparse.ArgumentParser:
    """What every double understands on its command line."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--record", type=Path, required=True, help="a file that gets one JSON line for each send")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    return parser


def stand(double: CarrierDouble) -> None:
    """Run a double until it is killed."""
    with double:
        print(f"ready {double.url}", flush=True)
        threading.Event().wait()
