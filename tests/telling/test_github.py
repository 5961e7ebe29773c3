"""GitHub Actions: annotations, and the summary of the job."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_qruntime.report.run.markdown import markdown
from tests.plugin.conftest import Project, project  # noqa: F401

LEAKS = """
    def open_one(qruntime):
        return qruntime.session()

    def test_leaks(qruntime):
        open_one(qruntime)
"""
LEFT_OPEN = (
    "::error file=test_it.py,line=2,title=session left open::*opened here and left open: test_it.py::test_leaks*"
)
FAILS = """
    def test_fails(qruntime):
        assert 1 == 2
"""


class Built(Project):
    """A project that is built on GitHub; its pytest does not know that a test runs it."""

    def run(self, *arguments: str, plugins: tuple[str, ...] = ()) -> pytest.RunResult:
        os.environ.pop("PYTEST_CURRENT_TEST")
        return super().run(*arguments, plugins=plugins)

    def run_apart(self, *arguments: str, plugins: tuple[str, ...] = ()) -> pytest.RunResult:
        os.environ.pop("PYTEST_CURRENT_TEST")
        return super().run_apart(*arguments, plugins=plugins)


@pytest.fixture
def github(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:  # noqa: F811
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(project.pytester.path))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project.pytester.path / "summary.md"))
    return Built(project.pytester)


def told(result: pytest.RunResult) -> list[str]:
    return [line for line in result.outlines if line.startswith(("::error", "::warning", "::notice"))]


def test_what_was_left_open_is_annotated_where_it_was_opened(github: Project) -> None:
    result = github.write(test_it=LEAKS).run()

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(LEFT_OPEN)
    assert len(told(result)) == 1


@pytest.mark.parametrize("arguments", [["-q"], ["-qq"], ["-v"], ["-p", "no:terminal"], ["-s", "-p", "no:terminal"]])
def test_each_stands_at_the_beginning_of_a_line_whatever_is_printed(github: Project, arguments: list[str]) -> None:
    text = LEAKS + "        print('an unfinished line', end='')\n"
    result = github.write(test_it=text).run(*arguments)

    assert len(told(result)) == 1
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_the_controller_alone_tells(github: Project) -> None:
    result = github.write(test_it=LEAKS).run_apart("-n", "2", plugins=("xdist",))

    result.stdout.fnmatch_lines(LEFT_OPEN)
    assert len(told(result)) == 1
    assert (github.pytester.path / "summary.md").read_text().count("1 session left open") == 1


def test_files_are_named_from_the_root_of_the_repository_on(github: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    root = github.pytester.path
    monkeypatch.setenv("GITHUB_WORKSPACE", str(root.parent))
    result = github.write(test_it=FAILS).run()

    result.stdout.fnmatch_lines(
        f"::error file={root.name}/test_it.py,line=1,title=test failed::test_it.py::test_fails: *"
    )


def test_a_workspace_that_is_reached_by_a_link_is_the_same(github: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    link = github.pytester.path.parent / "link"
    link.symlink_to(github.pytester.path, target_is_directory=True)
    monkeypatch.setenv("GITHUB_WORKSPACE", str(link))

    github.write(test_it=FAILS).run().stdout.fnmatch_lines("::error file=test_it.py,line=1,*")


def test_a_workspace_elsewhere_leaves_files_named_from_the_root_of_the_project_on(
    github: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", "/github/workspace")

    github.write(test_it=FAILS).run().stdout.fnmatch_lines("::error file=test_it.py,line=1,*")


def test_tests_that_fail_are_left_to_the_plugin_that_annotates_them_all(github: Project) -> None:
    github.pytester.syspathinsert()
    github.write(pytest_github_actions_annotate_failures="", test_it=LEAKS + FAILS)
    result = github.run(plugins=("pytest_github_actions_annotate_failures",))

    assert len(told(result)) == 1
    result.stdout.fnmatch_lines(LEFT_OPEN)


def test_a_good_run_has_a_summary_and_no_annotation(github: Project) -> None:
    result = github.write(test_it="def test_it(qruntime): pass").run()

    assert told(result) == []
    assert "1 test" in (github.pytester.path / "summary.md").read_text()


def test_the_summary_is_the_report_in_markdown_and_several_runs_add_up(github: Project) -> None:
    summary = github.pytester.path / "summary.md"
    summary.write_text("# Build\n")
    github.write(test_it=LEAKS)
    github.run("--qruntime-report=report.md")
    once = summary.read_text()

    assert once == "# Build\n\n" + (github.pytester.path / "report.md").read_text()
    github.run()
    assert summary.read_text().startswith(once + "\n")


def test_a_summary_that_cannot_be_written_is_one_warning_and_no_failure(
    github: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(github.pytester.path))
    result = github.write(test_it="def test_it(qruntime): pass").run()

    [line] = told(result)
    assert line.startswith(
        "::warning title=pytest-qruntime::the summary of the job could not be written to GITHUB_STEP"
    )
    assert result.ret == pytest.ExitCode.OK


@pytest.mark.parametrize(
    "silence",
    [
        lambda github, patch: github.pytester.makeini("[pytest]\nqruntime_github = off"),
        lambda github, patch: patch.setenv("PYTEST_ADDOPTS", "--qruntime-github=off"),
        lambda github, patch: patch.setenv("GITHUB_ACTIONS", "false"),
    ],
    ids=["ini", "option", "elsewhere"],
)
def test_it_can_be_switched_off(
    github: Project, monkeypatch: pytest.MonkeyPatch, silence: Callable[[Project, pytest.MonkeyPatch], object]
) -> None:
    silence(github, monkeypatch)
    result = github.write(test_it=LEAKS).run()

    result.assert_outcomes(passed=1, errors=1)
    assert told(result) == []
    assert not (github.pytester.path / "summary.md").exists()


def test_a_project_that_a_test_runs_is_not_what_is_built(github: Project) -> None:
    result = Project(github.pytester).write(test_it=LEAKS).run()

    assert told(result) == []
    assert not (github.pytester.path / "summary.md").exists()


def test_it_can_be_switched_on_anywhere(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)

    project.write(test_it=LEAKS).run("--qruntime-github=on").stdout.fnmatch_lines(LEFT_OPEN)


def test_the_option_is_stronger_than_the_ini_file(github: Project) -> None:
    github.pytester.makeini("[pytest]\nqruntime_github = off")

    assert told(github.write(test_it=LEAKS).run("--qruntime-github=auto")) != []


@pytest.mark.parametrize(
    ("argument", "where"), [("--qruntime-github=yes", "--qruntime-github"), ("", "ini qruntime_github")]
)
def test_a_value_that_is_none_is_refused_at_once(project: Project, argument: str, where: str) -> None:  # noqa: F811
    if not argument:
        project.pytester.makeini("[pytest]\nqruntime_github = yes")
    result = project.write(test_it="def test_it(): pass").run(*filter(None, [argument]))

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(f"ERROR: {where}: 'yes'; expected auto, on or off")


def test_a_run_without_the_service_is_not_told_of(github: Project) -> None:
    result = github.write(test_it="def test_it(): assert False").run()

    assert told(result) == []
    assert not (github.pytester.path / "summary.md").exists()


def test_an_output_that_is_ascii_gets_what_it_can_show(github: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    result = github.write(test_it='def test_it(qruntime):\n    assert 0, "ψ"\n').run_apart("-q")

    [line] = told(result)
    assert line.endswith(r"AssertionError: \u03c8")


def test_the_summary_is_closed_where_it_is_cut(tmp_path: Path) -> None:
    from pytest_qruntime.telling.jobsummary import fitted
    from tests.report.run.showing import a_run

    text = markdown(a_run())
    for room in range(600, len(text), 97):
        cut = fitted(text, room).decode()
        assert cut.count("```") % 2 == 0
        assert cut.count("<details") == cut.count("</details>")
