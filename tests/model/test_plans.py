"""Plans and limits (PLN)."""

from __future__ import annotations

import pytest

from pytest_qruntime.model import PLANS, ConfigurationError, Durations, JobRequest, Plan, World
from pytest_qruntime.model.durations import SECOND_US
from tests.model.timeline import J, Timeline, charged, ran, seconds, started, statuses

DAY = 24 * 3600


@pytest.mark.parametrize(
    ("name", "modes", "session", "batch", "quota", "job"),
    [
        ("open", {"batch"}, 28_800, 600, 600, 600),
        ("payg", {"batch", "dedicated"}, 28_800, 28_800, None, 10_800),
        ("flex", {"batch", "dedicated"}, 28_800, 28_800, None, 10_800),
        ("premium", {"batch", "dedicated"}, 28_800, 28_800, None, 10_800),
    ],
)
def test_the_plans_are_those_of_the_table(
    name: str, modes: set[str], session: int, batch: int, quota: int | None, job: int
) -> None:
    """PLN-01, PLN-02, PLN-03, PLN-07, PLN-08: pending and rate limits are off"""
    plan = PLANS[name]
    assert (set(plan.modes), plan.batch_max_ttl_s, plan.usage_limit_s, plan.max_job_s) == (modes, batch, quota, job)
    assert (plan.session_max_ttl_s, plan.session_ittl_s) == (session, 60)
    assert (plan.pending_limit, plan.submits_per_minute) == (None, None)


def test_an_unknown_plan_or_limit_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="expected one of open, payg, flex, premium or a Plan"):
        Timeline(plan="gold")
    with pytest.raises(ConfigurationError, match="unknown plan limit lanes"):
        PLANS["open"].but(lanes=3)
    with pytest.raises(ConfigurationError, match="usage_limit_s is -1"):
        Plan(name="mine", usage_limit_s=-1)


def test_the_open_plan_refuses_jobs_when_its_quota_is_used_up_until_it_is_28_days_old() -> None:
    """PLN-01, USG-11"""
    t = Timeline(plan="open")
    t.submit(None, J(600, 600))
    assert t.at(599).submit(None, J(1, 0)).status == "Running"
    assert t.at(600).refuses_job(None, J(1, 1)) == "quota_exhausted"
    assert t.at(28 * DAY + 599).refuses_job(None, J(1, 1)) == "quota_exhausted"
    assert t.at(28 * DAY + 600).submit(None, J(1, 1)).status == "Running"


def test_a_limited_instance_keeps_its_jobs_queued_until_time_frees() -> None:
    """PLN-04, PLN-06"""
    t = Timeline(lanes=1, plan=PLANS["premium"].but(usage_limit_s=50))
    t.submit(None, J(50, 50))
    waiting = t.at(60).submit(None, J(10, 10))
    f = t.foreign(J(10, 5))
    assert (t.world.instance.limited(t.world.now_us), waiting.status, f.status) == (True, "Queued", "Running")
    t.at(29 * DAY)
    assert started(waiting) == [28 * DAY + 50]


def test_a_limited_instance_waits_until_enough_of_its_usage_is_old() -> None:
    """PLN-04: the first usage that leaves the window is not enough"""
    t = Timeline(lanes=1, plan=PLANS["premium"].but(usage_limit_s=50))
    t.submit(None, J(10, 10))
    t.submit(None, J(60, 60))
    waiting = t.submit(None, J(10, 10))
    t.at(29 * DAY)
    assert started(waiting) == [28 * DAY + 70]


@pytest.mark.parametrize("mode", ["dedicated", "batch"])
def test_the_active_workload_of_a_limited_instance_goes_on(mode: str) -> None:
    """PLN-04"""
    t = Timeline(lanes=2, plan=PLANS["premium"].but(usage_limit_s=50))
    w = t.world.open(mode, backend="fake_backend")
    t.submit(w, J(60, 60))
    w2, plain = t.at(65).submit(w, J(60, 60)), t.submit(None, J(1, 1))
    t.at(200)
    assert (ran(w2), plain.status) == ((65, 125), "Queued")


@pytest.mark.parametrize(
    ("running", "s1_ends"), [("complete", ("Completed", 80)), ("stop_ran_too_long", ("Cancelled", 50))]
)
def test_at_the_cost_limit_workloads_end_pending_jobs_are_cancelled_and_running_ones_follow_the_knob(
    running: str, s1_ends: tuple[str, float]
) -> None:
    """PLN-05, X-06, X-10"""
    t = Timeline(lanes=1, cost_limit_s=50, cost_limit_running=running)
    s, idle = t.session(), t.batch()
    s1, s2 = t.submit(s, J(80, 10)), t.submit(s, J(10, 5))
    plain = t.submit(None, J(10, 5))
    t.at(49)
    assert (s.state, idle.state, statuses(s1, s2, plain)) == ("active", "open", ["Running", "Queued", "Queued"])
    t.at(100)
    assert [(w.state, seconds(w.closed_us), w.state_reason) for w in (s, idle)] == [
        ("closed", 50, "session_closed_by_cost_limit")
    ] * 2
    assert (s1.status, seconds(s1.finished_us)) == s1_ends
    assert [(job.status, job.reason_code) for job in (s2, plain)] == [("Cancelled", None)] * 2
    assert t.refuses_job(None, J(1, 1)) == "cost_limit_reached"


