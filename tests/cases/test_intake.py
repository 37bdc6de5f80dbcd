"""What a worker does to a case, as values: it opens, words join, choices are kept, danger shortens the clock."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import intake
from cases.change import CaseChange, apply, together
from cases.intake import Danger, OpenedCase
from tests.cases.house import DAY, HOUR, NOW, opening, sample

PROGRAMME = sample()
HOUR_OF_NOW = NOW // HOUR


def _opened(**known: Any) -> OpenedCase:
    return intake.open_case(opening(**known), PROGRAMME, NOW)


def _kinds(change: CaseChange | OpenedCase) -> list[str]:
    return [entry.kind for entry in change.entries]


def test_the_first_words_open_a_case_with_a_desk_a_date_and_a_notice() -> None:
    opened = _opened()

    assert opened.case["company_id"] == "halmstra"
    assert opened.case["answer_by"] == NOW + 5 * DAY
    assert (opened.case["state"], opened.case["may_we"], opened.case["who"]) == ("new", "ask_first", "affected")
    assert _kinds(opened) == ["opened", "words", "routed"]
    assert [(mail.kind, mail.key, mail.officer_ids) for mail in opened.mails] == [("new_case", "new:WK-7F3K-92QX", ("sanne", "jeroen"))]


def test_words_are_kept_as_they_came() -> None:
    text = "  দুই মাস \u00a0ওভারটাইমের টাকা দেয়নি।\n1\t"

    assert _opened(words=text, language="bn").entries[1].body["text"] == text
    assert intake.add_words(_opened().case, text, PROGRAMME, NOW).entries[0].body["text"] == text


def test_the_routing_and_the_severity_are_explained_on_the_case() -> None:
    opened = _opened(floor=("child",))

    assert opened.entries[0].body["because"] == ("the words speak of: child",)
    assert opened.entries[2].body["because"][0].startswith("shared-site: ")


def test_a_notice_holds_nothing_of_the_words() -> None:
    opened = _opened(words="the gate is locked", danger=Danger("fire", "danger word"))

    assert not any("gate" in str(mail) for mail in opened.mails)


def test_neighbours_are_no_workers() -> None:
    assert _opened(place_id="dyeing-canal").case["who"] == "neighbour"
    assert _opened(place_id="dyeing-canal", who="union").case["who"] == "union"


def test_danger_in_the_first_words_has_a_day_and_tells_everybody_who_may_read() -> None:
    opened = _opened(danger=Danger("fire", "danger word: fire"))

    assert (opened.case["severity"], opened.case["danger"], opened.case["answer_by"]) == (5, "fire", NOW + 24 * HOUR)
    assert [mail.key for mail in opened.mails] == ["new:WK-7F3K-92QX", f"danger:WK-7F3K-92QX:halmstra:fire:{HOUR_OF_NOW}"]


def test_many_people_make_a_case_graver_from_the_start() -> None:
    opened = _opened(who="union", on_behalf_of=60)

    assert (opened.case["severity"], opened.case["answer_by"]) == (4, NOW + 24 * HOUR)


def test_later_words_before_anybody_read_bring_no_second_notice() -> None:
    change = intake.add_words(_opened().case, "60 hours every month", PROGRAMME, NOW + 60_000)

    assert _kinds(change) == ["words"]
    assert change.mails == ()
    assert change.columns["state"] == "new"


def test_words_after_an_answer_put_the_case_back_on_the_desk_with_a_new_date() -> None:
    case = {**_opened().case, "state": "waiting_worker", "answer_by": None, "answered_at": NOW, "officer_id": "sanne"}

    change = intake.add_words(case, "yes, that is right", PROGRAMME, NOW + DAY)

    assert change.columns["state"] == "answer_needed"
    assert change.columns["answer_by"] == NOW + DAY + 5 * DAY
    assert _kinds(change) == ["words", "moved"]
    assert [(mail.kind, mail.officer_ids) for mail in change.mails] == [("answer", ("sanne",))]


def test_many_words_in_ten_minutes_bring_one_notice() -> None:
    case: dict[str, Any] = {**_opened().case, "state": "waiting_worker", "answer_by": None, "answered_at": NOW}
    start = NOW - NOW % intake.ANSWER_MAIL_EVERY
    keys = set()
    for second in range(0, 600, 50):
        change = intake.add_words(case, "and more", PROGRAMME, start + second * 1000)
        case = apply(case, change)
        keys |= {mail.key for mail in change.mails}

    assert len(keys) == 1


@pytest.mark.parametrize("yes", ["1", "১", "١", " 1. "])
def test_a_bare_one_to_a_proposal_closes_the_case(yes: str) -> None:
    case = {**_opened().case, "state": "proposed", "answered_at": NOW, "answer_by": None}

    change = intake.add_words(case, yes, PROGRAMME, NOW)

    assert change.columns["state"] == "closed_agreed"
    assert change.columns["answer_by"] is None
    assert _kinds(change) == ["words", "moved"]


@pytest.mark.parametrize("words", ["2", "3", "1 month later they did it again", "11", "no"])
def test_anything_else_to_a_proposal_puts_it_back_on_the_desk(words: str) -> None:
    case = {**_opened().case, "state": "proposed", "answered_at": NOW, "answer_by": None}

    change = intake.add_words(case, words, PROGRAMME, NOW)

    assert change.columns["state"] == "answer_needed"
    assert change.columns["answer_by"] == NOW + 5 * DAY


def test_a_grave_group_brings_the_date_nearer_and_a_light_one_changes_nothing_of_it() -> None:
    case = _opened().case

    grave = apply(case, intake.choose_group(case, "forced_labour", PROGRAMME, NOW + HOUR))
    light = apply(grave, intake.choose_group(grave, "welfare.canteen", PROGRAMME, NOW + 2 * HOUR))

    assert (grave["severity"], grave["answer_by"]) == (5, NOW + 25 * HOUR)
    assert (light["severity"], light["answer_by"]) == (5, NOW + 25 * HOUR)
    assert light["groups"] == ["forced_labour", "welfare.canteen"]


def test_the_same_group_twice_is_one_group() -> None:
    case = apply(_opened().case, intake.choose_group(_opened().case, "wages", PROGRAMME, NOW))

    assert apply(case, intake.choose_group(case, "wages", PROGRAMME, NOW))["groups"] == ["wages"]


def test_an_answer_that_danger_is_now_tells_again_and_an_answer_that_it_is_not_does_not() -> None:
    case = _opened().case

    first = intake.raise_to_danger(case, Danger("fire", "words"), PROGRAMME, NOW)
    now = intake.raise_to_danger(apply(case, first), Danger("fire", "answer", happening=True), PROGRAMME, NOW)
    later = intake.raise_to_danger(apply(case, first), Danger("fire", "answer", happening=False), PROGRAMME, NOW)

    assert [mail.key for mail in (*first.mails, *now.mails, *later.mails)] == [
        f"danger:WK-7F3K-92QX:halmstra:fire:{HOUR_OF_NOW}",
        f"danger:WK-7F3K-92QX:halmstra:fire:now:{HOUR_OF_NOW}",
    ]
    assert apply(apply(case, first), later)["danger"] == "fire"


def test_danger_after_an_answer_owes_a_new_one_within_a_day() -> None:
    case = {**_opened().case, "state": "waiting_worker", "answer_by": None, "answered_at": NOW}

    change = intake.raise_to_danger(case, Danger("violence", "words"), PROGRAMME, NOW)

    assert (change.columns["state"], change.columns["answer_by"]) == ("answer_needed", NOW + 24 * HOUR)


def test_consent_is_what_the_worker_says_and_nothing_else() -> None:
    case = _opened().case

    assert apply(case, intake.give_consent(case, "never", NOW))["may_we"] == "never"
    with pytest.raises(ValueError, match="hide_me, ask_first or never"):
        intake.give_consent(case, "everything", NOW)


def test_a_site_that_becomes_known_moves_the_case_to_its_desk_and_keeps_the_date() -> None:
    case = {**_opened(place_id=None).case, "answer_by": NOW + DAY}
    site = PROGRAMME.places["nodirpar-sewing"]

    change = intake.give_place(case, site, PROGRAMME, NOW + HOUR)
    moved = apply(case, change)

    assert (case["company_id"], moved["company_id"], moved["place_id"], moved["supplier_id"]) == (
        "ketenstem",
        "halmstra",
        "nodirpar-sewing",
        "nodirpar",
    )
    assert moved["answer_by"] == NOW + DAY
    assert [(mail.key, mail.officer_ids) for mail in change.mails] == [("new:WK-7F3K-92QX:halmstra", ("sanne", "jeroen"))]
    assert change.entries[0].body["because"]


def test_a_case_that_has_its_site_is_moved_by_no_later_code() -> None:
    assert intake.give_place(_opened().case, PROGRAMME.places["kiboko-farm"], PROGRAMME, NOW) == CaseChange()


def test_the_accused_stay_out_when_the_site_becomes_known() -> None:
    case = _opened(place_id=None, accused=("sanne",)).case

    change = intake.give_place(case, PROGRAMME.places["nodirpar-sewing"], PROGRAMME, NOW)

    assert case["excluded"] == ["sanne"]
    assert change.mails[0].officer_ids == ("jeroen",)


def test_hiding_the_code_and_forgetting_say_where_answers_go() -> None:
    case = {**_opened().case, "worker_id": "w1"}

    hidden = apply(case, intake.hide(case, NOW))
    found = apply(hidden, intake.use_code(hidden, "w2", "telegram", NOW))
    forgotten = apply(found, intake.forget(found, NOW))

    assert hidden["worker_id"] is None
    assert (found["worker_id"], found["channel"]) == ("w2", "telegram")
    assert (forgotten["state"], forgotten["worker_id"], forgotten["code_hash"], forgotten["answer_by"]) == ("forgotten", None, None, None)


def test_a_language_chosen_again_changes_nothing() -> None:
    assert intake.choose_language(_opened().case, "en", NOW) == CaseChange()
    assert intake.choose_language(_opened().case, "bn", NOW).columns["language"] == "bn"


steps = st.lists(
    st.one_of(
        st.builds(lambda code: ("group", code), st.sampled_from(["wages", "harassment", "forced_labour", "other", "nonsense"])),
        st.builds(lambda kind: ("danger", kind), st.sampled_from(["fire", "violence", "suicide"])),
        st.builds(lambda word: ("floor", word), st.sampled_from(["child", "fainted"])),
        st.builds(lambda text: ("words", text), st.text(max_size=8)),
    ),
    max_size=8,
)


@given(steps, st.sampled_from([None, "nodirpar-sewing", "dyeing-canal"]))
def test_the_date_that_was_told_only_comes_nearer_and_the_severity_only_rises(found: list[tuple[str, str]], place_id: str | None) -> None:
    case: dict[str, Any] = _opened(place_id=place_id).case
    for minute, (kind, value) in enumerate(found):
        change = _step(case, kind, value, NOW + minute * 60_000)
        after = apply(case, change)
        assert after["answer_by"] <= case["answer_by"]
        assert after["severity"] >= case["severity"]
        assert after["version"] >= case["version"]
        case = after


def _step(case: dict[str, Any], kind: str, value: str, now: int) -> CaseChange:
    if kind == "group":
        return intake.choose_group(case, value, PROGRAMME, now)
    if kind == "danger":
        return intake.raise_to_danger(case, Danger(value, "words"), PROGRAMME, now)
    if kind == "floor":
        return intake.raise_floor(case, value, PROGRAMME, now)
    return intake.add_words(case, value, PROGRAMME, now)


def test_several_changes_make_one() -> None:
    case = _opened().case
    first = intake.choose_group(case, "wages", PROGRAMME, NOW)
    second = intake.give_consent(apply(case, first), "hide_me", NOW)

    both = together(first, second)

    assert apply(case, both) == apply(apply(case, first), second)
    assert [entry.kind for entry in both.entries] == [entry.kind for entry in (*first.entries, *second.entries)]
