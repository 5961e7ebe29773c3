"""Jobs: their states (JOB), cancelling and deleting them (JCN), their maximum execution time (MXT), scripts."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from pytest_qruntime.model import ConfigurationError, Durations, Failure, JobRequest, JobScript
from tests.model.timeline import J, Timeline, charged, ran, seconds, started, statuses

WRONG_GATE = Failure(code=1517, reason="instruction not supported", solution="transpile it")


def test_running_begins_with_the_classical_phase() -> None:
    """JOB-01, JOB-02, JOB-03, JOB-04"""
    t = Timeline(lanes=1)
    t.foreign(J(10, 5))
    j = t.at(5).submit(None, J(30, 20))
    seen = [(second, t.at(second).world.job(j.id).status) for second in (5, 9, 10, 39, 40)]
    assert seen == [(5, "Queued"), (9, "Queued"), (10, "Running"), (39, "Running"), (40, "Completed")]
    assert [seconds(at) for at in (j.created_us, j.running_us, j.on_qpu_us, j.finished_us)] == [5, 10, 20, 40]
    kinds = [event.kind for event in t.world.trace.where(job=j.id)]
    assert kinds == ["job.queued", "job.running", "job.on_qpu", "job.completed"]


def test_a_failed_job_carries_reason_code_and_solution_and_a_cancelled_one_does_not() -> None:
    """JOB-05"""
    t = Timeline()
    failed, cancelled = t.submit(None, J(10, 5), failure=WRONG_GATE), t.submit(None, J(10, 5))
    t.at(5).cancel(cancelled)
    t.at(10)
    reasons = [(job.status, job.reason, job.reason_code, job.reason_solution) for job in (failed, cancelled)]
    assert reasons[0] == ("Failed", "instruction not supported", 1517, "transpile it")
    assert reasons[1] == ("Cancelled", None, None, None)


def test_a_failure_in_the_classical_phase_never_reaches_the_qpu() -> None:
    """JOB-05, USG-07"""
    t = Timeline()
    j = t.submit(None, J(10, 4), failure=Failure(code=1506, reason="cannot be loaded", at="classical"))
    t.at(20)
    assert (j.status, ran(j), j.on_qpu_us, charged(j)) == ("Failed", (0, 6), None, [0])


def test_what_an_input_is_worth_is_asked_once_and_only_if_the_job_runs() -> None:
    """JOB-05: a bad input is accepted and fails its job, in the classical phase"""
    t = Timeline(lanes=1)
    asked: list[str] = []

    def verdict(name: str, failure: Failure | None) -> dict[str, Any]:
        def ask() -> Failure | None:
            asked.append(name)
            return failure

        return {"verdict": ask}

    bad = Failure(code=1506, reason="cannot be loaded", at="classical")
    good = t.submit(None, J(10, 5), **verdict("good", None))
    broken = t.submit(None, J(10, 5), failure=WRONG_GATE, **verdict("broken", bad))
    never = t.submit(None, J(10, 5), **verdict("never", bad))
    t.at(4)
    before = list(asked)
    t.at(12).cancel(never)
    t.at(60)
    assert (before, asked) == ([], ["good", "broken"])
    assert statuses(good, broken, never) == ["Completed", "Failed", "Cancelled"]
    assert (broken.reason_code, ran(broken)) == (1506, (10, 15))


def test_a_job_keeps_what_it_was_asked_with() -> None:
    """JOB-09, PLN-10: private jobs, tags and the payload are the caller's"""
    t = Timeline()
    j = t.submit(None, J(1, 1), private=True, tags=("vqe", "run 3"), payload={"pubs": []})
    assert (j.request.private, j.tags, j.request.payload, j.results_read) == (True, ("vqe", "run 3"), {"pubs": []}, 0)
    t.world.replace_tags(j.id, ["other"])
    assert (j.tags, j.request.tags) == (("other",), ("vqe", "run 3"))


@pytest.mark.parametrize(("second", "state"), [(5, "Queued"), (15, "Running"), (35, "Running")])
def test_a_queued_or_running_job_can_be_cancelled(second: int, state: str) -> None:
    """JCN-01: waiting, in the classical phase, on the QPU"""
    t = Timeline(lanes=1)
    t.foreign(J(10, 5))
    j, following = t.submit(None, J(40, 20)), t.submit(None, J(10, 5))
    assert t.at(second).world.job(j.id).status == state
    t.cancel(j)
    assert (j.status, seconds(j.finished_us)) == ("Cancelled", second)
    t.at(100)
    assert (j.status, started(following)) == ("Cancelled", [max(second, 10)])