def test_the_cost_limit_counts_every_running_job_to_the_microsecond() -> None:
    """PLN-05, X-10"""
    t = Timeline(cost_limit_s=10, cost_limit_running="stop_ran_too_long")
    jobs = [t.submit(None, J(30, 30)) for _ in range(3)]
    t.at(100)
    (event,) = t.world.trace.where(kind="instance.cost_limit_reached")
    assert event.at_us == 3_333_334
    assert [(job.status, job.reason_code, job.charged_us) for job in jobs] == [("Cancelled", 1305, 3_333_334)] * 3


def test_the_cost_limit_is_reached_later_when_a_job_ends_before() -> None:
    """PLN-05"""
    t = Timeline(cost_limit_s=30)
    t.submit(None, J(10, 10))
    t.submit(None, J(100, 100))
    t.at(200)
    (event,) = t.world.trace.where(kind="instance.cost_limit_reached")
    assert seconds(event.at_us) == 20


def test_a_cost_limit_that_a_job_uses_up_exactly_is_reached() -> None:
    """PLN-05"""
    t = Timeline(lanes=1, cost_limit_s=10)
    b, waiting = t.batch(), t.batch()
    b1, b2, w1 = t.submit(b, J(20, 10)), t.submit(b, J(20, 10)), t.submit(waiting, J(5, 5))
    t.at(20)
    assert (b.state, waiting.state, statuses(b1, b2, w1)) == (
        "closed",
        "closed",
        ["Completed", "Cancelled", "Cancelled"],
    )
    assert charged(b1, b2, w1) == [10, 0, 0]


def test_the_cost_limit_leaves_the_other_instances_alone() -> None:
    """PLN-05"""
    t = Timeline(cost_limit_s=10)
    f = t.foreign(J(100, 100))
    t.at(200)
    assert (f.status, t.world.trace.where(kind="instance.cost_limit_reached")) == ("Completed", [])


def test_five_submits_in_a_minute_and_not_a_sixth() -> None:
    """PLN-07"""
    t = Timeline(plan=PLANS["open"].but(submits_per_minute=5))
    for second in (0, 10, 20, 30, 40):
        t.at(second).submit(None, J(1, 1))
    assert t.at(59).refuses_job(None, J(1, 1)) == "rate_limited"
    assert t.at(60).submit(None, J(1, 1)).status == "Running"
    assert t.refuses_job(None, J(1, 1)) == "rate_limited"


def test_three_pending_jobs_and_not_a_fourth() -> None:
    """PLN-08"""
    t = Timeline(lanes=1, plan=PLANS["open"].but(pending_limit=3))
    jobs = [t.submit(None, J(10, 5)) for _ in range(3)]
    assert t.refuses_job(None, J(1, 1)) == "too_many_pending"
    t.cancel(jobs[2])
    t.submit(None, J(10, 5))
    assert t.refuses_job(None, J(1, 1)) == "too_many_pending"
    assert t.at(10).submit(None, J(1, 1)).status == "Queued"


def test_at_most_eight_tags_of_86_characters() -> None:
    """PLN-10: characters, not the units of an encoding"""
    t = Timeline()
    j = t.submit(None, J(1, 1), tags=("😀" * 86,) * 8)
    assert t.refuses_job(None, J(1, 1), tags=("x",) * 9) == "too_many_tags"
    assert t.refuses_job(None, J(1, 1), tags=("x" * 87,)) == "tag_too_long"
    assert t.refused(lambda: t.world.replace_tags(j.id, ["x"] * 9)) == "too_many_tags"


def test_a_session_in_job_mode_that_was_used_is_not_closed_as_unused() -> None:
    """X-02, AUT-02"""
    t = Timeline(plan="open", open_plan_session="job_mode")
    used, unused = t.session(), t.session()
    t.at(100).submit(used, J(10, 5))
    t.at(2000)
    assert (used.state, unused.state) == ("open", "closed")


def test_work_that_waits_for_its_allocation_runs_when_the_limit_is_raised() -> None:
    """PLN-04"""
    world = World(plan=Plan.named("flex").but(usage_limit_s=10))
    world.add_backend("b")
    world.submit(JobRequest(backend="b", durations=Durations.of(0, 10)))
    world.advance_to(20 * SECOND_US)
    waiting = world.submit(JobRequest(backend="b"))
    world.advance_to(60 * SECOND_US)

    world.limit_usage(world.instance, None)

    assert waiting.running_us == 60 * SECOND_US


def test_nothing_new_is_opened_once_the_cost_limit_is_reached() -> None:
    """PLN-05"""
    t = Timeline(cost_limit_s=10)
    t.submit(None, J(10, 10))
    t.at(9).session()
    t.at(10)
    assert t.refused(t.session) == "cost_limit_reached"
    assert t.refused(t.batch) == "cost_limit_reached"
    assert t.world.open("batch", backend="fake_backend", instance=t.world.add_instance("another")).state == "open"


def test_another_usage_limit_is_an_event() -> None:
    t = Timeline()
    t.world.limit_usage(t.world.instance, 100)
    t.at(5).world.limit_usage(t.world.add_instance("another"), None)
    assert [(event.at_us, dict(event.data)) for event in t.world.trace.where(kind="instance.usage_limit")] == [
        (0, {"instance": "default", "limit_s": 100}),
        (5 * SECOND_US, {"instance": "another", "limit_s": None}),
    ]
