"""The environment variables that tell the client where to go and as whom: while a world is open, they lead to it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from pytest_qruntime.sdk.accounts import CHANNEL, URL
from pytest_qruntime.sdk.arrival import CLIENT

if TYPE_CHECKING:
    from pytest_qruntime.client import Account

# Variables that the code under test may read too: where one is set, it says something of the world.
_ABOUT_THE_ACCOUNT: Final = ("QISKIT_IBM_TOKEN", "QISKIT_IBM_INSTANCE", "QISKIT_IBM_CHANNEL", "QISKIT_IBM_URL")

# Variables that lead past IAM, the search or the catalogue, or to others.
_DETOURS: Final = ("IAM_URL", "QISKIT_FUNCTIONS_EXPERIMENTAL")
_DETOUR_PREFIXES: Final = ("GLOBAL_SEARCH_", "GLOBAL_CATALOG_")

# Without it the client looks through the whole call stack, with its source files, before each request, to name its
# caller in a header: 7 ms below pytest.
_OPT_OUT: Final = "USAGE_DATA_OPT_OUT"


@contextmanager
def leading_here(service: Account) -> Iterator[None]:
    """Set the variables for a world, and put back what they were, whatever they have become meanwhile."""
    with exchanged(_wanted(service)):
        yield


@contextmanager
def exchanged(wanted: Mapping[str, str | None]) -> Iterator[None]:
    """Set variables, or with None take them away, and put back exactly what was there."""
    before = {name: os.environ.get(name) for name in wanted}
    try:
        _set(wanted)
        yield
    finally:
        _set(before)


def in_the_way() -> dict[str, str]:
    """The variables that a world changes, with what they are, or for one that is not set, what the world makes of it.

    A test may change them too, with pytest's `monkeypatch`, which is undone after the world is closed: it would bring
    back what the world had put there, unless it set them before the world.
    """
    found = {name: os.environ[name] for name in _set_by_the_user()}
    if CLIENT in sys.modules:
        found[_OPT_OUT] = os.environ.get(_OPT_OUT, "True")
    return found


def _wanted(service: Account) -> dict[str, str | None]:
    """What each variable shall be; None: not set."""
    wanted: dict[str, str | None] = dict.fromkeys(_set_by_the_user())
    if not wanted.keys().isdisjoint(_ABOUT_THE_ACCOUNT):
        here = zip(_ABOUT_THE_ACCOUNT, (service.api_key(), service.crn(), CHANNEL, URL), strict=True)
        wanted.update((name, value) for name, value in here if name in wanted)
    wanted[_OPT_OUT] = "True"
    return wanted


def _set_by_the_user() -> list[str]:
    """Those of the variables that are set, but for the one that saves time."""
    names = [name for name in (*_ABOUT_THE_ACCOUNT, *_DETOURS) if name in os.environ]
    return names + [name for name in os.environ if name.startswith(_DETOUR_PREFIXES)]


def _set(values: Mapping[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
