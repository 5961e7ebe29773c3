from __future__ import annotations

from typing import Any

import pytest

from pytest_qruntime.model import JobRequest
from pytest_qruntime.model.job import Job
from pytest_qruntime.rest import jobs, listing
from pytest_qruntime.rest.call import Call
from pytest_qruntime.rest.listing import PATIENCE
from tests.rest.face import Face


def ids(face: Face, **query: Any) -> list[str]:
    return [job["id"] for job in face.ask("GET", "/v1/jobs", query=query).json["jobs"]]


def test_jobs_are_listed_newest_first_without_params(face: Face) -> None:
    first, second = face.submit(), face.submit()

    page = face.ask("GET", "/v1/jobs").json

    assert [job["id"] for job in page["jobs"]] == [second, first]
    assert (page["count"], page["offset"], page["limit"]) == (2, 0, 200)
    assert "params" not in page["jobs"][0]


def test_params_are_listed_when_asked_for(face: Face) -> None:
    face.submit()

    page = face.ask("GET", "/v1/jobs", query="exclude_params=false").json

    assert page["jobs"][0]["params"]


def test_jobs_can_be_listed_oldest_first(face: Face) -> None:
    jobs = [face.submit() for _ in range(3)]

    assert ids(face, sort="ASC") == jobs
    assert ids(face, sort="DESC") == jobs[::-1]


def test_pages_cover_everything_once_and_count_says_how_much(face: Face) -> None:
    jobs = [face.submit() for _ in range(7)]

    pages = [face.ask("GET", "/v1/jobs", query={"limit": 3, "offset": offset}).json for offset in (0, 3, 6, 9)]

    assert [job["id"] for page in pages for job in page["jobs"]] == jobs[::-1]
    assert [(len(page["jobs"]), page["count"], page["offset"]) for page in pages] == [
        (3, 7, 0),
        (3, 7, 3),
        (1, 7, 6),
        (0, 7, 9),
    ]


@pytest.mark.parametrize("limit", ["0", "-1", "201", "9" * 30])
def test_a_limit_out_of_range_is_replaced_by_the_default(face: Face, limit: str) -> None:
    assert face.ask("GET", "/v1/jobs", query={"limit": limit, "offset": "-5"}).json == {
        "jobs": [],
        "count": 0,
        "offset": 0,
        "limit": 200,
    }


def test_pending_says_whether_a_job_has_ended(face: Face) -> None:
    ended = face.submit()
    face.at(30)
    running = face.submit()

    assert ids(face, pending="true") == [running]
    assert ids(face, pending="False") == [ended]
    assert face.ask("GET", "/v1/jobs", query="pending=false").json["count"] == 1


def test_jobs_of_a_session(face: Face) -> None:
    session_id = face.open("batch")
    ended = face.submit(session_id=session_id)
    face.submit()
    face.at(30)
    running = face.submit(session_id=session_id)

    assert ids(face, session_id=session_id) == [running, ended]
    assert ids(face, session_id=session_id, pending="true") == [running]
    assert ids(face, session_id=session_id, pending="false") == [ended]


def test_an_unknown_session_has_no_jobs(face: Face) -> None:
    face.submit()

    assert face.ask("GET", "/v1/jobs", query="session_id=unknown").json["count"] == 0


def test_sessions_of_another_instance_are_unknown(face: Face) -> None:
    session_id = face.open()
    face.submit(session_id=session_id)
    headers = {"service-crn": face.service.crn(face.world.add_instance("other"))}

    assert face.ask("GET", "/v1/jobs", query={"session_id": session_id}, headers=headers).json["count"] == 0
    assert face.ask("GET", "/v1/jobs", headers=headers).json["count"] == 0


def test_filters_combine_and_count_is_the_filtered_total(face: Face) -> None:
    face.world.add_backend("another")
    wanted = face.submit(tags=["red", "blue"])
    face.submit(tags=["red"])
    face.submit(tags=["red", "blue"], backend="another")
    face.submit(tags=["red", "blue"], program_id="estimator")

    page = face.ask(
        "GET",
        "/v1/jobs",
        query=[("tags", "red"), ("tags", "blue"), ("backend", "fake_backend"), ("program", "sampler"), ("limit", 1)],
    ).json

    assert ([job["id"] for job in page["jobs"]], page["count"]) == ([wanted], 1)


