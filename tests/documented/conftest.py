"""Each block runs in process and over loopback, with the primitives that the pages name and with those of today."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from tests.documented import given
from tests.documented.blocks import Block
from tests.documented.play import Play
from tests.sdk.needs import needs_client

WAYS = {"in process": "qiskit_runtime_service", "loopback": "qruntime_server"}
EXECUTOR = needs_client("0.50.0", "a sampler built on the executor that joins a session")
LOOPBACK = needs_client("0.49.0", "IAM_URL, without which no variable leads to another IAM,")

Start = Callable[..., Play]


@pytest.fixture
def client() -> Any:
    """The client's package, which is imported by the tests that need it and no other."""
    import qiskit_ibm_runtime

    return qiskit_ibm_runtime


@pytest.fixture(scope="session")
def qruntime_config() -> Mapping[str, Any]:
    return {"backend": "fake_manila"}  # five qubits: a mitigated job measures all that there are


@pytest.fixture(params=["legacy", pytest.param("executor", marks=EXECUTOR)])
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of primitives: those of the pages, or the ones that are built on the executor."""
    return str(request.param)


@pytest.fixture(params=["in process", pytest.param("loopback", marks=LOOPBACK)])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The way from `QiskitRuntimeService()` to the fake."""
    server = request.getfixturevalue(WAYS[request.param])
    if request.param == "in process":
        yield "in process"
        return
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    yield "loopback"
    assert server.requests, "nothing went over the port"


@pytest.fixture
def start(kind: str, way: str) -> Start:
    """Bring a block on the stage: ``start(block)``, ``start(block, backend="fake_torino")``, and more names."""

    def start_block(block: Block, *, backend: str | None = None, **more: Any) -> Play:
        names = given.names(kind, backend)
        account = names["service"].active_account()
        assert ("127.0.0.1" in account["url"]) == (way == "loopback")
        return Play(block, kind, {**names, **more})

    return start_block
