"""The files of recordings: vcrpy's own form, which vcrpy reads and replays, with what is known of times and origin.

A file whose name ends in `.json` is JSON, every other one is YAML.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final, NoReturn, TypeAlias

from pytest_qruntime.cassette import jsonwriting, writing
from pytest_qruntime.cassette.errors import CassetteError
from pytest_qruntime.cassette.events import Events
from pytest_qruntime.cassette.putting import put
from pytest_qruntime.cassette.reading import Source, read
from pytest_qruntime.cassette.tape import Tape
from pytest_qruntime.cassette.values import Values

__tracebackhide__ = True  # what is wrong with a file is told in one line

LIMIT: Final = 64 * 1024 * 1024

_Version: TypeAlias = "tuple[int, int, int]"
# Tapes never change, and what they hold depends on their files alone, so a process keeps one of each.
_read: dict[str, tuple[_Version, Tape]] = {}


def load(path: str | os.PathLike[str], *, limit: int = LIMIT) -> Tape:
    """The recording in a file: one of `save`, of vcrpy or of pytest-recording.

    A file is read once per process and again when its size or its time of change is another. Nothing in a file can be
    executed, and no file is changed.

    Args:
        path: of the file; errors name it as it is given.
        limit: the most bytes that the file, or one of its bodies decompressed, may have.

    Raises:
        CassetteError: there is no such file, it is too large, or it is not a recording.
    """
    name, place = os.fspath(path), os.path.abspath(path)
    try:
        status = os.stat(place)
        if not stat.S_ISREG(status.st_mode):
            raise CassetteError(f"{name} is not a file; expected a recording")
        if status.st_size > limit:
            _too_large(name, status.st_size, limit)
        known = _read.get(place)
        if known is not None and known[0] == _version(status):
            return known[1]
        with open(place, "rb") as file:
            version, content = _version(os.fstat(file.fileno())), file.read(limit + 1)
    except OSError as error:
        raise CassetteError(f"{name} cannot be read: {error.strerror}") from None
    if len(content) > limit:
        _too_large(name, len(content), limit)
    tape = read(_decoded(content, name), name, limit, _form(name))
    _read[place] = (version, tape)
    return tape


def save(tape: Tape, path: str | os.PathLike[str]) -> None:
    """Write a recording so that vcrpy can read it too. The old file is there until the new one is complete.

    The same tape gives the same bytes. Missing folders are made; a link is followed; permissions are kept.

    Raises:
        CassetteError: the tape holds what cannot be written, or the file cannot be. The old file is as it was.
    """
    name = os.fspath(path)
    text = _checked(tape, name)
    try:
        put(Path(os.path.realpath(path)), text.encode("ascii"))
    except OSError as error:
        raise CassetteError(f"{name} cannot be written: {error.strerror}. The old file is as it was") from None


def text_of(tape: Tape, path: str | os.PathLike[str]) -> str:
    """What `save` writes. Raises ValueError for a tape that cannot be written."""
    return jsonwriting.write(tape) if _is_json(os.fspath(path)) else writing.write(tape)


def _is_json(name: str) -> bool:
    return name.lower().endswith(".json")


def _form(name: str) -> type[Source]:
    return Values if _is_json(name) else Events


def _checked(tape: Tape, name: str) -> str:
    """The text, after it has been read back to the same tape."""
    try:
        text = text_of(tape, name)
    except ValueError as error:
        raise CassetteError(f"{name} was not written: {error}") from None
    if len(text) > LIMIT:
        _too_large(name, len(text), LIMIT)
    again = text_of(read(text, f"{name} was not written; its text", LIMIT, _form(name)), name)
    if again != text:
        lines = zip(text.splitlines(), again.splitlines(), strict=False)
        line = next((old for old, new in lines if old != new), "its end")
        raise CassetteError(f"{name} was not written: it would be read as another recording from {line.strip()!r} on")
    return text


def _version(status: os.stat_result) -> _Version:
    """What is another after a change; the inode tells apart two files that were saved within a tick of the clock."""
    return status.st_size, status.st_mtime_ns, status.st_ino


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CassetteError(
            f"{name}, byte {error.start}: this is not UTF-8. Take the file from version control, or record it again"
        ) from None


def _too_large(name: str, size: int, limit: int) -> NoReturn:
    raise CassetteError(
        f"{name} has {size} bytes; expected at most {limit}. Record less in one test, or load it with a larger limit"
    )
