"""The small door of a process: shut unless it is wanted, on this machine alone, one port a process."""

import argparse
import socket
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.processes import COMMAND, Installation, free_port
from tests.story.street import until
from weerklank.commands import serve
from weerklank.commands.errors import CommandError
from weerklank.door import first_free
from weerklank.settings import Settings, SettingsError


def test_no_port_is_taken_unless_a_setting_names_it() -> None:
    assert (Settings().metrics_range, Settings().metrics_host) == (None, "127.0.0.1")


def test_the_second_process_takes_the_next_port_and_a_third_without_one_is_told_so() -> None:
    port = free_port()
    ports = range(port, port + 2)
    with first_free("127.0.0.1", ports) as first, first_free("127.0.0.1", ports) as second:
        taken = [door.getsockname() for door in (first, second)]
        with pytest.raises(SettingsError, match="no port of WEERKLANK_METRICS_PORTS is free"):
            first_free("127.0.0.1", ports)

    assert sorted(taken) == [("127.0.0.1", each) for each in ports]


def test_a_port_that_was_given_up_can_be_taken_again() -> None:
    port = free_port()
    first_free("127.0.0.1", range(port, port + 1)).close()

    with first_free("127.0.0.1", range(port, port + 1)) as door:
        assert door.family is socket.AF_INET


@pytest.mark.parametrize("ports", ["0", "9471-9464", "70000", "9464-70000"])
def test_what_is_no_range_of_ports_is_refused_in_one_sentence(ports: str) -> None:
    with pytest.raises(SettingsError, match="is no port and no range of ports"):
        Settings(metrics_ports=ports).metrics_range  # noqa: B018


def test_more_processes_than_ports_do_not_start(postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEERKLANK_METRICS_PORTS", "9464-9465")
    monkeypatch.setenv("WEERKLANK_DATABASE_URL", postgresql_url)
    monkeypatch.setenv("WEERKLANK_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("WEERKLANK_SEALING_KEYS", "b/v0aKc0m1Y0xJkBvJ7uMt3mR3n5S9a2Qw8dZpTqLhE=")
    monkeypatch.setenv("WEERKLANK_LOOKUP_PEPPER", "Zq8u7nYk2L4xTf0bV9sC1mD3wE5rG6hJ8kP0aQ2iU4c=")

    with pytest.raises(CommandError, match="has 2 ports for 3 processes"):
        serve._serve(argparse.Namespace(workers=3, host="127.0.0.1", port=free_port()))


def _info(port: int) -> str:
    """What a process says first of itself at its door; nothing while nobody answers there."""
    try:
        figures = httpx.get(f"http://127.0.0.1:{port}/metrics").text
    except httpx.TransportError:
        return ""
    return next(line for line in figures.splitlines() if line.startswith("weerklank_info{"))


def test_each_of_several_web_processes_has_a_door_of_its_own_and_leaves_it_when_it_stops(postgresql_url: str, tmp_path: Path) -> None:
    port = free_port()
    house = Installation(tmp_path / "house", postgresql_url, more={"METRICS_PORTS": f"{port}-{port + 1}"})
    house.lay()
    serving = subprocess.Popen(
        [COMMAND, "serve", "--workers", "2", "--port", str(house.port)], env=house.environment, cwd=house.folder, start_new_session=True
    )
    try:
        named = [until(lambda: _info(port), "a door"), until(lambda: _info(port + 1), "another door")]
    finally:
        serving.terminate()
        serving.wait(timeout=30)

    assert [line.split("{")[0] for line in named] == ["weerklank_info", "weerklank_info"]
    assert [_info(port), _info(port + 1)] == ["", ""]