@pytest.mark.parametrize("how", ["Completed", "Failed", "Cancelled"])
def test_a_final_job_cannot_be_cancelled(how: str) -> None:
    """JCN-02, JOB-02"""
    t = Timeline()
    j = t.submit(None, J(10, 5), failure=WRONG_GATE if how == "Failed" else None)
    if how == "Cancelled":
        t.cancel(j)
    t.at(10)
    assert (j.status, t.refused(lambda: t.cancel(j)), j.status) == (how, "job_terminal", how)


def test_unknown_jobs_and_those_of_others_are_refused() -> None:
    """JCN-03"""
    t = Timeline()
    j, stranger = t.submit(None, J(1, 1)), t.world.add_instance("stranger")
    for ask in (t.world.cancel_job, t.world.delete_job, t.world.job):
        assert t.refused(partial(ask, "d0000000000000000000")) == "job_unknown"
        assert t.refused(partial(ask, j.id, instance=stranger)) == "job_unknown"


def test_cancelling_a_job_leaves_its_siblings_and_its_workload_alone() -> None:
    """JCN-06"""
    t = Timeline(lanes=1)
    s = t.session()
    s1, s2, s3 = t.submit(s, J(50, 5)), t.submit(s, J(10, 5)), t.submit(s, J(10, 5))
    t.at(20).cancel(s1)
    t.cancel(s3)
    assert (statuses(s1, s2, s3), s.state) == (["Cancelled", "Running", "Cancelled"], "active")
    assert (t.at(30).world.job(s2.id).status, s.accepting) == ("Completed", True)


def test_a_cancelled_job_gives_the_qpu_to_the_next() -> None:
    """JCN-01, ORD-02"""
    t = Timeline(contention=True)
    j1, j2, j3 = (t.submit(None, J(60, 50)) for _ in range(3))
    t.at(20).cancel(j2)
    t.at(30).cancel(j1)
    t.at(100)
    assert [seconds(job.on_qpu_us) for job in (j1, j2, j3)] == [10, None, 30]
    assert charged(j1, j2, j3) == [20, 0, 50]


def test_a_final_job_can_be_deleted_and_is_gone_but_stays_charged() -> None:
    """JCN-07, JCN-08"""
    t = Timeline()
    b = t.batch()
    j = t.submit(b, J(10, 5))
    assert t.refused(lambda: t.world.delete_job(j.id)) == "job_not_terminal"
    t.at(10).world.delete_job(j.id)
    assert t.refused(lambda: t.world.job(j.id)) == "job_unknown"
    assert (list(b.jobs), list(t.world.instance.jobs), list(t.world.jobs)) == ([], [], [])
    assert (t.usage(b), t.instance_usage()) == (5, 5)


def test_a_deleted_job_leaves_its_mark_in_the_trace() -> None:
    """JCN-07"""
    t = Timeline()
    j = t.submit(t.batch(), J(10, 5))
    t.at(10).world.delete_job(j.id)
    assert [event.kind for event in t.world.trace.where(job=j.id)][-2:] == ["job.completed", "job.deleted"]


def test_deleting_a_running_job_starts_the_next_at_once() -> None:
    """JCN-07, X-15"""
    t = Timeline(lanes=1, delete_nonterminal="allow")
    j, following = t.submit(None, J(10, 5)), t.submit(None, J(10, 5))
    t.at(3).world.delete_job(j.id)
    assert started(following) == [3]


