"""`qruntime check`: exit codes, lines for people, JSON for programs, and the hook of pre-commit."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from pytest_qruntime.cassette.files import save
from pytest_qruntime.cassette.lint import report
from pytest_qruntime.cli import main
from tests.cassette.lint.stories import clean, look, with_answer

ROOT = Path(__file__).parents[2]
SECRET = "IBMid-FAKE0USER"


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QISKIT_IBM_TOKEN", "QISKIT_IBM_INSTANCE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three recordings, one with an error and one with a warning, and a file that is none."""
    save(clean(), tmp_path / "cassettes" / "test_a" / "good.yaml")
    save(with_answer(look("/jobs/"), lambda document: document.update(user_id=SECRET)), tmp_path / "cassettes/bad.yml")
    (tmp_path / "cassettes" / "odd.json").write_text('{"version": 1, "interactions": []}')
    (tmp_path / "cassettes" / "settings.yaml").write_text("colour: blue\n")
    (tmp_path / "cassettes" / ".hidden.yaml").write_text("interactions: [\n")
    return tmp_path / "cassettes"


def test_findings_and_a_summary_are_told_and_the_same_each_time(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(folder)]) == 1
    told = capsys.readouterr().out
    assert main(["check", str(folder)]) == 1
    assert capsys.readouterr().out == told

    lines = told.splitlines()
    number, bad, odd = look("/jobs/"), folder / "bad.yml", folder / "odd.json"
    assert lines[:-1] == [
        f"{bad}: interaction {number}, response body, $.user_id: error: a secret: user; "
        "`qruntime scrub FILE`, and revoke the secret if the file was published [leak]",
        f"{odd}: warning: there is no interaction in it; record it again, or delete it [empty]",
        f"{odd}: warning: it does not say where it comes from, and when anything was sent; "
        "record it with `pytest --qruntime-record` [provenance-missing]",
    ]
    assert lines[-1] == f"3 files, {2 * len(clean().exchanges)} interactions: 1 error, 2 warnings"
    assert SECRET not in told


def test_warnings_count_if_they_are_meant_to(folder: Path) -> None:
    assert main(["check", str(folder / "test_a")]) == 0
    assert main(["check", str(folder / "odd.json")]) == 0
    assert main(["check", "--strict", str(folder / "odd.json")]) == 1
    assert main(["check", "--strict", str(folder / "test_a")]) == 0


def test_a_file_that_is_named_is_checked_whatever_is_in_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(folder / "settings.yaml")]) == 1
    assert "[unreadable]" in capsys.readouterr().out


def test_a_file_is_checked_once_however_it_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = folder / "test_a" / "good.yaml"

    assert main(["check", str(good), str(folder / "test_a"), str(folder / "test_a" / ".." / "test_a")]) == 0
    assert capsys.readouterr().out == f"1 file, {len(clean().exchanges)} interactions: 0 errors, 0 warnings\n"


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_nothing_to_check_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    (tmp_path / "empty").mkdir()

    assert main(["check", str(tmp_path / name)]) == 2
    told = capsys.readouterr()
    assert (told.out, str(tmp_path / name) in told.err) == ("", True)


def test_without_paths_it_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["check"])
    assert (ended.value.code, "usage: qruntime check" in capsys.readouterr().err) == (2, True)


