"""Which sessions are open, on disk: what a crash leaves behind can be closed later.

A line is written, and is safely on the disk, before anybody can use the id that it holds. It says which session of what
kind of service, a digest of the instance's CRN, and the test; no token, no CRN, no user. Each process has a file of its
own, which it keeps locked: who gets the lock knows that its owner is no more.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Final

FOLDER: Final = ".qruntime"
_PATTERN: Final = "open-*.jsonl"


@dataclass(frozen=True)
class Entry:
    """A session or batch that was opened.

    Attributes:
        session: its id.
        service: as `Target.service`.
        account: the digest of the CRN of its instance.
        server: where it is, of a server of our own; else empty.
        test: the node id of the test that opened it.
        at: when, in real time, ISO 8601 in UTC.
    """

    session: str
    service: str
    account: str
    server: str = ""
    test: str = ""
    at: str = ""


class Journal:
    """The journal of this process.

    Args:
        folder: where journals are: `FOLDER` in pytest's rootdir. It is made when there is something to write.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open: dict[str, Entry] = {}
        self._file: IO[bytes] | None = None
        self._lock = threading.Lock()

    @property
    def entries(self) -> list[Entry]:
        """What is open, in the order of opening."""
        return list(self._open.values())

    def opened(self, entry: Entry) -> None:
        """A session exists. When this returns, the disk has it."""
        with self._lock:
            if entry.session not in self._open:
                self._write({"opened": asdict(entry)})
                self._open[entry.session] = entry

    def closed(self, session: str) -> None:
        """A session is closed; unknown ones are not minded."""
        with self._lock:
            if self._open.pop(session, None) is not None:
                self._write({"closed": session})

    def end(self) -> None:
        """The process is done. The file stays if something is open, and can be rescued from now on."""
        with self._lock:
            file, self._file = self._file, None
            if file is None:
                return
            file.close()
            if not self._open:
                Path(file.name).unlink(missing_ok=True)

    def _write(self, line: dict[str, Any]) -> None:
        if self._file is None:
            self._file = _new(self.folder)
        _append(self._file, line)


def abandoned(folder: Path) -> Iterator[tuple[Journal, list[Entry]]]:
    """The journals of processes that are no more, each with what it left open; while one is looked at, it is locked.

    The journal takes `closed`; after its turn it is gone if nothing is open any more.
    """
    for path in sorted(folder.glob(_PATTERN)):
        with _adopted(path) as journal:
            if journal is not None:
                yield journal, journal.entries


@contextmanager
def _adopted(path: Path) -> Iterator[Journal | None]:
    try:
        file = open(path, "r+b")  # noqa: SIM115 - the journal closes it
    except FileNotFoundError:
        yield None
        return
    if not _locked(file):
        file.close()
        yield None
        return
    journal = Journal(path.parent)
    journal._file = file
    journal._open = _left_open(file)
    try:
        yield journal
    finally:
        journal.end()


def _left_open(file: IO[bytes]) -> dict[str, Entry]:
    """What a journal says is open. A line that a crash cut off opened nothing that anybody could use."""
    found: dict[str, Entry] = {}
    content = file.read()
    for line in content.splitlines():
        with suppress(ValueError, TypeError, KeyError):
            said = json.loads(line)
            if "closed" in said:
                found.pop(said["closed"], None)
            else:
                entry = Entry(**said["opened"])
                found[entry.session] = entry
    file.seek(0, os.SEEK_END)
    if content and not content.endswith(b"\n"):
        file.write(b"\n")
    return found


def _new(folder: Path) -> IO[bytes]:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    while True:
        file = open(folder / f"open-{secrets.token_hex(8)}.jsonl", "xb")  # noqa: SIM115 - kept until the end
        if _locked(file) and os.fstat(file.fileno()).st_nlink:
            break
        file.close()  # another process took it for one that was left behind, before it was locked
    if sys.platform != "win32":  # a name that only the folder knows is lost with the folder
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    return file


def _append(file: IO[bytes], line: dict[str, Any]) -> None:
    file.write(json.dumps(line, sort_keys=True).encode() + b"\n")
    file.flush()
    os.fsync(file.fileno())


def _locked(file: IO[bytes]) -> bool:
    """Lock a file for as long as it is open; False if another process has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(1 << 30)  # a byte that nobody reads
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            file.seek(0)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
