"""One process records a file at a time, and one test in each run."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import socket
import sys
from contextlib import suppress
from pathlib import Path

from pytest_qruntime.cassette.errors import CassetteError

__tracebackhide__ = True  # what is wrong with a file is told in one line


class Locks:
    """The recordings that this process makes, each with a file beside it that tells others, until the run ends.

    They are held to the end, so that two tests which would write one file are told, whoever of them comes first.
    """

    def __init__(self) -> None:
        self._held: dict[Path, str] = {}
        self._made: list[Path] = []

    def take(self, target: Path, test: str) -> None:
        """Claim a recording for a test. Raises `CassetteError` if another test or another process has it."""
        place = Path(os.path.realpath(target))
        owner = self._held.get(place)
        if owner is None:
            self._make(place.parent)
            _create(_lock_of(place), test, target)
            self._held[place] = test
        elif owner != test:
            raise CassetteError(_two(target, owner, "in this run", test))

    def release(self) -> None:
        """Give all of them back; folders that were made for files that did not come to be are gone again."""
        while self._held:
            place, _ = self._held.popitem()
            with suppress(OSError):
                _lock_of(place).unlink()
        while self._made:
            with suppress(OSError):
                self._made.pop().rmdir()

    def _make(self, folder: Path) -> None:
        missing = [one for one in (folder, *folder.parents) if not one.exists()]
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CassetteError(f"{folder} cannot be made for a recording: {error.strerror}") from None
        self._made.extend(reversed(missing))


def _lock_of(place: Path) -> Path:
    return place.with_name(f".{place.name}.lock")


def _create(lock: Path, test: str, target: Path) -> None:
    content = json.dumps({"pid": os.getpid(), "host": this_machine(), "test": test})
    try:
        for _ in range(3):
            with suppress(FileExistsError), open(lock, "x", encoding="utf-8") as file:
                file.write(content)
                return
            _take_over(lock, target, test)
    except OSError as error:
        raise CassetteError(
            f"{target} cannot be recorded: {lock.parent} cannot be written to: {error.strerror}"
        ) from None
    raise CassetteError(_two(target, "another test", f"at this moment, says {lock}", test))


def _take_over(lock: Path, target: Path, test: str) -> None:
    """Remove what a process left that is no more. Raises `CassetteError` if it is there, or may be."""
    try:
        found = lock.read_text(encoding="utf-8")
    except FileNotFoundError:
        return
    if _may_live(found):
        raise CassetteError(_two(target, _test_of(found), f"in another process. If it is no more, delete {lock}", test))
    mine = lock.with_name(f"{lock.name}.{secrets.token_hex(4)}")
    with suppress(FileNotFoundError):
        os.replace(lock, mine)
        if mine.read_text(encoding="utf-8") != found:  # somebody else was faster, and has it now
            os.replace(mine, lock)
        else:
            mine.unlink()


def _test_of(content: str) -> str:
    with suppress(ValueError, KeyError, TypeError):
        return str(json.loads(content)["test"])
    return "another test"


def _may_live(content: str) -> bool:
    """Whether the process may still be there; of another machine, and of a lock that is being written, nobody knows."""
    try:
        found = json.loads(content)
        pid, host = int(found["pid"]), found["host"]
    except (ValueError, KeyError, TypeError):
        return True
    return host != this_machine() or alive(pid)


def this_machine() -> str:
    """Tells machines apart that share a folder, and names none."""
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:16]


def alive(pid: int) -> bool:
    """Whether there is a process with this id."""
    if sys.platform == "win32":
        return _alive_on_windows(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _alive_on_windows(pid: int) -> bool:
    if sys.platform != "win32":
        return True
    import ctypes

    query, active = 0x1000, 259
    handle = ctypes.windll.kernel32.OpenProcess(query, False, pid)
    if not handle:
        return False
    code = ctypes.c_ulong()
    ctypes.windll.kernel32.GetExitCodeProcess(handle, ctypes.byref(code))
    ctypes.windll.kernel32.CloseHandle(handle)
    return code.value == active


def _two(target: Path, owner: str, where: str, test: str) -> str:
    if owner == test:
        return f"{target} is recorded by this very test {where}; one of the two has to wait for the other"
    return (
        f"{target} is recorded by {owner} {where}; two tests cannot write one recording. "
        "Give each its own with @pytest.mark.qruntime(cassette=...), or leave that out"
    )
