"""`qruntime timeline`: a recording or a trace, on the terminal or as a picture."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_qruntime.cli import main
from tests.report.timeline.stage import story

CASSETTE = "cassettes/httpx/graceful_close.yaml"


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    file = tmp_path / "trace.jsonl"
    file.write_text(story().to_jsonl(), encoding="utf-8")
    return file


def test_a_recording_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["timeline", CASSETTE, "--width", "80"]) == 0
    out = capsys.readouterr().out
    assert "session 1" in out
    assert "workload not accepting" in out
    assert "\x1b" not in out


def test_a_trace_is_drawn_in_colour_if_that_is_asked_for(trace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["timeline", str(trace), "--color", "yes"]) == 0
    assert "\x1b[" in capsys.readouterr().out


@pytest.mark.parametrize(("name", "begins"), [("a.svg", "<svg"), ("a.html", "<!DOCTYPE html>"), ("a.txt", "  ")])
def test_the_name_says_what_is_written(trace: Path, tmp_path: Path, name: str, begins: str) -> None:
    assert main(["timeline", str(trace), "-o", str(tmp_path / name)]) == 0
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["missing.yaml"], "missing.yaml"),
        (["missing.jsonl"], "missing.jsonl: No such file or directory"),
        ([CASSETTE, "-o", "a.png"], "-o is 'a.png'; expected a name that ends in .svg, .html, .txt"),
        ([CASSETTE, "-o", "/dev/null/a.svg"], "nothing was written"),
    ],
)
def test_what_cannot_be_done_is_said(given: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["timeline", *given]) == 2
    assert said in capsys.readouterr().err


def test_a_line_that_is_no_event_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text(story().to_jsonl() + '{"at_us": 1}\n', encoding="utf-8")
    assert main(["timeline", str(file)]) == 2
    assert f"line {len(story()) + 1}: expected an event" in capsys.readouterr().err
