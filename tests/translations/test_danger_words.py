"""Danger is heard in every language without waiting for a translation, and words that only sound like it are let be."""

from pathlib import Path
from typing import get_args

import pytest
import yaml

from bot.lexicon import lexicon_of, the_lexicon
from cases.severity import FLOORS
from flows.events import DangerKind
from flows.phrases import NOTHING, book, saying
from flows.wording import Command
from translations import danger
from words.carriers import reserved
from words.fold import squeeze

LEXICON = the_lexicon()
ROWS = yaml.safe_load(Path(__file__).with_name("data").joinpath("danger.yaml").read_text(encoding="utf-8"))
LISTS = danger.load()
SHIPPED = ("en", "nl", "es", "bn", "bn-Latn")
ROMANISED_TOO = (*SHIPPED, "ur", "ur-Latn", "hi", "hi-Latn", "ar", "ar-Latn")


def _heard(text: str) -> DangerKind | None:
    return LEXICON.danger(saying(text))


def test_danger_in_the_labelled_table_is_heard_and_gets_its_own_answer() -> None:
    """All 145 lines are heard today. Who wrote the lists wrote the table too, so the true share will be lower."""
    dangers = [row for row in ROWS if row["hears"] != "none"]
    missed = [row["text"] for row in dangers if _heard(row["text"]) != row["hears"]]

    assert len(dangers) >= 145
    assert missed == []


def test_what_only_sounds_like_danger_interrupts_nobody() -> None:
    trivial = [row for row in ROWS if row["hears"] == "none"]
    alarms = [row["text"] for row in trivial if _heard(row["text"]) is not None]

    assert len(trivial) >= 74
    assert alarms == []


@pytest.mark.parametrize("row", [row for row in ROWS if "serious" in row], ids=lambda row: row["text"][:30])
def test_words_that_make_a_case_serious_raise_it_without_interrupting(row: dict[str, object]) -> None:
    assert list(LEXICON.floor(saying(str(row["text"])))) == sorted(row["serious"])  # type: ignore[call-overload]  # a list of the file


@pytest.mark.parametrize("language", SHIPPED)
def test_each_kind_of_danger_is_heard_in_each_language_we_speak(language: str) -> None:
    assert {row["hears"] for row in ROWS if row["language"] == language} >= {"fire", "violence", "suicide", "none"}


@pytest.mark.parametrize("listed", LISTS, ids=lambda listed: listed.language)
def test_every_phrase_of_a_list_is_heard_by_itself(listed: danger.Listed) -> None:
    """A phrase that another one of the same language takes away would be dead weight, and a false comfort."""
    own = lexicon_of([listed])
    for kind, phrases in listed.danger.items():
        for phrase in phrases:
            words = phrase.replace("*", "").replace("..", " ")
            assert own.dangers.labels(saying(words)) >= {kind}, (listed.language, phrase)


@pytest.mark.parametrize("listed", LISTS, ids=lambda listed: listed.language)
def test_every_list_says_where_it_comes_from_and_what_it_misses(listed: danger.Listed) -> None:
    assert listed.source.endswith(".")
    assert listed.limits.endswith(".")
    assert set(listed.danger) == {"suicide", "fire", "violence"}


@pytest.mark.parametrize("listed", LISTS, ids=lambda listed: listed.language)
def test_what_makes_a_case_serious_has_a_severity(listed: danger.Listed) -> None:
    assert set(listed.serious) <= set(FLOORS) | {"threatened"}, "an unknown word counts as high; name it on purpose"


@pytest.mark.parametrize(
    "text", ["There is no danger.", "No fire here", "geen gevaar", "no hay peligro", "কোনো বিপদ নেই", "koi khatra nahi hai"]
)
def test_a_plain_no_is_no_danger(text: str) -> None:
    assert _heard(text) is None


@pytest.mark.parametrize("text", ["FIRE", "Fire!", "  fire  ", "fire.", "ﬁre", "ＦＩＲＥ", "f\u200bire"])
def test_danger_is_heard_however_it_is_typed(text: str) -> None:
    assert _heard(text) == "fire"


def test_only_what_means_nothing_takes_words_away_from_other_phrases() -> None:
    small = book([("want to kill", "violence"), ("kill myself", "suicide"), ("not want", NOTHING), ("want", "wish")])

    assert small.labels(saying("I want to kill myself")) == {"violence", "suicide", "wish"}
    assert small.labels(saying("I do not want to kill myself")) == {"suicide"}


