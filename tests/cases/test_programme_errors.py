"""A programme file with an error is refused whole, with every problem, its line and its mend."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.model import Programme
from cases.programme import Problem, ProgrammeError, read_programme
from tests.cases.house import sample_text

_SANNE = "company: halmstra, role: officer, languages: [nl, en]}"

WRONG: dict[str, tuple[str, str, str]] = {
    "another format": ("format: 1", "format: 2", "format `2` is not known"),
    "no operator": ("  operator: {name: Stichting Ketenstem, kind: ngo, country: NL}", "", "`operator` is missing"),
    "an operator without a name": ("{name: Stichting Ketenstem, kind", "{kind", "`name` is missing"),
    "an operator of no known kind": ("kind: ngo", "kind: spy", "`spy` is no kind of operator"),
    "a language without the line's name": ("  languages: [en, nl, bn, es]\n", "  languages: [en, nl, bn, fr]\n", "no name in `fr`"),
    "no such fall-back desk": ("fallback_desk: ketenstem", "fallback_desk: Nowhere", "`Nowhere` is no id"),
    "a company without a signed promise": ("  - company: weidegaard\n    signed", "  - company: halmstra\n    signed", "signed no promise"),
    "a promise that two times the same company makes": (
        "  - company: weidegaard\n    signed",
        "  - company: halmstra\n    signed",
        "promises twice",
    ),
    "a promise that nobody signed": ("signed: {name: Marit Halmstra, role", "signed: {role", "`name` is missing"),
    "a promise signed on no date": ('date: "2026-09-01"', 'date: "in September"', "`in September` is no date"),
    "a length of time in words": ("danger: 24h", "danger: a day", "`a day` is no length of time"),
    "danger that waits longest": ("danger: 24h", "danger: 30d", "danger may not wait longer than high"),
    "two companies with one id": ("- {id: weidegaard, name", "- {id: halmstra, name", "`halmstra` is used twice"),
    "a time zone that is none": (
        "desk_language: nl, timezone: Europe/Amsterdam}",
        "desk_language: nl, timezone: Amsterdam}",
        "no time zone",
    ),
    "a country that is none": (
        "{id: nodirpar, name: Nodirpar Sewing Works Ltd., country: BD}",
        "{id: nodirpar, name: N, country: bd}",
        "`bd`",
    ),
    "a code of four digits": ('code: "52746"', 'code: "5274"', "`5274` is not five digits"),
    "a code whose last digit does not check": ('code: "52746"', 'code: "52745"', "the last digit of `52745` does not check the others"),
    "a code used twice": ('code: "38166"', 'code: "52746"', "`52746` is the code of `nodirpar-sewing` too"),
    "two places with one id": ("- {id: nodirpar-dyeing, code", "- {id: nodirpar-sewing, code", "`nodirpar-sewing` is used twice"),
    "a supplier nobody knows": ("supplier: glasduin", "supplier: glasduinen", "there is no supplier `glasduinen`"),
    "a buyer nobody knows": ("buyers: [halmstra, weidegaard]", "buyers: [halmstra, weidegard]", "there is no company `weidegard`"),
    "a lead that does not buy": ("lead: halmstra", "lead: ketenstem", "`ketenstem` leads but does not buy here"),
    "a site where nobody buys": ("buyers: [halmstra, weidegaard]", "buyers: []", "nobody buys here"),
    "a channel nobody has": ("channels: [whatsapp], buyers", "channels: [whatsup], buyers", "`whatsup` is no channel"),
    "text messages that nobody there can answer": (
        "languages: [bn, bn-Latn], channels: [whatsapp, telegram]",
        "languages: [bn, bn-Latn], channels: [sms]",
        "nobody can text back on sms in BD",
    ),
    "a language that is no tag": ("languages: [sw, en], channels", "languages: [Swahili], channels", "`Swahili` is no language tag"),
    "quiet hours that are none": ('quiet: "08:00-20:00"}', 'quiet: "at night"}', "`at night` is no pair of hours"),
    "more women than workers": ("workers: 420, women: 60", "workers: 420, women: 600", "600 women are more than all 420 workers"),
    "workers in words": ("workers: 900", "workers: many", "`workers` must be a whole number, not `many`"),
    "a country nothing is known about": ("place: Naivasha, country: KE", "place: Naivasha, country: TZ", "nothing is known about `TZ`"),
    "neighbours beside nothing": ("beside: nodirpar-dyeing", "beside: nodirpar-canal", "there is no site `nodirpar-canal`"),
    "neighbours led by a stranger": (
        "channels: [whatsapp, telegram], lead: weidegaard}",
        "channels: [whatsapp], lead: halmstra}",
        "does not buy",
    ),
    "a person of no company": (_SANNE, _SANNE.replace("halmstra", "halmstre"), "there is no company `halmstre`"),
    "a supplier with an account": (_SANNE, _SANNE.replace("halmstra", "nodirpar"), "a supplier has no account"),
    "a role nobody has": (_SANNE, _SANNE.replace("role: officer", "role: boss"), "`boss` is no role"),
    "two people with one address": ("jeroen@halmstra.example", "Sanne@halmstra.example", "is the address of `sanne` too"),
    "an address that is none": ("grace@ketenstem.example", "grace at ketenstem", "is no mail address"),
    "a desk without a superior": ("company: halmstra, role: lead_officer", "company: halmstra, role: officer", "has no lead_officer"),
    "somebody else's admin": (_SANNE, _SANNE.replace("role: officer", "role: programme_admin"), "only the operator's own people"),
    "a fall-back desk without readers": ("role: programme_admin", "role: translator", "nobody reads at this desk"),
    "a rule about a site nobody knows": (
        "when: {site: nodirpar-sewing}",
        "when: {site: nodirpar-weaving}",
        "there is no site `nodirpar-weaving`",
    ),
    "a rule for a company nobody knows": (
        "then: {company: weidegaard, officer: femke}",
        "then: {company: weide}",
        "there is no company `weide`",
    ),
    "a rule that opens a site to who does not buy": (
        "then: {company: weidegaard, officer: femke}",
        "then: {company: halmstra}",
        "may not read",
    ),
    "a rule for a person nobody knows": ("then: {officer: karim}", "then: {officer: karin}", "there is no person `karin`"),
    "a rule for a translator": ("then: {officer: karim}", "then: {officer: grace}", "`grace` is a translator and reads no case"),
    "a rule for somebody of another desk": ("then: {officer: karim}", "then: {officer: sanne}", "`sanne` does not work at weidegaard"),
    "a rule that does nothing": ("then: {officer: karim}", "then: {}", "the rule does nothing"),
    "a rule that explains nothing": (", why: Karim reads Spanish}", "}", "`why` is missing"),
    "a condition nobody knows": ("when: {language: es,", "when: {langauge: es,", "`langauge` is not known here"),
    "two rules with one id": ("{id: spanish, when", "{id: site-lead, when", "`site-lead` is used twice"),
    "an exclusion of somebody else": ("then: {exclude: accused}", "then: {exclude: femke}", "only the accused can be excluded"),
    "a country without help": ('emergency: "105"', 'police: "105"', "`emergency` is missing"),
    "a country nobody can trace": ("source: &read", "union: &read", "`source` is missing"),
    "numbers nobody knows the age of": ("checked: &month", "police: &month", "`checked` is missing"),
    "a month that is none": ('&month "2026-11"', '&month "last autumn"', "`last autumn` is no date"),
    "a line that may be shut at night": ("    listening_note:", "    women_children_note:", "nobody knows when this line listens"),
    "an answer about rights from nowhere": ("source: ILO", "source: ''", "`source` is missing"),
    "an answer about rights that fills no SMS": (
        "en: Your papers are yours.",
        f"en: {'Your papers are yours. ' * 4}",
        "the answer in `en` has ",
    ),
    "a question nobody asks": ("      papers: &papers", "      weather: &papers", "`weather` is not known here"),
    "a number that cannot be called": ('labour_office: "16357"', "labour_office: the big house", "no number that can be called"),
    "a field nobody reads": ("workers: 640", "wrokers: 640", "`wrokers` is not known here"),
    "a key written twice": ("  fallback_desk: ketenstem ", "  fallback_desk: ketenstem\n  fallback_desk: ketenstem ", "is written twice"),
    "a list where a text belongs": ("name: Kwekerij Glasduin", "name: [Kwekerij, Glasduin]", "`name` must be one text"),
    "a text where a list belongs": ("languages: [nl, es, en]", "languages: nl", "`languages` must be a list of texts"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_programme_with_an_error_is_refused_with_its_line(case: str) -> None:
    right, wrong, said = WRONG[case]
    text = sample_text()
    assert right in text

    with pytest.raises(ProgrammeError) as refused:
        read_programme(text.replace(right, wrong, 1), "programme.yaml")

    problems = [problem for problem in refused.value.problems if said in problem.what]
    near = text[: text.index(right)].count("\n") + 1
    assert problems, str(refused.value)
    assert any(abs(problem.line - near) <= 3 or problem.where.startswith(("companies", "routing", "programme")) for problem in problems), (
        str(refused.value)
    )
    assert all(problem.mend for problem in refused.value.problems)


def test_the_programme_knows_its_own_country_better_than_the_table_of_carriers() -> None:
    texts = sample_text().replace("bn-Latn], channels: [whatsapp, telegram]", "bn-Latn], channels: [sms]")

    assert read_programme(texts.replace("sms_two_way: false", "sms_two_way: true")).places["nodirpar-dyeing"].channels == ("sms",)
    silent = texts.replace("    sms_two_way: false\n", "")
    with pytest.raises(ProgrammeError) as refused:
        read_programme(silent)
    assert "twilio.com/guidelines/bd/sms" in refused.value.problems[0].what
    assert read_programme(silent, kept=True).places["nodirpar-dyeing"].channels == ("sms",)
    with pytest.raises(ProgrammeError) as refused:
        read_programme(sample_text().replace('    labour_office: "0800-5151"\n', '    labour_office: "0800-5151"\n    sms_two_way: no\n'))
    assert "the programme says so" in refused.value.problems[0].what


def test_every_problem_is_told_at_once_and_in_the_order_of_lines() -> None:
    text = sample_text().replace('"52746"', '"52745"').replace("role: translator", "role: boss").replace("danger: 24h", "danger: soon")

    with pytest.raises(ProgrammeError) as refused:
        read_programme(text, "programme.yaml")

    lines = [problem.line for problem in refused.value.problems]
    # The first length of time is shared by both promises, so both are told.
    assert len(lines) == 4
    assert lines == sorted(lines)
    assert "Write 52746" in str(refused.value)


def test_a_slip_of_the_pen_is_met_with_the_word_that_was_meant() -> None:
    with pytest.raises(ProgrammeError, match="Did you mean `workers`"):
        read_programme(sample_text().replace("workers: 640", "wrokers: 640"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("- a\n- b", "must be a list of `key: value` fields"),
        ("format: 1\n  bad: [", "not allowed|expected"),
        ("format: 1\nprogramme: {}\n", "`companies` must be a list"),
        ("a: &a [*a]", "beyond reason|unknown|anchor|alias"),
        ("a: \x01", "forbids|not allowed|character"),
        ("x" * 2_100_000, "too long"),
    ],
)
def test_what_is_no_programme_at_all_is_refused_in_words(text: str, said: str) -> None:
    with pytest.raises(ProgrammeError, match=said):
        read_programme(text)


def test_a_bomb_of_aliases_is_refused_before_it_fills_the_memory() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))

    with pytest.raises(ProgrammeError, match="beyond reason"):
        read_programme(bomb)


def test_yaml_tags_construct_nothing() -> None:
    with pytest.raises(ProgrammeError) as refused:
        read_programme("format: !!python/object/apply:os.getcwd []\n")

    assert "`format` must be one text" in str(refused.value)


_LINES = sample_text().partition("\ncases:")[0].splitlines(keepends=True)
_NOISE = st.sampled_from(["", "x", "[", "{}", "{a: b}", "- ", ": ", "'", "&a ", "*a", "0", "null", "é", "\t", "# "])


@given(st.lists(st.tuples(st.integers(0, len(_LINES) - 1), st.integers(0, 200), _NOISE, st.integers(0, 12)), max_size=4))
def test_whatever_a_hand_does_to_the_file_it_is_read_or_refused_in_words(slips: list[tuple[int, int, str, int]]) -> None:
    lines = list(_LINES)
    for number, place, noise, gone in slips:
        line = lines[number]
        lines[number] = line[:place] + noise + line[place + gone :]

    programme, problems = _read_or_refused("".join(lines))

    assert all(problem.line >= 1 and problem.what and problem.mend for problem in problems)
    if programme is None:
        assert problems
    else:
        assert all(programme.answer_within(company, "danger") > 0 for company in (*programme.companies, programme.fallback_desk))
        assert programme.readers(programme.fallback_desk)


def _read_or_refused(text: str) -> tuple[Programme | None, tuple[Problem, ...]]:
    try:
        return read_programme(text), ()
    except ProgrammeError as refused:
        return None, refused.problems
