"""A mail server on loopback that takes, refuses, hangs up after it has taken, or before."""

import socketserver
import threading
import time
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from types import TracebackType
from typing import Literal, Self

Mood = Literal["take", "refuse", "hang up", "leave early"]


class _Session(socketserver.StreamRequestHandler):
    server: "_Server"  # pyright: ignore[reportIncompatibleVariableOverride]  # the stubs do not know that a server has its own kind

    def handle(self) -> None:
        """Speak as much SMTP as a sender needs (RFC 5321, section 3)."""
        self._say("220 double.example")
        while line := self.rfile.readline().decode().strip():
            word = line.split(" ")[0].upper()
            if word == "DATA":
                self._say("354 go on")
                self.server.double.taken.append(self._body())
                time.sleep(self.server.double.delay)
                if self.server.double.mood == "hang up":
                    return
            if word == "MAIL" and self.server.double.mood == "leave early":
                return
            if word == "RCPT" and self.server.double.mood == "refuse":
                self._say("550 no such mailbox")
            else:
                self._say("221 bye" if word == "QUIT" else "250 ok")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def _body(self) -> bytes:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        return b"".join(lines)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    double: "MailDouble"


@dataclass
class MailDouble:
    """The server in a thread of its own; `taken` holds the mails as they came. `delay`: seconds from a mail's end to its thanks."""

    mood: Mood = "take"
    taken: list[bytes] = field(default_factory=list[bytes])
    delay: float = 0.0

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), _Session)
        self._server.double = self
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._server.server_address[1]}"

    @property
    def mails(self) -> list[Message]:
        return [message_from_bytes(body) for body in self.taken]
