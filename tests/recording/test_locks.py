"""One process records a file at a time, and one test in each run."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_qruntime.cassette.errors import CassetteError
from pytest_qruntime.recording.locks import Locks, alive, this_machine


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "cassettes" / "test_it.yaml"


def lock_of(target: Path) -> Path:
    return target.with_name(".test_it.yaml.lock")


def left_by(target: Path, pid: int, host: str | None = None) -> None:
    target.parent.mkdir(exist_ok=True)
    content = {"pid": pid, "host": host or this_machine(), "test": "test_old.py::test_old"}
    lock_of(target).write_text(json.dumps(content), encoding="utf-8")


def ended_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_test_may_take_its_file_again(target: Path) -> None:
    locks = Locks()
    locks.take(target, "test_it.py::test_it")
    locks.take(target, "test_it.py::test_it")
    locks.release()


def test_two_tests_of_a_run_cannot_have_one_file(target: Path) -> None:
    locks = Locks()
    locks.take(target, "test_it.py::test_it")
    with pytest.raises(CassetteError, match=r"is recorded by test_it\.py::test_it in this run; two tests cannot write"):
        locks.take(target.parent / ".." / "cassettes" / target.name, "test_it.py::test_other")
    locks.release()


def test_a_process_that_lives_keeps_its_file(target: Path) -> None:
    left_by(target, os.getppid())
    with pytest.raises(CassetteError, match=r"is recorded by test_old\.py::test_old in another process\. If it is no"):
        Locks().take(target, "test_it.py::test_it")
    assert json.loads(lock_of(target).read_text(encoding="utf-8"))["pid"] == os.getppid()


def test_what_a_process_left_that_is_no_more_is_taken_over(target: Path) -> None:
    left_by(target, ended_process())
    locks = Locks()
    locks.take(target, "test_it.py::test_it")
    assert json.loads(lock_of(target).read_text(encoding="utf-8"))["pid"] == os.getpid()
    locks.release()
    assert not lock_of(target).exists()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": "x"}', '{"pid": 1}'])
def test_of_what_cannot_be_read_nobody_knows_whether_it_lives(target: Path, content: str) -> None:
    target.parent.mkdir()
    lock_of(target).write_text(content, encoding="utf-8")
    with pytest.raises(CassetteError, match=r"in another process\. If it is no more, delete .*\.test_it\.yaml\.lock"):
        Locks().take(target, "test_it.py::test_it")


def test_a_lock_does_not_name_the_machine(target: Path) -> None:
    locks = Locks()
    locks.take(target, "test_it.py::test_it")
    assert socket.gethostname() not in lock_of(target).read_text(encoding="utf-8")
    locks.release()


def test_the_same_test_in_another_process_is_told_to_wait(target: Path) -> None:
    left_by(target, os.getppid())
    with pytest.raises(CassetteError, match=r"by this very test in another process.*; one of the two has to wait"):
        Locks().take(target, "test_old.py::test_old")


def test_a_process_of_another_machine_may_live(target: Path) -> None:
    left_by(target, ended_process(), "elsewhere.example")
    with pytest.raises(CassetteError, match="in another process"):
        Locks().take(target, "test_it.py::test_it")


def test_what_is_released_is_free_and_leaves_no_file(target: Path) -> None:
    first, second = Locks(), Locks()
    first.take(target, "test_it.py::test_it")
    first.release()
    second.take(target, "test_it.py::test_other")
    second.release()
    assert not target.parent.exists()


def test_folders_that_were_made_for_nothing_are_gone_again(target: Path, tmp_path: Path) -> None:
    locks = Locks()
    locks.take(target.parent / "deep" / "x.yaml", "test_it.py::test_x")
    locks.take(target, "test_it.py::test_it")
    target.touch()
    locks.release()
    assert [path.name for path in tmp_path.rglob("*")] == ["cassettes", "test_it.yaml"]


def test_a_folder_that_cannot_be_made_is_told(target: Path) -> None:
    target.parent.touch()
    with pytest.raises(CassetteError, match=r"cassettes cannot be made for a recording: |cannot be recorded: "):
        Locks().take(target, "test_it.py::test_it")


def test_processes_are_told_alive_or_not() -> None:
    assert alive(os.getpid())
    assert alive(os.getppid())
    assert not alive(ended_process())
