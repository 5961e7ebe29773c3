"""`qruntime scrub FILE`: a recording without its secrets, of this plugin, of vcrpy or of pytest-recording."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from pytest_qruntime.cassette.errors import CassetteError
from pytest_qruntime.cassette.files import load, save, text_of
from pytest_qruntime.cassette.scrub import Leak, Scrubber, leaks
from pytest_qruntime.cassette.tape import Tape

KNOWN = ("QISKIT_IBM_TOKEN", "QISKIT_IBM_INSTANCE")
CLEAN, FOUND, UNUSABLE = 0, 1, 2


def scrub(path: str, output: str | None, names: Sequence[str], *, check: bool) -> int:
    """Scrub a recording, and say on stdout what was found and where; never the secret.

    Args:
        path: of the recording.
        output: where the scrubbed one goes; in the place of the old one if None.
        names: of environment variables whose values are secrets, besides `KNOWN`.
        check: look only, and write nothing.

    Returns:
        0 if there is nothing to find (any more). 1 if something was found and `check` was asked for, or if something
        would be left after scrubbing: then nothing was written. 2 if the file cannot be read or written.
    """
    known = {name: os.environ[name] for name in (*KNOWN, *names) if os.environ.get(name)}
    try:
        return _scrub(path, output, known, check=check)
    except CassetteError as error:
        print(f"qruntime: {error}", file=sys.stderr)  # noqa: T201
        return UNUSABLE


def _scrub(path: str, output: str | None, known: dict[str, str], *, check: bool) -> int:
    tape = load(path)
    found = leaks(tape, known) or _besides(path, tape, known)
    if check:
        return _tell(path, found, "found")
    scrubbed = Scrubber(known).tape(tape)
    left = leaks(scrubbed, known)
    if left:
        _tell(path, left, "left after scrubbing")
        advice = "nothing was written. Put the secret into an environment variable and name that with --env"
        print(f"qruntime: {path}: {advice}", file=sys.stderr)  # noqa: T201
        return FOUND
    if found or scrubbed != tape or output is not None:
        save(scrubbed, path if output is None else output)
    _tell(path, found, "scrubbed")
    return CLEAN


def _besides(path: str, tape: Tape, known: dict[str, str]) -> list[Leak]:
    """What stands in the file and in no exchange, such as in a comment; a file that is written anew has none of it."""
    with open(path, encoding="utf-8") as file:
        lines = file.readlines()
    if "".join(lines) == _written(tape, path):
        return []
    scrubber = Scrubber(known)
    return [Leak(f"line {number}", kind) for number, line in enumerate(lines, 1) for kind in scrubber.kinds(line)]


def _written(tape: Tape, path: str) -> str | None:
    try:
        return text_of(tape, path)
    except ValueError:
        return None


def _tell(path: str, found: list[Leak], what: str) -> int:
    for leak in found:
        print(f"{path}: {leak}")  # noqa: T201
    places = len({leak.place for leak in found})
    print(f"{path}: {places} {'place' if places == 1 else 'places'} {what}")  # noqa: T201
    return FOUND if found else CLEAN