def test_values_of_the_environment_are_secrets(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MY_BACKEND", "fake_backend")

    assert main(["check", "--env", "MY_BACKEND", str(folder / "test_a")]) == 1
    assert "a secret: the value of MY_BACKEND" in capsys.readouterr().out


# -- JSON --------------------------------------------------------------------------------------------------------------


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    main(["check", "--json", *arguments])
    return json.loads(capsys.readouterr().out)


def test_the_json_form_says_the_same(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = document(capsys, str(folder))

    assert (told["format"], told["errors"], told["warnings"]) == (1, 1, 2)
    assert [Path(file["path"]).name for file in told["files"]] == ["bad.yml", "odd.json", "good.yaml"]
    assert told["files"][0]["findings"] == [
        {
            "check": "leak",
            "severity": "error",
            "interaction": look("/jobs/"),
            "place": "response body, $.user_id",
            "problem": "a secret: user",
            "advice": "`qruntime scrub FILE`, and revoke the secret if the file was published",
            "times": 1,
        }
    ]
    assert told["files"][2]["events"] > 10
    assert told["files"][1]["events"] is None


def test_the_json_form_is_of_its_published_schema(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "broken.yaml").write_text("interactions: [\n")
    published = json.loads(report.SCHEMA.read_text(encoding="utf-8"))
    told = document(capsys, str(folder))

    assert published == report.schema(), "run: python -m pytest_qruntime.cassette.lint.report"
    jsonschema.Draft202012Validator.check_schema(published)
    jsonschema.validate(told, published)
    told["files"][0]["findings"][0]["check"] = "gallimaufry"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(told, published)


# -- rules of the user's own -------------------------------------------------------------------------------------------

RULES = """\
from pytest_qruntime.cassette.scrub import Rule

RULES = [Rule("machine", r"fake_backend")]
WRONG = ["fake_backend"]
WORD = "fake_backend"
"""


@pytest.fixture
def own_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "our_secrets.py").write_text(RULES)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "our_secrets", raising=False)


@pytest.mark.usefixtures("own_rules")
def test_rules_of_ones_own_find_secrets_and_scrub_them(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, before = str(folder / "test_a" / "good.yaml"), list(sys.path)

    assert main(["check", "--rules", "our_secrets:RULES", good]) == 1
    assert "a secret: machine" in capsys.readouterr().out
    assert main(["scrub", "--check", "--rules", "our_secrets:RULES", good]) == 1
    assert main(["scrub", "--rules", "our_secrets:RULES", good]) == 0
    assert main(["check", "--rules", "our_secrets:RULES", good]) == 0
    assert "fake_backend" not in Path(good).read_text()
    assert sys.path == before


@pytest.mark.usefixtures("own_rules")
@pytest.mark.parametrize("command", ["check", "scrub"])
@pytest.mark.parametrize(
    ("rules", "says"),
    [
        ("our_secrets", "expected module:NAME"),
        ("our_secrets:", "expected module:NAME"),
        ("our_secrets:NOTHING", "has no attribute 'NOTHING'"),
        ("no_such_module:RULES", "No module named 'no_such_module'"),
        ("our_secrets:WRONG", "holds str; expected Rule alone"),
        ("our_secrets:WORD", "is str; expected a list of Rule"),
    ],
)
def test_rules_that_cannot_be_used_are_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], command: str, rules: str, says: str
) -> None:
    file = folder / "test_a" / "good.yaml"
    before = file.read_bytes()

    assert main([command, "--rules", rules, str(file)]) == 2
    assert says in capsys.readouterr().err
    assert file.read_bytes() == before


# -- the hook ----------------------------------------------------------------------------------------------------------


def test_the_hook_of_pre_commit_runs_the_command_on_the_files_that_it_names(folder: Path) -> None:
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    [script] = metadata.entry_points(group="console_scripts", name="qruntime")
    command, *arguments = hook["entry"].split()

    assert (hook["id"], hook["language"], command) == ("qruntime-check", "python", script.name)
    module, _, function = script.value.partition(":")
    code = f"import sys; from {module} import {function}; sys.exit({function}())"
    for name, ended in (("test_a/good.yaml", 0), ("bad.yml", 1)):
        assert re.search(hook["files"], f"tests/cassettes/{name}")
        run = subprocess.run(
            [sys.executable, "-c", code, *arguments, f"cassettes/{name}"], cwd=folder.parent, capture_output=True
        )
        assert run.returncode == ended, run.stderr
    assert re.search(hook["files"], "cassettes/test_a/odd.json")
    assert not re.search(hook["files"], "docs/conf.yaml")