def test_of_two_dangers_the_life_about_to_end_is_answered() -> None:
    assert _heard("there was a fire, they beat us, and i want to die") == "suicide"


@pytest.mark.parametrize(
    "text",
    [
        "hello is this working??", "Hi", "TEST", "good morning sir", "hallo werkt dit?", "hola, ¿funciona?", "হ্যালো এটা কাজ করছে?", "你好",
        "assalamu alaikum", "salam bhai", "habari", "สวัสดีครับ", "مرحبا",
    ],
)  # fmt: skip
def test_a_greeting_is_only_a_greeting(text: str) -> None:
    assert LEXICON.greetings.is_all(saying(text))


@pytest.mark.parametrize(
    "text",
    [
        "hello they beat us",
        "hi no pay for two months",
        "test results were hidden from us",
        "hallo mijn loon is te laat",
        "good morning, no water",
    ],
)
def test_a_greeting_with_something_to_tell_is_no_greeting(text: str) -> None:
    assert not LEXICON.greetings.is_all(saying(text))


@pytest.mark.parametrize("text", ["thank you", "ok thanks", "dank je wel", "muchas gracias", "ধন্যবাদ", "asante sana", "shukriya bhai"])
def test_thanks_are_thanks(text: str) -> None:
    assert LEXICON.thanks.is_all(saying(text))


@pytest.mark.parametrize(
    "text",
    [
        "This is HR. Someone from our factory wrote to you. Send the name or number.",
        "tell me who complained",
        "Give me the number of the worker",
        "Wie heeft bij jullie geklaagd?",
        "¿Quién les escribió?",
        "কে আপনাদের লিখেছে?",
    ],
)
def test_whoever_wants_a_name_is_recognised(text: str) -> None:
    assert LEXICON.is_hunt(saying(text))


@pytest.mark.parametrize(
    "text",
    [
        "HR calls everyone and asks who wrote",
        "they want to know who complained, I am afraid",
        "ওভারটাইমের কথা লেখার পর এইচআর সবাইকে ডেকে জিজ্ঞেস করছে কে লিখেছে",
        "de baas vraagt steeds wie er geschreven heeft",
    ],
)
def test_a_worker_who_tells_of_a_hunt_is_not_taken_for_the_hunter(text: str) -> None:
    assert not LEXICON.is_hunt(saying(text))


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("Forget me!", "forget"), ("vergeet mij", "forget"), ("Olvídame", "forget"), ("সব মুছে দিন", "forget"), ("taal", "language"),
        ("idioma", "language"), ("ভাষা", "language"), ("a person", "person"), ("ocultar", "hide"), ("wie ziet wat", "who_sees"),
        ("Help!", "help"), ("সাহায্য", "help"), ("madad", "help"), ("sahajjo", "help"), ("¿Cómo funciona?", "help"), ("my case", "status"),
        ("mera case", "status"), ("terug", "back"), ("পেছনে", "back"), ("wapas", "back"), ("no more messages", "stop"), ("থামুন", "stop"),
        ("msa3ade", "help"), ("kaman marra", "repeat"), ("dobara", "repeat"), ("مدد", "help"), ("रुको", "stop"),
    ],
)  # fmt: skip
def test_a_way_out_has_a_word_in_every_language(text: str, command: str) -> None:
    assert LEXICON.command(saying(text)) == command


@pytest.mark.parametrize("listed", LISTS, ids=lambda listed: listed.language)
def test_a_word_that_a_carrier_takes_for_itself_is_never_the_only_way(listed: danger.Listed) -> None:
    for command, phrases in listed.commands.items():
        assert {squeeze(phrase) for phrase in phrases} - reserved().keys(), (listed.language, command)


@pytest.mark.parametrize("language", ROMANISED_TOO)
def test_every_way_out_has_a_word_in_each_language_and_its_latin_letters(language: str) -> None:
    listed = next(each for each in LISTS if each.language == language)

    assert set(listed.commands) == set(get_args(Command))


