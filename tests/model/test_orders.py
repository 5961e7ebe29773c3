"""Events of one instant in another order than the fixed one: what may be chosen, and what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

import pytest

from pytest_qruntime.contracts import Terms, check
from pytest_qruntime.model import Durations, Failure, JobRequest, Plan, Trace, World
from pytest_qruntime.model.events import Deadline
from pytest_qruntime.model.orders import Chooser
from pytest_qruntime.mutants.stage import Story
from pytest_qruntime.mutants.stories import STORIES
from tests.model.timeline import SECOND, J, Timeline


def asked(t: Timeline) -> list[list[str]]:
    """What the chooser of this world will be asked: the texts of the events that may come next."""
    questions: list[list[str]] = []

    def choose(options: Sequence[Deadline]) -> int:
        questions.append([option.text for option in options])
        return 0

    t.world.chooser = choose
    return questions


def last(options: Sequence[Deadline]) -> int:
    return len(options) - 1


def test_a_job_that_ends_and_a_timer_may_come_in_any_order() -> None:
    t = Timeline()
    s = t.session(max_time=20)
    t.submit(s, J(20, 5))
    questions = asked(t)
    t.at(20)
    assert questions == [["ends", "reaches its max TTL and closes"]]


def test_the_other_order_is_the_one_that_happens() -> None:
    t = Timeline()
    s = t.session(max_time=20)
    t.submit(s, J(20, 5))
    t.world.chooser = last
    t.at(20)
    kinds = [event.kind for event in t.world.trace if event.at_us == 20 * SECOND]
    assert kinds == ["workload.closed", "job.completed", "workload.settled"]


def test_nobody_is_asked_when_only_one_event_can_come_next() -> None:
    t = Timeline(lanes=1)
    questions = asked(t)
    t.submit(None, J(20, 5)), t.submit(None, J(30, 5))
    t.at(100)
    assert questions == []


def test_the_scheduler_may_look_before_a_timer_fires_if_it_has_something_to_start() -> None:
    """A queued job that gets a lane at the very instant of the max TTL, or is lost"""
    t = Timeline(lanes=1)
    s = t.session(max_time=20)
    t.submit(s, J(20, 5))
    t.submit(s, J(5, 5))
    questions = asked(t)
    t.at(20)
    timer = "reaches its max TTL and closes"
    assert questions == [["ends", timer], [timer, "looks who runs next"]]


def at_the_deadline(failure: Failure | None, verdict: Failure | None = None) -> list[list[str]]:
    """What is asked when a job is through its classical phase at the instant of its session's max TTL."""
    t = Timeline(lanes=1)
    s = t.session(max_time=20)
    t.submit(s, J(30, 10), failure=failure, verdict=None if verdict is None else lambda: verdict)
    questions = asked(t)
    t.at(20)
    return questions


def test_a_job_that_asks_for_the_qpu_has_nothing_to_do_with_a_timer() -> None:
    assert at_the_deadline(None) == []


def test_a_job_that_fails_in_its_classical_phase_ends_before_the_timer_or_after_it() -> None:
    failure = Failure(code=1506, reason="cannot be loaded", at="classical")
    for questions in (at_the_deadline(failure), at_the_deadline(None, verdict=failure)):
        assert questions == [["is ready for the QPU", "reaches its max TTL and closes"]]


def test_who_asks_for_the_qpu_first_is_asked_unless_it_takes_them_all() -> None:
    for contention, expected in ((True, [["is ready for the QPU"] * 2]), (False, [])):
        t = Timeline(contention=contention)
        t.submit(None, J(30, 10)), t.submit(None, J(40, 20))
        questions = asked(t)
        t.at(25)
        assert questions == expected


def test_the_input_of_a_job_is_looked_at_once() -> None:
    looked: list[str] = []
    t = Timeline()
    s = t.session(max_time=20)
    t.submit(s, J(30, 10), verdict=lambda: looked.append("looked"))
    t.world.chooser = last
    t.at(40)
    assert looked == ["looked"]


def test_what_an_event_sets_off_comes_after_it() -> None:
    """The lane is given away after the job that held it ended, whatever is chosen"""
    t = Timeline(lanes=1)
    s = t.session(max_time=20)
    t.submit(s, J(20, 5))
    t.submit(None, J(5, 5))
    t.world.chooser = last
    t.at(20)
    kinds = [event.kind for event in t.world.trace if event.at_us == 20 * SECOND]
    assert kinds.index("job.running") > kinds.index("job.completed")


def test_other_users_jobs_arrive_after_everything_else_in_any_order_among_themselves() -> None:
    t = Timeline()
    t.submit(t.session(), J(20, 5))
    for _ in range(2):
        t.world.add_load("fake_backend", classical_s=10, quantum_s=5, at_us=80 * SECOND)
    questions = asked(t)
    t.at(80)
    assert questions == [["another user's job arrives"] * 2]
    kinds = [event.kind for event in t.world.trace if event.at_us == 80 * SECOND]
    assert kinds[0] == "workload.inactivated"


def two_backends(**world: Any) -> Timeline:
    t = Timeline(**world)
    t.world.add_backend("other")
    for backend in ("fake_backend", "other"):
        t.world.submit(JobRequest(backend=backend, durations=Durations.of(10, 5)))
    return t


def test_events_of_different_backends_are_not_put_into_different_orders() -> None:
    t = two_backends()
    questions = asked(t)
    t.at(100)
    assert questions == []


@pytest.mark.parametrize(
    "limits", [{"plan": Plan(name="mine", usage_limit_s=600)}, {"cost_limit_s": 600}, {"queue_order": "fair_share"}]
)
def test_they_are_if_what_one_does_may_matter_to_the_other(limits: dict[str, Any]) -> None:
    t = two_backends(**limits)
    questions = asked(t)
    t.at(100)
    assert questions


def played(story: Story, choose: Chooser) -> tuple[Trace, Terms]:
    """The trace and the terms of a story in whose world events of one instant come in the order that is chosen."""
    begin = World.__init__

    def begun(world: World, **asked: Any) -> None:
        begin(world, **asked)
        world.chooser = choose

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(World, "__init__", begun)
        return story.play()


def by_chance(seed: int) -> Chooser:
    random = Random(seed)
    return lambda options: random.randrange(len(options))


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name.replace(" ", "_"))
def test_every_contract_holds_in_any_order(story: Story) -> None:
    for seed in range(3):
        trace, terms = played(story, by_chance(seed))
        report = check(trace, terms=terms)
        assert not report.broken, "\n".join(map(report.describe, report.broken))


def test_the_same_choices_give_the_same_trace() -> None:
    for story in STORIES:
        once, twice = (played(story, by_chance(1))[0].to_jsonl() for _ in range(2))
        assert once == twice


def test_the_fixed_order_is_the_one_in_which_always_the_first_is_chosen() -> None:
    for story in STORIES:
        assert played(story, lambda options: 0)[0].to_jsonl() == story.play()[0].to_jsonl()
