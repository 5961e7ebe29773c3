from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.rest.face import Face


def rows(face: Face, **query: Any) -> list[Any]:
    found: list[Any] = face.ask("GET", "/v1/workloads", query=query).json["workloads"]
    return found


def test_jobs_sessions_and_batches_are_listed_oldest_first(face: Face) -> None:
    session_id = face.open()
    job_id = face.at(1).submit(tags=["mine"])
    batch_id = face.at(2).open("batch")
    face.submit(session_id=batch_id)

    page = face.ask("GET", "/v1/workloads").json

    assert [(row["id"], row["mode"], row["status"]) for row in page["workloads"]] == [
        (session_id, "session", "pending"),
        (job_id, "job", "in_progress"),
        (batch_id, "batch", "in_progress"),
    ]
    assert (page["total_count"], page["limit"]) == (3, 10)
    assert page["workloads"][1] == {
        "id": job_id,
        "created": "2026-01-15T12:00:01.000000Z",
        "ended": None,
        "backend": "fake_backend",
        "instance": face.service.crn(),
        "user_id": face.world.instance.user_id,
        "accepting_jobs": None,
        "mode": "job",
        "status": "in_progress",
        "status_reason": None,
        "tags": ["mine"],
        "usage_seconds": None,
    }


def test_a_closed_workload_is_completed_and_a_cancelled_one_canceled(face: Face) -> None:
    closed, cancelled = face.open(), face.open()
    face.ask("PATCH", f"/v1/sessions/{closed}", {"accepting_jobs": False})
    face.ask("DELETE", f"/v1/sessions/{cancelled}/close")

    assert {row["id"]: row["status"] for row in rows(face)} == {closed: "completed", cancelled: "canceled"}
    assert rows(face)[0]["ended"] == "2026-01-15T12:00:00.000000Z"
    assert [row["usage_seconds"] for row in rows(face)] == [0.0, 0.0]


def test_an_inactive_session_is_pending(face: Face) -> None:
    session_id = face.open()
    face.submit(session_id=session_id)

    assert [row["status"] for row in rows(face)] == ["in_progress"]
    face.at(100)
    assert [(row["status"], row["usage_seconds"]) for row in rows(face)] == [("pending", 90.0)]


def test_a_job_that_has_ended_says_how_and_for_how_much(face: Face) -> None:
    failing = {"pubs": [["OPENQASM 3.0; nonsense"]]}
    completed, cancelled, failed = face.submit(), face.submit(), face.submit(params=failing)
    face.ask("POST", f"/v1/jobs/{cancelled}/cancel")
    face.at(60)

    shown = {row["id"]: (row["status"], row["usage_seconds"]) for row in rows(face)}

    assert shown == {completed: ("completed", 10.0), cancelled: ("canceled", 0.0), failed: ("failed", 0.0)}
    assert next(row for row in rows(face) if row["id"] == failed)["status_reason"]


@pytest.mark.parametrize("sort", ["createdAt", "-createdAt"])
def test_cursors_lead_through_every_page_and_back(face: Face, sort: str) -> None:
    created = [face.at(number // 3).submit() for number in range(8)]

    def follow(name: str, page: Any) -> list[Any]:
        pages = [page]
        while name in pages[-1]:
            address = urlsplit(pages[-1][name]["href"])
            assert f"{address.scheme}://{address.netloc}{address.path}" == face.service.base_url + "/v1/workloads"
            pages.append(face.ask("GET", "/v1/workloads", query=address.query).json)
        return pages

    forward = follow("next", face.ask("GET", "/v1/workloads", query={"limit": 3, "sort": sort, "mode": "job"}).json)
    back = follow("previous", forward[-1])

    seen = [[row["id"] for row in page["workloads"]] for page in forward]
    assert [len(page) for page in seen] == [3, 3, 2]
    assert sorted(job_id for page in seen for job_id in page) == sorted(created)
    assert {page["total_count"] for page in forward} == {8}
    assert [[row["id"] for row in page["workloads"]] for page in back] == seen[::-1]


def test_a_new_workload_does_not_disturb_the_pages_behind_a_cursor(face: Face) -> None:
    for number in range(4):
        face.at(number).submit()
    page = face.ask("GET", "/v1/workloads", query="limit=2&sort=-createdAt").json
    expected = rows(face, sort="-createdAt")[2:]
    face.at(10).submit()

    following = face.ask("GET", "/v1/workloads", query=urlsplit(page["next"]["href"]).query).json

    assert [row["id"] for row in following["workloads"]] == [row["id"] for row in expected]


def test_workloads_can_be_filtered(face: Face) -> None:
    face.world.add_backend("another")
    session_id = face.open()
    face.submit(session_id=session_id, tags=["inside"])
    job_id = face.at(50).submit(tags=["outside"], backend="another")

    def found(**query: Any) -> list[str]:
        return [row["id"] for row in rows(face, **query)]

    assert found(mode="session") == found(tags="inside") == found(backend="fake_backend") == [session_id]
    assert found(mode="job") == found(search="utsid") == found(search=job_id[3:9]) == [job_id]
    assert found(mode="batch") == found(tags=["inside", "outside"]) == []
    assert found(status=["in_progress", "failed"]) == [session_id, job_id]
    assert found(created_after="2026-01-15T12:00:50Z") == [job_id]
    assert found(created_before="2026-01-15T12:00:49Z") == [session_id]
    assert found(user="me") == [session_id, job_id]


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=51",
        "limit=x",
        "user=somebody",
        "sort=name",
        "status=done",
        "mode=dedicated",
        "next=nonsense",
        "previous=-",
        "created_after=soon",
    ],
)
def test_a_bad_query_is_refused(face: Face, query: str) -> None:
    answer = face.ask("GET", "/v1/workloads", query=query)

    assert answer.status == 400
    assert query.partition("=")[0] in answer.error["message"]
