"""What every source of a test's service has in common, seen on the fake."""

from __future__ import annotations

import pytest

from pytest_qruntime import QRuntime
from pytest_qruntime.rest import Request, Response
from pytest_qruntime.runtime.surface import Surface


def test_the_fake_is_one_of_the_sources(qruntime: QRuntime) -> None:
    assert isinstance(qruntime, Surface)
    assert qruntime.source == "fake"


def test_handles_on_what_was_opened_ask_the_service_nothing(
    qruntime: QRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, batch = qruntime.session(), qruntime.batch()
    asked: list[Request] = []
    handle = qruntime.service.handle

    def noting(request: Request) -> Response:
        asked.append(request)
        return handle(request)

    monkeypatch.setattr(qruntime.service, "handle", noting)
    assert [(type(one), one.session_id) for one in qruntime.workloads()] == [
        (type(session), session.session_id),
        (type(batch), batch.session_id),
    ]
    assert asked == []


def test_a_handle_on_what_was_opened_finds_the_backend_when_it_submits(qruntime: QRuntime) -> None:
    qruntime.backend("ibm_fez")
    qruntime.session("ibm_fez")
    job = qruntime.workloads()[0].run()
    assert job.details()["backend"] == "ibm_fez"
