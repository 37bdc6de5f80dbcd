"""An admin sends a flow's texts to a translator by command and takes them back, whole or not at all."""

from pathlib import Path

import pytest

from tests.flows.texts.tea import DUTCH, SOURCES, translated
from weerklank.__main__ import main


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    for name, text in SOURCES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / "tea.yaml"


def test_texts_go_out_and_come_back_into_the_file_beside_the_flow(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = flow.with_name("for-ana.po")
    assert main(["flows", "texts", "export", str(flow), "--language", "es", "-o", str(out)]) == 0
    assert "Language: es" in out.read_text(encoding="utf-8")

    out.write_bytes(translated(SOURCES, "es", {"here.text": "Aquí.[code: Su clave: {code}.]"}))
    assert main(["flows", "texts", "import", str(flow), str(out)]) == 0

    assert "Aquí." in flow.with_name("tea.es.yaml").read_text(encoding="utf-8")
    assert flow.with_name("tea.nl.yaml").read_text(encoding="utf-8") == DUTCH
    assert "es here.text: new (1 segment, UCS-2)\n1 texts changed, 0 to look at\n" in capsys.readouterr().out
    assert sorted(path.name for path in flow.parent.iterdir()) == ["for-ana.po", "tea.es.yaml", "tea.nl.yaml", "tea.yaml"]


def test_texts_with_a_mistake_change_no_file_and_every_mistake_is_named(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    back = flow.with_name("back.po")
    back.write_bytes(translated(SOURCES, "nl", {"here.text": "Hier.", "tea.options.no.text": "Nee nee"}))

    assert main(["flows", "texts", "import", str(flow), str(back)]) == 1
    assert flow.with_name("tea.nl.yaml").read_text(encoding="utf-8") == DUTCH
    assert capsys.readouterr().err.count("of the source is missing") == 2


def test_a_flow_we_ship_is_named_and_its_files_go_where_they_are_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(["flows", "texts", "export", "hide", "--language", "bn"]) == 0
    assert main(["flows", "texts", "import", "hide", "hide.bn.po"]) == 1
    assert main(["flows", "texts", "import", "hide", "hide.bn.po", "-o", "."]) == 0
    assert {"hide.yaml", "hide.bn.yaml", "hide.nl.yaml", "hide.bn.po"} <= {path.name for path in tmp_path.iterdir()}


def test_words_written_by_hand_are_stamped_and_then_noticed_when_the_source_changes(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flows", "texts", "stamp", str(flow)]) == 0
    assert flow.with_name("tea.nl.yaml").read_text(encoding="utf-8").count("source: ") == 2
    assert main(["flows", "texts", "stamp", str(flow)]) == 0
    assert [line.split(": ")[1] for line in capsys.readouterr().out.splitlines()] == ["1 languages marked", "0 languages marked"]

    flow.write_text(flow.read_text(encoding="utf-8").replace("Here.", "Here it is."), encoding="utf-8")
    out = flow.with_name("out.po")
    main(["flows", "texts", "export", str(flow), "--language", "nl", "-o", str(out)])
    assert out.read_text(encoding="utf-8").count("#, fuzzy") == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["export", "nowhere.yaml", "--language", "nl"], "there is no flow file nowhere.yaml"),
        (["export", "hide", "--language", "Dutch"], "is no name of a language"),
        (["export", "hide", "--language", "nl", "-o", "no/such/folder/x.po"], "cannot be written"),
        (["import", "hide", "nothing.po", "-o", "."], "there is no file nothing.po"),
        (["import", "hide", "texts.doc", "-o", "."], "it ends neither in .po nor in .xlsx"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    arguments: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "texts.doc").write_bytes(b"")

    assert main(["flows", "texts", *arguments]) == 1
    assert says in capsys.readouterr().err


def test_a_flow_is_read_as_a_dialogue(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flows", "read", str(flow), "--language", "nl", "--channel", "web"]) == 0
    assert "  > 1 Graag -> here\n" in capsys.readouterr().out
