"""What a test of a user sees of the watch: the rules of the client are judged with those of the service."""

from __future__ import annotations

import pytest
from qiskit_ibm_runtime import QiskitRuntimeService, Session

from pytest_qruntime import QRuntime
from pytest_qruntime.contracts import ContractChecker, check
from pytest_qruntime.model.trace import CLIENT_CALLED
from pytest_qruntime.runtime.surface import Surface
from pytest_qruntime.sdk.watching import watched
from tests.plugin.conftest import Project
from tests.runtime.recordings import recorded, replayed
from tests.sdk.client import bell, sampler, submit

pytestmark = pytest.mark.qruntime(engine="schema")


def test_the_rules_of_the_client_are_judged_in_a_test_with_its_service(
    qiskit_runtime_service: QiskitRuntimeService, qruntime_contracts: ContractChecker
) -> None:
    with Session(qiskit_runtime_service.backend("fake_manila")) as session:
        session.status()
    qruntime_contracts.assert_holds("CLS-05")
    qruntime_contracts.assert_holds("STS-01")
    assert qruntime_contracts.check().verdict("SDK-06") == "not exercised"


def test_the_trace_of_the_fake_stays_its_own(qruntime: QRuntime, qiskit_runtime_service: QiskitRuntimeService) -> None:
    Session(qiskit_runtime_service.backend("fake_manila")).close()
    assert qruntime.trace.where(kind=CLIENT_CALLED) == []
    assert len(qruntime.evidence.where(kind=CLIENT_CALLED)) == 2


def test_code_that_makes_its_own_service_is_watched_on_demand(
    qruntime: QRuntime, qruntime_contracts: ContractChecker
) -> None:
    backend = QiskitRuntimeService().backend("fake_manila")
    Session(backend, max_time=60).close()
    assert qruntime_contracts.check().verdict("SDK-15") == "not exercised"
    with qruntime_contracts.watching():
        Session(backend, max_time=60).close()
    with qruntime_contracts.watching(), qruntime_contracts.watching():
        submit(Session(backend))
    Session(backend, max_time="1m").close()
    assert qruntime_contracts.check()["SDK-15"].cases == 2


MOCKED = """
import pytest
import qiskit_ibm_runtime

def mocked(service, monkeypatch):
    session = qiskit_ibm_runtime.Session(service.backend("fake_manila"))
    with monkeypatch.context() as patch:
        patch.setattr(qiskit_ibm_runtime.Session, "close", lambda self: None)
        with session:
            pass
    session.close()

def test_mocked(qiskit_runtime_service, monkeypatch):
    mocked(qiskit_runtime_service, monkeypatch)

@pytest.mark.qruntime(allow={"CLS-05": "close() is a mock"})
def test_allowed(qiskit_runtime_service, monkeypatch):
    mocked(qiskit_runtime_service, monkeypatch)
"""
CONFIG = """
import pytest

@pytest.fixture(scope="session")
def qruntime_config():
    return {"backend": "fake_manila"}
"""


def test_a_break_of_the_client_warns_and_says_whose_it_is(project: Project) -> None:
    result = project.write(conftest=CONFIG, test_it=MOCKED).run("-W", "default")
    result.assert_outcomes(passed=2, warnings=1)
    result.stdout.fnmatch_lines(
        [
            "*the client broke a contract: CLS-05",
            "*at 0 s, session or batch *",
            "*expected: it is closed (PATCH), not cancelled, and errors go on",
            "*seen: *Session.__exit__ returned None; it asked for nothing",
            "*This is about the client that is installed*",
        ]
    )


def test_in_a_strict_run_it_fails(project: Project) -> None:
    result = project.write(conftest=CONFIG, test_it=MOCKED).run("--qruntime-strict")
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*the client broke a contract: CLS-05"])


def test_a_job_that_does_not_belong_to_its_block_is_found_with_the_reason(
    qiskit_runtime_service: QiskitRuntimeService, qruntime_contracts: ContractChecker
) -> None:
    backend = qiskit_runtime_service.backend("fake_manila")
    outside = sampler(backend)
    with pytest.raises(AssertionError, match="nothing in this trace shows that jobs run in the session of their with"):
        qruntime_contracts.assert_jobs_run_in_their_block()
    with Session(backend) as session:
        submit(session)
    qruntime_contracts.assert_jobs_run_in_their_block()
    with Session(backend) as other:
        outside.run([bell()])
    qruntime_contracts.assert_jobs_run_in_their_block(session)
    with pytest.raises(AssertionError) as caught:
        qruntime_contracts.assert_jobs_run_in_their_block()
    text = str(caught.value)
    assert text.startswith("a job was submitted in the with block of a session or batch, and does not belong to it")
    assert f"expected: it belongs to {other.session_id}" in text
    assert "seen:     it runs in job mode" in text
    assert "client.called    call=Primitive.run raised=None" in text


def test_on_a_recording_they_are_judged_too() -> None:
    def story(surface: Surface) -> dict[str, str]:
        with watched(surface), Session(QiskitRuntimeService().backend("fake_manila")) as session:
            submit(session).result()
            session.status()
        report = check(surface.evidence)
        return {name: report.verdict(name) for name in ("CLS-05", "STS-02", "SDK-10", "SDK-13", "SDK-14")}

    on_the_fake, tape = recorded(story, backend="fake_manila", engine="schema")
    on_the_recording, _ = replayed(story, tape)
    assert on_the_recording == on_the_fake
    assert set(on_the_fake.values()) == {"holds", "not exercised"}
    assert on_the_fake["SDK-10"] == "holds"