def test_tags_in_brackets_are_ignored(face: Face) -> None:
    job_id = face.submit()

    assert ids(face, **{"tags[]": "red"}) == [job_id]


@pytest.mark.parametrize(
    ("after", "before", "expected"),
    [
        ("2026-01-15T12:00:10Z", None, [1, 2]),
        ("2026-01-15T12:00:10.000001Z", None, [2]),
        (None, "2026-01-15T12:00:10Z", [0, 1]),
        ("2026-01-15T13:00:05+01:00", "2026-01-15T12:00:15", [1]),
        ("2026-01-16", None, []),
        (None, "2026-01-16", [0, 1, 2]),
    ],
)
def test_jobs_by_time_of_creation(face: Face, after: str | None, before: str | None, expected: list[int]) -> None:
    jobs = [face.at(10 * number).submit() for number in range(3)]
    query = {name: value for name, value in (("created_after", after), ("created_before", before)) if value}

    assert ids(face, sort="ASC", **query) == [jobs[number] for number in expected]


def test_an_offset_whose_plus_was_not_encoded_is_understood(face: Face) -> None:
    face.at(10).submit()

    assert face.ask("GET", "/v1/jobs", query="created_after=2026-01-15T13:00:05+01:00").json["count"] == 1


@pytest.mark.parametrize(
    "query",
    [
        "limit=ten",
        "limit=",
        "offset=1.5",
        "pending=maybe",
        "sort=UP",
        "sort=asc",
        "created_after=yesterday",
        "created_after=2026-02-30",
        "exclude_params=2",
        "session_id=",
    ],
)
def test_a_bad_query_is_refused(face: Face, query: str) -> None:
    answer = face.ask("GET", "/v1/jobs", query=query)

    assert (answer.status, answer.code) == (400, "bad_request")
    assert query.partition("=")[0] in answer.error["message"]


def test_unknown_query_keys_are_ignored(face: Face) -> None:
    assert face.ask("GET", "/v1/jobs", query="include_mocks=True&other=1&other=2").status == 200


def test_other_users_jobs_are_not_listed(face: Face) -> None:
    face.world.add_load("fake_backend", quantum_s=10)

    assert face.ask("GET", "/v1/jobs").json["count"] == 0


def test_a_page_makes_the_documents_of_its_rows_only(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def document(job: Job, call: Call, *, params: bool) -> object:
        made.append(job.id)
        return jobs.document(job, call, params=params)

    monkeypatch.setattr(listing, "document", document)
    for _ in range(500):
        face.world.submit(JobRequest())

    counts = [face.ask("GET", "/v1/jobs", query=f"limit=3{more}").json["count"] for more in ("", "&pending=true")]
    face.at(86400)
    counts += [face.ask("GET", "/v1/jobs", query=f"limit=3&pending={word}").json["count"] for word in ("false", "true")]

    assert (len(made), counts) == (9, [500, 500, 500, 0])


def test_a_client_that_asks_for_an_empty_page_for_ever_is_told_so(face: Face) -> None:
    face.submit()
    statuses = [face.ask("GET", "/v1/jobs", query="offset=5").status for _ in range(PATIENCE)]

    answer = face.ask("GET", "/v1/jobs", query="offset=5")

    assert set(statuses) == {200}
    assert (answer.status, answer.code) == (400, "bad_request")
    assert answer.error["message"] == "The same empty page was asked for 101 times: offset 5 of 1 jobs."
    assert "jobs(skip=...)" in answer.error["solution"]


def test_an_empty_page_may_be_asked_for_again_when_something_has_happened(face: Face) -> None:
    for attempt in range(3):
        for _ in range(PATIENCE):
            assert face.ask("GET", "/v1/jobs", query="offset=5").status == 200
        if attempt == 0:
            face.submit()
        else:
            face.at(attempt)


def test_an_empty_page_just_after_the_last_job_is_the_end_of_a_list(face: Face) -> None:
    face.submit()

    assert {face.ask("GET", "/v1/jobs", query="offset=1").status for _ in range(PATIENCE + 1)} == {200}


def test_jobs_on_other_pages_do_not_count(face: Face) -> None:
    for _ in range(PATIENCE):
        assert face.ask("GET", "/v1/jobs", query="offset=5").status == 200
        assert face.ask("GET", "/v1/jobs", query="offset=6").status == 200
