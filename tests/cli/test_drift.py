"""`qruntime drift`: what differs, how often and since when; exit codes for CI, and JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_qruntime.cassette.files import save
from pytest_qruntime.cassette.tape import Tape
from pytest_qruntime.cli import main
from tests.cassette.drift.plays import answer, edited, of_service, taped, told

STAGED = """\
  staged: the job of interaction 1 takes 20s and 10s on the QPU, as recorded
  staged: the job of interaction 2 takes 20s and 10s on the QPU, as recorded
"""
PLAIN = """\
interactions:
- request: {body: null, headers: {}, method: GET, uri: "https://quantum.cloud.ibm.com/api/v1/jobs"}
  response: {body: {string: ""}, headers: {}, status: {code: 200, message: OK}}
version: 1
"""


@pytest.fixture(scope="module")
def tape() -> Tape:
    tape = taped()
    assert tape.provenance is not None
    versions = {"pytest-qruntime": "0.1.0"}
    return replace(tape, provenance=replace(tape.provenance, versions=versions, recorded="2026-11-21"))


@pytest.fixture
def good(tape: Tape, tmp_path: Path) -> str:
    save(tape, tmp_path / "good.yaml")
    return str(tmp_path / "good.yaml")


@pytest.fixture
def bad(tape: Tape, tmp_path: Path) -> str:
    lie = edited(tape, "GET /jobs/", answer(lambda document: document.update(carbon=None)))
    lie = edited(lie, "PATCH /sessions/", lambda one: replace(one, status=200))
    save(lie, tmp_path / "bad.yaml")
    return str(tmp_path / "bad.yaml")


@pytest.fixture
def plain(tmp_path: Path) -> str:
    path = tmp_path / "plain.yaml"
    path.write_text(PLAIN)
    return str(path)


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["drift", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_no_difference_is_one_line_and_0(good: str, tape: Tape, capsys: pytest.CaptureFixture[str]) -> None:
    origin = "(pytest-qruntime 0.1.0, recorded 2026-11-21)"
    line = f"{good}: no differences in {len(tape.exchanges)} interactions {origin}\n"

    assert printed(capsys, good) == (0, line + STAGED, "")


def test_what_a_terminal_would_obey_is_shown_as_an_escape(
    tape: Tape, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tape.provenance is not None
    strange = replace(tape, provenance=replace(tape.provenance, versions={"pytest-qruntime": "0.1\x1b[31m"}))
    save(
        edited(strange, "GET /jobs/", answer(lambda document: document.update({"\x1b]0;k": 1}))),
        tmp_path / "a\x1b.yaml",
    )
    _, out, err = printed(capsys, str(tmp_path / "a\x1b.yaml"), str(tmp_path / "b\x1b.yaml"))
    assert "\x1b" not in out + err
    for shown in (r"a\x1b.yaml: ", r"0.1\x1b[31m", r"$.\x1b]0;k"):
        assert shown in out
    assert r"b\x1b.yaml" in err


def test_differences_are_listed_and_1(bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = printed(capsys, bad)
    lines = out.splitlines()

    assert code == 1
    assert lines[0].startswith(f"{bad}: ")
    assert lines[1:6] == [
        "  status: PATCH /v1/sessions/{id}, status",
        "    recorded: 200",
        "    the fake: 204",
        lines[4],
        "    may mean: the fake has changed since, the settings do not tell all, or the recording was edited",
    ]
    assert lines[4].startswith("    once: interaction ")
    assert "  missing key: GET /v1/jobs/{id}, $.carbon" in lines
    assert [
        line for line in lines if " times: interactions " in line and line.endswith(" on") and ", ..., from" in line
    ]


@pytest.mark.parametrize("service", ["pytest-qruntime", "IBM Quantum Platform"])
def test_what_was_staged_is_said_of_the_own_server_and_if_something_differs(
    service: str, tape: Tape, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def staged(tape: Tape) -> bool:
        save(of_service(tape, service), tmp_path / "it.yaml")
        return "  staged: the job of interaction 1 " in printed(capsys, str(tmp_path / "it.yaml"))[1]

    assert staged(edited(tape, "PATCH /sessions/", lambda one: replace(one, status=200)))
    assert staged(tape) is (service == "pytest-qruntime")


def test_several_recordings_are_compared_whatever_is_wrong_with_one(
    good: str, bad: str, plain: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = printed(capsys, plain, bad, good)

    assert code == 2
    assert f"{bad}: " in out
    assert f"{good}: no differences" in out
    assert err.startswith(f"qruntime: {plain}: the recording has no provenance, so nobody knows when")
    assert "ecord it anew" in err


def test_json_says_the_same(bad: str, plain: str, tape: Tape, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = printed(capsys, "--json", bad, plain)
    document: dict[str, Any] = json.loads(out)
    first, second = document["recordings"]

    assert (code, err, document["format"]) == (2, "", 1)
    assert {name: first[name] for name in ("path", "error", "service", "recorded", "versions", "not_compared")} == {
        "path": bad,
        "error": None,
        "service": "pytest-qruntime",
        "recorded": "2026-11-21",
        "versions": {"pytest-qruntime": "0.1.0"},
        "not_compared": 0,
    }
    assert first["interactions"] == len(tape.exchanges)
    assert first["differences"] == sum(finding["count"] for finding in first["findings"]) > 10
    status = first["findings"][0]
    (number,) = status.pop("interactions")
    assert status == {
        "kind": "status",
        "route": "PATCH /v1/sessions/{id}",
        "place": "status",
        "recorded": "200",
        "found": "204",
        "means": "the fake has changed since, the settings do not tell all, or the recording was edited",
        "count": 1,
        "at_seconds": tape.exchanges[number].at_us / 1_000_000,
    }
    assert set(second) == {"path", "error"}
    assert second["error"].startswith(f"{plain}: the recording has no provenance")


@pytest.mark.parametrize("content", ["- no recording", "interactions: !!python/object:os.x {}", ""])
def test_what_is_no_recording_is_told(content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "it.yaml"
    path.write_text(content)

    code, out, err = printed(capsys, str(path))

    assert (code, out) == (2, "")
    assert err.startswith(f"qruntime: {path}")


def test_a_file_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = printed(capsys, str(tmp_path / "none.yaml"))

    assert code == 2
    assert "cannot be read" in err


@pytest.mark.parametrize(
    "settings",
    [
        {"plan": "platinum"},
        {"plan": {"name": "open"}},
        {"lanes": 0},
        {"seed": "seven"},
        {"start": "yesterday"},
        {"engine": "steam"},
        {"policy": {"no_such_knob": 1}},
        {"policy": ["queued_on_end"]},
        {"backend": 7},
    ],
)
def test_settings_of_which_no_world_can_be_made_are_told(
    settings: dict[str, Any], tape: Tape, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "it.yaml"
    save(told(tape, settings), path)

    code, out, err = printed(capsys, str(path))

    assert (code, out) == (2, "")
    assert err.startswith(f"qruntime: {path}: no world can be made of the settings in its provenance: ")


def test_nothing_is_written(bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = Path(bad).read_bytes(), sorted(Path(bad).parent.iterdir())

    printed(capsys, bad)

    assert (Path(bad).read_bytes(), sorted(Path(bad).parent.iterdir())) == before
