"""Scenarios with the real client: what the reports say that they come from is what happens."""

from __future__ import annotations

from typing import Any

import pytest
from qiskit_ibm_runtime import QiskitRuntimeService, Session
from qiskit_ibm_runtime.api.exceptions import RequestsApiError
from qiskit_ibm_runtime.exceptions import IBMNotAuthorizedError, IBMRuntimeError

from pytest_qruntime import NothingPendingError, QRuntime
from tests.sdk.client import submit


@pytest.fixture
def backend(qiskit_runtime_service: QiskitRuntimeService) -> Any:
    return qiskit_runtime_service.backend("fake_manila")


@pytest.mark.qruntime(scenario="lost_submit")
def test_a_lost_answer_submits_a_job_twice(qruntime: QRuntime, backend: Any) -> None:
    submit(backend).result()
    assert len(qruntime.jobs()) == qruntime.requests.where("submit").count == 2


@pytest.mark.qruntime(scenario="never_final")
def test_a_status_that_is_never_final_is_waited_for_without_end(qruntime: QRuntime, backend: Any) -> None:
    with pytest.raises(NothingPendingError, match="does not take what the service calls it for final"):
        submit(backend).result()


@pytest.mark.qruntime(scenario="expires_mid_loop")
def test_a_session_that_expires_says_1217(qruntime: QRuntime, backend: Any) -> None:
    session = Session(backend, max_time="1h")
    for _ in range(2):
        submit(session)
    with pytest.raises(IBMRuntimeError, match='"code":1217'):
        submit(session)


@pytest.mark.qruntime(scenario="closed_elsewhere")
def test_a_handle_does_not_know_what_another_one_closed(qruntime: QRuntime, backend: Any) -> None:
    session = Session(backend)
    submit(session)
    with pytest.raises(IBMRuntimeError, match='"code":1217'):
        submit(session)


@pytest.mark.qruntime(scenario="no_sessions")
def test_a_session_on_the_open_plan_is_a_raw_error(qruntime: QRuntime, backend: Any) -> None:
    with pytest.raises(RequestsApiError, match='"code":1352') as caught:
        Session(backend)
    assert caught.value.status_code == 400


@pytest.mark.qruntime(scenario="short_outage")
def test_a_short_outage_is_not_seen(qruntime: QRuntime, backend: Any) -> None:
    assert submit(backend).result() is not None
    assert qruntime.requests.where(failed=True).count == 3


@pytest.mark.qruntime(scenario="token_expires")
def test_an_expired_token_is_told_by_its_own_error(qruntime: QRuntime, backend: Any) -> None:
    with pytest.raises(IBMNotAuthorizedError, match="Token is expired"):
        submit(backend).result()


@pytest.mark.qruntime(scenario="close_fails", allow={"leak": "the client does not retry"})
def test_a_session_whose_close_fails_stays_open(qruntime: QRuntime, backend: Any) -> None:
    session = Session(backend)
    with pytest.raises(IBMRuntimeError, match="Error closing session"):
        session.close()
    qruntime.requests.where("close").one()
    assert session.details()["state"] == "open"


@pytest.mark.qruntime(scenario="retry_after")
def test_a_retry_after_is_slept(qruntime: QRuntime, backend: Any) -> None:
    submit(backend).result()
    assert qruntime.world.now_us >= 120_000_000
