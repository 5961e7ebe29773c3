"""Every scenario does what it says to a loop that knows nothing of it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pytest_qruntime import ConfigurationError, QRuntime, world
from pytest_qruntime.contracts import CATALOGUE
from pytest_qruntime.contracts.catalogue.without import WITHOUT
from pytest_qruntime.scenarios import SCENARIOS, Scenario, named

HOURS = 3600


def loop(qruntime: QRuntime, rounds: int = 4) -> str:
    """A session with one job after the other; what became of it, in a word or two."""
    done = 0
    try:
        with qruntime.session() as session:
            for _ in range(rounds):
                session.run().result(timeout="24h")
                done += 1
    except Exception as error:
        status, code = getattr(error, "status", None), getattr(error, "code", None)
        return " ".join(str(part) for part in (done, type(error).__name__, status, code) if part is not None)
    return f"{done} in {qruntime.world.now_us // 1_000_000 // HOURS} h"


OUTCOMES = {
    "expires_mid_loop": "2 ServiceError 400 1217",
    "goes_idle_mid_loop": "4 in 0 h",
    "closed_elsewhere": "1 ServiceError 400 1217",
    "stays_pending": "4 in 0 h",
    "never_final": "0 JobCancelledError",
    "long_queue": "4 in 8 h",
    "backend_offline": "4 in 1 h",
    "quota_runs_out": "1 ServiceError 409 4317",
    "too_many_pending": "4 in 0 h",
    "no_sessions": "0 ServiceError 400 1352",
    "internal_error": "0 JobFailedError 9707",
    "result_too_large": "0 JobFailedError 5302",
    "lost_submit": "0 ServiceError 502",
    "rate_limited": "1 ServiceError 429 1202",
    "retry_after": "0 ServiceError 429 1202",
    "short_outage": "0 ServiceError 503",
    "outage": "0 ServiceError 503",
    "close_fails": "4 ServiceError 500 internal_server_error",
    "token_expires": "0 ServiceError 401 1219",
    "payload_refused": "0 ServiceError 403",
}


def test_every_scenario_is_tried() -> None:
    assert list(OUTCOMES) == list(SCENARIOS)


@pytest.mark.qruntime(scenario="all")
def test_a_scenario_does_what_it_says(qruntime: QRuntime) -> None:
    assert qruntime.scenario is not None
    assert loop(qruntime) == OUTCOMES[qruntime.scenario]


@pytest.mark.qruntime(scenario="goes_idle_mid_loop")
def test_a_session_that_goes_idle_stands_in_line_again(qruntime: QRuntime) -> None:
    loop(qruntime)
    assert [event.kind for event in qruntime.trace.where(kind="workload.")][1:4] == [
        "workload.activated",
        "workload.inactivated",
        "workload.activated",
    ]


@pytest.mark.qruntime(scenario="too_many_pending")
def test_a_fourth_job_is_refused_while_three_wait(qruntime: QRuntime) -> None:
    for _ in range(3):
        qruntime.run()
    refused = qruntime.http.post("/v1/jobs", json={"program_id": "sampler", "backend": "fake_backend", "params": {}})
    assert refused.json()["errors"][0]["code"] == 3458


@pytest.mark.qruntime(scenario="stays_pending")
def test_a_session_that_was_never_used_stays_pending(qruntime: QRuntime) -> None:
    with qruntime.session() as session:
        pass
    assert session.status() == "Pending"


@pytest.mark.qruntime(scenario="expires_mid_loop")
def test_code_that_uses_no_session_is_not_kept_waiting(qruntime: QRuntime) -> None:
    for _ in range(3):
        qruntime.run()
    assert qruntime.world.now_us == 0


@pytest.mark.qruntime(scenario="outage")
def test_an_outage_ends(qruntime: QRuntime) -> None:
    job = qruntime.run()
    qruntime.clock.tick("9m")
    assert qruntime.http.get("/v1/backends").status_code == 503
    qruntime.clock.tick("1m")
    assert job.status() == "DONE"


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_a_scenario_says_where_it_comes_from_and_what_to_look_at(scenario: Scenario) -> None:
    assert re.fullmatch("[a-z]+(_[a-z]+)*", scenario.name)
    for text in (scenario.happens, scenario.report):
        assert text.endswith((".", ")."))
    assert scenario.look.endswith(("?", "."))


def test_rules_that_scenarios_name_are_those_of_the_catalogue() -> None:
    told = " ".join(one.report for one in SCENARIOS.values())
    assert set(re.findall(r"[A-Z]{3}-\d\d", told)) <= {contract.id for contract in CATALOGUE} | set(WITHOUT)


# -- playing one in the middle of a test -------------------------------------------------------------------------------


def test_a_scenario_begins_when_it_is_played(qruntime: QRuntime) -> None:
    qruntime.play("rate_limited")
    assert loop(qruntime) == OUTCOMES["rate_limited"]
    assert [qruntime.scenario] == ["rate_limited"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "expires_mid_lop",
            r"scenario is 'expires_mid_lop'; did you mean 'expires_mid_loop'\? expected one of expires",
        ),
        (5, "scenario is 5; expected one of"),
        ("no_sessions", r"scenario 'no_sessions' is about a world with plan='open', and this one has another"),
        ("never_final", r"is about a world with policy=\{'ran_too_long': 'status_string'\}"),
    ],
)
def test_one_that_cannot_be_played_is_told(qruntime: QRuntime, name: Any, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        qruntime.play(name)
    assert qruntime.scenario is None


def test_in_a_script_the_world_is_made_for_it() -> None:
    with world(**named("no_sessions").settings) as qruntime:
        qruntime.play("no_sessions")
        assert loop(qruntime) == OUTCOMES["no_sessions"]
