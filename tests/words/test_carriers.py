"""What is known of a country's carriers has its source and its month, and nothing is made up where nothing was read."""

import re

import pytest

from words.carriers import Country, Fact, Quiet, Route, countries, one_way, unreachable

ALL = sorted(countries().values(), key=lambda country: country.code)


def facts(country: Country) -> list[Fact | Route | Quiet]:
    found: list[Fact | Route | Quiet | None] = [*country.routes, country.sender, country.content, country.quiet, *country.blocked.values()]
    return [fact for fact in found if fact is not None]


@pytest.mark.parametrize("country", ALL, ids=lambda country: country.code)
def test_every_fact_says_where_and_when_it_was_read(country: Country) -> None:
    assert re.fullmatch(r"[A-Z]{2}", country.code)
    assert [fact for fact in facts(country) if not fact.source or not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", fact.read)] == []


@pytest.mark.parametrize("country", [country for country in ALL if country.quiet], ids=lambda country: country.code)
def test_quiet_hours_are_times_and_name_the_kind_of_message(country: Country) -> None:
    quiet = country.quiet

    assert quiet is not None
    assert all(re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", each) for each in (quiet.start, quiet.end))
    assert quiet.what


@pytest.mark.parametrize("code", ["BD", "VN", "IN", "ET", "ID", "TR", "TH", "NP", "HT", "PK", "KH"])
def test_in_these_countries_nobody_can_text_back_over_the_carrier(code: str) -> None:
    assert one_way("sms", code) is not None
    assert one_way("http_sms", code) is None
    assert one_way("whatsapp", code) is None


@pytest.mark.parametrize("code", ["PH", "ZA", "HK", "LT", "CN", "MM", "KE"])
def test_where_it_works_or_nothing_was_read_nothing_is_refused(code: str) -> None:
    assert one_way("sms", code) is None


def test_where_providers_differ_the_one_that_we_send_by_counts_and_the_other_is_kept() -> None:
    india = countries()["IN"]

    assert (india.two_way, [route.two_way for route in india.routes]) == (False, [False, True])
    assert india.carriers_route is not None
    assert india.carriers_route.route == "twilio"


def test_where_nothing_was_found_nothing_is_claimed() -> None:
    assert (countries()["MM"].two_way, countries()["MM"].source) == (None, "")


@pytest.mark.parametrize(("channel", "code"), [("telegram", "VN"), ("telegram", "CN"), ("telegram", "IR"), ("whatsapp", "SY")])
def test_a_channel_that_does_not_reach_a_country_says_why(channel: str, code: str) -> None:
    fact = unreachable(channel, code)

    assert fact is not None
    assert fact.says


@pytest.mark.parametrize(("channel", "code"), [("telegram", "BD"), ("whatsapp", "VN"), ("sms", "IR"), ("telegram", "KE")])
def test_elsewhere_nothing_speaks_against_it(channel: str, code: str) -> None:
    assert unreachable(channel, code) is None
