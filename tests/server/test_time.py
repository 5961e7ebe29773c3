"""The three ways in which time moves, as clients see them over the wire."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from pytest_qruntime import QRuntime
from pytest_qruntime.clock.real import Real
from pytest_qruntime.server.gateway import Gateway
from pytest_qruntime.server.hosted import HostedWorld
from pytest_qruntime.server.loopback import LoopbackServer
from tests.server.caller import Caller, Control
from tests.server.conftest import new_caller

ENDS = ("Completed", "Failed", "Cancelled")


def seen_of(look: Callable[[], str], last: tuple[str, ...]) -> list[str]:
    """The different things that somebody sees who polls until one of the last."""
    seen = [look()]
    while seen[-1] not in last:
        now = look()
        if now != seen[-1]:
            seen.append(now)
    return seen


# -- auto --------------------------------------------------------------------------------------------------------------


def test_who_polls_sees_every_state_of_a_job(jobs_take: QRuntime, caller: Caller) -> None:
    jobs_take.other_users(20, quantum="3m")
    job = caller.submit()
    assert seen_of(lambda: caller.status(job), ENDS) == ["Queued", "Running", "Completed"]


def test_an_eight_hours_queue_costs_a_handful_of_requests(
    qruntime: QRuntime, qruntime_server: LoopbackServer, caller: Caller
) -> None:
    qruntime.other_users(480, quantum="1m")
    job = caller.submit()
    before = qruntime_server.requests
    seen_of(lambda: caller.status(job), ENDS)
    assert qruntime_server.requests - before <= 5
    assert qruntime.clock.now().hour == 20


def test_who_polls_sees_every_state_of_a_session(jobs_take: QRuntime, caller: Caller) -> None:
    """A session that nobody closes: it becomes active with its first job, idles, and closes by itself."""
    session = caller.open()
    job = caller.submit(session_id=session)
    seen_of(lambda: caller.status(job), ENDS)
    assert seen_of(lambda: caller.state(session), ("closed",)) == ["active", "inactive", "closed"]


def test_a_session_that_is_closed_while_its_job_runs_is_seen_to_drain(jobs_take: QRuntime, caller: Caller) -> None:
    session = caller.open()
    caller.submit(session_id=session)
    assert caller.http.patch(f"/v1/sessions/{session}", json={"accepting_jobs": False}).status_code == 204

    def look() -> str:
        found = caller.json("GET", f"/v1/sessions/{session}")
        return f"{found['state']}, accepting {found['accepting_jobs']}"

    assert seen_of(look, ("closed, accepting False",))[0] == "active, accepting False"


def test_four_clients_each_see_every_state_of_their_job(jobs_take: QRuntime, qruntime_server: LoopbackServer) -> None:
    jobs_take.backend().lanes = 1

    together = threading.Barrier(4)

    def client(_: int) -> list[str]:
        with Caller(qruntime_server.url, qruntime_server.token, qruntime_server.crn) as mine:
            together.wait()
            job = mine.submit()
            together.wait()
            return seen_of(lambda: mine.status(job), ENDS)

    with ThreadPoolExecutor(4) as pool:
        seen = list(pool.map(client, range(4)))
    assert sorted(seen, key=len) == [["Running", "Completed"]] + [["Queued", "Running", "Completed"]] * 3


def test_events_come_one_at_a_time_to_who_lists_jobs(jobs_take: QRuntime, caller: Caller) -> None:
    jobs_take.backend().lanes = 1
    for _ in range(2):
        caller.submit()

    def look() -> str:
        return " ".join(job["state"]["status"] for job in caller.json("GET", "/v1/jobs")["jobs"])

    assert seen_of(look, ("Completed Completed",)) == ["Queued Running", "Running Completed", "Completed Completed"]


def test_looking_at_other_things_never_moves_time(jobs_take: QRuntime, caller: Caller) -> None:
    caller.submit()
    for _ in range(20):
        caller.json("GET", "/v1/backends")
        caller.json("GET", "/v1/backends/fake_backend/configuration")
    assert jobs_take.world.now_us == 0


def test_a_program_that_waits_on_the_tests_clock_moves_it_itself(jobs_take: QRuntime, caller: Caller) -> None:
    import time

    job = caller.submit()
    time.sleep(69)
    assert (caller.status(job), jobs_take.world.now_us) == ("Running", 69_000_000)
    time.sleep(1)
    assert caller.status(job) == "Completed"


# -- manual ------------------------------------------------------------------------------------------------------------


def test_in_manual_time_polls_move_nothing(jobs_take: QRuntime, caller: Caller, control: Control) -> None:
    control("POST", "/worlds/1/time", mode="manual")
    job = caller.submit()
    assert {caller.status(job) for _ in range(30)} == {"Running"}
    assert jobs_take.world.now_us == 0
    control("POST", "/worlds/1/time", advance_by="70s")
    assert caller.status(job) == "Completed"


def test_a_test_may_choose_manual_time_too(
    jobs_take: QRuntime, qruntime_server: LoopbackServer, caller: Caller
) -> None:
    qruntime_server.time = "manual"
    job = caller.submit()
    assert {caller.status(job) for _ in range(30)} == {"Running"}
    jobs_take.clock.tick("70s")
    assert caller.status(job) == "Completed"


# -- real --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The wall clock in seconds, which moves when the test says so."""
    now = [1_000.0]
    monkeypatch.setattr("pytest_qruntime.server.hosted.Real", type("Wall", (Real,), {"monotonic": lambda: now[0]}))
    return now