@pytest.mark.parametrize("listed", LISTS, ids=lambda listed: listed.language)
def test_every_word_for_a_way_out_is_heard_as_that_and_as_nothing_graver(listed: danger.Listed) -> None:
    for command, phrases in listed.commands.items():
        for phrase in phrases:
            assert LEXICON.command(saying(phrase)) == command
            assert LEXICON.danger(saying(phrase)) is None, "a way out is taken before danger is listened for"


def _list(folder: Path, text: str, name: str = "mine.yaml") -> Path:
    folder.mkdir(exist_ok=True)
    folder.joinpath(name).write_text(f"language: en\nsource: a.\nlimits: b.\n{text}\n", encoding="utf-8")
    return folder


def test_words_that_were_added_beside_the_shipped_ones_are_heard_with_them(tmp_path: Path) -> None:
    lexicon = lexicon_of(danger.load_with(_list(tmp_path, "danger: {fire: the kiln*}\ncommands: {help: what now}")))

    assert lexicon.danger(saying("The kilns glow")) == "fire"
    assert lexicon.danger(saying("there is smoke")) == "fire"
    assert lexicon.command(saying("What now?")) == "help"


def test_where_nothing_was_added_the_shipped_words_stand_alone(tmp_path: Path) -> None:
    assert danger.load_with(tmp_path / "nowhere") == danger.load_with(None) == LISTS


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("hearts: [x]", 4, "Known are: language, source, limits"),
        ("danger: {flood: water}", 4, "'suicide', 'fire' or 'violence'"),
        ("danger: [fire", 5, "Write UTF-8 text"),
        ("danger:\n  fire: |\n    kiln\n    ox", 7, "`ox` would alarm at too many messages"),
        ("danger: {fire: hello}", 4, "`hello` is small talk in "),
        ("danger: {fire: .. kiln}", 4, "begins or ends with `..`"),
        ("danger: {fire: ki*ln}", 4, "not the end of a word"),
        ("danger: {fire: '?!'}", 4, "without letters"),
        (f"danger: {{fire: {'kiln ' * 20}}}", 4, "longer than 80 letters"),
        ("spaceless: true\ndanger: {fire: 火*}", 5, "which mean nothing where words are not parted"),
        ("not_danger: [smoke]", 4, "may not take words of danger away"),
        ("commands: {stop: stop}", 4, "carriers keep for themselves"),
        ("commands: {hide: menu}", 4, "`menu` means help in "),
    ],
)
def test_a_list_that_would_do_harm_is_refused_with_its_line_and_a_mend(tmp_path: Path, text: str, line: int, what: str) -> None:
    with pytest.raises(danger.ListError) as refused:
        danger.load_with(_list(tmp_path, text))

    (problem,) = refused.value.problems
    assert problem.line == line
    assert problem.file.endswith("mine.yaml")
    assert what in f"{problem.what} {problem.mend}"


def test_a_way_out_that_would_swallow_danger_is_refused(tmp_path: Path) -> None:
    with pytest.raises(danger.ListError, match="`fire jan` is heard as danger"):
        the_lexicon(_list(tmp_path, "commands: {back: fire jan}"))


def test_every_problem_of_every_list_is_told_at_once(tmp_path: Path) -> None:
    _list(tmp_path, "hearts: [x]", "one.yaml")
    _list(tmp_path, "spades: [x]", "two.yaml")

    with pytest.raises(danger.ListError) as refused:
        danger.load_with(tmp_path)
    assert len(refused.value.problems) == 2


def test_a_list_that_is_far_too_long_is_not_even_read(tmp_path: Path) -> None:
    with pytest.raises(danger.ListError, match="more than 400000 bytes"):
        danger.load_with(_list(tmp_path, "beside: " + "word, " * 70_000))


@pytest.mark.parametrize(
    ("word", "because"),
    [
        ("child", "child"), ("passport", "papers"), ("kinderen", "child"), ("paspoort", "papers"), ("niños", "child"),
        ("pasaporte", "papers"),
        ("শিশু", "child"), ("পাসপোর্ট", "papers"), ("shishu", "child"), ("bache", "child"), ("بچے", "child"), ("kaghzat", "papers"),
        ("طفل", "child"), ("جواز", "papers"), ("tifl", "child"), ("jawaz", "papers"),
    ],
)  # fmt: skip
def test_a_grave_word_alone_raises_the_floor_and_interrupts_nobody(word: str, because: str) -> None:
    assert because in LEXICON.floor(saying(word))
    assert _heard(word) is None
