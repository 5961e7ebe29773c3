"""One small story per policy knob, and what is seen at its end for each value: `CASES` has them all."""

from __future__ import annotations

from collections.abc import Callable

from pytest_qruntime.model import PLANS, JobRequest, RefusedError
from pytest_qruntime.model.workload import Workload
from tests.model.timeline import J, Timeline, charged, seconds, started, statuses, timestamps

Story = Callable[[Timeline], object]
CASES: list[tuple[str, object, Story, object]] = []


def outcome(ask: Callable[[], object]) -> object:
    """What a request gives, or why it is refused."""
    try:
        return ask()
    except RefusedError as refused:
        return refused.refusal.value


def shows(knob: str, *expected: tuple[object, object]) -> Callable[[Story], Story]:
    """The story ends like this for this value of the knob; the default comes first."""

    def register(story: Story) -> Story:
        CASES.extend((knob, value, story, seen) for value, seen in expected)
        return story

    return register


@shows("queued_on_end", ("failed", [("Failed", 4001)] * 2), ("cancelled", [("Cancelled", None)] * 2))
def jobs_lost_by_a_cancel_and_by_max_ttl(t: Timeline) -> object:
    s, w = t.session(), t.session(max_time=50)
    t.submit(s, J(20, 5))
    first = t.submit(s, J(10, 5))
    t.cancel(s)
    t.submit(w, J(100, 5))
    lost = [first, t.submit(w, J(10, 5))]
    t.at(300)
    return [(job.status, job.reason_code) for job in lost]


@shows(
    "open_plan_session",
    ("error", "open_plan_session"),
    ("job_mode", (["Completed", "Completed"], [0, 10], None, 10)),
)
def a_session_on_the_open_plan(t: Timeline) -> object:
    s = outcome(t.session)
    if not isinstance(s, Workload):
        return s
    j, plain = t.submit(s, J(10, 5)), t.submit(None, J(10, 5))
    t.at(100)
    return statuses(j, plain), started(j, plain), s.started_us, t.instance_usage()


@shows("idle_close", ("immediate", ["closed", "closed", "closed"]), ("lazy", ["open", "inactive", "closed"]))
def closing_what_is_idle(t: Timeline) -> object:
    unused, inactive, active = t.session(), t.session(), t.session()
    t.submit(inactive, J(10, 5))
    t.at(100).submit(active, J(10, 5))
    t.at(120)
    for s in (unused, inactive, active):
        t.close(s)
        assert t.refuses_job(s, J(1, 1)) in ("workload_closed", "workload_not_accepting")
    return [s.state for s in (unused, inactive, active)]


@shows("idle_close", ("lazy", (1800, 28_800)), ("immediate", (100, 100)))
def what_ends_a_workload_that_was_closed_lazily(t: Timeline) -> object:
    unused, inactive = t.session(), t.session()
    t.submit(inactive, J(10, 5))
    t.at(100).close(unused)
    t.close(inactive)
    t.at(30_000)
    return seconds(unused.closed_us), seconds(inactive.closed_us)


@shows("batch_autoend", (None, 28_800), (0, 10), (30, 40), (90, 100))
def a_batch_after_its_last_job(t: Timeline) -> object:
    b = t.batch()
    t.submit(b, J(10, 5))
    t.at(50_000)
    return seconds(b.closed_us)


@shows("batch_autoend", (30, (60, None)), (90, (120, None)))
def a_batch_that_gets_another_job_in_time_and_a_session(t: Timeline) -> object:
    b, s = t.batch(), t.session()
    t.submit(b, J(10, 5))
    t.at(10).submit(b, J(20, 5))
    t.submit(s, J(10, 5))
    t.at(1000)
    return seconds(b.closed_us), seconds(s.closed_us)


@shows("cost_limit_s", (None, ("active", 100)), (100, ("closed", 100)), (50, ("closed", 50)))
def a_session_that_costs_a_hundred_seconds(t: Timeline) -> object:
    s = t.session()
    t.submit(s, J(200, 5))
    t.at(100)
    return s.state, seconds(s.closed_us or t.world.now_us)


