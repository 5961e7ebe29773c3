"""A server of our own in another process, one whose time is real, and a home without saved accounts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_qruntime.live import Target, find
from tests.live.places import serving


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """A server as `qruntime serve` starts one, in another process."""
    with serving() as url:
        yield url


@pytest.fixture(scope="session")
def real_time_url() -> Iterator[str]:
    """The same with the time of the wall clock, for the part of a real service."""
    with serving("--time", "real") as url:
        yield url


@pytest.fixture(autouse=True)
def nobodys_account(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """No account of whoever runs the tests is found: an empty home, and no variable of the client."""
    home = tmp_path_factory.mktemp("home")
    for name in os.environ:
        if name.startswith(("QISKIT_IBM_", "IAM_", "GLOBAL_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    return home


@pytest.fixture
def own(server_url: str) -> Target:
    """A server of our own, as it is found by its address."""
    return find(server_url, {})
