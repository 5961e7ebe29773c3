"""`qruntime timeline`: a recording or a trace, on the terminal or as a picture."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_qruntime.cli import main
from tests.report.timeline.stage import story

CASSETTE = str(Path(__file__).parents[2] / "cassettes/httpx/graceful_close.yaml")


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    file = tmp_path / "trace.jsonl"
    file.write_text(story().to_jsonl(), encoding="utf-8")
    return file


def test_a_recording_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["timeline", CASSETTE, "--width", "80"]) == 0
    out = capsys.readouterr().out
    assert "session 1" in out
    assert "submit (session 1) REFUSED with 400, code 1217" in out
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
        ([CASSETTE, "-o", "folder.svg"], "-o is 'folder.svg', and that is a folder; expected a file"),
        ([CASSETTE, "--width", "0"], "--width is 0; expected at least 50 characters"),
        ([CASSETTE, "--width", "-5"], "--width is -5; expected at least 50"),
        (["folder.jsonl"], "folder.jsonl: Is a directory"),
        (["binary.jsonl"], "binary.jsonl, byte 0: this is not UTF-8"),
        (["empty.yaml"], "empty.yaml is empty; expected a recording"),
        (["half.jsonl"], 'half.jsonl, line 1: expected an event as Trace.to_jsonl() writes it, found \'{"at_us":0,'),
        (["strange.jsonl"], "strange.jsonl: what its events hold is not what a trace holds (KeyError: "),
        (["trace.txt"], "trace.txt holds the lines of a trace; give it a name that ends in .jsonl"),
    ],
)
def test_what_cannot_be_done_is_said(
    given: list[str], said: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(folder.rglob("*"))
    assert main(["timeline", *given]) == 2
    assert said in capsys.readouterr().err
    assert sorted(folder.rglob("*")) == before


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current one, with files of which none can be drawn."""
    for name in ("folder.svg", "folder.jsonl"):
        tmp_path.joinpath(name).mkdir()
    tmp_path.joinpath("binary.jsonl").write_bytes(b"\xff\x00")
    tmp_path.joinpath("empty.yaml").touch()
    tmp_path.joinpath("half.jsonl").write_text(story().to_jsonl()[:70], encoding="utf-8")
    called = '{"at_us":0,"backend":null,"data":{},"job":null,"kind":"client.called","workload":null}'
    tmp_path.joinpath("strange.jsonl").write_text(called, encoding="utf-8")
    tmp_path.joinpath("trace.txt").write_text(story().to_jsonl(), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_line_that_is_no_event_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text(story().to_jsonl() + '{"at_us": 1}\n', encoding="utf-8")
    assert main(["timeline", str(file)]) == 2
    assert f"line {len(story()) + 1}: expected an event" in capsys.readouterr().err