@shows("cost_limit_running", ("complete", ("Completed", 20)), ("stop_ran_too_long", ("Cancelled", 10)))
def a_job_that_crosses_the_cost_limit(t: Timeline) -> object:
    j = t.submit(None, J(20, 20))
    t.at(100)
    return j.status, charged(j)[0]


@shows("batch_ittl", ("documented", (1, 70)), ("literal", (1, 11)), ("consistent", (60, 70)))
def the_interactive_ttl_of_a_batch(t: Timeline) -> object:
    b = t.batch()
    t.submit(b, J(10, 5))
    t.at(1000)
    return b.interactive_ttl_s, timestamps(b)[-1][1]


@shows("active_ttl_report", ("max", [100, 100, 100, 100]), ("remaining", [100, 95, 35, 35]))
def the_active_ttl_that_is_shown(t: Timeline) -> object:
    s = t.session(max_time=100)
    t.submit(s, J(5, 5))
    return [t.at(second).world.workload(s.id).active_ttl_s(t.world.now_us) for second in (0, 5, 65, 99)]


@shows("session_usage", ("windows", 110), ("span", 140))
def a_session_with_two_windows(t: Timeline) -> object:
    s = t.session()
    t.submit(s, J(20, 15))
    t.at(110).submit(s, J(20, 15))
    t.at(140).close(s)
    return t.usage(s)


@shows("batch_exclusion", ("workloads", [0, 30, 70]), ("none", [0, 0, 40]))
def a_batch_another_batch_and_a_session(t: Timeline) -> object:
    a, b, s = t.batch(), t.batch(), t.session()
    jobs = [t.submit(a, J(30, 5)), t.submit(b, J(40, 5)), t.submit(s, J(10, 5))]
    t.at(200)
    return started(*jobs)


@shows("closing_state", ("closed", ("closed", 20, 50)), ("pending_closed", ("pending_closed", 50, 50)))
def a_cancelled_session_with_a_running_job(t: Timeline) -> object:
    s = t.session()
    t.submit(s, J(50, 5))
    t.at(20).cancel(s)
    state = s.state
    assert t.refuses_job(s, J(1, 1)) == "workload_closed"
    t.cancel(s)
    t.close(s)
    t.at(100)
    return state, seconds(s.closed_us), t.usage(s)


@shows("delete_nonterminal", ("reject", ("job_not_terminal", 1, 1, 0)), ("allow", (None, 0, 0, 3)))
def deleting_a_running_job(t: Timeline) -> object:
    j = t.submit(None, J(10, 10))
    refused = outcome(lambda: t.at(3).world.delete_job(j.id))
    return refused, len(t.backend.running), len(t.world.jobs), t.instance_usage()


@shows("service_timeout", (10_800, [10_800, 100]), (50, [50, 50]))
def the_services_own_limit(t: Timeline) -> object:
    jobs = [t.submit(None, J(20_000, 20_000)), t.submit(None, J(20_000, 20_000), service_timeout_s=100)]
    t.at(30_000)
    return charged(*jobs)


@shows("backend_required", (True, "backend_required"), (False, None))
def opening_without_a_backend(t: Timeline) -> object:
    return outcome(lambda: t.world.open("batch", backend=None).backend_name())


@shows(
    "backend_name_when_open",
    ("shown", ["fake_backend", "fake_backend"]),
    ("null", [None, "fake_backend"]),
)
def the_backends_name(t: Timeline) -> object:
    s = t.session()
    name = s.backend_name()
    t.submit(s, J(1, 1))
    return [name, s.backend_name()]


@shows(
    "unused_autoclose",
    ({"dedicated": 1800}, [1800, None]),
    ({"dedicated": 60, "batch": 120}, [60, 120]),
    ({}, [None, None]),
)
def unused_workloads(t: Timeline) -> object:
    s, b = t.session(), t.batch()
    t.at(10_000)
    return [seconds(s.closed_us), seconds(b.closed_us)]


