"""The page about CI: its workflows can be read, and ask for what there is."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pytest_qruntime.cli.command import main
from pytest_qruntime.report.run.lines import line, lines
from tests.report.run.showing import a_run

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "ci.md"


def blocks() -> list[Any]:
    return [
        yaml.safe_load(text)
        for text in re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    ]


GITHUB, GITLAB, RECORDINGS = blocks()


def commands(document: object) -> Iterator[list[str]]:
    """What is run, in words."""
    if isinstance(document, dict):
        for name, value in document.items():
            if name in ("run", "script"):
                yield from (shlex.split(one) for one in ([value] if isinstance(value, str) else value))
            else:
                yield from commands(value)
    elif isinstance(document, list):
        for one in document:
            yield from commands(one)


def test_the_workflow_is_one_of_github() -> None:
    assert {"name", True, "permissions", "jobs"} == GITHUB.keys()  # YAML reads `on` as true
    for job in (*GITHUB["jobs"].values(), RECORDINGS["recordings"]):
        assert "ubuntu" in job["runs-on"]
        assert all(len({"uses", "run"} & step.keys()) == 1 for step in job["steps"])


def test_actions_are_named_with_their_major_version() -> None:
    found = re.findall(r"uses: (\S+)", PAGE.read_text(encoding="utf-8"))

    assert {"actions/checkout", "actions/setup-python", "actions/upload-artifact"} == {
        name.partition("@")[0] for name in found
    }
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", name) for name in found)
    assert len(set(found)) == 3, "one action in two versions"


def test_every_python_of_the_project_is_in_the_matrix() -> None:
    project = (PAGE.parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    pythons = re.findall(r"Python :: (3\.\d+)", project)

    assert GITHUB["jobs"]["tests"]["strategy"]["matrix"]["python"] == pythons
    assert pythons[-1] == RECORDINGS["recordings"]["steps"][1]["with"]["python-version"]
    assert GITLAB["tests"]["image"] == f"python:{pythons[-1]}"


def test_every_option_is_one_of_pytest(pytestconfig: pytest.Config) -> None:
    asked = [word for found in commands(blocks()) if found[0] == "pytest" for word in found[1:]]

    assert len(asked) > 5
    for option in asked:
        pytestconfig.getoption(option.partition("=")[0].replace("--junitxml", "xmlpath"))
    for option in re.findall(r"--qruntime[a-z-]+", PAGE.read_text(encoding="utf-8")):
        pytestconfig.getoption(option)


def test_every_ini_key_is_one_of_pytest(pytestconfig: pytest.Config) -> None:
    keys = set(re.findall(r"`(qruntime_[a-z_]+)`", PAGE.read_text(encoding="utf-8")))

    assert len(keys) > 3
    for key in keys:
        pytestconfig.getini(key)


def test_reports_go_where_they_are_taken_from() -> None:
    written = {
        word.partition("=")[2]
        for found in commands(blocks())
        for word in found
        if re.match(r"--(junit|.*report)", word)
    }

    assert {Path(path).parent.as_posix() for path in written} == {"reports"}
    artifacts = GITLAB["tests"]["artifacts"]
    assert artifacts["paths"] == ["reports/"]
    assert artifacts["reports"]["junit"] in written
    [upload] = [step for step in GITHUB["jobs"]["tests"]["steps"] if "upload" in step.get("uses", "")]
    assert upload["with"]["path"] == "reports"


def test_the_coverage_of_gitlab_is_found_in_the_output() -> None:
    expression = GITLAB["tests"]["coverage"].strip("/")
    run = a_run()

    for text in (line(run), "\n".join(lines(run))):
        found = re.findall(expression, text)
        assert len(found) == 1
        assert float(re.findall(r"\d+(?:\.\d+)?", found[0])[0]) == pytest.approx(run["lifecycle"]["percent"], abs=1)


def test_every_command_of_ours_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    for words in commands(RECORDINGS):
        if "qruntime" in words:
            command = words[words.index("qruntime") + 1]
            with pytest.raises(SystemExit, match="0"):
                main([command, "--help"])
            assert f"qruntime {command}" in capsys.readouterr().out