@pytest.mark.parametrize(("what", "value"), [("blame", "nobody"), ("at", "home"), ("code", -1)])
def test_a_failure_says_whose_fault_it_is_and_when(what: str, value: object) -> None:
    """JOB-05, USG-07"""
    broken: dict[str, Any] = {"code": 1517, "reason": "instruction not supported", what: value}
    with pytest.raises(ConfigurationError, match=f"failure {what} is"):
        Failure(**broken)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({}, "a script must say something"),
        ({"runs_too_long": True, "times": 0}, "script times is 0"),
        ({"runs_too_long": True, "failure": WRONG_GATE}, "cannot both fail and run too long"),
    ],
)
def test_a_script_that_cannot_be_meant_is_an_error(broken: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        JobScript(**broken)


@pytest.mark.parametrize(("cost_s", "expected"), [(300, 300), (10_800, 10_800), (20_000, 10_800), (None, 10_800)])
def test_the_limit_is_the_jobs_own_or_three_hours(cost_s: int | None, expected: int) -> None:
    """MXT-01, MXT-04, X-16"""
    t = Timeline()
    j = t.submit(None, J(30_000, 30_000), cost_s=cost_s)
    t.at(40_000)
    assert (j.status, j.reason_code, charged(j)) == ("Cancelled", 1305, [expected])


def test_a_job_that_names_no_limit_gets_the_plans() -> None:
    """MXT-04"""
    assert [Timeline(plan=plan).submit(None, J(1, 1)).cost_s for plan in ("open", "premium")] == [600, 10_800]


def test_only_quantum_time_counts_towards_the_limit() -> None:
    """MXT-02"""
    t = Timeline()
    exact, over = t.submit(None, J(1000, 300), cost_s=300), t.submit(None, J(1000, 300.000001), cost_s=300)
    t.at(2000)
    assert (exact.status, over.status, over.ran_too_long, ran(over)[0]) == ("Completed", "Cancelled", True, 0)


def test_a_jobs_limit_and_the_workloads_max_ttl_are_independent() -> None:
    """MXT-03, MXT-05, MAX-04"""
    t = Timeline()
    s = t.session(max_time=100)
    early, late = t.submit(s, J(80, 80), cost_s=50), t.submit(s, J(200, 200), cost_s=100)
    t.at(90)
    assert (early.status, early.reason, early.reason_code) == ("Cancelled", "Ran too long", 1305)
    t.at(200)
    assert (seconds(s.closed_us), late.status, ran(late)) == (100, "Cancelled", (0, 100))


@pytest.mark.parametrize("service_timeout_s", [0, -5, 1.5])
def test_a_limit_that_is_no_number_of_seconds_is_an_error(service_timeout_s: int) -> None:
    """MXT-06"""
    with pytest.raises(ConfigurationError, match="service_timeout_s is"):
        JobRequest(service_timeout_s=service_timeout_s)


def test_a_cost_below_one_second_is_refused() -> None:
    """MXT-01"""
    assert Timeline().refuses_job(None, J(1, 1), cost_s=0) == "cost_invalid"


@pytest.mark.parametrize("durations", [Durations(-1, 5), Durations(5, -1), (1.5, 2)])
def test_a_job_cannot_take_negative_or_broken_time(durations: Durations) -> None:
    """Otherwise time would run backwards."""
    t = Timeline()
    with pytest.raises(ConfigurationError, match="a job's durations are"):
        t.world.submit(JobRequest(durations=durations))
    assert t.world.jobs == {}


def test_the_next_jobs_follow_the_scripts_and_other_users_do_not() -> None:
    t = Timeline()
    t.world.script(JobScript(times=2, failure=WRONG_GATE))
    t.world.script(JobScript(times=None, tag="slow", durations=Durations.of(5, 100)))
    t.world.script(JobScript(program="estimator", runs_too_long=True))
    f = t.foreign(J(10, 5))
    jobs = [t.submit(None, J(10, 5)) for _ in range(3)]
    slow = t.world.submit(JobRequest(tags=("slow",)))
    too_long = t.world.submit(JobRequest(program="estimator", cost_s=50))
    t.at(1000)
    assert statuses(f, *jobs) == ["Completed", "Failed", "Failed", "Completed"]
    assert (ran(slow), too_long.status, charged(too_long)) == ((0, 105), "Cancelled", [50])


def test_one_script_in_two_worlds_counts_in_each() -> None:
    script = JobScript(times=1, failure=WRONG_GATE)
    outcomes = []
    for _ in range(2):
        t = Timeline()
        t.world.script(script)
        jobs = [t.submit(None, J(1, 1)) for _ in range(2)]
        t.at(5)
        outcomes.append(statuses(*jobs))
    assert outcomes == [["Failed", "Completed"], ["Failed", "Completed"]]
