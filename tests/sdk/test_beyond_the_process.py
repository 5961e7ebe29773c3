"""The client with a service that is not this process's own, whose time is moved from here."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from ibm_cloud_sdk_core import base_service
from qiskit_ibm_runtime import QiskitRuntimeService

from pytest_qruntime import NothingPendingError, QRuntime, world
from pytest_qruntime.client import AnyEvent, EventPatience, Job
from pytest_qruntime.client.turns import InTurn
from pytest_qruntime.rest import Request, Response
from pytest_qruntime.runtime import build
from pytest_qruntime.sdk import Renaming, accommodated
from pytest_qruntime.transport import Interception
from tests.sdk.client import submit


class Distant:
    """A service of which no more is known than what it answers."""

    def __init__(self, qruntime: QRuntime) -> None:
        self.handler = InTurn(qruntime.service, qruntime.clock)
        self.asked: list[str] = []

    def handle(self, request: Request) -> Response:
        self.asked.append(f"{request.method} {request.path}")
        return self.handler.handle(request)


@contextmanager
def distant(qruntime: QRuntime, renaming: Renaming | None = None) -> Iterator[Distant]:
    service, clock = Distant(qruntime), qruntime.clock
    with (
        clock.hold(),
        Interception(service, label="a test"),
        accommodated(None, clock, AnyEvent(clock).of, renaming=renaming),
    ):
        yield service


def own(qruntime: QRuntime, **more: Any) -> QiskitRuntimeService:
    return QiskitRuntimeService(
        **{"channel": "ibm_quantum_platform", "token": qruntime.api_key, "instance": qruntime.crn, **more}
    )


def test_a_wait_jumps_from_event_to_event_and_ends_at_the_poll_after_the_job_has() -> None:
    qruntime = build(backend="fake_manila")
    qruntime.next_jobs(classical="1h", quantum="2h")
    with distant(qruntime) as service:
        job = submit(own(qruntime).backend("fake_manila"))
        service.asked.clear()
        job.wait_for_final_state()
        polls = len(service.asked)
    assert job.job_id() in qruntime.world.jobs
    assert 3 * 3600 <= qruntime.world.now_us / 1e6 < 3 * 3600 + 1
    assert polls < 20


def test_a_wait_without_a_limit_is_an_error_when_nothing_is_pending() -> None:
    qruntime = build(backend="fake_manila")
    qruntime.backend().set_status("offline")
    with distant(qruntime):
        job = qruntime.run()
        far = Job(qruntime.http, job.job_id(), patience=EventPatience(qruntime.clock, AnyEvent(qruntime.clock).of))
        with pytest.raises(NothingPendingError, match="nothing is pending"):
            far.wait_for_final_state()


def test_the_account_file_and_the_environment_are_left_alone(users_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    qruntime = build(backend="fake_manila")
    monkeypatch.setenv("QISKIT_IBM_TOKEN", "the user's")
    monkeypatch.setenv("GLOBAL_SEARCH_URL", "https://elsewhere.example")
    with distant(qruntime):
        environment = dict(os.environ)
        with pytest.raises(ValueError):  # it is not JSON, and it was read
            QiskitRuntimeService.saved_accounts()
    assert environment["QISKIT_IBM_TOKEN"] == "the user's"
    assert environment["GLOBAL_SEARCH_URL"] == "https://elsewhere.example"
    assert "USAGE_DATA_OPT_OUT" not in environment


def test_instances_can_be_called_as_the_code_calls_them() -> None:
    def renamed(found: list[dict[str, Any]], called: str | None) -> list[dict[str, Any]]:
        return [{**one, "name": called} for one in found]

    qruntime = build(backend="fake_manila")
    with distant(qruntime, renamed):
        service = own(qruntime, instance="our-lab")
        assert [one["name"] for one in service.instances()] == ["our-lab"]
        assert service.active_instance() == qruntime.crn


def test_the_users_own_settings_for_the_platform_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ibm-credentials.env").write_text("GLOBAL_SEARCH_URL=https://elsewhere.example\n")
    monkeypatch.chdir(tmp_path)
    with distant(build(backend="fake_manila")):
        assert base_service.read_external_sources("global_search") == {"URL": "https://elsewhere.example"}
    with world():
        assert base_service.read_external_sources("global_search") == {}
