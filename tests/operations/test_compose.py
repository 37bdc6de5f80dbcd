"""docker-compose.yml holds together: its form, every file, account, volume, command and setting that it names."""

import configparser
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.operations.files import COMPOSE, DEPLOY, EXAMPLE, HOUSE, SCRIPTS, SITE, compose, example, filled, program
from weerklank.__main__ import parser
from weerklank.settings import Settings

ON_A_PLAIN_LINUX = sys.platform == "linux" and program("caddy").exists()
wheels = pytest.mark.skipif(not ON_A_PLAIN_LINUX, reason="the programs that check these files come as wheels for Linux on x86-64")

SERVICES: dict[str, dict[str, Any]] = compose()["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("weerklank:")}
RESTORED = "restore"


@wheels
def test_it_has_the_form_that_compose_prescribes() -> None:
    import_form = pytest.importorskip("compose_spec")
    read = import_form.PyCompose.from_yaml(yaml.safe_dump({name: part for name, part in compose().items() if not name.startswith("x-")}))

    read.validate()
    assert set(read.service_names()) == set(SERVICES)


def test_two_web_and_two_worker_processes_stand_behind_one_proxy() -> None:
    commands = sorted(" ".join(service["command"]) for service in OURS.values())
    asked = SERVICES["proxy"]["environment"]["WEB_PROCESSES"].split()

    assert commands == ["db upgrade", *["serve --host 0.0.0.0 --port 8000"] * 2, *["work --pulse /tmp/pulse"] * 2]
    assert sorted(asked) == sorted(f"{name}:8000" for name, service in OURS.items() if service["command"][0] == "serve")
    # Compose ends with a service whatever depends on it: the proxy must outlive both.
    assert "depends_on" not in SERVICES["proxy"]


@pytest.mark.parametrize("name", OURS)
def test_what_it_runs_is_a_command_of_ours(name: str) -> None:
    arguments = parser().parse_args(OURS[name]["command"])

    assert callable(arguments.run)


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_is_run_as_an_image_without_its_exact_version(name: str) -> None:
    image = SERVICES[name]["image"]

    assert re.fullmatch(r"weerklank:local|[a-z]+:\d+\.\d+(\.\d+)?-[a-z]+", image)
    assert ("build" in SERVICES[name]) == (name == "upgrade")


@pytest.mark.parametrize("name", [name for name in SERVICES if name not in {"database", RESTORED}])
def test_every_service_writes_only_where_it_is_told_and_has_no_right_it_does_not_need(name: str) -> None:
    service = SERVICES[name]
    rights = {"proxy": ["NET_BIND_SERVICE"], "files": ["DAC_READ_SEARCH"]}

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service.get("cap_add", []) == rights.get(name, [])
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["logging"]["options"]["max-size"]


def test_only_the_proxy_is_reached_from_outside_and_the_database_by_nobody_out_there() -> None:
    networks = compose()["networks"]

    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert networks["inside"] == {"internal": True}
    assert {tuple(SERVICES[name]["networks"]) for name in ("database", "archive", "nightly")} == {("inside",)}
    assert {SERVICES[name]["network_mode"] for name in ("files", RESTORED)} == {"none"}


def _mounts() -> list[tuple[str, str]]:
    return [(name, volume.split(":")[0]) for name, service in SERVICES.items() for volume in service["volumes"]]


def test_every_volume_and_file_that_is_mounted_is_there() -> None:
    named = {source for _, source in _mounts() if not source.startswith(".")}
    files = {source for _, source in _mounts() if source.startswith(".")}

    assert named == set(compose()["volumes"])
    assert [source for source in files if not (HOUSE / source).exists()] == []


def test_every_process_of_ours_shares_the_folder_of_files_and_waiting_words() -> None:
    assert {tuple(service["volumes"]) for service in OURS.values()} == {("data:/data",)}
    assert {service["environment"]["WEERKLANK_DATA_DIR"] for service in OURS.values()} == {"/data"}


def test_a_restore_fills_the_folder_that_the_image_of_the_database_reads_and_the_page_moves_that_one_away() -> None:
    """From 18 on the image keeps a database below the volume, in a folder of its first number."""
    database, restore = SERVICES["database"], SERVICES[RESTORED]
    first = re.fullmatch(r"postgres:(\d+)\.\d+-[a-z]+", database["image"])
    page = (HOUSE / "docs" / "how-to" / "back-up-and-restore.md").read_text(encoding="utf-8")

    assert first is not None
    assert "PGDATA" not in database["environment"]
    assert restore["environment"]["PGDATA"] == f"/var/lib/postgresql/{first[1]}/docker"
    assert {"database:/var/lib/postgresql"} <= set(database["volumes"]) & set(restore["volumes"])
    assert set(re.findall(r"/var/lib/postgresql/(\d+)", page)) == {first[1]}
    assert {service["image"] for service in SERVICES.values() if service["image"].startswith("postgres:")} == {database["image"]}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_every_script_is_run_by_somebody(script: Path) -> None:
    inside = [other.read_text(encoding="utf-8") for other in SCRIPTS if other != script]

    assert any(script.name in text for text in (COMPOSE.read_text(encoding="utf-8"), *inside))


@wheels
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_every_script_is_sound(script: Path) -> None:
    said = subprocess.run([program("shellcheck"), script], capture_output=True, text=True, check=False)

    assert said.stdout == ""
    assert said.returncode == 0


def test_every_setting_it_names_is_one_that_the_service_reads() -> None:
    named = {name for service in OURS.values() for name in service["environment"]} | set(example())
    ours = {name.removeprefix("WEERKLANK_").lower() for name in named if name.startswith("WEERKLANK_")}

    assert {"database_url", "sealing_keys"} <= ours
    assert ours <= set(Settings.model_fields)


@pytest.mark.parametrize("name", OURS)
def test_no_process_of_ours_is_given_a_password_of_another_account(name: str) -> None:
    """What stands in `environment` goes before what `env_file` brings."""
    given: dict[str, str] = dict.fromkeys(example(), "invented") | OURS[name]["environment"]
    secrets = {key for key in given if key.endswith("_PASSWORD")}

    assert secrets == {"POSTGRES_PASSWORD", "SERVICE_PASSWORD", "ARCHIVE_PASSWORD"}
    assert [key for key in secrets if given[key] != ""] == []


def test_a_prometheus_inside_reads_every_process_by_the_page_and_nobody_outside_does() -> None:
    page = (HOUSE / "docs" / "how-to" / "watch.md").read_text(encoding="utf-8")
    read = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)]
    targets = read[1]["scrape_configs"][0]["static_configs"][0]["targets"]
    lasting = {name: service for name, service in OURS.items() if name != "upgrade"}

    assert targets == [f"{name}:{service['environment']['WEERKLANK_METRICS_PORTS']}" for name, service in lasting.items()]
    assert {service["environment"]["WEERKLANK_METRICS_HOST"] for service in lasting.values()} == {"0.0.0.0"}
    assert not any("ports" in service for service in lasting.values())


