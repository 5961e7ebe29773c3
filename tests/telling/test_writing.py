"""`--qruntime-report`: which files are written, when, and which are refused before a test runs."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from pytest_qruntime.cassette import putting
from pytest_qruntime.report.run.as_json import schema
from tests.plugin.conftest import Project, summary

SUITE = """
    def test_fine(qruntime):
        with qruntime.session() as session:
            session.run().result()

    def test_leaks(qruntime):
        qruntime.session()

    def test_fails(qruntime):
        qruntime.run()
        assert 1 == 2

    def test_without_a_service():
        pass
"""
FINE = "def test_fine(qruntime):\n    qruntime.run().result()\n"


def read(folder: Path, name: str = "report.json") -> dict[str, Any]:
    """A report, which keeps its schema."""
    report: dict[str, Any] = json.loads((folder / name).read_text(encoding="utf-8"))
    Draft202012Validator(schema()).validate(report)
    return report


def outcomes(report: dict[str, Any]) -> dict[str, str]:
    return {test["id"].partition("::")[2]: test["outcome"] for test in report["tests"]}


# -- what is written -----------------------------------------------------------------------------------------------


def test_each_file_is_what_its_name_says(project: Project) -> None:
    paths = ("--qruntime-report=report.json", "--qruntime-report", "a/b/report.md", "--qruntime-report=Report.HTML")
    result = project.write(test_it=SUITE).run(*paths)
    result.assert_outcomes(passed=3, failed=1, errors=1)
    folder = project.pytester.path
    assert outcomes(read(folder)) == {"test_fine": "passed", "test_leaks": "error", "test_fails": "failed"}
    assert "2 of 3 tests failed, 1 session left open" in (folder / "a/b/report.md").read_text(encoding="utf-8")
    page = (folder / "Report.HTML").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert page.count("<svg") == 2
    assert summary(result)["reports"] == ["report.json", f"a{os.sep}b{os.sep}report.md", "Report.HTML"]


def test_timelines_are_drawn_only_for_a_page(project: Project) -> None:
    project.write(test_it=SUITE).run("--qruntime-report=report.json")
    drawn = [test["drawn"] for test in read(project.pytester.path)["tests"] if test["drawn"]]
    assert [one["picture"] for one in drawn] == [None, None]
    assert all("session 1" in one["timeline"] or "job 1" in one["timeline"] for one in drawn)


def test_workers_draw_what_the_page_of_their_controller_shows(project: Project) -> None:
    result = project.write(test_it=SUITE).run_apart("-n2", "--qruntime-report=report.html", plugins=("xdist",))
    result.assert_outcomes(passed=3, failed=1, errors=1)
    assert (project.pytester.path / "report.html").read_text(encoding="utf-8").count("<svg") == 2


def test_the_ini_file_names_reports_from_its_own_folder_on(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.pytester.makeini("[pytest]\nqruntime_report =\n    out/report.json\n    out/report.md\n")
    project.write(test_it=FINE)
    inner = project.pytester.mkdir("inner")
    monkeypatch.chdir(inner)
    assert project.run("-c", "../tox.ini", "..").ret == 0
    assert sorted(os.listdir(project.pytester.path / "out")) == ["report.json", "report.md"]
    assert os.listdir(inner) == []


def test_the_command_line_stands_in_for_the_ini_file(project: Project) -> None:
    project.pytester.makeini("[pytest]\nqruntime_report = old.json\n")
    project.write(test_it=FINE).run("--qruntime-report=new.json")
    assert read(project.pytester.path, "new.json")["totals"]["tests"] == 1
    assert not (project.pytester.path / "old.json").exists()


def test_a_run_in_which_nobody_uses_the_service_has_a_report_too(project: Project) -> None:
    project.write(test_it="def test_it():\n    pass\n").run("--qruntime-report=report.json")
    assert read(project.pytester.path)["totals"]["tests"] == 0


def test_the_folder_is_the_one_where_pytest_was_called_wherever_tests_go(project: Project) -> None:
    suite = "def test_it(qruntime, monkeypatch, tmp_path):\n    import os\n    os.chdir(tmp_path)\n"
    project.write(test_it=suite).run("--qruntime-report=report.json")
    assert read(project.pytester.path)["totals"]["tests"] == 1


def test_what_was_there_is_replaced_through_a_link(project: Project) -> None:
    folder = project.pytester.path
    (folder / "real.json").write_text("old")
    (folder / "report.json").symlink_to("real.json")
    project.write(test_it=FINE).run("--qruntime-report=report.json")
    assert (folder / "report.json").is_symlink()
    assert read(folder, "real.json")["totals"]["tests"] == 1


def test_under_q_reports_are_written_and_not_named(project: Project) -> None:
    result = project.write(test_it=FINE).run("-q", "--qruntime-report=report.json")
    result.stdout.no_fnmatch_line("*report.json*")
    assert read(project.pytester.path)["totals"]["tests"] == 1


def test_reports_need_no_terminal(project: Project) -> None:
    result = project.write(test_it=FINE).run("-p", "no:terminal", "--qruntime-report=report.json")
    assert result.ret == 0
    assert read(project.pytester.path)["totals"]["tests"] == 1


def test_names_with_halves_of_characters_can_be_written(project: Project) -> None:
    suite = "def test_it(qruntime):\n    raise ValueError('\\ud800')\n"
    names = [f"--qruntime-report=report.{suffix}" for suffix in ("json", "md", "html")]
    project.write(test_it=suite).run("-p", "no:terminal", *names)
    assert "\ud800" in read(project.pytester.path)["tests"][0]["problem"]
    assert "\\ud800" in (project.pytester.path / "report.html").read_text(encoding="utf-8")


# -- runs that end early -------------------------------------------------------------------------------------------


def test_a_run_that_stops_at_the_first_failure_is_written_and_says_so(project: Project) -> None:
    project.write(test_it=SUITE).run("-x", "--qruntime-report=report.json")
    report = read(project.pytester.path)
    assert outcomes(report) == {"test_fine": "passed", "test_leaks": "error"}
    assert report["lost"] == [
        "the run stopped early (stopping after 1 failures), so tests that were to come later are missing"
    ]


def test_a_run_that_somebody_interrupts_is_written_and_says_so(project: Project) -> None:
    suite = FINE + "def test_long(qruntime):\n    import os, signal\n    os.kill(os.getpid(), signal.SIGINT)\n"
    result = project.write(test_it=suite).run_apart("--qruntime-report=report.json")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    report = read(project.pytester.path)
    assert outcomes(report) == {"test_fine": "passed"}
    assert report["lost"] == ["the run was interrupted, so tests that were to come later are missing"]


@pytest.mark.parametrize("option", ["--collect-only", "--fixtures", "--setup-plan"])
def test_where_no_test_runs_no_report_is_written(project: Project, option: str) -> None:
    result = project.write(test_it=FINE).run(option, "--qruntime-report=report.json")
    assert result.ret == 0
    assert not (project.pytester.path / "report.json").exists()
    if option == "--collect-only":
        result.stdout.fnmatch_lines(["qruntime: no test runs, so no report is written"])


# -- what cannot be written ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("report.txt", "'report.txt' is no report that can be written: its name ends in .json *, .md * or .html *"),
        ("report", "'report' is no report that can be written: its name ends in *"),
        ("", "'' is a folder; name a file in it, such as *report.html"),
        ("folder.html", "'folder.html' is a folder; name a file in it, such as folder.html/report.html"),
        ("test_it.py/report.md", "'test_it.py/report.md' cannot be written: */test_it.py is no folder"),
        ("pipe.json", "'pipe.json' is there, but is no file"),
        ("a" * 300 + ".json", "'aaa*.json' cannot be a file: *File name too long*"),
        ("a\0.json", "'a\\x00.json' cannot be a file: *null byte*"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused_at_once(project: Project, path: str, problem: str) -> None:
    project.write(test_it=FINE)
    (project.pytester.path / "folder.html").mkdir()
    os.mkfifo(project.pytester.path / "pipe.json")
    before = sorted(os.listdir(project.pytester.path))
    result = project.run("--qruntime-report", path)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --qruntime-report: {problem}"])
    result.stdout.no_fnmatch_line("*passed*")
    assert sorted(set(os.listdir(project.pytester.path)) - {"__pycache__"}) == before


def test_a_file_that_is_named_twice_is_refused(project: Project) -> None:
    result = project.write(test_it=FINE).run("--qruntime-report=a.json", "--qruntime-report=./a.json")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --qruntime-report: './a.json' is the same file as 'a.json'"])


def test_an_ini_file_is_named_as_the_culprit(project: Project) -> None:
    project.pytester.makeini("[pytest]\nqruntime_report = report.xml\n")
    result = project.write(test_it=FINE).run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: ini qruntime_report: 'report.xml' is no report that can be written: *"])


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_in_which_nobody_may_write_is_refused(project: Project) -> None:
    locked = project.pytester.mkdir("locked")
    locked.chmod(0o500)
    result = project.write(test_it=FINE).run("--qruntime-report=locked/report.json")
    locked.chmod(0o700)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: *'locked/report.json' cannot be written: nothing may be put into the folder *"]
    )


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full as soon as a report in Markdown is to be put on it."""
    put = putting.put

    def fail(target: Path, content: bytes) -> None:
        if target.suffix == ".md":
            raise OSError(28, "No space left on device")
        put(target, content)

    monkeypatch.setattr(putting, "put", fail)


@pytest.mark.usefixtures("full")
def test_what_cannot_be_written_in_the_end_fails_the_run_and_the_others_are_there(project: Project) -> None:
    project.write(test_it=FINE)
    result = project.run("--qruntime-report=report.md", "--qruntime-report=report.json")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    problem = "the report report.md could not be written: No space left on device; the run fails for it"
    result.stdout.fnmatch_lines([problem])
    assert summary(result)["reports"] == ["report.json"]
    assert read(project.pytester.path)["totals"]["tests"] == 1
    assert not (project.pytester.path / "report.md").exists()


@pytest.mark.usefixtures("full")
def test_what_could_not_be_written_is_told_without_a_terminal_too(project: Project) -> None:
    result = project.write(test_it=FINE).run("-p", "no:terminal", "--qruntime-report=report.md")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stderr.fnmatch_lines(["the report report.md could not be written: No space left on device; *"])
