"""Golden timelines GT-9 to GT-13: lanes, usage in the three modes, limits, and who excludes whom."""

from __future__ import annotations

from tests.model.timeline import (
    ACCEPTING,
    CLOSED,
    PENDING,
    J,
    Timeline,
    charged,
    ran,
    runs,
    seconds,
    started,
    statuses,
    timestamps,
)


def test_gt_9_a_batch_fills_every_lane_that_gets_free_before_anybody_else() -> None:
    t = Timeline(lanes=5)
    f1, f2 = t.foreign(J(100, 10)), t.foreign(J(100, 10))
    b = t.batch()
    jobs = [t.submit(b, J(10 * k, 5)) for k in range(1, 7)]
    g = t.at(1).foreign(J(10, 5))
    t.at(100)
    assert started(f1, f2) == [0, 0]
    assert started(*jobs) == [0, 0, 0, 10, 20, 30]
    assert ran(g) == (50, 60)
    assert max(seconds(job.finished_us) or 0 for job in jobs) == 90
    assert t.at(149).status(b) == ACCEPTING
    assert t.at(150).status(b) == PENDING
    t.at(28_800)
    assert timestamps(b) == [("open", 0), ("active", 0), ("inactive", 150), ("closed", 28_800)]
    assert t.usage(b) == 30


def test_gt_10_job_mode_is_charged_for_the_quantum_seconds_of_each_job() -> None:
    t = Timeline()
    j1 = t.submit(None, J(30, 12))
    j2 = t.at(40).submit(None, J(30, 8))
    t.at(70)
    assert charged(j1, j2) == [12, 8]
    assert t.instance_usage() == 20


def test_gt_10_a_batch_is_charged_for_the_sum_closed_or_not() -> None:
    for closed in (False, True):
        t = Timeline()
        b = t.batch()
        t.submit(b, J(30, 12))
        t.at(40).submit(b, J(30, 8))
        t.at(75)
        if closed:
            t.close(b)
        t.at(200)
        assert (t.usage(b), t.instance_usage()) == (20, 20)


def test_gt_10_a_session_is_charged_until_it_is_closed() -> None:
    t = Timeline()
    s = t.session()
    t.submit(s, J(30, 12))
    t.at(40).submit(s, J(30, 8))
    t.at(75).close(s)
    t.at(200)
    assert (t.usage(s), t.instance_usage()) == (75, 75)


def test_gt_10_a_session_that_is_not_closed_is_charged_until_it_is_inactive() -> None:
    t = Timeline()
    s = t.session()
    t.submit(s, J(30, 12))
    t.at(40).submit(s, J(30, 8))
    assert t.at(130).status(s) == PENDING
    assert timestamps(s)[-1] == ("inactive", 130)
    t.at(1000)
    assert (t.usage(s), t.instance_usage()) == (130, 130)


def test_gt_11_a_job_is_stopped_when_its_quantum_time_is_used_up() -> None:
    t = Timeline()
    j1 = t.submit(None, J(450, 400), cost_s=300)
    t.at(349)
    assert (j1.status, seconds(j1.on_qpu_us)) == ("Running", 50)
    t.at(350)
    assert (j1.status, j1.ran_too_long, j1.reason_code) == ("Cancelled", True, 1305)
    assert j1.reason == "Ran too long"
    assert (ran(j1), charged(j1)) == ((0, 350), [300])


def test_gt_11_waiting_for_the_qpu_does_not_count_towards_the_limit() -> None:
    t = Timeline(contention=True)
    f = t.foreign(J(150, 100))
    j1 = t.submit(None, J(450, 400), cost_s=300)
    t.at(500)
    assert (seconds(f.on_qpu_us), seconds(f.finished_us), seconds(j1.on_qpu_us)) == (50, 150, 150)
    assert (j1.status, j1.reason_code, ran(j1)) == ("Cancelled", 1305, (0, 450))
    assert charged(j1) == [300]


def test_gt_12_a_batch_on_the_open_plan_ends_after_ten_minutes_and_uses_up_the_quota() -> None:
    t = Timeline(lanes=1, plan="open")
    b = t.batch()
    b1 = t.submit(b, J(400, 300))
    b2 = t.at(10).submit(b, J(400, 300))
    b3 = t.at(20).submit(b, J(100, 50))
    assert t.at(599).status(b) == ACCEPTING
    assert (t.at(600).status(b), statuses(b1, b2, b3)) == (CLOSED, ["Completed", "Running", "Failed"])
    t.at(900)
    assert runs(b1, b2, b3) == [(0, 400), (400, 800), (None, 600)]
    assert (b2.status, b3.reason_code, seconds(b.closed_us), b.max_ttl_s) == ("Completed", 4001, 600, 600)
    assert (t.usage(b), t.instance_usage()) == (600, 600)
    assert t.world.instance.limited(t.world.now_us)


def test_gt_12_the_open_plan_has_no_sessions() -> None:
    t = Timeline(plan="open")
    assert t.refused(t.session) == "open_plan_session"
    assert t.world.workloads == {}


def test_gt_13_batches_and_sessions_exclude_one_another_and_plain_jobs_run_beside_a_batch() -> None:
    t = Timeline(lanes=3)
    a, s, c = t.batch(), t.session(), t.batch()
    a1, a2 = t.submit(a, J(30, 10)), t.submit(a, J(30, 10))
    s1 = t.submit(s, J(20, 5))
    c1 = t.submit(c, J(10, 5))
    x = t.submit(None, J(10, 5))
    t.at(1).close(a)
    assert statuses(s1, c1, x) == ["Queued", "Queued", "Running"]
    assert t.at(29).backend.queue_length == 2
    t.at(60).close(s)
    t.at(100).close(c)
    assert runs(a1, a2, x, s1, c1) == [(0, 30), (0, 30), (0, 10), (30, 50), (60, 70)]
    assert (seconds(a.closed_us), seconds(s.closed_us)) == (30, 60)
    assert [t.usage(a), t.usage(s), t.usage(c)] == [20, 30, 5]
