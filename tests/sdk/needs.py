"""What a test needs of the client that it runs with; nothing of the client is imported here."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version as version_of
from typing import Any

import pytest

VERSION = version_of("qiskit-ibm-runtime")


def version(text: str) -> tuple[int, ...]:
    """A version to compare with: its first three numbers."""
    return tuple(int(part) for part in text.split(".")[:3] if part.isdecimal())


def at_least(first: str) -> bool:
    """Whether the client is of this version or a later one."""
    return version(VERSION) >= version(first)


def because(first: str, what: str) -> str:
    """Why a test is skipped with an older client."""
    return f"{what} came with qiskit-ibm-runtime {first}; this is {VERSION}"


def needs_client(first: str, what: str) -> pytest.MarkDecorator:
    """For tests of what came with a version of the client: skipped with an older one."""
    return pytest.mark.skipif(not at_least(first), reason=because(first, what))


def module_since(first: str, name: str) -> Any:
    """A module that came with a version of the client, or that it requires since then; with an older one a skip."""
    if not at_least(first):
        pytest.skip(because(first, name), allow_module_level=True)
    return import_module(name)
