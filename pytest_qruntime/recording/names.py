"""Where the recording of a test stands."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Any, Final

import pytest

FOLDER: Final = "cassettes"
LONGEST: Final = 100

_PLAIN: Final = re.compile(r"[A-Za-z0-9_.-]+(?:\[[a-z0-9_.-]+\])?")
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_.\[\]-]+")


def place(item: pytest.Item, cassette: str | None) -> Path:
    """The file of a test: the one that is named, or else its own below ``cassettes/`` beside the test file."""
    folder = item.path.parent
    if cassette is not None:
        return Path(os.path.normpath(folder / cassette))
    return folder / FOLDER / safe(item.path.stem) / f"{safe(within_module(item))}.yaml"


def within_module(item: pytest.Item) -> str:
    """The name of a test with its classes: ``TestClosing.test_it[2]``."""
    classes = [node.name for node in item.listchain() if isinstance(node, pytest.Class)]
    return ".".join([*classes, item.name])


def safe(name: str) -> str:
    """A name that every file system takes, another one for each name.

    What is not plain is replaced, what is too long is cut, and a digest keeps such names apart; also those whose
    parameters have capitals, which many file systems do not tell from small letters.
    """
    if _PLAIN.fullmatch(name) and len(name) <= LONGEST:
        return name
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{_UNSAFE.sub('-', name)[: LONGEST - 9].strip('-.')}-{digest}"


def shown(path: Path, config: pytest.Config) -> str:
    """A file for a message: from the root of the project on, if it is in it."""
    root: Any = config.rootpath
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
