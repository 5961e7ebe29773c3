"""What is charged: sessions, batches, jobs, instances (USG)."""

from __future__ import annotations

import pytest

from pytest_qruntime.model import Failure, JobRequest
from tests.model.timeline import J, Timeline, charged, seconds

DAY = 24 * 3600
SYSTEM_ERROR = Failure(code=9707, reason="Temporary Internal Error", blame="system")
USER_ERROR = Failure(code=1517, reason="instruction not supported", blame="user")


def test_session_usage_counts_gaps_classical_time_and_the_interactive_ttl() -> None:
    """USG-01, USG-02, USG-03"""
    t = Timeline()
    s = t.session()
    t.submit(s, J(10, 1))
    t.at(40).submit(s, J(10, 1))
    seen = [(second, t.at(second).usage(s)) for second in (45, 50, 80, 110, 500)]
    assert seen == [(45, 45), (50, 50), (80, 80), (110, 110), (500, 110)]


def test_session_usage_adds_up_the_windows() -> None:
    """USG-01, USG-04"""
    t = Timeline()
    s = t.session()
    t.submit(s, J(10, 1))
    t.at(1000).submit(s, J(10, 1))
    assert t.at(2000).usage(s) == 70 + 70
    t.at(5000).close(s)
    assert (t.usage(s), t.instance_usage()) == (140, 140)


def test_session_usage_runs_on_until_the_last_job_of_an_inactive_session_ended() -> None:
    """USG-01: inactive by its active TTL while a job runs"""
    t = Timeline(allow_custom_ttl=True)
    s = t.session(1000, active_ttl_s=60, interactive_ttl_s=60)
    t.submit(s, J(100, 1))
    assert (t.at(80).usage(s), s.state) == (80, "inactive")
    assert t.at(500).usage(s) == 100


def test_batch_usage_is_the_sum_of_the_quantum_seconds() -> None:
    """USG-05: waiting, the classical phase, the interactive TTL and contention are free"""
    t = Timeline(lanes=5, contention=True)
    b = t.batch()
    jobs = [t.submit(b, J(30, 20)) for _ in range(3)]
    assert (t.at(29).usage(b), t.at(30).usage(b), t.at(500).usage(b)) == (0, 20, 60)
    assert charged(*jobs) == [20, 20, 20]


def test_job_usage_is_its_quantum_seconds() -> None:
    """USG-06"""
    t = Timeline()
    j = t.submit(None, J(100, 12))
    t.at(200)
    assert (charged(j), t.instance_usage()) == ([12], 12)


@pytest.mark.parametrize(("mode", "failure", "expected"), [
    (None, SYSTEM_ERROR, 0), ("batch", SYSTEM_ERROR, 0), (None, USER_ERROR, 12), ("batch", USER_ERROR, 12),
])  # fmt: skip
def test_a_fault_of_the_system_is_free_and_one_of_the_user_is_not(
    mode: str | None, failure: Failure, expected: int
) -> None:
    """USG-07"""
    t = Timeline()
    w = None if mode is None else t.world.open(mode, backend="fake_backend")
    j = t.submit(w, J(20, 12), failure=failure)
    t.at(50)
    assert (j.status, charged(j), t.instance_usage()) == ("Failed", [expected], expected)
    assert w is None or t.usage(w) == expected


@pytest.mark.parametrize(("second", "expected"), [(5, 0), (15, 5)])
def test_a_cancelled_job_is_charged_for_what_it_consumed(second: int, expected: int) -> None:
    """USG-07"""
    t = Timeline()
    b = t.batch()
    j = t.submit(b, J(30, 20))
    t.at(second).cancel(j)
    assert (charged(j), t.usage(b), t.at(100).instance_usage()) == ([expected], expected, expected)


@pytest.mark.parametrize("failure", [SYSTEM_ERROR, USER_ERROR])
def test_failures_do_not_reduce_the_usage_of_a_session(failure: Failure) -> None:
    """USG-08"""
    t = Timeline()
    s = t.session()
    t.submit(s, J(20, 12), failure=failure)
    t.at(20).close(s)
    assert (t.usage(s), t.instance_usage()) == (20, 20)


def test_usage_is_unknown_before_the_start_and_zero_if_there_was_none() -> None:
    """USG-09, USG-10"""
    t = Timeline(lanes=1)
    t.foreign(J(100, 5))
    for w in (t.session(), t.batch()):
        j = t.submit(w, J(10, 5))
        assert t.usage(w) is None
        t.cancel(w)
        assert (t.usage(w), charged(j)) == (0, [0])


def test_instance_usage_is_the_sum_over_its_own_workloads_and_jobs() -> None:
    """USG-11"""
    t = Timeline()
    other = t.world.add_instance("other")
    s, b = t.session(), t.batch()
    t.submit(s, J(10, 5))
    t.close(s)
    t.at(10).submit(b, J(10, 5))
    t.submit(None, J(10, 3))
    t.world.submit(JobRequest(durations=J(10, 7).durations), instance=other)
    t.at(100)
    assert (t.usage(s), t.usage(b), t.instance_usage()) == (10, 5, 18)
    assert seconds(other.usage_us(t.world.now_us)) == 7


def test_instance_usage_forgets_what_is_28_days_old() -> None:
    """USG-11, PLN-01"""
    t = Timeline()
    t.submit(None, J(10, 10))
    t.at(DAY).submit(None, J(20, 20))
    seen = [t.at(28 * DAY + second).instance_usage() for second in (0, 9, 10, DAY + 19, DAY + 20)]
    assert seen == [30, 30, 20, 20, 0]


def test_instance_usage_shows_a_running_session_and_counts_a_job_when_it_ends() -> None:
    """USG-11, USG-12"""
    t = Timeline()
    s = t.session()
    t.at(50).submit(s, J(10, 5))
    assert (t.at(57).instance_usage(), t.at(80).instance_usage()) == (7, 30)
    t.close(s)
    t.submit(None, J(10, 10))
    assert (t.at(89).instance_usage(), t.at(90).instance_usage()) == (30, 40)


def test_a_span_ends_at_the_close_though_the_session_was_inactive() -> None:
    """X-09: from the first start to the last of inactive, closed, last job"""
    t = Timeline(session_usage="span")
    s = t.session()
    t.at(50).submit(s, J(10, 5))
    seen = [(second, t.at(second).usage(s)) for second in (55, 120, 200)]
    assert seen == [(55, 5), (120, 70), (200, 70)]
    t.at(350).close(s)
    assert (t.usage(s), t.instance_usage()) == (300, 300)
    assert t.world.trace.where(kind="workload.settled")[0].data == {"usage_us": 300_000_000}
