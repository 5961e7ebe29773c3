"""From what the command line names to files."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from typing import Final

from pytest_qruntime.model.errors import ConfigurationError

ENDINGS: Final = (".yaml", ".yml", ".json")
_LOOKS_LIKE_ONE: Final = re.compile(
    rb"""^["']?(?:interactions|qruntime)["']?\s*:|^- request:|[{,]\s*"(?:interactions|qruntime)"\s*:""", re.MULTILINE
)
_HEAD: Final = 64 * 1024


def files(paths: Sequence[str]) -> list[str]:
    """The recordings, each once, in order.

    A file that is named is one, whatever is in it. Of a folder these are the files below it that end in one of
    `ENDINGS` and begin as a recording does; hidden folders are left out.

    Raises:
        ConfigurationError: something is not there, or there is no recording.
    """
    found: dict[str, str] = {}
    for path in paths:
        if os.path.isdir(path):
            for name in _below(path):
                found.setdefault(os.path.realpath(name), name)
        elif os.path.exists(path):
            found.setdefault(os.path.realpath(path), path)
        else:
            raise ConfigurationError(f"{path} is not there; expected a recording, or a folder with recordings")
    if not found:
        raise ConfigurationError(
            f"there is no recording in {', '.join(paths) or 'nothing'}; expected files that end in {', '.join(ENDINGS)}"
        )
    return sorted(found.values())


def _below(folder: str) -> Iterator[str]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = os.path.join(parent, name)
            if name.endswith(ENDINGS) and not name.startswith(".") and _is_one(path):
                yield path


def _is_one(path: str) -> bool:
    """Whether a file begins as a recording does; one that nobody can read may be one."""
    try:
        with open(path, "rb") as file:
            return _LOOKS_LIKE_ONE.search(file.read(_HEAD)) is not None
    except OSError:
        return True
