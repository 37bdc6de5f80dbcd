"""A voice note and a photo come in by the carriers' own posts, are fetched from the carriers, and lie clean on the desk; over real HTTP."""

import io
from collections.abc import Callable, Iterator

import pytest
from PIL import Image

from tests.databases import KINDS, Databases, Kind
from tests.doubles import telegram_posts, twilio_posts
from tests.media import makings
from tests.story.street import MESSAGES, UPDATES, Street, street, until

PERSON = 9_007_700_950
BY_ID = "BD.13491208655302741918"
VOICE_TOLD = "Saved. Only the reader hears your voice, never the factory. Does someone there know it? Then write."
Bring = Callable[[Street, str, bytes], None]


@pytest.fixture(scope="module", params=KINDS)
def running(request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """One service on each kind of database, with everything logged."""
    kind: Kind = request.param
    folder = tmp_path_factory.mktemp(kind)
    with databases.fresh(kind, folder) as url, street(url, folder / "house", LOG_LEVEL="DEBUG") as opened:
        yield opened
        logs = opened.house.logs()
        secrets = (BY_ID, str(PERSON), telegram_posts.TOKEN, twilio_posts.TOKEN, makings.MAKER, "Rahima")
        assert [each for each in secrets if each in logs] == []


def _by_telegram(running: Street, kind: str, content: bytes) -> None:
    ref = f"{kind}-{len(content)}"
    running.telegram.lay(ref, content, path=f"{kind}/file_7")
    sizes = {"file_id": ref, "file_unique_id": "AgAD", "file_size": len(content)}
    voice: dict[str, object] = {"voice": {**sizes, "duration": 4, "mime_type": "audio/ogg"}}
    photo: dict[str, object] = {"photo": [{**sizes, "width": 60, "height": 40}]}
    part = voice if kind == "voice" else photo
    update = telegram_posts.update(message=telegram_posts.message(PERSON, **part))
    assert running.post(telegram_posts.webhook(UPDATES, update)).status == 200


def _by_whatsapp(running: Street, kind: str, content: bytes) -> None:
    path = running.twilio.desk.lay(content)
    media = {"NumMedia": "1", "MediaUrl0": running.twilio.url + path, "MediaContentType0": "audio/ogg" if kind == "voice" else "image/jpeg"}
    fields = twilio_posts.whatsapp_without_number(BY_ID, "", MessageType="audio" if kind == "voice" else "image", **media)
    assert running.post(twilio_posts.webhook(MESSAGES, fields)).status == 200


@pytest.mark.parametrize(
    ("channel", "address", "bring"),
    [("telegram", str(PERSON), _by_telegram), ("whatsapp", f"whatsapp:{BY_ID}", _by_whatsapp)],
    ids=["telegram", "whatsapp"],
)
def test_a_voice_note_and_a_photo_reach_the_desk_and_say_no_more_than_they_show(
    running: Street, channel: str, address: str, bring: Bring
) -> None:
    double, sanne = (running.telegram if channel == "telegram" else running.twilio), running.token("sanne")
    if channel == "telegram":
        running.telegram_says(PERSON, "/start 52746-en")
    else:
        assert running.post(twilio_posts.webhook(MESSAGES, twilio_posts.whatsapp_without_number(BY_ID, "52746 en"))).status == 200
    hello = running.texts(double, address, 1)[0]
    assert "hold the microphone and speak" in hello

    bring(running, "voice", makings.opus())
    told = running.texts(double, address, 3)
    assert told[1] == VOICE_TOLD
    [case] = until(lambda: [each for each in running.cases(sanne) if each["channel"] == channel], "the case")
    bring(running, "photo", makings.photo())

    sound, picture = (_brought(running, case["reference"], kind, sanne) for kind in ("voice", "photo"))
    assert sound.startswith(b"OggS")
    assert Image.open(io.BytesIO(picture)).getexif().get_ifd(makings.GPS) == {}
    assert makings.MAKER.encode() not in sound + picture

    assert running.reply(case["reference"], "I heard you.", "en", sanne).status == 201
    until(lambda: any("1 new message" in text for text in double.texts_to(address)), "the knock")
    if channel == "telegram":
        running.telegram_says(PERSON, "1")
    else:
        running.post(twilio_posts.webhook(MESSAGES, twilio_posts.whatsapp_without_number(BY_ID, "1")))
    until(lambda: "I heard you." in double.texts_to(address), "the answer")


def _brought(running: Street, reference: str, kind: str, token: str) -> bytes:
    """A file as an officer gets it, once it was fetched from its carrier."""

    def found() -> bytes:
        entries = [each for each in running.timeline(reference, token) if (each.get("attachment") or {}).get("kind") == kind]
        replies = [running.call("GET", f"/api/v1/cases/{reference}/attachments/{each['seq']}", token=token) for each in entries]
        return next((reply.body for reply in replies if reply.status == 200), b"")

    return until(found, f"the {kind}")
