"""An admin checks flows by command: for people, for programs, for a pull request; and sees what texts cost."""

import json
from pathlib import Path

import pytest

from weerklank.__main__ import main

FLOW = """\
flow: tea
language: en
nodes:
  tea:
    kind: say
    text: "We escalate it, 100 % anonymous."
"""
SPANISH = "flow: tea\nlanguage: es\nnodes:\n  tea: {text: 'Té “caliente” aquí.'}\n"


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    path = tmp_path / "tea.yaml"
    path.write_text(FLOW, encoding="utf-8")
    return path


def _finds(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(["flows", "check", *arguments])
    return code, capsys.readouterr().out


def test_an_error_ends_with_one_and_names_file_line_reason_and_mend(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = _finds(capsys, str(flow))

    assert code == 1
    assert f"{flow}:6: nodes.tea.text: error: `100 anonymous` is a promise. Nobody can keep it" in out
    assert "Say who can see what, and what you do not know. [false-promise]" in out
    assert "[no-transcript]" in out
    assert out.endswith("1 flows: 1 errors, 2 warnings, 0 notes\n")


def test_warnings_alone_end_with_nought(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flow.write_text(FLOW.replace(", 100 % anonymous", ""), encoding="utf-8")

    assert _finds(capsys, str(flow))[0] == 0


def test_a_transcript_beside_the_flow_is_found(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = flow.parent / "transcripts"
    folder.mkdir()
    talk = "talks:\n  - {talk: tea, flow: tea, dialogue: [{bot: 'We escalate it, 100 % anonymous.'}]}\n"
    (folder / "tea.en.yaml").write_text(talk, encoding="utf-8")

    assert "[no-transcript]" not in _finds(capsys, str(flow))[1]


def test_a_program_reads_the_same_findings(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = _finds(capsys, str(flow), "--format", "json")
    told = json.loads(out)

    assert code == 1
    assert (told["format"], told["flows"], told["counts"]) == (1, 1, {"error": 1, "warning": 2, "note": 0})
    assert {tuple(each) for each in told["findings"]} == {
        ("file", "line", "node", "where", "code", "severity", "what", "reason", "mend", "language", "channel", "accepted")
    }
    first = next(each for each in told["findings"] if each["code"] == "jargon")
    assert (first["file"], first["line"], first["node"], first["where"]) == (str(flow), 6, "tea", "nodes.tea.text")


def test_a_pull_request_gets_annotations_in_which_nothing_breaks_the_line(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flow.write_text(FLOW.replace("100 % anonymous", "no risk"), encoding="utf-8")
    out = _finds(capsys, str(flow), "--format", "github")[1].splitlines()

    assert out[1].startswith(f"::error file={flow},line=6,title=false-promise::`no risk` is a promise. ")
    assert [line.split(" ")[0] for line in out[:-1]] == ["::warning", "::error", "::warning"]


@pytest.mark.parametrize(
    "wrong",
    [["--format", "xml"], ["--country", "Bangladesh"], ["--language", "English"], ["--channel", "fax"]],
)
def test_wrong_usage_ends_with_two(flow: Path, wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["flows", "check", str(flow), *wrong])

    assert ended.value.code == 2


@pytest.mark.parametrize("wrong", ["nowhere.yaml", "."])
def test_nothing_to_check_is_refused(wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(["flows", "check", wrong]) == 1


def test_a_question_in_a_country_where_nobody_can_text_back_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert _finds(capsys, "flows/library/raise-concern.yaml")[0] == 0
    code, out = _finds(capsys, "flows/library/raise-concern.yaml", "--country", "BD", "--channel", "sms")

    assert code == 1
    assert "nobody can text back on sms in BD" in out
    assert _finds(capsys, "flows/library/raise-concern.yaml", "--country", "BD", "--channel", "whatsapp")[0] == 0


def test_a_file_that_is_no_text_is_one_finding_among_the_others(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (flow.parent / "odd.yaml").write_bytes(b"flow: odd\nlanguage: en\n# caf\xe9\n")
    code, out = _finds(capsys, str(flow.parent))

    assert code == 1
    assert f"{flow.parent / 'odd.yaml'}:3: error: this is not written in UTF-8" in out
    assert "[false-promise]" in out


def test_the_cost_of_every_text_is_told_in_segments_by_language(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flow.with_name("tea.es.yaml").write_text(SPANISH, encoding="utf-8")

    assert main(["flows", "cost", str(flow)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["flow", "node", "text", "language", "channel", "messages", "segments", "smart", "encoding"]
    assert lines[1].split() == ["tea", "tea", "text", "en", "sms", "1", "1", "1", "GSM-7"]
    assert lines[2].split() == ["tea", "tea", "text", "es", "sms", "1", "1", "1", "UCS-2"]
    assert lines[-1].split() == ["tea", "es", "sms", "1", "1", "1", "1"]


def test_the_cost_is_told_to_programs_and_on_other_channels_too(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flows", "cost", str(flow), "--format", "json", "--channel", "sms", "--channel", "telegram", "--language", "en"]) == 0
    told = json.loads(capsys.readouterr().out)

    assert [(each["channel"], each["messages"], each["segments"]) for each in told["texts"]] == [("sms", 1, 1), ("telegram", 1, 0)]
    assert [each["channel"] for each in told["totals"]] == ["sms", "telegram"]


def test_a_flow_we_ship_costs_at_most_two_segments_a_message_in_english_and_dutch(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flows", "cost", "flows/library", "--format", "json", "--language", "en", "--language", "nl"]) == 0

    assert max(each["most"] for each in json.loads(capsys.readouterr().out)["totals"]) == 2
