"""A server of our own in another process, one whose time is real, and a home without saved accounts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_qruntime.live import Journal, Target, find
from pytest_qruntime.live.journal import FOLDER
from tests.live.places import as_a_host, control, jobs_take, serving


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


@pytest.fixture
def host(real_time_url: str) -> Target:
    """A world of its own for each test, whose jobs are over at once."""
    number = control(real_time_url, "/worlds", time="real", own_account=True)["world"]
    jobs_take(real_time_url, number, quantum=0.0)
    return as_a_host(real_time_url, number)


@pytest.fixture
def slow_host(real_time_url: str) -> Target:
    """A service whose jobs take ten seconds of QPU time, one after the other, which pass when the test says so."""
    number = control(real_time_url, "/worlds", time="manual", own_account=True, lanes=1)["world"]
    jobs_take(real_time_url, number, quantum=10)
    return as_a_host(real_time_url, number)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path / FOLDER)
    yield journal
    journal.end()
