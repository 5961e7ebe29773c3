"""Time that moves when clients do nothing but poll: each rule of `Polls` by itself, on a clock of the test's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from pytest_qruntime import QRuntime
from pytest_qruntime.rest import Request
from pytest_qruntime.runtime import build
from pytest_qruntime.server.polls import ASKS_OF_THE_REST, GRACE_S, HOLD_S, PATIENCE_S, Polls


class Stage:
    """A world and its polls; `real_s` is the wall clock, which moves when a poll is held or the test says so."""

    def __init__(self) -> None:
        self.qruntime: QRuntime = build(freeze=False)
        self.qruntime.next_jobs(times=None, classical="10s", quantum="60s")
        self.real_s = 1000.0
        self.on_their_way: list[float] = []
        self.meanwhile: Callable[[], None] = lambda: None
        self.polls = Polls(self.qruntime.world, self.qruntime.clock, self.on_their_way)
        self.polls.now_s = lambda: self.real_s
        self.polls.pause = self._pause

    def _pause(self, seconds: float) -> Awaitable[None]:
        async def pause() -> None:
            self.real_s += seconds
            self.meanwhile()

        return pause()

    def asks(self, path: str, client: str = "a", method: str = "GET", query: str = "") -> bool:
        """Whether time moved because of a request."""
        request = Request(method, "127.0.0.1", f"/api/v1/{path}", query, {}, b"")
        return asyncio.run(self.polls.answered(request, client))

    def submit(self, client: str = "a") -> str:
        """A client submits a job; how it is to be asked for."""
        path = f"jobs/{self.qruntime.run().job_id()}"
        self.asks("jobs", client, "POST")
        return path

    @property
    def now_s(self) -> float:
        return self.qruntime.world.now_us / 1_000_000


@pytest.fixture
def stage() -> Stage:
    return Stage()


# -- what a poll is ----------------------------------------------------------------------------------------------------


def test_the_second_question_for_a_job_at_one_instant_is_a_poll(stage: Stage) -> None:
    job = stage.submit()
    assert [stage.asks(job) for _ in range(2)] == [False, True]
    assert stage.now_s == 70  # running already, so the next thing to see is its end


def test_a_job_that_has_ended_is_not_polled_for(stage: Stage) -> None:
    job = stage.submit()
    stage.qruntime.calibrate("5m", after="1h")
    assert [stage.asks(job) for _ in range(9)] == [False, True] + [False] * 7
    assert stage.now_s == 70


@pytest.mark.parametrize("part", ["/results", "/metrics", "/logs", "/interim_results"])
def test_what_belongs_to_a_job_is_polled_for_like_the_job(stage: Stage, part: str) -> None:
    job = stage.submit()
    assert [stage.asks(job + part) for _ in range(2)] == [False, True]


def test_another_question_is_not_the_same_one_again(stage: Stage) -> None:
    job = stage.submit()
    assert not any([stage.asks(job), stage.asks(job, query="exclude_params=true"), stage.asks(job + "/metrics")])
    assert stage.now_s == 0


def test_a_question_asked_again_after_time_has_moved_is_not_a_poll(stage: Stage) -> None:
    job = stage.submit()
    for second in range(1, 60):
        assert not stage.asks(job)
        stage.qruntime.clock.tick(1)
        assert stage.now_s == second


def test_reading_what_does_not_change_never_moves_time(stage: Stage) -> None:
    stage.submit()
    for path in ("backends", "backends/fake_backend/configuration", "instances/usage", "tags", "jobs/no-such-job"):
        assert not any(stage.asks(path) for _ in range(20))


@pytest.mark.parametrize("path", ["jobs", "workloads", "backends/fake_backend/status"])
def test_a_list_or_a_backend_is_polled_for_with_the_fifth_question_and_by_one_event(stage: Stage, path: str) -> None:
    stage.submit()
    assert [stage.asks(path) for _ in range(5)] == [False, False, False, False, True]
    assert stage.now_s == 10


def test_looking_at_a_session_a_few_times_does_not_let_it_idle_out(stage: Stage) -> None:
    session = stage.qruntime.session()
    path = f"sessions/{session.session_id}"
    for _ in range(3):
        assert not any(stage.asks(path) for _ in range(ASKS_OF_THE_REST - 1))
        stage.asks("jobs", method="POST")
    assert stage.now_s == 0
    assert [stage.asks(path) for _ in range(ASKS_OF_THE_REST)][-1]


def test_a_closed_session_is_not_polled_for(stage: Stage) -> None:
    session = stage.qruntime.session()
    session.cancel()
    stage.submit()
    assert not any(stage.asks(f"sessions/{session.session_id}") for _ in range(20))


def test_a_client_that_connects_anew_for_each_question_goes_on_where_it_was(stage: Stage) -> None:
    job = stage.submit("connection 0")
    moved = []
    for number in range(1, 4):
        stage.polls.closed(f"connection {number - 1}")
        stage.real_s += GRACE_S
        moved.append(stage.asks(job, f"connection {number}"))
    assert moved == [False, True, False]


def test_a_client_that_comes_while_another_stays_has_not_polled_yet(stage: Stage) -> None:
    job = stage.submit()
    assert [stage.asks(job, "a"), stage.asks(job, "b")] == [False, False]


# -- how far a jump goes -----------------------------------------------------------------------------------------------


def test_a_queue_of_hours_costs_one_poll(stage: Stage) -> None:
    stage.qruntime.other_users(480, quantum="1m")
    job = stage.submit()
    assert [stage.asks(job) for _ in range(2)] == [False, True]
    assert stage.now_s == 28_560  # the first free lane
    assert stage.asks(job)
    assert stage.now_s == 28_860


def test_nothing_pending_means_nothing_to_wait_for(stage: Stage) -> None:
    stage.qruntime.backend().set_status("paused")
    job = stage.submit()
    assert not any(stage.asks(job) for _ in range(20))
    stage.qruntime.backend().set_status("online")
    assert stage.asks(job) or stage.asks(job)


def test_a_jump_ends_where_another_client_gets_to_see_something(stage: Stage) -> None:
    first = stage.submit("a")
    second = stage.submit("b")
    assert [stage.asks(first, "a"), stage.asks(second, "b")] == [False, False]
    assert stage.asks(second, "b")  # the second ends at 130, the first at 70
    assert stage.now_s == 70
    assert not stage.asks(first, "a")  # sees its end
    stage.polls.closed("a")
    assert [stage.asks(second, "b"), stage.asks(second, "b")] == [True, False]
    assert stage.now_s == 130


def test_what_polls_have_skipped_is_counted(stage: Stage) -> None:
    job = stage.submit()
    stage.qruntime.clock.tick(5)
    stage.asks(job)
    stage.asks(job)
    assert stage.polls.skipped_us == 65_000_000


# -- who objects -------------------------------------------------------------------------------------------------------


def test_time_stands_while_a_change_is_on_its_way(stage: Stage) -> None:
    job = stage.submit()
    stage.asks(job)
    stage.on_their_way.append(stage.real_s)
    began_s = stage.real_s
    assert not stage.asks(job)
    # It was held for so long, in case the change comes through.
    assert stage.real_s - began_s == pytest.approx(HOLD_S, abs=0.006)
    stage.on_their_way.clear()
    assert stage.asks(job)


def test_a_request_that_is_never_finished_does_not_stop_time_for_good(stage: Stage) -> None:
    job = stage.submit()
    stage.asks(job)
    stage.on_their_way.append(stage.real_s)
    assert not stage.asks(job)
    stage.real_s += PATIENCE_S
    assert stage.asks(job)


def test_what_would_come_after_the_end_of_the_calendar_never_comes(stage: Stage) -> None:
    stage.qruntime.calibrate(after=1e18)
    assert not any(stage.asks("jobs") for _ in range(9))
    assert stage.now_s == 0


def test_a_poll_that_is_held_goes_through_as_soon_as_nobody_objects(stage: Stage) -> None:
    job = stage.submit()
    stage.asks(job)
    stage.on_their_way.append(stage.real_s)
    stage.meanwhile = stage.on_their_way.clear
    assert stage.asks(job)


def test_a_poll_that_is_held_sees_what_another_one_moved(stage: Stage) -> None:
    job = stage.submit()
    stage.asks(job)
    stage.on_their_way.append(stage.real_s)
    stage.meanwhile = lambda: stage.qruntime.clock.tick(70)
    assert stage.asks(job)
    assert stage.now_s == 70


def test_time_stands_while_another_client_is_between_two_requests(stage: Stage) -> None:
    job = stage.submit("a")
    stage.submit("b")
    stage.asks(job, "a")
    assert not stage.asks(job, "a")
    stage.real_s += PATIENCE_S
    assert stage.asks(job, "a")


def test_time_stands_until_another_client_has_seen_what_is_new(stage: Stage) -> None:
    first, second = stage.submit("a"), stage.submit("b")
    stage.asks(first, "a")
    stage.asks(second, "b")
    assert stage.asks(second, "b")
    assert not stage.asks(second, "b")  # the first job has ended, and its client has not asked yet
    stage.real_s += PATIENCE_S
    stage.asks(second, "b")
    assert stage.asks(second, "b") or stage.now_s == 130


def test_a_client_whose_poll_was_held_has_the_whole_patience_from_its_answer_on(stage: Stage) -> None:
    stage.qruntime.backend().lanes = 1
    _, second, third = (stage.submit(client) for client in "abc")
    stage.asks(second, "b")
    stage.on_their_way.append(stage.real_s + 10)
    assert not stage.asks(second, "b")  # held for as long as a poll may be
    stage.on_their_way.clear()
    stage.qruntime.clock.tick(70)  # the second job runs now, which b has not seen
    stage.real_s += PATIENCE_S - HOLD_S - 0.05
    assert not any(stage.asks(third, "c") for _ in range(2))
    assert stage.now_s == 70


def test_time_in_which_a_busy_machine_stood_still_is_held_against_no_client(stage: Stage) -> None:
    job = stage.submit("a")
    stage.submit("b")
    stage.asks(job, "a")
    stalls = [PATIENCE_S]
    stage.meanwhile = lambda: setattr(stage, "real_s", stage.real_s + (stalls.pop() if stalls else 0))
    assert not stage.asks(job, "a")  # b had no chance either
    assert stage.now_s == 0


def test_an_end_that_another_connection_of_a_pool_has_seen_holds_nobody_up(stage: Stage) -> None:
    first, second = stage.submit("a"), stage.submit("a")
    stage.polls.closed("a")
    stage.real_s += GRACE_S
    assert [stage.asks(first, client) for client in "bcc"] == [False, False, True]
    assert [stage.asks(second, client) for client in "bcc"] == [False, False, True]
    assert stage.now_s == 130


def test_a_question_that_nobody_asks_any_more_holds_nobody_up_for_long(stage: Stage) -> None:
    stage.qruntime.backend().lanes = 1
    first, second, third = (stage.submit("a") for _ in range(3))
    stage.polls.closed("a")
    stage.real_s += GRACE_S
    assert not any(stage.asks(job, "b") for job in (second, third))
    assert [stage.asks(first, "c"), stage.asks(first, "c")] == [False, True]  # the second runs, and b has not seen it
    assert not any([stage.asks(third, "c"), stage.asks(third, "c")])
    assert not any(stage.asks("jobs", "b") for _ in range(4))
    assert stage.asks(third, "c")


def test_a_client_that_has_gone_holds_nobody_up(stage: Stage) -> None:
    job = stage.submit("a")
    stage.asks("backends", "b")
    stage.polls.closed("b")
    stage.asks(job, "a")
    assert stage.asks(job, "a")


def test_a_change_by_a_client_that_has_gone_is_given_a_moment(stage: Stage) -> None:
    job = stage.submit("a")
    stage.asks(job, "a")
    stage.submit("b")
    stage.polls.closed("b")
    began_s = stage.real_s
    assert stage.asks(job, "a")
    assert GRACE_S <= stage.real_s - began_s <= 2 * GRACE_S


def test_time_stands_while_somebody_sleeps_on_the_clock_of_this_process(stage: Stage) -> None:
    from pytest_qruntime.clock.sleepers import Sleeper

    job = stage.submit()
    stage.asks(job)
    sleeper = Sleeper(5_000_000, 0)
    stage.qruntime.clock.sleepers.add(sleeper)
    assert not stage.asks(job)
    stage.qruntime.clock.sleepers.remove(sleeper)
    assert stage.asks(job)
