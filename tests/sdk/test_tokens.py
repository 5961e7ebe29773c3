"""Tokens expire in the world's time, whatever time the process shows, and are fetched anew without anybody noticing."""

from __future__ import annotations

import copy
import sys
import threading
import traceback
from datetime import datetime, timezone
from typing import Any

import jwt
import pytest
from freezegun import freeze_time
from qiskit_ibm_runtime import QiskitRuntimeService
from qiskit_ibm_runtime.exceptions import IBMNotAuthorizedError

from pytest_qruntime import QRuntime, world
from pytest_qruntime.rest import Request, Response
from tests.sdk.client import submit
from tests.sdk.conftest import Asked

IAM = "POST /identity/token"
FROZEN_OR_NOT = [pytest.param(freeze, marks=pytest.mark.qruntime(freeze=freeze)) for freeze in (True, False)]


def is_in(thread: threading.Thread, function: str) -> bool:
    """Whether a thread is in a function of that name at this moment."""
    frame = sys._current_frames().get(thread.ident or 0)
    return frame is not None and any(one.f_code.co_name == function for one, _ in traceback.walk_stack(frame))


@pytest.fixture
def backend(qiskit_runtime_service: QiskitRuntimeService) -> Any:
    return qiskit_runtime_service.backend("fake_manila")


@pytest.fixture(params=FROZEN_OR_NOT)
def either_time(request: pytest.FixtureRequest) -> bool:
    """Whether the process shows virtual time: both."""
    freeze: bool = request.param
    return freeze


def test_a_service_asks_iam_once_and_no_more_for_most_of_an_hour(
    either_time: bool, qruntime: QRuntime, backend: Any, asked: Asked
) -> None:
    for _ in range(47):
        qruntime.clock.tick("1m")
        backend.status()
    assert IAM not in asked


def test_a_token_of_which_a_fifth_is_left_is_exchanged(
    either_time: bool, qruntime: QRuntime, backend: Any, asked: Asked
) -> None:
    qruntime.clock.tick("49m")
    backend.status()
    backend.status()
    assert asked.count(IAM) == 1


def test_a_night_costs_one_token(either_time: bool, qruntime: QRuntime, backend: Any, asked: Asked) -> None:
    qruntime.next_jobs(classical="8h", quantum=10)
    submit(backend).result()
    assert asked.count(IAM) == 1


@pytest.mark.parametrize("at_s", [3589, 3590, 3600, 3601])
def test_no_request_carries_an_expired_token(
    either_time: bool, qruntime: QRuntime, backend: Any, asked: Asked, at_s: int
) -> None:
    qruntime.clock.tick(at_s)
    assert backend.status().operational
    assert asked.count(IAM) == 1


def test_a_freeze_inside_the_test_does_not_make_a_token_older(backend: Any, asked: Asked) -> None:
    with freeze_time("2031-01-01"):
        assert backend.status().operational
    assert IAM not in asked


def test_threads_that_find_a_token_expired_wait_for_one_request_and_not_for_the_clock(
    qruntime: QRuntime, backend: Any, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle, iam_is_asked, iam_may_answer = qruntime.service.handle, threading.Event(), threading.Event()

    def slow(request: Request) -> Response:
        if request.path == "/identity/token":
            iam_is_asked.set()
            iam_may_answer.wait()
        return handle(request)

    monkeypatch.setattr(qruntime.service, "handle", slow)
    qruntime.clock.tick("9h")
    before_us = qruntime.world.now_us
    threads = [threading.Thread(target=backend.status) for _ in range(4)]
    threads[0].start()
    iam_is_asked.wait()
    for thread in threads[1:]:
        thread.start()
    while not all(is_in(thread, "paced_request_token") for thread in threads):
        pass
    iam_may_answer.set()
    for thread in threads:
        thread.join()
    assert (asked.count(IAM), qruntime.world.now_us) == (1, before_us)


def test_a_token_says_that_it_was_issued_in_virtual_time(qruntime: QRuntime, asked: Asked) -> None:
    qruntime.clock.move_to("2026-03-01T09:00:00Z")
    QiskitRuntimeService().backends()
    token = asked.whole[-1].headers["authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, options={"verify_signature": False})
    assert datetime.fromtimestamp(claims["iat"], timezone.utc) == qruntime.clock.now()
    assert claims["exp"] - claims["iat"] == 3600


def test_without_iam_the_client_sends_the_key_and_warns(qruntime: QRuntime, backend: Any, asked: Asked) -> None:
    qruntime.clock.tick("9h")
    asked.fails(IAM, 400)
    with pytest.warns(UserWarning, match="Unable to retrieve IBM Cloud access token. API Key will be used instead"):
        assert backend.status().operational
    assert asked.whole[-1].headers["authorization"] == f"apikey {qruntime.api_key}"
    backend.status()
    assert asked.whole[-1].headers["authorization"].startswith("Bearer ")


# -- nested worlds -----------------------------------------------------------------------------------------------------


@pytest.fixture(params=[True, False])
def freeze(request: pytest.FixtureRequest) -> bool:
    found: bool = request.param
    return found


def test_an_outer_service_is_still_authorized_when_the_inner_world_is_hours_ahead(freeze: bool) -> None:
    with world(seed=1, freeze=freeze) as outer:
        service = QiskitRuntimeService()
        with world(seed=2, freeze=freeze) as inner:
            inner.clock.tick("9h")
            assert service.usage()["instance_id"] == outer.crn
            assert QiskitRuntimeService().usage()["instance_id"] == inner.crn
        assert service.usage()["instance_id"] == outer.crn


def test_an_outer_service_gets_a_token_of_its_own_world_when_that_one_is_ahead(freeze: bool) -> None:
    with world(seed=1, freeze=freeze) as outer:
        service = QiskitRuntimeService()
        outer.clock.tick("9h")
        with world(seed=2, freeze=freeze) as inner:
            assert service.usage()["instance_id"] == outer.crn
            assert copy.deepcopy(service.backend("fake_backend")).status().operational
            outer.clock.tick("9h")
            inner.clock.tick("1h")
            assert service.usage()["instance_id"] == outer.crn


def test_only_while_worlds_are_nested_does_the_client_tell_iam_for_which_instance_it_asks(
    qruntime: QRuntime, qiskit_runtime_service: QiskitRuntimeService, asked: Asked
) -> None:
    qruntime.clock.tick("9h")
    with world(seed=2):
        qiskit_runtime_service.usage()
    qruntime.clock.tick("9h")
    qiskit_runtime_service.usage()
    nested, alone = (request for request in asked.whole if request.path == "/identity/token")
    assert nested.headers["service-crn"] == qruntime.crn
    assert "service-crn" not in alone.headers


def test_a_token_of_another_seed_is_refused() -> None:
    with world(seed=1):
        service = QiskitRuntimeService()
        service.usage()
    with world(seed=2), pytest.raises(IBMNotAuthorizedError, match="Invalid credentials"):
        service.usage()
