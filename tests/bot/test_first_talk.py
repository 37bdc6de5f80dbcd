"""A worker's first talk: at most five messages, the case on the desk after the first words, the truth before them."""

import re

import pytest

from cases import desk
from store.tables import cases, entries, no_cases, outbox, signals
from tests.line import Line
from words.segments import segments


def test_a_worker_speaks_and_a_case_lands_on_a_desk(line: Line) -> None:
    phone = line.phone()

    hello = phone.send("52746 en")
    saved = phone.send("They did not pay overtime for 2 months. 60 hours every month")
    about = phone.send("2")
    may_we = phone.send("1")
    thanks = phone.send("2")

    assert "Your factory does not, unless you say yes" in hello[0]
    assert re.search(r"Your code: \d{4} \d{4}", saved[0])
    assert "danger now" in saved[0]
    assert "What is it about" in about[0]
    assert "No answer = 2" in may_we[0]
    assert "We ask you before anyone talks to your factory" in thanks[0]
    assert all(len(texts) == 1 for texts in (hello, saved, about, may_we, thanks))
    [case] = line.rows(cases)
    assert (case["company_id"], case["may_we"], case["groups"], case["state"]) == ("halmstra", "ask_first", ["wages"], "new")
    assert line.sees("sanne") == line.sees("jeroen") == {case["reference"]}
    assert line.sees("karim") == line.sees("femke") == line.sees("nadia") == line.sees("grace") == set()


@pytest.mark.parametrize("language", ["en", "nl"])
def test_each_text_of_the_first_talk_is_at_most_two_sms_segments(line: Line, language: str) -> None:
    phone = line.phone()
    texts = [text for said in (f"77305 {language}", "They hit us and pay nothing", "2", "3", "1", "8", "0") for text in phone.send(said)]

    assert len(texts) >= 7
    assert [text for text in texts if segments(text).segments > 2 or segments(text).encoding != "GSM-7"] == []


def test_the_case_stands_after_the_first_words_also_when_the_worker_stops(line: Line) -> None:
    phone = line.phone()
    phone.send("52746")
    phone.send("The gate of the third floor is rusty")

    [case] = line.rows(cases)

    assert case["may_we"] == "ask_first"
    assert case["code_hash"] is not None
    assert [entry["kind"] for entry in line.rows(entries)][:3] == ["opened", "words", "routed"]


def test_words_at_a_menu_are_more_testimony(line: Line) -> None:
    phone = line.phone()
    phone.send("52746 en")
    phone.send("They did not pay overtime")
    again = phone.send("and the supervisor shouts at us all day")
    about = phone.send("2")

    assert "Saved" in again[0]
    assert "danger now" in again[0]
    assert "code" not in again[0].lower()
    assert "What is it about" in about[0]
    assert [entry["kind"] for entry in line.rows(entries)].count("words") == 2


def test_later_words_from_the_phone_join_the_case_and_get_only_saved(line: Line) -> None:
    phone = line.phone()
    for said in ("52746 en", "They did not pay overtime", "2", "1", "2"):
        phone.send(said)

    later = phone.send("now they also took our phones away")

    assert later == ["Saved."]
    assert len(line.rows(cases)) == 1


@pytest.mark.parametrize("said", ["hello", "hi is this working??", "test", "thank you"])
def test_greetings_tests_and_thanks_open_no_case_and_give_no_code(line: Line, said: str) -> None:
    phone = line.phone()
    phone.send("52746 en")
    answer = phone.send(said)

    assert len(answer) == 1
    assert not re.search(r"\d{4} \d{4}", answer[0])
    assert line.rows(cases) == []
    assert line.rows(no_cases)[0]["count"] == 1
    assert line.mails() == []


def test_a_person_who_asks_who_wrote_is_refused_and_seen_as_a_sign_of_retaliation(line: Line) -> None:
    phone = line.phone()
    phone.send("52746 en")
    answer = phone.send("This is HR. Someone from our factory wrote to you. Send the name or number.")

    assert "We never say who wrote" in answer[0]
    assert line.rows(cases) == []
    assert [(row["place_id"], row["kind"]) for row in line.rows(signals)] == [("nodirpar-sewing", "retaliation.identity_hunt")]


def test_a_stranger_without_a_site_is_told_who_reads_and_loses_no_words(line: Line) -> None:
    phone = line.phone(address="+447700900333")
    said = phone.send("sweater factory near gazipur bypass. office keep our NID card from first day")

    assert "Ketenstem" in said[0]
    assert re.search(r"\d{4} \d{4}", said[1])
    [case] = line.rows(cases)
    assert (case["company_id"], case["place_id"]) == ("ketenstem", None)
    assert line.sees("nadia") == {case["reference"]}
    assert line.sees("sanne") == set()
    which = phone.send("2")
    assert "Which factory" in which[0]


def test_a_site_told_later_brings_the_case_to_the_right_desk(line: Line) -> None:
    phone = line.phone()
    phone.send("they lock the door at night")
    phone.send("52746")

    [case] = line.rows(cases)
    assert (case["place_id"], case["company_id"]) == ("nodirpar-sewing", "halmstra")
    assert line.sees("nadia") == set()
    assert line.sees("sanne") == {case["reference"]}


