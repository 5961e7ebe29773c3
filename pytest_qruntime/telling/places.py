"""Where reports are to be written: what cannot be is refused before the first test runs."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from pytest_qruntime.model.errors import ConfigurationError

SUFFIXES: Final = (".json", ".md", ".html")


def places(asker: str, texts: Iterable[str], folder: Path) -> list[Path]:
    """The files that are asked for. Raises `ConfigurationError` for those that cannot be written.

    Args:
        asker: who asks for them, for the message.
        texts: as they are asked for.
        folder: from which they are named.
    """
    found: dict[Path, str] = {}
    for text in texts:
        try:
            place = _place(text, folder)
            problem = f"is the same file as {found[place]}" if place in found else _problem(place)
        except (OSError, ValueError) as error:  # too long a name, say, or a null byte
            raise ConfigurationError(f"{asker}: {text!r} cannot be a file: {error}") from None
        if problem:
            raise ConfigurationError(f"{asker}: {text!r} {problem}")
        found[place] = repr(text)
    return list(found)


def _place(text: str, folder: Path) -> Path:
    """As pytest reads the path of its JUnit file; what is a link is written where it leads to."""
    return Path(os.path.realpath(folder / os.path.expanduser(os.path.expandvars(text))))


def _problem(place: Path) -> str:
    """Why a file cannot be written; empty if it can."""
    if place.is_dir():
        return f"is a folder; name a file in it, such as {place.name}{os.sep}report.html"
    if place.suffix.lower() not in SUFFIXES:
        return (
            "is no report that can be written: its name ends in .json (for programs), .md (for a job summary or a pull "
            "request) or .html (a page)"
        )
    if place.exists() and not place.is_file():
        return "is there, but is no file"
    there = next(folder for folder in place.parents if folder.exists())
    if not there.is_dir():
        return f"cannot be written: {there} is no folder"
    if not os.access(there, os.W_OK | os.X_OK):
        return f"cannot be written: nothing may be put into the folder {there}"
    return ""