def test_every_service_that_lasts_says_whether_it_is_well_or_its_image_does() -> None:
    by_their_image = {"web-a", "web-b"}
    silent = {name for name, service in SERVICES.items() if "healthcheck" not in service}

    assert silent == {*by_their_image, "proxy", RESTORED}


UNIT = DEPLOY / "weerklank.service"


def test_the_unit_of_systemd_runs_a_command_of_ours_and_may_write_its_data_only() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[method-assign,assignment]
    unit.read(UNIT)
    service = unit["Service"]
    program_of_ours, *words = shlex.split(service["ExecStart"])

    assert program_of_ours == f"{service['WorkingDirectory']}/.venv/bin/weerklank"
    assert callable(parser().parse_args(words).run)
    assert service["ProtectSystem"] == "strict"
    assert service["ReadWritePaths"] == f"{service['WorkingDirectory']}/{Settings.model_fields['data_dir'].default}"
    assert float(service["TimeoutStopSec"]) == float(str(OURS["web-a"]["stop_grace_period"]).removesuffix("s"))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not on this machine")
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    here = tmp_path / "weerklank.service"
    text = UNIT.read_text(encoding="utf-8").replace("/opt/weerklank/.venv/bin/weerklank", sys.executable).replace("User=weerklank\n", "")
    here.write_text(text.replace("/opt/weerklank", str(tmp_path)), encoding="utf-8")
    said = subprocess.run(["systemd-analyze", "verify", here], capture_output=True, text=True, check=False)

    assert [line for line in said.stderr.splitlines() if here.name in line] == []


def test_the_settings_of_the_example_start_the_service_once_its_keys_are_filled_in(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (example() | OURS["web-a"]["environment"]).items():
        monkeypatch.setenv(name, value)
    present = Settings()

    assert present.public_url == f"https://{SITE}"
    assert present.database.startswith("postgresql+psycopg://weerklank:invented@database:5432/weerklank")
    assert (present.smtp_url, present.mail_from) == (None, "weerklank@localhost")


@pytest.mark.parametrize("name", ["SITE_NAME", "POSTGRES_PASSWORD", "SERVICE_PASSWORD", "ARCHIVE_PASSWORD"])
def test_what_must_be_set_is_asked_for_by_its_name(name: str) -> None:
    values = dict.fromkeys(example(), "invented") | {name: ""}

    with pytest.raises(LookupError, match=f"{name}: write it into .env"):
        filled(COMPOSE.read_text(encoding="utf-8"), values)


def test_the_example_explains_every_name_that_compose_asks_for() -> None:
    asked = set(re.findall(r"\$\{(\w+)", COMPOSE.read_text(encoding="utf-8")))

    assert asked <= set(example())
    assert not any(value for name, value in example().items() if "PASSWORD" in name or "KEY" in name or "PEPPER" in name)
    assert EXAMPLE.read_text(encoding="utf-8").count("#") > 3


@wheels
def test_the_proxy_reads_its_file(tmp_path: Path) -> None:
    environment = SERVICES["proxy"]["environment"] | {"HOME": str(tmp_path)}
    said = subprocess.run(
        [program("caddy"), "validate", "--config", DEPLOY / "Caddyfile"], env=environment, capture_output=True, text=True, check=False
    )

    assert said.returncode == 0, said.stderr
    assert "Valid configuration" in said.stdout + said.stderr
