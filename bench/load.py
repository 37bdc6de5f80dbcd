"""The load generator: posts prepared requests over many connections, and is so lean that it is not what is measured.

A process of its own. It reads a pickled list of workers, each a list of whole HTTP requests; a connection takes one worker after another
and sends the next message when the last was answered, as a carrier keeps the order of one phone. It prints its findings as JSON.
"""

import argparse
import asyncio
import json
import pickle
import re
import time
from collections import Counter, deque
from pathlib import Path
from typing import cast

import uvloop

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class Load:
    """What is still to be sent, and what came of it."""

    def __init__(self, workers: list[list[bytes]], until: asyncio.Future[None]) -> None:
        self.workers = deque(workers)
        self.until = until
        self.latencies: list[float] = []
        self.statuses: Counter[int] = Counter()
        self.open = 0


class Phone(asyncio.Protocol):
    """One connection."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._messages: deque[bytes] = deque()
        self._waiting = b""
        self._began = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The line is open."""
        self._transport = cast(asyncio.Transport, transport)
        self._load.open += 1

    def send_next(self) -> None:
        """Send this worker's next message, or the next worker's first; with none left, hang up."""
        if not self._messages:
            if not self._load.workers:
                self._transport.close()
                return
            self._messages.extend(self._load.workers.popleft())
        message = self._messages.popleft()
        self._began = time.perf_counter()
        self._transport.write(message)

    def data_received(self, data: bytes) -> None:
        """Take an answer, or a part of one."""
        self._waiting += data
        head = self._waiting.find(b"\r\n\r\n")
        if head < 0:
            return
        length = _LENGTH.search(self._waiting)
        if len(self._waiting) < head + 4 + (int(length[1]) if length else 0):
            return
        self._load.latencies.append(time.perf_counter() - self._began)
        self._load.statuses[int(self._waiting[9:12])] += 1
        self._waiting = b""
        self.send_next()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's own signature
        """The line is closed; with the last one the run ends."""
        self._load.open -= 1
        if self._load.open == 0 and not self._load.until.done():
            self._load.until.set_result(None)


async def run(port: int, connections: int, workers: list[list[bytes]]) -> dict[str, object]:
    """Send everything; returns when the last answer came."""
    loop = asyncio.get_running_loop()
    load = Load(workers, loop.create_future())
    phones = [(await loop.create_connection(lambda: Phone(load), "127.0.0.1", port))[1] for _ in range(connections)]
    began, cpu = time.time(), time.process_time()
    for phone in phones:
        phone.send_next()
    await load.until
    ended = time.time()
    latencies = sorted(load.latencies)
    return {
        "began": began,
        "ended": ended,
        "answers": len(latencies),
        "statuses": dict(load.statuses),
        "p50_ms": 1000 * latencies[len(latencies) // 2],
        "p99_ms": 1000 * latencies[min(len(latencies) - 1, len(latencies) * 99 // 100)],
        "slowest_ms": 1000 * latencies[-1],
        "cpu": time.process_time() - cpu,
    }


def main() -> None:
    """Read what to send, send it, say how it went."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--connections", type=int, required=True)
    parser.add_argument("--requests", type=Path, required=True)
    chosen = parser.parse_args()
    workers = pickle.loads(chosen.requests.read_bytes())
    print(json.dumps(uvloop.run(run(chosen.port, chosen.connections, workers))))


if __name__ == "__main__":
    main()