@shows("max_payload_bytes", (None, "Running"), (999, "payload_too_large"), (1000, "Running"))
def a_payload_of_a_thousand_bytes(t: Timeline) -> object:
    """PLN-09"""
    return outcome(lambda: t.world.submit(JobRequest(payload_bytes=1000)).status)


@shows("max_ttl_from", ("start", (150, [50])), ("open", (100, [50])))
def where_the_max_ttl_counts_from(t: Timeline) -> object:
    s = t.session(max_time=100)
    t.foreign(J(50, 5))
    j = t.submit(s, J(30, 5))
    t.at(300)
    return seconds(s.closed_us), started(j)


@shows("session_activation", ("drain", [50]), ("immediate", [0]))
def a_session_beside_a_running_job(t: Timeline) -> object:
    t.foreign(J(50, 5))
    j = t.submit(t.session(), J(10, 5))
    t.at(100)
    return started(j)


@shows("allow_custom_ttl", (False, (60, 100, 70)), (True, (5, 50, 15)))
def ttls_of_ones_own(t: Timeline) -> object:
    s = t.session(100, interactive_ttl_s=5, active_ttl_s=50)
    t.submit(s, J(10, 5))
    t.at(90)
    return s.interactive_ttl_s, s.active_ttl_s(0), timestamps(s)[-1][1]


@shows("max_ttl_over", ("reject", "max_ttl_too_large"), ("clamp", 28_800))
def a_max_ttl_over_the_plans(t: Timeline) -> object:
    return outcome(lambda: t.session(28_801).max_ttl_s)


@shows(
    "active_ttl_expiry",
    ("deactivate", ("inactive", ["Running", "Queued"], "Completed")),
    ("close", ("closed", ["Running", "Failed"], "Failed")),
    ("ignore", ("active", ["Running", "Queued"], "Completed")),
)
def when_the_active_time_is_used_up(t: Timeline) -> object:
    s = t.session(500, active_ttl_s=50)
    j1, j2 = t.submit(s, J(80, 5)), t.submit(s, J(10, 5))
    t.at(50)
    seen = s.state, statuses(j1, j2)
    t.at(400)
    return *seen, j2.status


@shows("cancel_closed", (204, None), (404, "workload_closed_not_found"), (409, "workload_closed_conflict"))
def cancelling_a_closed_session(t: Timeline) -> object:
    s = t.session()
    t.cancel(s)
    return outcome(lambda: t.cancel(s))


@shows("reopen_while_draining", (True, ("active", True)), (False, ("active", False)))
def reopening_while_draining(t: Timeline) -> object:
    s = t.session()
    t.submit(s, J(50, 5))
    t.close(s)
    t.reopen(s)
    return s.state, s.accepting


@shows("batch_order", ("fifo", [0, 10, 20, 30, 40, 50]), ("shuffle:7", "another order"))
def the_order_of_a_batch(t: Timeline) -> object:
    """ORD-08"""
    b = t.batch()
    t.foreign(J(1, 1))
    jobs = [t.submit(b, J(10, 5)) for _ in range(6)]
    t.at(200)
    begun = [(at or 0) - 1 for at in started(*jobs)]
    assert sorted(begun) == [0, 10, 20, 30, 40, 50]
    return begun if begun == sorted(begun) else "another order"


@shows("queue_order", ("fifo", [30, 40, 50]), ("fair_share", [40, 50, 20]))
def the_queue_of_two_instances(t: Timeline) -> object:
    """ORD-11"""
    frugal = t.world.add_instance("frugal", plan=PLANS["premium"].but(usage_limit_s=1000))
    t.submit(None, J(20, 20))
    t.submit(None, J(10, 10))
    mine = [t.submit(None, J(10, 5)), t.submit(None, J(10, 5))]
    theirs = t.world.submit(JobRequest(durations=J(10, 5).durations), instance=frugal)
    t.at(200)
    return started(*mine, theirs)
