"""Clients of a loopback server, and a server without a test's world."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from pytest_qruntime import QRuntime
from pytest_qruntime.server.gateway import Gateway
from pytest_qruntime.server.listener import Listener
from pytest_qruntime.server.loopback import LoopbackServer
from tests.server.caller import Caller, Control


@pytest.fixture
def caller(qruntime_server: LoopbackServer) -> Iterator[Caller]:
    """A client of this test's server, with one connection."""
    with Caller(qruntime_server.url, qruntime_server.token, qruntime_server.crn) as client:
        yield client


@pytest.fixture
def control(qruntime_server: LoopbackServer) -> Control:
    """The control interface of this test's server."""
    return Control(qruntime_server.url)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """A server as `qruntime serve` starts one, without a world."""
    with served() as gateway:
        yield gateway


@pytest.fixture
def jobs_take(qruntime: QRuntime) -> QRuntime:
    """Every job takes ten seconds and then a minute on the QPU."""
    qruntime.next_jobs(times=None, classical="10s", quantum="60s")
    return qruntime


@contextmanager
def served() -> Iterator[Gateway]:
    gateway = Gateway()
    listener = Listener(gateway)
    gateway.opened(listener.port)
    listener.start()
    try:
        yield gateway
    finally:
        listener.stop()
    assert gateway.failures == []


def new_caller(gateway: Gateway, number: str) -> Caller:
    """A client of one of the worlds of a server."""
    found = httpx.get(f"{gateway.url}/qruntime/worlds/{number}", trust_env=False).json()
    return Caller(found["url"], found["token"], found["crn"])
