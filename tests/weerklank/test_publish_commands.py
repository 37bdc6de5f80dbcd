"""`weerklank flows list, show, diff, publish, rollback` and `doctor`, as an operator types them."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from bot.identity import Identity
from bot.sealed import seal_session
from cases import programme
from flows.model import read
from flows.revisions import shipped_sources
from flows.session import Frame, Session
from store import drafts
from store import sessions as kept
from store.database import Database, open_database
from store.drafts import Draft
from store.flows import current
from store.tables import audit, flow_revisions
from weerklank import shipping
from weerklank.__main__ import main
from weerklank.commands.keys import fresh_lines
from weerklank.settings import Settings

HIDE = shipped_sources()["hide"]
REVISION = read(HIDE).revision
WHY = ("--why", "shorter")


@pytest.fixture
def database(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.chdir(tmp_path)
    for line in [*fresh_lines(), f"WEERKLANK_DATABASE_URL={database_url}", f"WEERKLANK_DATA_DIR={tmp_path}"]:
        monkeypatch.setenv(*line.split("=", 1))
    opened = open_database(database_url)
    text = files("weerklank.sample").joinpath("programme.yaml").read_text(encoding="utf-8")
    with opened.write() as connection:
        programme.apply(connection, programme.read_programme(text, "programme.yaml"), text, 1)
        shipping.store_shipped(connection, 1)
    yield opened
    opened.close()


def changed(old: str, new: str) -> dict[str, str]:
    return {name: text.replace(old, new) for name, text in HIDE.items()}


def flow_file(folder: Path, old: str, new: str) -> str:
    for name, text in changed(old, new).items():
        (folder / name).write_text(text, encoding="utf-8")
    return str(folder / "hide.yaml")


def run(*arguments: str) -> int:
    return main(["flows", *arguments])


def somebody_stands(database: Database, node: str) -> None:
    identity = Identity(Settings().keyring())
    with database.write() as connection:
        [worker] = identity.pseudonyms(connection, [("sms", "+447700900001")])
        revision = read(shipped_sources()["raise-concern"]).revision
        session = Session((Frame("raise-concern", revision, node),), "en", {"place": "nodirpar-sewing"})
        sealed = seal_session(worker.key, worker.id, session)
        kept.save(connection, [{"worker_id": worker.id, "channel": "sms", "sealed": sealed, "updated_at": 1}])


def test_a_flow_goes_from_a_file_into_force_and_back(database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = flow_file(tmp_path, "Have a good day.", "Bye.")
    assert run("diff", file) == 0
    assert "      + Thank you for using the {line}. Bye." in capsys.readouterr().out
    assert run("publish", file, *WHY) == 0
    new = capsys.readouterr().out.split()[1]
    assert run("rollback", "hide", *WHY) == 0
    assert f"hide: {REVISION[:12]} is in force now in the place of {new}" in capsys.readouterr().out

    assert run("show", "hide") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [["3.", REVISION[:12]], ["2.", new], ["1.", REVISION[:12]]]
    assert [line.rpartition("by ")[2] for line in lines] == ["command line: shorter", "command line: shorter", "Weerklank"]
    assert run("list") == 0
    assert f"hide: {REVISION[:12]} since " in capsys.readouterr().out


def test_the_command_line_stands_in_the_audit_as_what_it_is(database: Database, tmp_path: Path) -> None:
    run("publish", flow_file(tmp_path, "Have a good day.", "Bye."), *WHY)

    with database.read() as connection:
        acts = connection.execute(sa.select(audit.c.officer_id, audit.c.company_id, audit.c.action)).all()
    assert [tuple(act) for act in acts] == [
        ("command line", "ketenstem", "flow_draft"),
        ("command line", "ketenstem", "flow_published"),
    ]


def test_a_dry_run_says_what_would_change_and_whom_it_touches_and_changes_nothing(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    somebody_stands(database, "about")
    for name, text in shipped_sources()["raise-concern"].items():
        (tmp_path / name).write_text(text.replace("Pay or hours", "Pay"), encoding="utf-8")
    assert run("publish", str(tmp_path / "raise-concern.yaml"), "--dry-run", "--move", "about=about") == 0
    said = capsys.readouterr().out

    assert "      + Pay\n" in said
    assert "1 people stand at nodes that change or vanish, 0 where nothing changes" in said
    assert "    about (changed): nodirpar-sewing en 1; they go on at about" in said
    assert run("list") == 0
    assert "draft" not in capsys.readouterr().out


def test_a_flow_with_problems_or_a_talk_that_goes_another_way_is_refused(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("publish", flow_file(tmp_path, "go: hide", "go: nowhere"), *WHY) == 1
    assert "no node is called `nowhere`" in capsys.readouterr().err

    talk = tmp_path / "talk.yaml"
    talk.write_text('talks:\n  - talk: bye\n    flow: hide\n    dialogue:\n      - bot: "Bye."\n', encoding="utf-8")
    file = flow_file(tmp_path, "Have a good day.", "Bye.")
    assert run("publish", file, "--transcript", str(talk), *WHY) == 1
    assert "expected 'bot: Bye.'" in capsys.readouterr().err
    assert run("publish", file, "--transcript", str(talk), "--dry-run") == 1


def test_a_file_is_published_and_never_what_somebody_saved_in_its_place_meanwhile(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hers = Draft("hide", 2, "checked", changed("Have a good day.", "Bye bye."), {}, REVISION, "nadia", 2)

    def on_begin(connection: sa.Connection) -> None:
        """As soon as the draft of the command line is there, Nadia saves hers over it."""
        if connection.engine in (database.reading, database.writing):
            return
        with database.read() as look:
            found = drafts.find(look, "hide")
        if found is not None and found.version == 1:
            with database.write() as write:
                drafts.save(write, hers)

    event.listen(sa.Engine, "begin", on_begin)
    try:
        assert run("publish", flow_file(tmp_path, "Have a good day.", "Bye."), *WHY) == 1
    finally:
        event.remove(sa.Engine, "begin", on_begin)
    assert "somebody else changed or published a flow at the same moment; nothing was published" in capsys.readouterr().err
    with database.read() as connection:
        assert drafts.find(connection, "hide") == hers
        assert current(connection)["hide"] == REVISION


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "nothing"], "there is no flow"),
        (["rollback", "hide"], "there is no flow, draft or revision"),
        (["diff", "hide"], "there is no flow, draft or revision"),
        (["diff", "hide", "--from", "zz"], "0 revisions of hide begin with zz"),
        (["publish", "hide"], "there is no flow, draft or revision"),
        (["publish", "nothing.yaml"], "there is no file"),
    ],
    ids=str,
)
def test_what_is_not_there_is_said_in_a_sentence(
    database: Database, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 1

    assert said in capsys.readouterr().err


def test_somebodys_draft_is_not_written_over_unasked_and_is_published_by_its_name(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with database.write() as connection:
        offered = {name: text.replace("Have a good day.", "Bye.") for name, text in HIDE.items()}
        drafts.save(connection, Draft("hide", 1, "draft", offered, {}, REVISION))
    file = flow_file(tmp_path, "Have a good day.", "Goodbye.")

    assert run("publish", file, *WHY) == 1
    assert "a draft of hide by a new version of Weerklank is open" in capsys.readouterr().err
    assert run("publish", "hide", *WHY) == 0
    assert run("publish", file, *WHY) == 0


def test_a_map_that_is_no_map_is_wrong_usage() -> None:
    with pytest.raises(SystemExit) as ended:
        run("publish", "hide", "--move", "about")

    assert ended.value.code == 2


def test_the_files_of_a_revision_are_written_where_they_can_be_changed(database: Database, tmp_path: Path) -> None:
    assert run("show", "hide", "--revision", REVISION[:6], "--into", str(tmp_path / "out")) == 0

    assert {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "out").iterdir()} == HIDE


def test_the_doctor_names_a_published_flow_that_cannot_be_read(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("publish", flow_file(tmp_path, "Have a good day.", "Bye."), *WHY)
    with database.write() as connection:
        connection.execute(sa.update(flow_revisions).where(flow_revisions.c.shipped.is_(False)).values(source={"hide.yaml": "flow: hide"}))
    main(["doctor"])

    said = capsys.readouterr().out
    assert f"cannot be read; the older {REVISION[:12]} serves: mend it and publish, or run `weerklank flows rollback hide`" in said