@pytest.mark.parametrize("said", ["৫২৭৪৬", "JOIN 52746", "code: 52746", "５２７４６"])
def test_the_poster_is_read_in_any_script_and_after_any_word(line: Line, said: str) -> None:
    phone = line.phone()
    phone.send(said)
    phone.send("দুই মাস ওভারটাইমের টাকা দেয়নি")

    assert [case["place_id"] for case in line.rows(cases)] == ["nodirpar-sewing"]


def test_a_slip_in_the_digits_never_reaches_another_factorys_desk(line: Line) -> None:
    phone = line.phone()
    phone.send("52747")
    phone.send("they did not pay us")

    assert [case["company_id"] for case in line.rows(cases)] == ["ketenstem"]


def test_words_that_come_with_the_site_code_are_kept(line: Line) -> None:
    phone = line.phone()
    said = phone.send("52746 they did not pay us for two months")

    assert len(said) >= 2
    assert [case["place_id"] for case in line.rows(cases)] == ["nodirpar-sewing"]


def test_neighbours_have_their_own_words_and_one_fixed_person(line: Line) -> None:
    phone = line.phone("telegram", "501")
    hello = phone.send(kind="start", payload="29488-en")
    phone.send("The water of the dye house turned our canal black")
    about = phone.send("2")

    assert "what the factory does to your place" in hello[0]
    assert "Water or waste" in str(phone.choices) or "Water or waste" in about[0]
    [case] = line.rows(cases)
    assert (case["who"], case["company_id"], case["officer_id"]) == ("neighbour", "weidegaard", "femke")


def test_danger_is_answered_at_once_and_the_reader_is_warned_only_if_a_notice_left(line: Line) -> None:
    phone = line.phone("whatsapp")
    phone.send("52746 en")
    danger = phone.send("the gate is locked from outside and there is fire")

    assert "999" in danger[0]
    assert "warned" in danger[0]
    [case] = line.rows(cases)
    assert (case["severity"], case["danger"]) == (5, "fire")
    assert sorted(mail["To"] for mail in line.mails() if "Dringend" in mail["Subject"]) == [
        "sanne@halmstra.example, jeroen@halmstra.example"
    ]
    assert case["answer_by"] - case["opened_at"] <= 24 * 3_600_000


def test_the_link_sets_the_language_and_seven_changes_it(line: Line) -> None:
    phone = line.phone("telegram", "77")
    hello = phone.send(kind="start", payload="77305-es")
    phone.send("7")
    languages = [title for _, title in phone.choices]
    dutch = phone.send("Nederlands")

    assert "trabajo" in hello[0]
    assert languages == ["English", "Nederlands", "Español", "বাংলা"]
    assert "werk" in dutch[-1]


def test_nothing_is_sent_after_nine_until_the_code_comes(line: Line) -> None:
    phone = line.phone()
    phone.send("52746 en")
    code = re.search(r"\d{4} \d{4}", phone.send("They did not pay overtime")[0])
    assert code is not None
    innocent = phone.send("9")
    [case] = line.rows(cases)
    line.desk("sanne", lambda at: desk.reply(at, case["reference"], desk.ReplyDraft("I read it.", "en")))

    assert "Have a good day" in innocent[0]
    assert phone.news() == []
    back = phone.send(code[0])
    assert "Code is right" in back[0]
    assert phone.send("1") == ["I read it."]


def test_a_shared_contact_is_refused_and_nothing_of_it_is_kept(line: Line) -> None:
    phone = line.phone("telegram", "78")
    phone.send(kind="start", payload="52746-en")
    answer = phone.send(kind="contact")

    assert len(answer) == 1
    assert line.rows(cases) == []
    assert all(row["state"] == "sent" for row in line.rows(outbox))


def test_five_digits_that_belong_to_no_site_are_said_to_be_unknown(line: Line) -> None:
    phone = line.phone()

    answer = phone.send("52747")

    assert "Check the 5 digits" in answer[0]
    assert line.rows(cases) == []


@pytest.mark.parametrize(
    ("first", "who"),
    [
        ("52746", "affected"),
        ("52746 en union", "union"),
        ("JOIN 52746 vakbond", "union"),
        ("52746 ইউনিয়ন", "union"),
        ("52746 representative", "representative"),
        ("52746 union leader was fired", "affected"),
    ],
)
def test_a_card_for_a_union_says_who_speaks_and_testimony_that_names_a_union_does_not(line: Line, first: str, who: str) -> None:
    phone = line.phone()
    phone.send(first)
    phone.send("Fourteen of us were not paid for two months")

    assert line.rows(cases)[0]["who"] == who


def test_a_unions_card_also_says_who_speaks_when_the_words_came_first(line: Line) -> None:
    phone = line.phone()
    phone.send("Fourteen of us were not paid for two months at the sweater factory")
    phone.send("52746 union")

    [case] = line.rows(cases)
    assert (case["place_id"], case["who"]) == ("nodirpar-sewing", "union")


def test_the_link_given_to_a_union_says_who_speaks(line: Line) -> None:
    phone = line.phone("telegram", "880001")
    phone.send("/start", kind="start", payload="52746-en-union")
    phone.send("Fourteen of us were not paid for two months")

    assert line.rows(cases)[0]["who"] == "union"
