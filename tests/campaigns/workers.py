"""Workers of a campaign: each says the lines of a script, the next one only when the last was taken, on a phone of their own."""

import asyncio
import itertools
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from tests.campaigns.post import NoAnswer, webhook
from tests.doubles import telegram_posts, twilio_posts
from tests.doubles.carrier import Sent, Webhook
from tests.doubles.telegram import TelegramDouble
from tests.doubles.twilio import TwilioDouble
from tests.processes import PUBLIC_URL

MESSAGES = f"{PUBLIC_URL}/webhooks/twilio/messages"
UPDATES = f"{PUBLIC_URL}/webhooks/telegram"
CALM_PATIENCE = 60.0
READ_PATIENCE = 8.0
_CHANGING = (
    (re.compile(r"\d{4} \d{4}"), "CODE"),
    (re.compile(r"\d\d-\d\d( \d\d:\d\d)?"), "DATE"),
    (re.compile(r"t0ken[a-z]+"), "TOKEN"),
    (re.compile(r"Answer \d+"), "Answer"),
    # Where the carrier could not be asked for buttons, a text brings its choices as digits.
    (re.compile(r"(\n\d [^\n]+)+$"), ""),
)


@dataclass(frozen=True, slots=True)
class Script:
    """What a worker says on a channel: the first talk, and a last word after an answer was read. `{token}` is theirs alone."""

    name: str
    channel: str
    says: tuple[str, ...]
    last: str = "thank you, {token} is what they call me here"


SCRIPTS = (
    Script("wages", "sms", ("52746 en", "They did not pay {token} overtime", "2", "1", "2", "now they took the {token} phones")),
    Script("gewelde", "whatsapp", ("77305 nl", "Ze slaan ons bij de {token} machine", "2", "3", "1", "en niemand van {token} durft iets")),
    Script("agua", "telegram", ("/start 29488-en", "The {token} water turned our canal black", "2", "1", "2", "the {token} fish are dead")),
    Script("fire", "sms", ("52746 en", "the gate is locked and there is fire at {token}", "1", "people of {token} are still inside")),
    Script("stranger", "whatsapp", ("sweater factory {token} near the bypass keeps our cards", "they shout at {token} all day too")),
)


def masked(text: str) -> str:
    """A text without what differs between two workers: code, dates, their own token."""
    for pattern, name in _CHANGING:
        text = pattern.sub(name, text)
    return text


@dataclass(eq=False)
class Worker:
    """A worker: script, address, token, what was accepted, and whether an answer was asked for and read.

    One who `waits` gets none, and the date passes.
    """

    script: Script
    number: int
    said: list[str] = field(default_factory=list[str])
    accepted: list[str] = field(default_factory=list[str])
    posts: int = 0
    answer: str | None = None
    knocked: bool = False
    read: bool = False
    waits: bool = False

    @property
    def part(self) -> str:
        """The part that is played: everybody who plays it is left with the same."""
        return f"{self.script.name}, unanswered" if self.waits else self.script.name

    @property
    def token(self) -> str:
        return "t0ken" + "".join(chr(ord("a") + int(digit)) for digit in f"{self.number:05d}")

    @property
    def address(self) -> str:
        return f"+44770090{self.number:04d}" if self.script.channel != "telegram" else str(880_000 + self.number)

    @property
    def reach(self) -> str:
        """The address as the carrier's double knows it."""
        return f"whatsapp:{self.address}" if self.script.channel == "whatsapp" else self.address


class Officer(Protocol):
    """Who answers workers."""

    async def all_handled(self, worker: Worker) -> None:
        """Return when everything that a worker said was handled and the bot's texts have left."""
        ...

    async def answer(self, worker: Worker) -> str:
        """Answer a worker's case; returns the wording."""
        ...

    def let_the_date_pass(self, worker: Worker) -> None:
        """Leave a worker's case alone until the date that was promised has passed."""
        ...


@dataclass(eq=False)
class Weather:
    """Whether it storms. How long a service takes that is killed again and again depends on the machine; what never comes is a fault."""

    storm: bool = False

    async def comes(self, seen: Callable[[], bool], patience: float = CALM_PATIENCE) -> bool:
        """Wait until something is seen: through the storm, and then so many seconds of calm; False if it never came."""
        calm = 0.0
        while calm < patience:
            if seen():
                return True
            await asyncio.sleep(0.1)
            calm = 0.0 if self.storm else calm + 0.1
        return False


