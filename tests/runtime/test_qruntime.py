"""The one object of a test: its HTTP client, its handles, its credentials."""

from __future__ import annotations

import httpx
import pytest
import requests

from pytest_qruntime import Batch, ConfigurationError, Job, QRuntime, Session

BACKENDS = "https://quantum.cloud.ibm.com/api/v1/backends"


def test_the_client_knows_where_and_as_whom(qruntime: QRuntime) -> None:
    answer = qruntime.http.get("/v1/backends")
    assert answer.status_code == 200
    assert str(answer.request.url) == BACKENDS
    assert qruntime.base_url == "https://quantum.cloud.ibm.com/api"
    assert answer.request.headers["Authorization"] == f"Bearer {qruntime.token}"
    assert answer.request.headers["Service-CRN"] == qruntime.crn


@pytest.mark.parametrize("later", ["59m", "1h", "8h", "30d"])
def test_the_client_has_a_fresh_token_however_late_it_is(qruntime: QRuntime, later: str) -> None:
    assert qruntime.http.get("/v1/backends").status_code == 200
    qruntime.clock.tick(later)
    assert qruntime.http.get("/v1/backends").status_code == 200


def test_a_token_that_was_kept_expires_after_an_hour(qruntime: QRuntime) -> None:
    kept = {"Authorization": f"Bearer {qruntime.token}", "Service-CRN": qruntime.crn}
    qruntime.clock.tick("1h")
    expired = requests.get(BACKENDS, headers=kept)
    assert (expired.status_code, expired.json()["errors"][0]["message"]) == (401, "Token is expired")
    fresh = {**kept, "Authorization": f"Bearer {qruntime.token}"}
    assert requests.get(BACKENDS, headers=fresh).status_code == 200


def test_a_token_is_good_for_at_least_ten_minutes_when_it_is_asked_for(qruntime: QRuntime) -> None:
    assert qruntime.token
    qruntime.clock.tick("50m")
    late = {"Authorization": f"Bearer {qruntime.token}", "Service-CRN": qruntime.crn}
    qruntime.clock.tick("10m")
    assert requests.get(BACKENDS, headers=late).status_code == 200


def test_a_request_may_bring_its_own_credentials(qruntime: QRuntime) -> None:
    assert qruntime.http.get("/v1/backends", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert qruntime.http.get("/v1/backends", headers={"Service-CRN": "crn:wrong"}).status_code == 404


def test_the_api_key_is_good_for_a_token(qruntime: QRuntime) -> None:
    form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": qruntime.api_key}
    token = requests.post("https://iam.cloud.ibm.com/identity/token", data=form).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Service-CRN": qruntime.crn}
    assert requests.get(BACKENDS, headers=headers).status_code == 200


def test_code_that_closes_the_client_harms_nobody(qruntime: QRuntime) -> None:
    session = qruntime.session()
    second = Session.from_id(qruntime.http, session.session_id)
    qruntime.http.close()
    assert qruntime.http.get("/v1/backends").status_code == 200
    session.close()
    with pytest.raises(RuntimeError, match="client has been closed"):
        second.close()


def test_the_client_is_one_while_it_is_open(qruntime: QRuntime) -> None:
    qruntime.http.headers["X-Mine"] = "yes"
    assert qruntime.http.headers["X-Mine"] == "yes"


def test_plain_clients_are_answered_too(qruntime: QRuntime) -> None:
    headers = {"Authorization": f"Bearer {qruntime.token}", "Service-CRN": qruntime.crn}
    assert requests.get(BACKENDS, headers=headers).json() == httpx.get(BACKENDS, headers=headers).json()


def test_handles_are_on_the_default_backend_unless_another_is_named(qruntime: QRuntime) -> None:
    qruntime.backend("ibm_fez")
    names = [job.details()["backend"] for job in (qruntime.run(), qruntime.run(backend="ibm_fez"))]
    assert names == ["fake_backend", "ibm_fez"]
    assert qruntime.batch("ibm_fez").details()["backend_name"] == "ibm_fez"
    assert qruntime.session("ibm_fez").run().details()["backend"] == "ibm_fez"


def test_a_backend_may_be_given_in_place_of_its_name(qruntime: QRuntime) -> None:
    backend = qruntime.backend("ibm_fez", lanes=1)
    qruntime.other_users(backend=backend)
    handles = [qruntime.session(backend), qruntime.batch(backend)]
    assert [handle.details()["backend_name"] for handle in handles] == ["ibm_fez", "ibm_fez"]
    assert qruntime.run(backend=backend).details()["backend"] == "ibm_fez"


def test_something_else_in_place_of_a_backend_is_refused(qruntime: QRuntime) -> None:
    with pytest.raises(ConfigurationError, match="backend is 5; expected its name, or a backend"):
        qruntime.session(5)  # type: ignore[arg-type]


def test_the_trace_tells_what_happened(qruntime: QRuntime) -> None:
    with qruntime.session() as session:
        job = session.run()
        job.result()
    kinds = [event.kind for event in qruntime.trace.where(job=job.job_id())]
    assert kinds == ["job.queued", "job.running", "job.on_qpu", "job.completed"]


def test_what_the_code_under_test_opened_and_submitted_can_be_found(qruntime: QRuntime) -> None:
    session = qruntime.http.post("/v1/sessions", json={"mode": "dedicated", "backend": "fake_backend"}).json()["id"]
    batch = qruntime.http.post("/v1/sessions", json={"mode": "batch", "backend": "fake_backend"}).json()["id"]
    first, second = qruntime.run(), Session.from_id(qruntime.http, session).run()
    qruntime.other_users(3)
    assert [(type(found), found.session_id) for found in qruntime.workloads()] == [(Session, session), (Batch, batch)]
    assert [job.job_id() for job in qruntime.jobs()] == [first.job_id(), second.job_id()]
    assert [job.session_id for job in qruntime.jobs()] == [None, session]
    second.result()
    second.delete()
    assert [job.job_id() for job in qruntime.jobs()] == [first.job_id()]


def test_a_job_can_be_found_by_its_id(qruntime: QRuntime) -> None:
    job = qruntime.run()
    found = qruntime.job(job.job_id())
    assert isinstance(found, Job)
    assert found.result() == job.result()


def test_a_token_that_is_asked_for_has_its_whole_hour_to_go(qruntime: QRuntime) -> None:
    assert qruntime.token == qruntime.token  # at the same instant
    qruntime.clock.tick("47m")
    token = qruntime.token

    qruntime.clock.tick("59m")

    headers = {"Authorization": f"Bearer {token}"}
    assert qruntime.http.get("/v1/backends", headers=headers).status_code == 200
