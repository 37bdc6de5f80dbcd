"""What publishes flows, on any command's database."""

from bot.clock import Clock
from bot.drafting import Drafting
from bot.identity import Identity
from bot.lexicon import the_lexicon
from bot.publishing import Publishing
from bot.standing import Standing
from flows.revisions import Library
from store.database import Database
from store.sealing import Keyring
from store.writer import Writer
from weerklank.house import Houses


def publishing_of(houses: Houses, database: Database, writer: Writer, keyring: Keyring, clock: Clock) -> Publishing:
    """Build it."""

    def library() -> Library:
        """The flows as the database has them: one that another process published a second ago may rely on the one that is checked."""
        houses.refresh()
        return houses.now().library

    drafting = Drafting(database, writer, library, the_lexicon(), clock)
    return Publishing(drafting, Standing(database, writer, Identity(keyring).passer_by), houses.refresh)
