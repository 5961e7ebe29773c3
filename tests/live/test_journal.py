"""What is open stands on the disk before anybody can use it, and nothing secret does."""

from __future__ import annotations

import json
import multiprocessing
import os
import stat
import sys
from pathlib import Path

import pytest

from pytest_qruntime.live.journal import FOLDER, Entry, Journal, abandoned

ENTRY = Entry(
    "s-1", "IBM Quantum Platform", "0123456789abcdef", test="tests/test_a.py::test_a", at="2026-01-15T12:00:00Z"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / FOLDER


def named(name: str) -> Entry:
    return Entry(name, "unknown", "a")


def lines(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for file in sorted(folder.glob("*.jsonl")) for line in file.read_text().splitlines()]


def left_open(folder: Path) -> list[str]:
    """The sessions in the journals of processes that are no more."""
    return [entry.session for _, entries in abandoned(folder) for entry in entries]


def test_nothing_is_made_before_something_is_opened(folder: Path) -> None:
    Journal(folder).end()
    assert not folder.exists()


def test_a_line_is_on_the_disk_when_it_is_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[tuple[bool, int]] = []
    fsync = os.fsync

    def noting(descriptor: int) -> None:
        found = os.fstat(descriptor)
        synced.append((stat.S_ISDIR(found.st_mode), found.st_size if stat.S_ISREG(found.st_mode) else 0))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noting)
    journal = Journal(folder)
    journal.opened(ENTRY)
    (line,) = (file.read_bytes() for file in folder.glob("*.jsonl"))
    assert (False, len(line)) in synced
    assert sys.platform == "win32" or (True, 0) in synced
    journal.closed("s-1")
    journal.end()


def test_a_line_says_what_is_needed_and_nothing_else(folder: Path) -> None:
    journal = Journal(folder)
    journal.opened(ENTRY)
    assert lines(folder) == [
        {
            "opened": {
                "session": "s-1",
                "service": "IBM Quantum Platform",
                "account": "0123456789abcdef",
                "server": "",
                "test": "tests/test_a.py::test_a",
                "at": "2026-01-15T12:00:00Z",
            }
        }
    ]
    journal.end()


def test_version_control_does_not_see_it(folder: Path) -> None:
    journal = Journal(folder)
    journal.opened(ENTRY)
    assert (folder / ".gitignore").read_text(encoding="utf-8") == "*\n"
    journal.end()


def test_what_is_closed_leaves_no_file(folder: Path) -> None:
    journal = Journal(folder)
    journal.opened(named("a"))
    journal.opened(named("b"))
    journal.opened(named("a"))  # told twice
    journal.closed("b")
    journal.closed("never heard of")
    assert [entry.session for entry in journal.entries] == ["a"]
    journal.closed("a")
    journal.end()
    journal.end()
    assert [path.name for path in folder.iterdir()] == [".gitignore"]
    journal.opened(named("c"))  # it goes on
    journal.end()
    assert left_open(folder) == ["c"]


def test_what_is_open_when_a_process_ends_can_be_found_by_another(folder: Path) -> None:
    journal = Journal(folder)
    for name in "abc":
        journal.opened(named(name))
    journal.closed("b")
    journal.end()
    assert left_open(folder) == ["a", "c"]
    assert left_open(folder) == ["a", "c"]  # to look is to change nothing


def test_the_journal_of_a_process_that_lives_is_left_alone(folder: Path) -> None:
    alive, dead = Journal(folder), Journal(folder)
    alive.opened(named("alive"))
    dead.opened(named("dead"))
    dead.end()
    assert left_open(folder) == ["dead"]
    alive.end()


def _die(folder: Path) -> None:
    Journal(folder).opened(named("of a crash"))
    os._exit(1)


def test_a_crash_leaves_its_line(folder: Path) -> None:
    process = multiprocessing.get_context("spawn").Process(target=_die, args=(folder,))
    process.start()
    process.join()
    assert left_open(folder) == ["of a crash"]


def test_what_was_found_and_is_closed_is_gone_for_the_next_one(folder: Path) -> None:
    journal = Journal(folder)
    journal.opened(named("a"))
    journal.opened(named("b"))
    journal.end()
    for found, entries in abandoned(folder):
        found.closed(entries[0].session)
    assert left_open(folder) == ["b"]
    for found, _ in abandoned(folder):
        found.closed("b")
    assert list(folder.glob("*.jsonl")) == []


@pytest.mark.parametrize(
    "end", [b'{"opened": {"sess', b"\xff\n", b"[]\n", b'{"opened": {"session": "x"}}\n', b'{"closed": []}\n']
)
def test_a_line_that_was_cut_off_or_changed_is_passed_over(folder: Path, end: bytes) -> None:
    journal = Journal(folder)
    journal.opened(named("a"))
    journal.opened(named("b"))
    journal.end()
    (file,) = folder.glob("*.jsonl")
    file.write_bytes(file.read_bytes() + end)
    assert left_open(folder) == ["a", "b"]
    for found, _ in abandoned(folder):
        found.closed("a")
    assert left_open(folder) == ["b"]


def test_a_journal_that_another_process_takes_away_while_it_begins_is_begun_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pytest_qruntime.live import journal as module

    locked = module._locked
    taken: list[Path] = []

    def a_moment_later(file: object) -> bool:
        if not taken:
            taken.extend(folder.glob("*.jsonl"))
            taken[0].unlink()
        return locked(file)  # type: ignore[arg-type]

    if sys.platform == "win32":
        pytest.skip("Windows does not delete a file that is open")
    monkeypatch.setattr(module, "_locked", a_moment_later)
    journal = Journal(folder)
    journal.opened(named("a"))
    monkeypatch.undo()
    journal.end()
    assert left_open(folder) == ["a"]
