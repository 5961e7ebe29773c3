"""Where the code under test opened its sessions and batches."""

from __future__ import annotations

import linecache
import os
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Final, NamedTuple

# What lies between the code of a user and the service: ours, HTTP, the official client.
_TOOLS: Final = frozenset(
    {
        "pytest_qruntime",
        "httpx",
        "httpcore",
        "requests",
        "urllib3",
        "ibm_cloud_sdk_core",
        "qiskit",
        "qiskit_ibm_runtime",
    }
    | {"anyio", "sniffio", "freezegun", "respx", "vcr"}
)
_PYTEST: Final = frozenset({"_pytest", "pluggy"})
_SUITE: Final = "pytest_qruntime.contracts.suite"
_SERVER: Final = "pytest_qruntime.server."
_STANDARD: Final = os.path.join(sysconfig.get_path("stdlib"), "")
_PACKAGES: Final = ("site-packages", "dist-packages")


class Place(NamedTuple):
    """A line of code that was being executed, and the function that it is in."""

    file: str
    line: int
    function: str

    def told(self, root: Path) -> str:
        """For people, from the root of the project on."""
        return f"{self.file_in(root)}:{self.line}, in {self.function}"

    def file_in(self, root: Path) -> str:
        """The file, from the root of the project on."""
        file = Path(self.file)
        return (file.relative_to(root) if file.is_relative_to(root) else file).as_posix()

    @property
    def source(self) -> str:
        """The line itself; empty if there is no such file."""
        return linecache.getline(self.file, self.line).strip()


class Opening(NamedTuple):
    """Who opened a session or batch.

    Attributes:
        place: the innermost line that belongs to none of the tools between a user's code and the service; None: there
            is none, in that thread.
        test: the outermost line of the test's own file, if that is another one.
        served: whether a client of the loopback server did.
    """

    place: Place | None
    test: Place | None
    served: bool


class Openings:
    """The sessions and batches that one test opened, and where.

    Args:
        test_file: where the test stands.
    """

    def __init__(self, test_file: Path) -> None:
        self._test_file = str(test_file)
        self.found: dict[str, Opening] = {}

    def note(self, workload_id: str) -> None:
        """Somebody in this thread has opened a session or batch."""
        frames = list(_frames(sys._getframe(1)))
        users = [frame for frame in frames if not _is_a_tool(frame)]
        tests = [frame for frame in users if frame.f_code.co_filename == self._test_file]
        served = any(_module(frame).startswith(_SERVER) for frame in frames)
        self.found[workload_id] = Opening(
            place=_place(users[0]) if users and not served else None,
            test=_place(tests[-1]) if tests and tests[-1] is not users[0] else None,
            served=served,
        )


def _frames(frame: FrameType | None) -> Iterator[FrameType]:
    """From the innermost one to that which pytest called."""
    while frame is not None and _module(frame).partition(".")[0] not in _PYTEST:
        yield frame
        frame = frame.f_back


def _is_a_tool(frame: FrameType) -> bool:
    module, file = _module(frame), frame.f_code.co_filename
    if module.startswith(_SUITE):
        return False
    is_standard = file.startswith(_STANDARD) and not any(part in file for part in _PACKAGES)
    return module.partition(".")[0] in _TOOLS or is_standard or file.startswith("<frozen ")


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


def _place(frame: FrameType) -> Place:
    return Place(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name)
