"""The fixtures. Their docstrings are the help text of `pytest --fixtures`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from qiskit_ibm_runtime import QiskitRuntimeService

    from pytest_qruntime.client import Batch, Session
    from pytest_qruntime.clock import Clock
    from pytest_qruntime.contracts import ContractChecker
    from pytest_qruntime.runtime.surface import Surface
    from pytest_qruntime.server.loopback import LoopbackServer

__tracebackhide__ = True  # what is wrong with a test's world is told in one line


@pytest.fixture(scope="session")
def qruntime_config() -> Mapping[str, Any]:
    """Override me: a mapping of settings for the worlds of these tests, such as {"plan": "open", "lanes": 1}."""
    return {}


@pytest.fixture
def qruntime(request: pytest.FixtureRequest, qruntime_config: Mapping[str, Any]) -> Iterator[Surface]:
    """A Qiskit Runtime service of this test's own, in virtual time: .clock, .session(), .batch(), .run(), .http.

    While the test runs, httpx and requests calls to the service's hosts are answered in process, and so is code that
    makes its own QiskitRuntimeService. What answers is the fake; with source="cassette" the test's recording, which
    `pytest --qruntime-record` makes; with source="live" the service itself. When the test is over, it fails if it left
    a session or batch open, or if the service broke a contract.
    """
    from pytest_qruntime import sdk
    from pytest_qruntime.judging.trial import judged
    from pytest_qruntime.recording.opening import opened
    from pytest_qruntime.runtime.troubles import arrange
    from pytest_qruntime.settings import decided

    if "qiskit_runtime_service" in request.fixturenames:
        sdk.load()  # before time is frozen
    for name, value in sdk.in_the_way().items():
        request.getfixturevalue("monkeypatch").setenv(name, value)
    settings = decided(request, qruntime_config)
    with judged(request.node, settings) as trial, opened(request.node, settings) as what_answers:
        arrange(what_answers, settings)
        trial.begin(what_answers)
        yield what_answers
        trial.take()


@pytest.fixture
def qruntime_clock(qruntime: Surface) -> Clock:
    """The virtual clock of this test: tick("25m"), move_to(t), now(), run_until(predicate), pending()."""
    return qruntime.clock


@pytest.fixture
def qiskit_runtime_service(qruntime: Surface) -> Iterator[QiskitRuntimeService]:
    """A real, unmodified qiskit_ibm_runtime.QiskitRuntimeService that talks to the world of this test.

    Needs the client: pip install 'pytest-qruntime[qiskit]'. What the client's public methods do is noted meanwhile, so
    that its rules are judged with those of the service.
    """
    from pytest_qruntime import sdk
    from pytest_qruntime.sdk.watching import watched

    sdk.load()
    with watched(qruntime):
        yield sdk.led_service() if qruntime.source == "live" else sdk.own_service()


@pytest.fixture
def qruntime_server(qruntime: Surface) -> Iterator[LoopbackServer]:
    """The world of this test on a loopback port, for other processes and languages: .environment, .url, .crn, .token.

    Needs a web server: pip install 'pytest-qruntime[server]'.
    """
    from pytest_qruntime import server
    from pytest_qruntime.model import ConfigurationError
    from pytest_qruntime.runtime import QRuntime

    if not isinstance(qruntime, QRuntime):
        raise ConfigurationError(
            f"qruntime_server serves the fake, and source={qruntime.source!r} stands behind this test; give it "
            "@pytest.mark.qruntime(source='fake')"
        )
    with server.serving(qruntime) as serving:
        yield serving


@pytest.fixture
def qruntime_session(qruntime: Surface) -> Iterator[Session]:
    """An open session on the default backend, closed at teardown, whatever the test lets go wrong."""
    from pytest_qruntime.runtime.troubles import heal

    with qruntime.session() as session:
        yield session
        heal(qruntime)


@pytest.fixture
def qruntime_batch(qruntime: Surface) -> Iterator[Batch]:
    """An open batch on the default backend, closed at teardown, whatever the test lets go wrong."""
    from pytest_qruntime.runtime.troubles import heal

    with qruntime.batch() as batch:
        yield batch
        heal(qruntime)


@pytest.fixture
def qruntime_contracts(
    request: pytest.FixtureRequest, qruntime: Surface, qruntime_config: Mapping[str, Any]
) -> ContractChecker:
    """The rules of the lifecycle, judged on what happened in this test: .check(), .assert_holds("CAN-02"), and by name.

    An assertion fails if a rule was broken, and also if nothing happened that shows it.
    """
    from pytest_qruntime.contracts import ContractChecker
    from pytest_qruntime.judging.terms import terms_of
    from pytest_qruntime.settings import decided

    settings = decided(request, qruntime_config)

    def watching() -> AbstractContextManager[object]:
        from pytest_qruntime.sdk.watching import watched

        return watched(qruntime)

    return ContractChecker(lambda: qruntime.evidence, lambda: terms_of(qruntime, settings), watching=watching)
