"""What workers read: complete in four languages, within its SMS budget, without a promise or a word that may not stand there."""

import re
from collections.abc import Iterator

import pytest

from flows.model import Flow
from flows.nodes import Waiting
from flows.nodes.base import Spoken
from flows.render import View, render
from flows.revisions import SHIPPED
from flows.template import FACTS, OPTIONS, names
from flows.transcript import MEASURES
from flows.wording import CHANNELS as WORDED
from flows.wording import PerChannel, Wording
from tests.flows.shelf import CHANNELS, LANGUAGES, LIBRARY, facts_of_a_talk, longest_facts, spoken
from words.fold import gsm
from words.segments import segments

# Words that a carrier takes for itself: whoever sends one is unsubscribed, and nobody hears it.
RESERVED = {"stop", "end", "cancel", "quit", "unsubscribe", "revoke", "optout", "stopall", "start", "unstop", "help", "yes start", "info"}
JARGON = re.compile(
    r"grievance|remediation|compliance|stakeholder|anonym|complain(t|ts)? mechanism|confidential|100 ?%|no one can know|nobody can know"
    r"|anoniem|vertrouwelijk|anónim|confidencial|বেনামি",
    re.IGNORECASE,
)
ENGLISH_AND_DUTCH = ("en", "nl")


def _wordings(flow: Flow, node: str, language: str) -> Iterator[tuple[str, Wording]]:
    """A node's own words in a language, per channel."""
    own: object = flow.nodes[node] if language == flow.language else flow.overlays.get(language, {}).get(node)
    if isinstance(own, PerChannel):
        for channel in WORDED:
            yield channel, getattr(own, channel)
        yield "", Wording(text=own.text, again=own.again, options=own.labels(), offers=own.offers)


@pytest.mark.parametrize("language", ENGLISH_AND_DUTCH)
def test_every_sms_is_gsm_and_at_most_two_segments_with_the_longest_names(language: str) -> None:
    """All but the list of languages, where each is called by its own name in its own script: one segment."""
    for flow, node, _, say in spoken():
        for facts in (longest_facts(language), longest_facts(language) | {"self_run": "yes"}):
            messages = render(flow, say, View(language, MEASURES["sms"], facts))
            costs = [segments(message.text) for message in messages]
            assert len(costs) == 1, (flow.name, node)
            assert costs[0].segments <= (1 if flow.name == "language" else 2), (flow.name, node, costs[0], messages[0].text)
            assert costs[0].encoding == "GSM-7" or flow.name == "language", (flow.name, node, messages[0].text)


@pytest.mark.parametrize("language", ["es", "bn"])
def test_where_a_script_needs_more_room_two_messages_of_two_segments_are_enough(language: str) -> None:
    for flow, node, _, say in spoken():
        for facts in (longest_facts(language), longest_facts(language) | {"self_run": "yes"}):
            costs = [segments(message.text) for message in render(flow, say, View(language, MEASURES["sms"], facts))]
            assert 1 <= len(costs) <= 2, (flow.name, node)
            assert all(cost.segments <= 2 for cost in costs), (flow.name, node, costs)


def test_no_sms_pays_for_typography() -> None:
    for language in LANGUAGES:
        for flow, node, _, say in spoken():
            for message in render(flow, say, View(language, MEASURES["sms"], facts_of_a_talk(language))):
                assert message.text == gsm(message.text), (flow.name, node, language)


