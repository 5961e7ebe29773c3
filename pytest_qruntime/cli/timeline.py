"""`qruntime timeline FILE`: a recording or a trace, drawn."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Final

from pytest_qruntime.cassette.derive import derive
from pytest_qruntime.cassette.errors import CassetteError
from pytest_qruntime.cassette.files import load
from pytest_qruntime.cassette.printable import printable
from pytest_qruntime.cassette.putting import put
from pytest_qruntime.contracts import Terms, check
from pytest_qruntime.model import Trace
from pytest_qruntime.model.errors import QRuntimeError
from pytest_qruntime.report.timeline import Timeline, broken_in
from pytest_qruntime.report.timeline.text import NARROWEST

DONE, UNUSABLE = 0, 2
TRACE: Final = ".jsonl"
BEGIN: Final = b'{"at_us":'
FORMS: Final = (".svg", ".html", ".txt")


def show(file: str, output: str | None, *, width: int | None, color: str) -> int:
    """Draw a recording or a trace, on stdout or into a file.

    Args:
        file: a recording, or a trace if its name ends in `.jsonl`.
        output: the file to write; its name says in which form.
        width: of the text, in characters; None: that of the terminal.
        color: "auto" (if stdout is a terminal and NO_COLOR is not set), "yes" or "no".

    Returns:
        0, or 2 with a sentence on stderr if a file cannot be read or written; then nothing was written.
    """
    try:
        _check(output, width)
        timeline = _timeline(file)
        if output is not None:
            put(Path(output), _drawn(timeline, output, Path(file).name, width).encode())
            return DONE
    except (QRuntimeError, OSError) as problem:
        print(f"qruntime: {printable(_said(problem))}", file=sys.stderr)  # noqa: T201
        return UNUSABLE
    colored = color == "yes" or (color == "auto" and sys.stdout.isatty() and "NO_COLOR" not in os.environ)
    print(timeline.text(width=width or shutil.get_terminal_size().columns, color=colored))  # noqa: T201
    return DONE


def _check(output: str | None, width: int | None) -> None:
    if output is not None and Path(output).suffix not in FORMS:
        raise QRuntimeError(f"-o is {output!r}; expected a name that ends in {', '.join(FORMS)}")
    if output is not None and Path(output).is_dir():
        raise QRuntimeError(f"-o is {output!r}, and that is a folder; expected a file")
    if width is not None and width < NARROWEST:
        raise QRuntimeError(f"--width is {width}; expected at least {NARROWEST} characters")


def _timeline(file: str) -> Timeline:
    if not file.endswith(TRACE):
        return _of(_recording(file))
    trace = _trace(file)
    try:
        return _of(trace)
    except (AttributeError, LookupError, TypeError, ValueError) as problem:
        kind = type(problem).__name__
        raise QRuntimeError(f"{file}: what its events hold is not what a trace holds ({kind}: {problem})") from problem


def _of(trace: Trace) -> Timeline:
    report = check(trace, terms=Terms(alone=True))
    return Timeline(trace, breaks=broken_in(report))


def _trace(file: str) -> Trace:
    try:
        return Trace.from_jsonl(Path(file).read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise QRuntimeError(f"{file}, byte {error.start}: this is not UTF-8, and so no trace") from None
    except ValueError as error:
        raise QRuntimeError(f"{file}, {error}") from None


def _recording(file: str) -> Trace:
    try:
        return derive(load(file))
    except CassetteError:
        if not _begins_as_a_trace(file):
            raise
    raise QRuntimeError(f"{file} holds the lines of a trace; give it a name that ends in {TRACE}")


def _begins_as_a_trace(file: str) -> bool:
    if not os.path.isfile(file):
        return False
    with open(file, "rb") as begin:
        return begin.read(len(BEGIN)) == BEGIN


def _drawn(timeline: Timeline, output: str, title: str, width: int | None) -> str:
    if output.endswith(".svg"):
        return timeline.svg(title=title)
    if output.endswith(".html"):
        return timeline.html(title=title)
    return timeline.text() + "\n" if width is None else timeline.text(width=width) + "\n"


def _said(problem: Exception) -> str:
    if isinstance(problem, OSError) and problem.strerror:
        return f"{problem.filename}: {problem.strerror}; nothing was written"
    return str(problem)
