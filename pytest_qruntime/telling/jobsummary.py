"""The file that GitHub Actions show as the summary of a job."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

MOST: Final = 1 << 20
"""Bytes: GitHub shows nothing of a file that is larger."""
_CUT: Final = "\n\n**This is cut here: GitHub shows 1 MiB of each step at most. A report in a file has everything.**\n"
_CLOSED: Final = (("```", "```", "\n```"), ("<details", "</details>", "\n</details>"))


def append(file: Path, text: str) -> None:
    """Add to what other commands of the step have written, in one piece. Raises `OSError` if it cannot be written."""
    there = file.stat().st_size if file.exists() else 0
    content = fitted(("\n" if there else "") + text.rstrip("\n") + "\n", MOST - 1 - there)
    handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        if os.write(handle, content) < len(content):
            raise OSError("only a part of it was written; is the disk full?")
    finally:
        os.close(handle)


def fitted(text: str, room: int) -> bytes:
    """So much of a text as there is room for, in bytes; what is cut ends with a paragraph, and says so."""
    whole = text.encode(errors="backslashreplace")  # the name of a test may have halves of characters
    if len(whole) <= room:
        return whole
    reserved = len(_CUT.encode()) + 256  # for what is closed
    kept = whole[: max(0, room - reserved)].decode(errors="ignore").rpartition("\n\n")[0]
    end = _closing(kept) + _CUT
    return (kept + end).encode() if room >= len(end.encode()) else b""


def _closing(text: str) -> str:
    """What ends the parts that are cut in the middle."""
    closed = ""
    for opening, closing, end in _CLOSED:
        opened = text.count(opening) % 2 if opening == closing else text.count(opening) - text.count(closing)
        closed += end * opened
    return closed