def test_typography_that_a_programme_brings_along_is_made_plain() -> None:
    flow, node, _, say = next(each for each in spoken() if each[1] == "hello_unknown")
    facts = longest_facts("en") | {"operator": "“Ketenstem” – the line…"}

    (message,) = render(flow, say, View("en", MEASURES["sms"], facts))
    assert '"Ketenstem" - the line...' in message.text
    assert segments(message.text).encoding == "GSM-7", node


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_every_language_has_every_text_on_every_channel(language: str) -> None:
    missing = []
    for flow in LIBRARY.revisions.values():
        for name, node in flow.nodes.items():
            if not isinstance(node, Spoken) or flow.name == "language":
                continue
            own = dict(_wordings(flow, name, language))
            for channel, wording in _wordings(flow, name, "en"):
                has = own.get(channel, Wording())
                plain = own.get("", Wording())
                missing += [f"{flow.name}.{name}.{channel}.text"] if wording.text and not (has.text or plain.text) else []
                missing += [f"{flow.name}.{name}.{channel}.again"] if wording.again and not (has.again or plain.again) else []
                missing += [f"{flow.name}.{name}.{option}" for option in wording.options if option not in plain.options]
                missing += [f"{flow.name}.{name}.{channel}.offers"] if wording.offers.keys() - has.offers.keys() else []
    assert missing == []


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_no_fact_is_lost_in_translation(language: str) -> None:
    """Who reads, the code, the date and the numbers stand in every language; `fire` may be said as the emergency number."""
    for flow in LIBRARY.revisions.values():
        for name, node in flow.nodes.items():
            if isinstance(node, Spoken) and flow.name != "language":
                theirs = names("".join(wording.text for _, wording in _wordings(flow, name, "en")))
                ours = names("".join(wording.text for _, wording in _wordings(flow, name, language)))
                assert theirs - ours <= {"emergency_free"}, (flow.name, name, theirs - ours)


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_says_something_and_leaves_no_mark_of_the_template(language: str, channel: str) -> None:
    for facts in (
        facts_of_a_talk(language),
        {"line": "L", "operator": "O", "reader_desk": "R", "new_answer_by": "1-1", "answer_by": "1-1"},
    ):
        for flow, node, spoken_node, say in spoken():
            if say.slot == "again" or (node == "code_again" and "code" not in facts):
                continue
            messages = render(flow, say, View(language, MEASURES[channel], facts))
            text = "\n".join(message.text for message in messages)
            assert text.strip() or not spoken_node.text, (flow.name, node, channel)
            assert not re.search(r"[{}\[\]]|\.\.\.|  |---| [.,;]|\bNone\b", text), (flow.name, node, channel, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_promises_what_cannot_be_kept_or_speaks_like_an_office(language: str) -> None:
    for flow, node, _, say in spoken():
        for channel in CHANNELS:
            for message in render(flow, say, View(language, MEASURES[channel], facts_of_a_talk(language))):
                assert not JARGON.search(message.text), (flow.name, node)


def test_no_answer_is_a_word_that_a_carrier_takes_for_itself() -> None:
    for flow in LIBRARY.revisions.values():
        for name, node in flow.nodes.items():
            for language in LANGUAGES if isinstance(node, Spoken) else ():
                for _, wording in _wordings(flow, name, language):
                    for label in wording.options.values():
                        assert RESERVED.isdisjoint({label.text.lower(), label.button.lower(), *map(str.lower, label.also)}), (
                            flow.name,
                            name,
                        )


def test_every_button_can_be_read_alone_on_the_narrowest_phone() -> None:
    """20 letters where there are three or fewer, 24 in a list (WhatsApp's measures, the smallest)."""
    for flow in LIBRARY.revisions.values():
        for name, node in flow.nodes.items():
            if not isinstance(node, Waiting) or not node.choices():
                continue
            for language in LANGUAGES:
                for message in render(flow, next(say for f, n, _, say in spoken() if (f, n) == (flow, name)), _telegram(language))[-1:]:
                    most = 20 if len(message.choices) <= 3 and flow.name != "who-sees" else 24
                    assert all(len(title) <= most for _, title in message.choices), (flow.name, name, language, message.choices)
                    assert all(len(option.encode()) <= 64 for option, _ in message.choices)
                    assert len(message.choices) >= len(node.choices()), (flow.name, name, language)


def _telegram(language: str) -> View:
    return View(language, MEASURES["telegram"], facts_of_a_talk(language))


def test_codes_and_dates_are_in_the_digits_of_the_worker() -> None:
    flow, _, _, say = next(each for each in spoken() if each[1] == "saved" and each[0].name == "raise-concern")

    first = render(flow, say, View("bn", MEASURES["sms"], facts_of_a_talk("bn")))[0].text
    assert "৪৮২১ ০৯৩৭" in first
    assert "২৪-১১ ১৮:০০" in first
    assert not re.search("[0-9]", first)


@pytest.mark.parametrize(
    ("language", "one", "more"),
    [
        ("en", "1 minute.", "8 minutes."), ("nl", "1 minuut", "8 minuten"), ("es", "1 minuto.", "8 minutos."), ("bn", "১ মিনিট", "৮ মিনিট"),
    ],
)  # fmt: skip
def test_whoever_mistypes_a_code_reads_how_long_to_wait(language: str, one: str, more: str) -> None:
    flow, _, _, say = next(each for each in spoken() if each[1] == "wrong_code")

    (first,) = render(flow, say, View(language, MEASURES["sms"], {"wait": "1"}))
    (later,) = render(flow, say, View(language, MEASURES["sms"], {"wait": "8"}))
    assert one in first.text
    assert more not in first.text
    assert more in later.text
    assert one not in later.text
    assert max(segments(first.text).segments, segments(later.text).segments) <= 2


def test_a_form_of_a_language_is_spoken_to_in_that_language() -> None:
    flow, _, _, say = next(each for each in spoken() if each[1] == "listen")
    said = {tag: render(flow, say, View(tag, MEASURES["sms"], {}))[0].text for tag in ("es-PE", "bn-Latn", "nl-BE", "sw", "en-GB")}

    assert said == {"es-PE": "Guardado.", "bn-Latn": "সেভ হয়েছে।", "nl-BE": "Bewaard.", "sw": "Saved.", "en-GB": "Saved."}


def test_every_fact_is_explained_and_used() -> None:
    used = {
        name
        for flow, node, _, _ in spoken()
        for language in LANGUAGES
        for _, each in _wordings(flow, node, language)
        for name in names(each.text)
    }

    assert used - {OPTIONS} <= FACTS.keys()
    assert FACTS.keys() - used <= {"company", "waiting"}


def test_no_file_of_the_library_speaks_of_a_number_that_belongs_to_a_country() -> None:
    """Numbers, hours and dates come from the programme."""
    for path in SHIPPED.glob("*.yaml"):
        text = re.sub(r"(?m)^ *(#|source:).*$", "", path.read_text(encoding="utf-8"))
        assert not re.search(r"(?<!\d)\d{3,}(?!\d)", text), path.name


def test_who_can_see_is_told_per_channel_and_says_nothing_of_another() -> None:
    flow = LIBRARY.now("who-sees")
    assert flow is not None
    say = next(each[3] for each in spoken() if each[1] == "who_sees")
    told = {
        channel: " ".join(m.text for m in render(flow, say, View("en", MEASURES[channel], facts_of_a_talk("en")))) for channel in CHANNELS
    }

    assert "SMS companies" in told["sms"]
    assert "WhatsApp" in told["whatsapp"]
    assert "Telegram" in told["telegram"]
    assert not any(other in told["web"] for other in ("SMS", "WhatsApp", "Telegram"))
    assert all("Stichting Ketenstem" in text and "A judge could ask for it" in text for text in told.values())
    assert "9 deletes" not in told["telegram"], "wiping is promised only where it is known to work"


def test_every_language_that_no_native_speaker_read_says_so_in_its_file() -> None:
    for path in SHIPPED.glob("*.*.yaml"):
        if path.name.split(".")[1] in {"es", "bn"}:
            assert "# Not read by a native speaker." in path.read_text(encoding="utf-8"), path.name
