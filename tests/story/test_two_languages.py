"""A worker writes in her language and a desk reads in its own, over real HTTP, with models on this machine alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.databases import KINDS, Databases, Kind
from tests.story.street import Street, street, until
from tests.translations.pairs import install_all

WORKER, FROM_MYANMAR, MIXES, ANOTHER = "+447700900321", "+447700900322", "+447700900323", "+447700900324"
SAID = "no pagaron el salario desde dos meses"
READ = "niet zij betaalden de loon sinds twee maanden"
ANSWER, LEFT = "bedankt. ik wil hulp.", "gracias. quiero ayuda."
BURMESE = "အလုပ်ရှင်က လစာမပေးဘူး။"


@contextmanager
def _running(kind: Kind, databases: Databases, folder: Path) -> Iterator[Street]:
    install_all(folder / "languages")
    with databases.fresh(kind, folder) as url, street(url, folder / "house", MODELS_DIR=str(folder / "languages")) as opened:
        yield opened


@pytest.fixture(scope="module", params=KINDS)
def running(request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """One service on each kind of database, with the tiny models es-en, en-es, en-nl, nl-en and bn-en."""
    with _running(request.param, databases, tmp_path_factory.mktemp(request.param)) as opened:
        yield opened


def _said(running: Street, reference: str, token: str, text: str) -> dict[str, Any]:
    """Words of a worker with what became of them, once somebody looked at them."""

    def found() -> dict[str, Any]:
        entries = running.timeline(reference, token)
        return next((entry for entry in entries if entry["text"] == text and entry["translations"]), {})

    return until(found, "a translation")


def _words(running: Street, reference: str, token: str) -> dict[str, Any]:
    return next(entry for entry in running.timeline(reference, token) if entry["kind"] == "words")


def _translated(running: Street, reference: str, token: str) -> dict[str, Any]:
    """The words and what became of them, once somebody looked at them."""
    return until(lambda: found if (found := _words(running, reference, token))["translations"] else {}, "a translation")


def _draft(running: Street, reference: str, token: str, **body: str) -> dict[str, Any]:
    path = f"/api/v1/cases/{reference}/draft"
    assert running.call("PUT", path, body, token).status == 202
    return until(lambda: found if (found := running.call("GET", path, token=token).json())["confidence"] != "waiting" else {}, "a draft")


def _case(running: Street, token: str, site: str) -> str:
    lines = until(lambda: [each for each in running.cases(token) if each["place_id"] == site], "the case")
    return str(lines[0]["reference"])


def _spanish(running: Street, token: str, worker: str) -> str:
    """A worker speaks Spanish; the reference of the case that this opens, whatever others opened before."""

    def there() -> set[str]:
        return {line["reference"] for line in running.cases(token) if line["place_id"] == "glasduin-greenhouse"}

    before = there()
    running.sms(worker, "77305 es")
    running.sms(worker, SAID)
    [opened] = until(lambda: there() - before, "the case")
    return opened


def _to_translate(running: Street, token: str) -> list[tuple[str, bool]]:
    """The cases with words that nobody has put into the desk's language."""
    found: Any = running.call("GET", "/api/v1/cases?needs=translation", token=token).json()["cases"]
    return [(line["reference"], line["unread"]) for line in found]


def test_spanish_words_are_read_in_dutch_and_the_dutch_answer_arrives_in_spanish(running: Street) -> None:
    karim = running.token("karim")
    reference = _spanish(running, karim, WORKER)

    words = _translated(running, reference, karim)
    [made] = words["translations"]
    assert (words["text"], words["language"]) == (SAID, "es")
    assert (made["text"], made["language"], made["source"], made["engine"]) == (READ, "nl", "es", "argos")
    assert made["author"] == "es-en 1.0, en-nl 1.0"
    assert made["confidence"] in ("good", "unsure")
    assert made["back"]

    draft = _draft(running, reference, karim, text=ANSWER, language="nl")
    assert (draft["wording"], draft["wording_language"], draft["back"]) == (LEFT, "es", ANSWER)
    before = len(running.twilio.texts_to(WORKER))
    body = {"text": ANSWER, "language": "nl", "approved": draft["wording"]}
    assert running.call("POST", f"/api/v1/cases/{reference}/replies", body, karim).status == 201
    running.texts(running.twilio, WORKER, before + 1)
    running.sms(WORKER, "1")
    assert LEFT in running.texts(running.twilio, WORKER, before + 2)

    reply = next(entry for entry in running.timeline(reference, karim) if entry["kind"] == "reply")
    [sent] = reply["translations"]
    assert (reply["text"], sent["text"], sent["engine"], sent["author"]) == (ANSWER, LEFT, "nl-en 1.0, en-es 1.0", "Karim El Amrani")
    assert sent["back"] == ANSWER


