"""What stands the same in both texts is marked in both and said in words; nothing a worker writes becomes markup by it."""

import re

import pytest

from api.desk.kept import LISTED, Kept, Piece, laid
from cases import desk, timeline
from cases.timeline import Annotation
from store.casekeys import load_data_key
from tests.api.town import CHIEF, Town
from tests.cases.house import KEYRING
from translations.base import NO_CARE, Care

CARE = Care(names=("Nodirpar sewing unit", "An"), glossary={"line chief": {"nl": "lijnchef"}})


def marked(pieces: tuple[Piece, ...]) -> list[str]:
    return [piece.text for piece in pieces if piece.kept]


def one(text: str, other: str, language: str = "nl", care: Care = NO_CARE) -> tuple[list[str], list[str]]:
    found = laid(text, [(other, language)], care)
    assert "".join(piece.text for piece in found.pieces) == text
    assert "".join(piece.text for piece in found.sides[0].pieces) == other
    return marked(found.pieces), marked(found.sides[0].pieces)


BOTH = [
    ("they cut €30 on 28-11-2026 at 19:30", "op 28-11-2026 om 19:30 trokken zij €30 af", ["€30", "28-11-2026", "19:30"]),
    ("call +44 7700 900123 or ana_m@example.org", "bel +44 7700 900123 of ana_m@example.org", ["+44 7700 900123", "ana_m@example.org"]),
    (
        "see https://example.org/a_b, case WK-7F3K-92QX",
        "zie https://example.org/a_b, WK-7F3K-92QX",
        ["https://example.org/a_b", "WK-7F3K-92QX"],
    ),
    ("An of Nodirpar sewing unit", "An van Nodirpar sewing unit", ["An", "Nodirpar sewing unit"]),
]


@pytest.mark.parametrize(("text", "other", "same"), BOTH, ids=[same[0] for _, _, same in BOTH])
def test_what_is_in_both_is_marked_in_both(text: str, other: str, same: list[str]) -> None:
    here, there = one(text, other, care=CARE)

    assert here == same
    assert sorted(there) == sorted(same)


def test_what_came_out_by_rule_is_marked_as_each_text_has_it() -> None:
    here, there = one("the line chief ৳১২,৫০০", "de lijnchef ৳12,500", care=CARE)
    (side,) = laid("the line chief ৳১২,৫০০", [("de lijnchef ৳12,500", "nl")], CARE).sides

    assert (here, there) == (["line chief", "৳১২,৫০০"], ["lijnchef", "৳12,500"])
    assert [(each.called, each.written, each.rendered) for each in side.same] == [
        ("fixed term", "line chief", "lijnchef"),
        ("amount", "৳১২,৫০০", "৳12,500"),
    ]


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("they cut €30", "zij trokken €31 af"),
        ("12 women", "in 2012 vrouwen"),
        ("12 women", "om 12:30 vrouwen"),
        ("12 women", "12.500 vrouwen"),
        ("3 months", "drie maanden"),
        ("An told me", "Anna zei het"),
        ("no water here", "geen water hier"),
        ("🔥 here", "🔥 hier"),
    ],
)
def test_what_is_not_the_same_is_marked_in_neither(text: str, other: str) -> None:
    assert one(text, other, care=CARE) == ([], [])


def test_what_is_written_twice_and_said_once_is_marked_once() -> None:
    assert one("€30 today, €30 before", "vandaag €30") == (["€30"], ["€30"])


def test_a_name_is_seen_where_words_are_not_parted() -> None:
    assert one("at โรงงานทอง now", "ทำที่โรงงานทองนาน", "th", Care(names=("โรงงานทอง",))) == (["โรงงานทอง"], ["โรงงานทอง"])


def test_figures_run_from_left_to_right_also_among_arabic_words() -> None:
    found = laid("call +44 7700 900123, مصنع", [("اتصل +44 7700 900123 مصنع", "ar")], Care(names=("مصنع",)))

    assert [(piece.text, piece.direction) for piece in found.sides[0].pieces if piece.kept] == [("+44 7700 900123", "ltr"), ("مصنع", "rtl")]


def test_a_long_list_is_cut_and_counted_and_endless_figures_do_not_hold_a_page_up() -> None:
    text = " ".join(f"€{number}" for number in range(10, 400))
    found: Kept = laid(text, [(text, "nl")], NO_CARE)

    assert len(found.sides[0].same) == LISTED
    assert found.sides[0].more + LISTED == 200
    assert len(marked(found.pieces)) == 200


def _translated(town: Town, words: str, translation: str, language: str = "nl") -> str:
    """A page on which a machine's translation stands beside a worker's new words."""
    town.cases.worker_writes(CHIEF, words, town.house.clock())
    with town.cases.desk("sanne") as at:
        case = town.cases.row(at.connection, CHIEF)
        seq = max(entry.seq for entry in desk.view(at, CHIEF).entries if entry.kind == "words")
        note = Annotation(seq, language, "argos", "bn-en 1.0", "good", at.now, translation, source="bn")
        timeline.annotate(at.connection, case, load_data_key(at.connection, KEYRING, case["id"]), note)
    return town.signed_in("sanne").get(f"/desk/cases/{CHIEF}").text


def test_an_officer_sees_what_they_can_compare_marked_and_named(town: Town) -> None:
    page = _translated(town, "তারা €30 কেটেছে", "Zij trokken €30 af")

    assert 'তারা <mark class="kept" dir="ltr">€30</mark> কেটেছে</p>' in page
    assert 'Zij trokken <mark class="kept" dir="ltr">€30</mark> af</p>' in page
    assert re.search(r"The same in both texts, and marked there:</b> amount <bdi>€30</bdi>\.</p>", page)


def test_markup_in_a_workers_words_stays_words_inside_and_around_what_is_marked(town: Town) -> None:
    evil = '<b>€30</b> https://example.org/"><script>alert(1)</script> <img src=x onerror=alert(1)> €40'
    page = _translated(town, evil, evil)

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<b>€30" not in page
    assert page.count('&lt;b&gt;<mark class="kept" dir="ltr">€30</mark>&lt;/b&gt;') == 2
    assert page.count('</mark>)&gt; <mark class="kept" dir="ltr">€40</mark></p>') == 2


def test_words_from_right_to_left_keep_their_direction_and_their_figures_theirs(town: Town) -> None:
    page = _translated(town, "তারা €30 কেটেছে", "خصموا €30 من الراتب", "ar")

    assert 'lang="ar" dir="rtl">خصموا <mark class="kept" dir="ltr">€30</mark> من الراتب</p>' in page


def test_words_without_a_translation_are_marked_nowhere(small_town: Town) -> None:
    small_town.cases.worker_writes(CHIEF, "€30 কেটেছে", small_town.house.clock())

    assert "<mark" not in small_town.signed_in("sanne").get(f"/desk/cases/{CHIEF}").text
