"""The words of a node: its text, its question put again, its options as they are read and as they stand on a button."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Command = Literal["person", "language", "who_sees", "hide", "forget", "repeat", "back", "help", "status", "stop", "quiet", "pin"]

# A channel whose words are another one's: what is true of a text message through one gateway is true of it through every gateway.
SPOKEN_AS: Mapping[str, str] = {"http_sms": "sms", "terminal": "web"}
Channel = Literal["sms", "whatsapp", "telegram", "web"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)
# What stands between the words that people answer instead, where they are written as one text.
SYNONYMS = " | "

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Text = Annotated[str, Field(max_length=4000)]
# The name of a file, no path. Kinds that WhatsApp and Telegram both play.
Recording = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,75}\.(ogg|mp3|m4a)$")]


class Written(BaseModel):
    """Anything an author writes: frozen, and nothing in it goes unread."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Label(Written):
    """An option's words: `text` in a sentence, `button` where it is read alone, `also` what people answer instead."""

    text: Annotated[str, Field(max_length=200)] = ""
    button: Annotated[str, Field(max_length=40)] = ""
    also: tuple[str, ...] = ()


class Texts(Written):
    """What is said in one language: a text, the question put again, once more in other words, and the ways out that stand on buttons.

    `voice` names a recording of the text, for those who do not read: it stands beside the text where a channel carries voice, never in its
    place. It is a file's name, such as `hello-bn.ogg`.
    """

    text: Text = ""
    again: Text = ""
    again2: Text = ""
    voice: Recording | None = None
    offers: Mapping[Command, str] = {}


def _label(raw: object) -> object:
    return {"text": raw} if isinstance(raw, str) else raw


Labels = Mapping[Id, Annotated[Label, BeforeValidator(_label)]]


class Wording(Texts):
    """What a node says in one language, or on one channel of it. What is absent is taken from the wording behind it."""

    options: Labels = {}


class PerChannel(Texts):
    """What a node says in one language, with what differs per channel."""

    sms: Wording = Wording()
    whatsapp: Wording = Wording()
    telegram: Wording = Wording()
    web: Wording = Wording()

    def labels(self) -> Mapping[str, Label]:
        """The words of the options, by id."""
        return {}

    def on(self, channel: str) -> tuple[Wording, ...]:
        """The wordings that hold on a channel, its own first."""
        plain = Wording(text=self.text, again=self.again, again2=self.again2, voice=self.voice, offers=self.offers, options=self.labels())
        name = SPOKEN_AS.get(channel, channel)
        return (getattr(self, name), plain) if name in CHANNELS else (plain,)


class Words(PerChannel):
    """A node's words in one more language.

    `draft`: nobody who speaks the language has read them yet. `source`: the digest of the words they were made from; when the node says
    something else by now, they are a draft again, whatever the file says.
    """

    draft: bool = False
    source: Annotated[str, Field(pattern=r"^[0-9a-f]{8}$")] = ""
    options: Labels = {}

    def labels(self) -> Mapping[str, Label]:
        """The words of the options, by id."""
        return self.options


Slot = tuple[str, ...]


def slots(words: PerChannel) -> Iterator[tuple[Slot, str]]:
    """Every text of a node that is written, by its path in the file (`sms`, `again`); what people answer instead (`also`) is one text."""
    yield from _slots(Wording(text=words.text, again=words.again, again2=words.again2, offers=words.offers, options=words.labels()))
    for channel in CHANNELS:
        yield from (((channel, *slot), text) for slot, text in _slots(getattr(words, channel)))


def _slots(wording: Wording) -> Iterator[tuple[Slot, str]]:
    found: dict[Slot, str] = {("text",): wording.text, ("again",): wording.again, ("again2",): wording.again2}
    found |= {("offers", command): title for command, title in wording.offers.items()}
    for option, label in wording.options.items():
        words = {"text": label.text, "button": label.button, "also": SYNONYMS.join(label.also)}
        found |= {("options", option, part): text for part, text in words.items()}
    yield from ((slot, text) for slot, text in found.items() if text)


def digest(words: PerChannel) -> str:
    """Name what a node says, in eight letters; what people answer instead is theirs in each language, and does not count."""
    said = "\0".join(part for slot, text in slots(words) if slot[-1] != "also" for part in (*slot, text))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:8]
