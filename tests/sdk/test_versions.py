"""The command that tries several versions of the client: what it takes, what it counts, what it writes."""

from __future__ import annotations

import subprocess
import venv
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.sdk import versions
from tests.sdk.versions import BEGIN, END, HEAD, RULE, Outcome, main, table, with_table

OLD = Outcome("0.43.1", "2.1.0", "3.11.7", 412, 31, 0, "2026-11-20")
NEW = Outcome("0.51.0", "2.6.2", "3.11.7", 500, 0, 0, "2026-11-21")

REPORT = """<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="pytest" errors="1" failures="2" skipped="3" tests="16" time="4.0"/></testsuites>
"""


class Machine:
    """Stands in for other Pythons: keeps what they are asked to run."""

    def __init__(self, pip: int = 0, report: str | None = REPORT) -> None:
        self.ran: list[list[str]] = []
        self._pip = pip
        self._report = report

    def run(self, command: list[str], **_: Any) -> CompletedProcess[str]:
        self.ran.append(command)
        found = [argument for argument in command if argument.startswith("--junitxml=")]
        if found and self._report:
            Path(found[0].partition("=")[2]).write_text(self._report, encoding="utf-8")
        code = self._pip if "pip" in command else 0
        return CompletedProcess(command, code, "0.46.1 2.6.2\n", "ERROR: No matching distribution found\n")


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return installed(monkeypatch, Machine())


def installed(monkeypatch: pytest.MonkeyPatch, machine: Machine) -> Machine:
    monkeypatch.setattr(subprocess, "run", machine.run)
    monkeypatch.setattr(venv, "create", lambda folder, **_: folder.mkdir(parents=True))
    return machine


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["0.46"], "'0.46' is no version; expected three numbers such as 0.46.1, or 'newest'"),
        (["latest"], "'latest' is no version"),
        (["0.42.0"], "0.42.0 is older than 0.43.1, the oldest version that is supported"),
        (["--write", "--pytest=-x"], "--write is of all tests"),
    ],
)
def test_what_it_cannot_use_is_an_error(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str], machine: Machine
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert complaint in capsys.readouterr().err
    assert machine.ran == []


def test_a_version_that_pip_does_not_find_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    machine = installed(monkeypatch, Machine(pip=1))
    assert main(["9.9.9", "--keep", str(tmp_path)]) == 2
    said = capsys.readouterr().out
    assert "error: qiskit-ibm-runtime 9.9.9 cannot be installed with this project; pip: ERROR: No matching" in said
    assert len(machine.ran) == 1


def test_a_version_is_installed_with_the_test_extra_and_the_tests_are_counted(
    machine: Machine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["0.46.1", "--keep", str(tmp_path)]) == 1  # tests failed
    assert "| 0.46.1 | 2.6.2 |" in capsys.readouterr().out.replace("\n", " ")
    pip, tests, _ = machine.ran
    assert pip[0].startswith(str(tmp_path / "0.46.1"))
    assert pip[-2:] == [f"{versions.ROOT}[test]", "qiskit-ibm-runtime==0.46.1"]
    assert "tests/sdk" in tests
    assert "tests/rest/test_real_client_jobs.py" in tests


def test_a_run_without_a_report_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    installed(monkeypatch, Machine(report=None))
    assert main(["newest", "--keep", str(tmp_path)]) == 1
    assert "| 0 | 0 | 1 |" in capsys.readouterr().out


def test_errors_are_failures_and_what_is_left_has_passed() -> None:
    assert versions.counted(REPORT) == (10, 3, 3)


def test_the_table_has_a_row_for_each_version() -> None:
    assert table([OLD, NEW]) == (
        HEAD
        + RULE
        + "| 0.43.1 | 2.1.0 | 3.11.7 | 412 | 31 | 0 | 2026-11-20 |\n"
        + "| 0.51.0 | 2.6.2 | 3.11.7 | 500 | 0 | 0 | 2026-11-21 |\n"
    )


def test_a_row_is_written_over_its_older_one_and_the_others_stay() -> None:
    page = with_table(f"# Clients\n\n{BEGIN}{END}\nMore.\n", [NEW, OLD])
    assert page == f"# Clients\n\n{BEGIN}\n{table([OLD, NEW])}\n{END}\nMore.\n"
    assert with_table(page, [OLD, NEW]) == page
    newer = OLD._replace(passed=413)
    assert with_table(page, [newer]) == page.replace(table([OLD]), table([newer]))


def test_a_page_without_a_place_for_the_table_is_an_error() -> None:
    with pytest.raises(ValueError, match="the page has no place for the table"):
        with_table("# Clients\n", [OLD])