class Streets:
    """Where workers and carriers meet: the doubles, the port to post to, and the luck of the day."""

    def __init__(self, port: int, doubles: tuple[TwilioDouble, TelegramDouble], luck: random.Random, pace: float) -> None:
        self.port = port
        self.twilio, self.telegram = doubles
        self.luck = luck
        self.pace = pace
        self.refused: list[tuple[str, int]] = []
        self.no_answer = 0
        self.duplicates = 0
        self.weather = Weather()

    def sends_to(self, worker: Worker) -> list[Sent]:
        """What the carriers took for a worker, in order."""
        double = self.telegram if worker.script.channel == "telegram" else self.twilio
        return [sent for sent in double.taken if sent.to == worker.reach]

    def _hook(self, worker: Worker, text: str) -> tuple[str, Webhook]:
        if worker.script.channel == "telegram":
            update = telegram_posts.said(int(worker.address), text)
            return f"{telegram_posts.BOT_ID}:{update['update_id']}", telegram_posts.webhook(UPDATES, update)
        fields = twilio_posts.sms(worker.address, text) if worker.script.channel == "sms" else twilio_posts.whatsapp(worker.address, text)
        return fields["MessageSid"], twilio_posts.webhook(MESSAGES, fields)

    async def say(self, worker: Worker, line: str) -> None:
        """Say a line until it is taken; now and then the carrier posts it twice, at once or afterwards."""
        text = line.format(token=worker.token)
        key, hook = self._hook(worker, text)
        twins = [self._until_taken(worker, key, hook)]
        if self.luck.random() < 0.1:
            self.duplicates += 1
            twins.append(self._until_taken(worker, key, hook))
        await asyncio.gather(*twins)
        if self.luck.random() < 0.05:
            self.duplicates += 1
            await self._until_taken(worker, key, hook)
        worker.said.append(text)
        worker.accepted.append(key)
        await asyncio.sleep(self.luck.uniform(0, self.pace))

    async def _until_taken(self, worker: Worker, key: str, hook: Webhook) -> None:
        """A connection that broke took nothing as far as the carrier knows; a refusal of a live service is another matter."""
        while True:
            worker.posts += 1
            try:
                reply = await webhook(self.port, hook)
            except NoAnswer:
                self.no_answer += 1
            else:
                if reply.status == 200:
                    return
                self.refused.append((key, reply.status))
            await asyncio.sleep(self.luck.uniform(0.02, 0.1))

    async def talk(self, worker: Worker, officer: Officer | None) -> None:
        """A whole script; with an officer also the answer, read after its knock, and a last word."""
        for line in worker.script.says:
            await self.say(worker, line)
        if officer is None:
            return
        await officer.all_handled(worker)
        before = len(self.sends_to(worker))
        if worker.waits:
            officer.let_the_date_pass(worker)
            worker.knocked = await self._arrives(worker, lambda _: True, before)
            return
        worker.answer = await officer.answer(worker)
        worker.knocked = await self._arrives(worker, lambda _: True, before)
        if worker.knocked:
            await self.say(worker, "1")
            # An answer whose send was cut off is never repeated by itself: it may rightly not come.
            worker.read = await self._arrives(worker, lambda text: text == worker.answer, 0, READ_PATIENCE)
            await self.say(worker, worker.script.last)

    async def _arrives(self, worker: Worker, wanted: Callable[[str], bool], after: int, patience: float = CALM_PATIENCE) -> bool:
        """Wait for a text on a worker's phone."""
        return await self.weather.comes(lambda: any(wanted(sent.body) for sent in self.sends_to(worker)[after:]), patience)


def crowd() -> Iterator[Worker]:
    """Workers, every script in turn, for as long as there are invented numbers."""
    for number, script in zip(range(101, 1000), itertools.cycle(SCRIPTS)):
        yield Worker(script, number)


def by_script(workers: list[Worker]) -> dict[str, list[Worker]]:
    """Workers by the name of their script."""
    found: dict[str, list[Worker]] = defaultdict(list)
    for worker in workers:
        found[worker.script.name].append(worker)
    return found
