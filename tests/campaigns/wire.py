"""A wire that can be cut: a port that leads to the first of some others that listens, as a network or a reverse proxy does."""

import asyncio
import itertools
import signal
import threading
from typing import Self

_PIECE = 65_536
_PATIENCE = 10.0


class Wire:
    """Listens on a port of loopback (`at`, or a free one), in a thread of its own.

    While it is cut, what passes breaks off and nobody gets through.
    """

    def __init__(self, *targets: int, at: int = 0) -> None:
        self.port = at
        self._turns = itertools.cycle([targets[at:] + targets[:at] for at in range(len(targets))])
        self._passing: set[asyncio.StreamWriter] = set()
        self._is_cut = False
        self._generation = 0
        self._speaks = threading.Event()
        self._speaks.set()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="wire")

    @property
    def url(self) -> str:
        """The address to call."""
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Cut it."""
        self._is_cut = True
        self._loop.call_soon_threadsafe(self._break_off)

    def silence(self) -> None:
        """Let nothing pass any more: whoever speaks is confirmed by their own kernel, and nobody hears anything, not even who is new."""
        self._speaks.clear()

    def speak(self) -> None:
        """Let what is new pass again; what was laid before stays dumb, as behind a firewall that forgot it."""
        self._generation += 1
        self._speaks.set()

    def mend(self) -> None:
        """Let what is new pass again."""
        self._is_cut = False

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(_PATIENCE):
            raise RuntimeError("the wire was not laid")
        return self

    def __exit__(self, *_: object) -> None:
        self._speaks.set()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_PATIENCE)

    def _run(self) -> None:
        # A signal is for the main thread, which may sit in a read that only a signal of its own interrupts; threads born here inherit this.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._answer, "127.0.0.1", self.port, backlog=1024))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        try:
            self._loop.run_forever()
        finally:
            server.close()
            self._break_off()
            for task in asyncio.all_tasks(self._loop):
                task.cancel()
            self._loop.run_until_complete(asyncio.sleep(0.01))
            self._loop.close()

    def _break_off(self) -> None:
        for writer in self._passing:
            writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = [writer]
        self._passing.add(writer)
        try:
            laid = self._generation
            await asyncio.to_thread(self._speaks.wait)
            there = None if self._is_cut or laid != self._generation else await self._reached()
            if there is not None:
                ends.append(there[1])
                self._passing.add(there[1])
                await asyncio.gather(self._carry(reader, there[1], laid), self._carry(there[0], writer, laid))
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            for end in ends:
                self._passing.discard(end)
                end.transport.abort()

    async def _carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, laid: int) -> None:
        """Carry bytes one way until that end is closed; the other may go on for as long as it likes. Silence swallows both."""
        while piece := await source.read(_PIECE):
            if self._hears(laid):
                target.write(piece)
                await target.drain()
        if self._hears(laid) and target.can_write_eof():
            target.write_eof()

    def _hears(self, laid: int) -> bool:
        return self._speaks.is_set() and laid == self._generation

    async def _reached(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for target in next(self._turns):
            try:
                return await asyncio.open_connection("127.0.0.1", target)
            except OSError:
                continue
        return None
