from __future__ import annotations

import pytest

from pytest_qruntime.model import Plan
from tests.rest.face import SAMPLER, Face


def test_the_instance_shows_its_plan_and_backends(face: Face) -> None:
    assert face.ask("GET", "/v1/instance").json == {
        "qctrl_enabled": False,
        "backends": ["fake_backend"],
        "plan_id": "plan-premium",
    }


def test_usage_is_that_of_the_last_28_days(face: Face) -> None:
    face.submit()

    usage = face.at(60).ask("GET", "/v1/instances/usage").json

    assert usage == {
        "instance_id": face.service.crn(),
        "plan_id": "plan-premium",
        "usage_period": {"start_time": "2025-12-18T12:01:00.000000Z", "end_time": "2026-01-15T12:01:00.000000Z"},
        "usage_consumed_seconds": 10.0,
        "usage_limit_reached": False,
    }
    assert face.at(29 * 86400).ask("GET", "/v1/instances/usage").json["usage_consumed_seconds"] == 0.0


def test_a_plan_with_a_limit_says_when_it_is_reached() -> None:
    face = Face(plan=Plan.named("open").but(usage_limit_s=10))
    face.submit()

    before, after = (
        face.at(10).ask("GET", "/v1/instances/usage").json,
        face.at(60).ask("GET", "/v1/instances/usage").json,
    )

    assert (before["usage_limit_seconds"], before["usage_limit_reached"]) == (10.0, False)
    assert (after["usage_consumed_seconds"], after["usage_limit_reached"]) == (10.0, True)


def test_the_limit_can_be_set_and_removed(face: Face) -> None:
    path = "/v1/instances/configuration"
    assert face.ask("GET", path).json == {"instance_limit": None}

    answer = face.ask("PUT", path, {"instance_limit": 600})

    assert (answer.status, answer.body) == (204, b"")
    assert face.ask("GET", path).json == {"instance_limit": 600.0}
    assert face.ask("GET", "/v1/instance").json["instance_limit_seconds"] == "600"
    assert face.ask("PUT", path, {}).status == 204
    assert face.ask("GET", path).json == {"instance_limit": 600.0}
    assert face.ask("PUT", path, {"instance_limit": None}).status == 204
    assert face.ask("GET", path).json == {"instance_limit": None}


@pytest.mark.parametrize("limit", [0, -1, 1.5, "600", True, 2**31])
def test_a_limit_that_cannot_be_is_refused(face: Face, limit: object) -> None:
    assert face.ask("PUT", "/v1/instances/configuration", {"instance_limit": limit}).status == 400


def test_a_limit_below_the_usage_is_a_conflict(face: Face) -> None:
    face.submit()
    face.at(60)

    answer = face.ask("PUT", "/v1/instances/configuration", {"instance_limit": 9})

    assert (answer.status, answer.error["message"]) == (409, "Usage exceeds instance limit")


def test_raising_the_limit_lets_waiting_jobs_run(face: Face) -> None:
    face.ask("PUT", "/v1/instances/configuration", {"instance_limit": 10})
    face.submit()
    waiting = face.at(60).submit()
    assert face.job(waiting)["status"] == "Queued"

    face.ask("PUT", "/v1/instances/configuration", {"instance_limit": 100})

    assert face.job(waiting)["status"] == "Running"


def test_tags_are_found_by_a_part_of_them(face: Face) -> None:
    face.submit(tags=["experiment-2", "other"])
    face.submit(tags=["experiment-1", "experiment-2"])

    assert face.ask("GET", "/v1/tags", query="type=job&search=exper").json == {"tags": ["experiment-1", "experiment-2"]}
    assert face.ask("GET", "/v1/tags", query="search=nothing").json == {"tags": []}


@pytest.mark.parametrize("query", ["", "search=ab", "search=" + "x" * 101, "search=", "type=job"])
def test_a_search_for_tags_needs_3_to_100_characters(face: Face, query: str) -> None:
    assert face.ask("GET", "/v1/tags", query=query).status == 400


def test_only_the_tags_of_jobs_can_be_searched(face: Face) -> None:
    assert face.ask("GET", "/v1/tags", query="type=job&search=exper").status == 200
    assert face.ask("GET", "/v1/tags", query="type=session&search=exper").status == 400


def test_an_instance_over_its_limit_still_accepts_on_a_paid_plan(face: Face) -> None:
    face.ask("PUT", "/v1/instances/configuration", {"instance_limit": 10})
    face.submit()

    assert face.at(60).ask("POST", "/v1/jobs", SAMPLER).status == 200
    assert face.ask("GET", "/v1/instances/usage").json["usage_limit_reached"] is True
