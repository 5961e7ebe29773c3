"""`qruntime rescue`: closes what is open, tells what it did and what it could not, and does nothing twice."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pytest_qruntime.cli import main
from pytest_qruntime.live import Journal
from pytest_qruntime.live.journal import FOLDER, Entry
from pytest_qruntime.live.target import digest
from tests.live.places import as_a_host, control, serving

ALL = "1 of 1 sessions in the journal need nothing more\n"


@pytest.fixture(autouse=True)
def nobodys_account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith(("QISKIT_IBM_", "IAM_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.chdir(tmp_path)


def crashed(rootdir: Path, *entries: Entry) -> None:
    journal = Journal(rootdir / FOLDER)
    for entry in entries:
        journal.opened(entry)
    journal.end()


def test_a_world_that_a_crash_left_on_a_server_of_our_own_is_removed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving() as url:
        made = control(url, "/worlds", own_account=True)
        crashed(tmp_path, Entry("s-1", "pytest-qruntime", digest(made["crn"]), server=url, test="test_a.py::test_b"))
        assert main(["rescue", "--url", url]) == 0
        told = "session s-1 (pytest-qruntime, of test_a.py::test_b): closed: the world that was made for its test is"
        assert capsys.readouterr().out == f"{told} removed\n{ALL}"
        assert control(url, "")["worlds"] == ["1"]
        assert main(["rescue", "--url", url]) == 0
        assert capsys.readouterr().out == "0 of 0 sessions in the journal need nothing more\n"


def test_journals_are_found_from_a_folder_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    crashed(tmp_path, Entry("s-1", "pytest-qruntime", "a", server="http://127.0.0.1:1"))
    below = tmp_path / "tests" / "unit"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert main(["rescue"]) == 0
    shown = capsys.readouterr()
    assert "s-1 (pytest-qruntime): nothing to do: the server that held it has ended" in shown.out
    assert shown.err.startswith("qruntime: there is no account")


def test_what_is_left_is_named_and_ends_it_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = tmp_path / "project"
    crashed(project, Entry("s-1", "IBM Quantum Platform", "a"))
    for _ in range(2):
        assert main(["rescue", "--rootdir", str(project)]) == 1
        out = capsys.readouterr().out
        assert "session s-1 (IBM Quantum Platform): left alone: it belongs to another service" in out
        assert "0 of 1 sessions" in out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--url", "http://127.0.0.1:1"), "http://127.0.0.1:1 does not answer"),
        (("--rootdir", "nowhere"), "--rootdir is 'nowhere'; expected the folder that pytest shows as rootdir"),
    ],
)
def test_what_cannot_be_used_is_told(arguments: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rescue", *arguments]) == 1
    assert says in capsys.readouterr().err


def test_the_account_of_the_environment_closes_what_is_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving("--time", "real") as url:
        host = as_a_host(url)
        monkeypatch.setattr("pytest_qruntime.cli.rescue.find", lambda *_: host)
        crashed(tmp_path, Entry("no-such-session", host.service, host.account))
        assert main(["rescue"]) == 0
    assert "it is closed already" in capsys.readouterr().out
