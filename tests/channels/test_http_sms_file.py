"""A gateway's file is checked before anything is sent: a problem names the file, the key and what to write."""

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from channels.http_sms_file import BIGGEST, Gateway, GatewayFileError, gateway_of, read_gateway, shipped
from tests.channels.gateways import FORM, TEXTS, gateway

PLAIN = """
name: plain
inbound: {proof: {kind: header, name: X-Secret}, id: id}
outbound: {url: "{url}", body: {to: "{to}", text: "{text}"}}
"""


def problem(text: str) -> str:
    with pytest.raises(GatewayFileError) as caught:
        gateway_of(text, "mine.yaml")
    return str(caught.value)


@pytest.mark.parametrize("name", shipped())
def test_what_comes_along_is_sound_and_says_where_it_was_read(name: str) -> None:
    described = read_gateway(name)

    assert described.source
    assert "20" in described.source


def test_an_aggregator_and_a_telephone_come_along() -> None:
    assert list(shipped()) == ["aggregator", "android"]


def test_a_file_of_ones_own_is_read(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(PLAIN, encoding="utf-8")

    assert read_gateway(str(tmp_path / "mine.yaml")).name == "plain"


def test_a_file_that_is_not_there_is_named_with_what_comes_along(tmp_path: Path) -> None:
    with pytest.raises(GatewayFileError, match=r"none.yaml: .*aggregator, android"):
        read_gateway(str(tmp_path / "none.yaml"))


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\x00"])
def test_a_file_that_is_no_text_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "mine.yaml").write_bytes(content)
    with pytest.raises(GatewayFileError, match=r"mine\.yaml"):
        read_gateway(str(tmp_path / "mine.yaml"))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(GatewayFileError, match="cannot be read"):
        read_gateway(str(tmp_path))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "line 1"),
        ("", "the whole"),
        ("[]", "the whole"),
        ("name: x" * BIGGEST, "longer"),
        (PLAIN.replace("name: plain", "name: plain\nspeed: 9"), "speed: no such key"),
        (PLAIN.replace("name: plain", ""), "name: it is not there"),
        (PLAIN.replace("id: id", "text: text"), "inbound: name the field `id` or the field `date`"),
        (PLAIN.replace("kind: header", "kind: trust"), "inbound.proof.kind: Input should be 'header', 'query', 'basic' or 'hmac'"),
        (PLAIN.replace("name: X-Secret", "name: 'X-Secret\\n'"), ""),
        (PLAIN.replace("{kind: header, name: X-Secret}", "header"), "inbound.proof: "),
        (PLAIN.replace("{text}", "{words}"), "nothing is known to fill in for {words}"),
        (PLAIN.replace('"{text}"', '"yes"'), "`body` must hold {text}"),
        (PLAIN.replace('"{to}"', '"+447700900000"'), "`body` must hold {text}, and {to}"),
        (PLAIN.replace('"{url}"', '"{url}?to={to}"'), "kept in logs on the way"),
        (PLAIN.replace('"{url}"', '"{url}", headers: {X-Text: "{text}"}'), "kept in logs on the way"),
        (PLAIN.replace('to: "{to}"', 'to: ["{to}"]'), "only a `json` body has fields within fields"),
        (PLAIN.replace('"{url}"', '"{url}", method: GET'), "a GET has no body"),
        (PLAIN.replace('"{url}"', '"{url}", method: DELETE'), "outbound.method"),
        (PLAIN.replace('to: "{to}"', 'to: "{to}", c: "{coding}"'), "write `coding`"),
        (PLAIN.replace('"{to}"', '"{to_national}"'), "write `numbers`"),
        (PLAIN.replace('"{url}"', '"{url}", refusals: [{means: config}]'), "outbound.refusals.0: write `status`"),
        (PLAIN.replace('"{url}"', '"{url}", refusals: [{field: a, means: config}]'), "`field` and `words` go together"),
        (PLAIN.replace('"{url}"', '"{url}", refusals: [{status: 400, means: sad}]'), "outbound.refusals.0.means"),
        (PLAIN.replace('"{url}"', '"{url}", taken: {statuses: [404]}'), "outbound.taken.statuses.0"),
        (PLAIN.replace('"{url}"', '"{url}", taken: {already: [409]}'), "outbound: `taken.already` is about our own id"),
        (PLAIN + "statuses: {words: {no: failed}}", "statuses.words"),
        (PLAIN + "statuses: {words: {x: lost}}", "statuses.words.x"),
        (PLAIN + "countries: [Bangladesh]", "countries.0"),
        (PLAIN + "max_length: 9999", "max_length"),
        (PLAIN + "per_second: 0", "per_second"),
        (PLAIN + "encoding: latin1", "encoding"),
        (PLAIN + "numbers: {calling_code: '+880', national_digits: 10}", "numbers.calling_code"),
        (PLAIN.replace("id: id", "id: id, reply: {media_type: 'text/html\\r\\nX: y'}"), ""),
        (PLAIN.replace("id: id", 'id: id, reply: {media_type: "text/html\\r\\nX: y"}'), "inbound.reply.media_type"),
        (PLAIN.replace("id: id", "id: a..b"), "inbound.id"),
    ],
)
def test_a_problem_names_the_file_the_key_and_the_mend(text: str, said: str) -> None:
    told = problem(text) if said else str(gateway_of(text, "mine.yaml"))

    assert said in told
    assert not said or told.startswith("mine.yaml")


def test_every_problem_is_named_at_once() -> None:
    told = problem(PLAIN + "speed: 9\nmax_length: x\nencoding: y")

    assert told.count("mine.yaml: ") == 3


def test_a_problem_never_repeats_what_stands_in_the_file() -> None:
    assert "hunter2" not in problem(PLAIN.replace('"{url}"', '"{url}", basic: hunter2'))


def test_what_a_gateway_needs_of_the_settings_is_known() -> None:
    assert gateway("form").needs == {"url", "password", "from"}
    assert gateway("deep").needs == {"url", "account", "password"}
    assert gateway_of(PLAIN, "mine.yaml").needs == {"url"}


def read_or_named(text: str) -> bool:
    """Whether a text is a gateway, or its problem names the file; any other fault breaks the test."""
    try:
        return isinstance(gateway_of(text, "mine.yaml"), Gateway)
    except GatewayFileError as error:
        return str(error).startswith("mine.yaml")


@given(st.text(max_size=200) | st.sampled_from(sorted(TEXTS.values())))
def test_any_text_is_a_gateway_or_a_problem(text: str) -> None:
    assert read_or_named(text)


KEYS = st.sampled_from(["name", "inbound", "outbound", "statuses", "stopped", "max_length", "numbers", "countries"])


@given(
    KEYS,
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9), lambda more: st.lists(more) | st.dictionaries(KEYS, more)
    ),
)
def test_a_key_with_anything_below_it_is_a_gateway_or_a_problem(key: str, value: object) -> None:
    whole = yaml.safe_load(FORM)
    whole[key] = value

    assert read_or_named(yaml.safe_dump(whole, allow_unicode=True))


def test_the_file_in_the_guide_is_sound() -> None:
    guide = Path(__file__).parents[2] / "docs" / "how-to" / "connect-sms-gateway.md"
    (text,) = re.findall(r"```yaml\n(.*?)```", guide.read_text(encoding="utf-8"), re.DOTALL)

    assert gateway_of(text, "guide").needs == {"url", "password", "from"}