def test_a_wording_that_an_officer_changed_is_carried_back_and_what_drifts_is_marked(running: Street) -> None:
    karim = running.token("karim")
    reference = _spanish(running, karim, ANOTHER)

    drifted = _draft(running, reference, karim, text=ANSWER, language="nl", wording="la puerta está cerrada desde 3 meses")

    assert "deur" in drifted["back"]
    assert {"drift", "numbers"} <= set(drifted["marks"])


def test_burmese_words_without_a_model_are_honest_from_end_to_end(running: Street) -> None:
    sanne = running.token("sanne")
    running.sms(FROM_MYANMAR, "52746 en")
    running.sms(FROM_MYANMAR, BURMESE)
    reference = _case(running, sanne, "nodirpar-sewing")

    words = _translated(running, reference, sanne)
    assert (words["text"], words["language"], words["translated"]) == (BURMESE, "my", False)
    assert [(made["engine"], made["confidence"], made["text"]) for made in words["translations"]] == [("none", "not_translated", "")]
    assert _to_translate(running, sanne) == [(reference, True)]

    before = len(running.twilio.texts_to(FROM_MYANMAR))
    kept = running.call("POST", f"/api/v1/cases/{reference}/replies", {"text": "Ik heb het gelezen.", "language": "nl"}, sanne)
    assert kept.json()["hold"] == "translation"
    assert len(running.twilio.texts_to(FROM_MYANMAR)) == before

    wording = {"wording": "De werkgever betaalt geen loon."}
    assert running.call("POST", f"/api/v1/cases/{reference}/timeline/{words['seq']}/translations", wording, sanne).status == 201
    after = _words(running, reference, sanne)
    assert [(each["text"], each["author"]) for each in after["translations"] if each["engine"] == "person"] == [
        ("De werkgever betaalt geen loon.", "Sanne de Wit")
    ]
    assert _to_translate(running, sanne) == []


def test_words_of_several_languages_are_read_sentence_by_sentence_each_from_its_own(running: Street) -> None:
    karim = running.token("karim")
    before = {line["reference"] for line in running.cases(karim)}
    bengali, half = "দুই মাস মজুরি।", f"{SAID}. {BURMESE}"
    whole = f"{SAID}. {bengali}"
    running.sms(MIXES, "77305 es")
    running.sms(MIXES, whole)
    lines = until(lambda: [each for each in running.cases(karim) if each["reference"] not in before], "the case")
    reference = str(lines[0]["reference"])

    words = _said(running, reference, karim, whole)
    [made] = words["translations"]
    assert (words["languages"], words["heard_by"], words["translated"]) == (["es", "bn"], "", True)
    assert made["text"].startswith(f"{READ}. twee maanden loon")
    assert [(each["language"], each["by"]) for each in made["sentences"]] == [
        ("es", "es-en 1.0, en-nl 1.0"),
        ("bn", "bn-en 1.0, en-nl 1.0"),
    ]
    assert (reference, True) not in _to_translate(running, karim)

    running.sms(MIXES, "12 👍")
    running.sms(MIXES, half)
    partly = _said(running, reference, karim, half)
    digits = next(entry for entry in running.timeline(reference, karim) if entry["text"] == "12 👍")
    assert (digits["kind"], digits["translations"], digits["translated"]) == ("words", [], True)
    [made] = partly["translations"]
    assert (partly["languages"], partly["translated"], made["confidence"]) == (["es", "my"], False, "partly")
    assert made["text"] == f"{READ}. {BURMESE}"
    assert [(each["text"], each["confidence"], each["marks"]) for each in made["sentences"]][1] == (BURMESE, "not_translated", ["unread"])
    assert (reference, True) in _to_translate(running, karim)

    body = {"language": "es"}
    assert running.call("POST", f"/api/v1/cases/{reference}/timeline/{partly['seq']}/language", body, karim).status == 200
    corrected = _said(running, reference, karim, half)
    assert (corrected["languages"], corrected["heard_by"], corrected["translated"]) == (["es"], "officer", True)
    assert (reference, True) not in _to_translate(running, karim)
