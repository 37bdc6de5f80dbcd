"""Asks a carrier for news where it cannot post to us: what it tells is durable before it is told so, and one process asks at a time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence

from bot.lasting import WholeSteps
from channels.base import Inbound
from channels.source import News, Source, SourceError
from store.alone import Alone
from store.database import Database, StoreAway
from store.events import event
from store.writer import WriterBusy

_log = logging.getLogger(__name__)
_LOOK_AGAIN = 5.0
"""Seconds after which a process that may not ask looks whether it may now."""
_MOST_TRIES = 3
_BREATH = 0.2
Accept = Callable[[Sequence[Inbound]], Awaitable[None]]


class Polling:
    """The loop that asks one carrier. It never ends by itself; `lasting` begins it again when the database was away."""

    def __init__(self, name: str, source: Source, accept: Accept, alone: Alone) -> None:
        self._name = name
        self._source = source
        self._accept = accept
        self._alone = alone
        self._told = ""
        self._looks = WholeSteps()

    async def drain(self) -> None:
        """Let the look whether this process may ask come to its end, so that its claim can be let go."""
        await self._looks.ended()

    async def run(self) -> None:
        """Ask, keep, and say so, until cancelled. Raises StoreAway or WriterBusy, with nothing lost: the carrier tells it again."""
        while True:
            if await self._looks.take(asyncio.to_thread(self._alone.is_mine)):
                with event("asking"):
                    await self.ask()
            else:
                await asyncio.sleep(_LOOK_AGAIN)

    async def ask(self) -> None:
        """Ask once and keep what comes. Raises StoreAway or WriterBusy."""
        try:
            news = await self._source.ask()
        except SourceError as error:
            self._say(error)
            await asyncio.sleep(error.wait)
            return
        self._told = ""
        if news:
            await self._keep(news)
            await self._source.kept(news)

    def _say(self, error: SourceError) -> None:
        """Tell a trouble once, until it is over or another comes."""
        if error.why != self._told:
            _log.log(logging.ERROR if error.mend else logging.WARNING, "%s: %s", self._name, error.why)
        self._told = error.why

    async def _keep(self, news: Sequence[News]) -> None:
        try:
            await self._accept([message for each in news for message in each.messages])
        except (StoreAway, WriterBusy):
            raise
        except Exception as error:  # noqa: BLE001 - one of these breaks the inbox; its text may hold words, so only its kind is told
            _log.error("news of %s cannot be kept together: %s", self._name, type(error).__name__)
            for each in news:
                await self._keep_alone(each)

    async def _keep_alone(self, one: News) -> None:
        """Keep one by itself; what breaks the inbox three times is passed over, or nobody behind it would ever be heard."""
        broke = ""
        for _ in range(_MOST_TRIES):
            try:
                await self._accept(one.messages)
            except (StoreAway, WriterBusy):
                raise
            except Exception as error:  # noqa: BLE001 - as above
                broke = type(error).__name__
                await asyncio.sleep(_BREATH)
            else:
                return
        _log.error("a message of %s breaks the inbox and is passed over: %s", self._name, broke)


class Asking:
    """The loops that ask every carrier which cannot post to us, each in one process alone."""

    def __init__(self, sources: Mapping[str, Source], accept: Accept, database: Database) -> None:
        self._claims = {name: Alone(database, name) for name in sources}
        self._pollings = {name: Polling(name, source, accept, self._claims[name]) for name, source in sources.items()}

    def loops(self) -> dict[str, Callable[[], Awaitable[None]]]:
        """The loops by what to call them."""
        return {f"asking {name}": polling.run for name, polling in self._pollings.items()}

    async def drain(self) -> None:
        """Let what was begun come to its end."""
        await asyncio.gather(*(polling.drain() for polling in self._pollings.values()))

    def let_go(self) -> None:
        """Give the asking up to whichever process looks next."""
        for claim in self._claims.values():
            claim.let_go()