def test_in_real_time_everything_happens_at_its_own_instant(gateway: Gateway, wall: list[float]) -> None:
    control = Control(gateway.url)
    control("POST", "/worlds", time="real", start="2026-01-15T12:00:00Z")
    control("POST", "/worlds/1/next-jobs", classical="10s", quantum="60s")
    with new_caller(gateway, "1") as caller:
        job = caller.submit()
        wall[0] += 69
        assert {caller.status(job) for _ in range(10)} == {"Running"}
        wall[0] += 1000
        assert caller.status(job) == "Completed"
        metrics = caller.json("GET", f"/v1/jobs/{job}/metrics")
        assert metrics["timestamps"]["finished"] == "2026-01-15T12:01:10.000000Z"
    assert control.of("/worlds/1/time")["now"] == "2026-01-15T12:17:49Z"


def test_real_time_is_not_moved_by_hand(gateway: Gateway, wall: list[float]) -> None:
    control = Control(gateway.url)
    control("POST", "/worlds", time="real")
    refused = control("POST", "/worlds/1/time", advance_by=1)
    assert (refused.status_code, "time is real, and moves by itself" in refused.json()["error"]) == (400, True)


def test_a_world_goes_on_from_where_it_was_when_its_time_becomes_real(gateway: Gateway, wall: list[float]) -> None:
    control = Control(gateway.url)
    control("POST", "/worlds")
    control("POST", "/worlds/1/time", advance_by=50)
    wall[0] += 500
    control("POST", "/worlds/1/time", mode="real")
    wall[0] += 7
    assert control.of("/worlds/1/time")["now_us"] == 57_000_000
    control("POST", "/worlds/1/time", mode="manual")
    wall[0] += 500
    assert control.of("/worlds/1/time")["now_us"] == 57_000_000


def test_a_world_in_real_time_begins_at_present(gateway: Gateway) -> None:
    made: HostedWorld = gateway.worlds.create(time="real")
    assert abs(made.unix_us / 1_000_000 - Real.time()) < 3600


# -- the header --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/backends"),
        ("GET", "/api/v1/jobs/none"),
        ("POST", "/iam/identity/token"),
        ("POST", "/search/v3/resources/search"),
        ("GET", "/catalog/api/v1/none"),
    ],
)
def test_every_answer_of_the_service_says_at_which_instant_it_was_given(
    qruntime: QRuntime, qruntime_server: LoopbackServer, caller: Caller, method: str, path: str
) -> None:
    qruntime.clock.tick(90)
    token = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": qruntime_server.api_key}
    answer = caller.http.request(method, f"{qruntime_server.url}{path}", data=token if "token" in path else None)
    assert answer.headers["x-qruntime-time"] == "2026-01-15T12:01:30.000000Z"


def test_a_poll_that_moved_time_says_when_it_was_answered(jobs_take: QRuntime, caller: Caller) -> None:
    job = caller.submit()
    seen = [caller.http.get(f"/v1/jobs/{job}").headers["x-qruntime-time"][11:19] for _ in range(2)]
    assert seen == ["12:00:00", "12:01:10"]


def test_the_control_interface_and_what_is_refused_have_no_instant(
    qruntime_server: LoopbackServer, caller: Caller
) -> None:
    assert "x-qruntime-time" not in caller.http.get(f"{qruntime_server.url}/qruntime").headers
    refused = caller.http.get("/v1/backends", headers={"Host": "example.com"})
    assert (refused.status_code, "x-qruntime-time" in refused.headers) == (403, False)
