"""What happened in a test is written down so that the same happens again, whoever made it happen."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, ClassVar

import httpx
import pytest
from hypothesis import settings

from pytest_qruntime import QRuntime, RuntimeMachine, ServiceError
from pytest_qruntime.reproducing.program import Program
from pytest_qruntime.reproducing.shortest import settings_of
from pytest_qruntime.reproducing.story import Story
from tests.machine.running import QUICK, run
from tests.reproducing.playing import Play, played, whole


class Lives(RuntimeMachine):
    """Every example, as it happened, and as the program of it happens."""

    settings: ClassVar = {"lanes": 2}
    backends = ("fake_backend", "ibm_other")
    # that somebody ends a maintenance looks as if it ended by itself
    weights: ClassVar = {"plan_maintenance": 0}
    played: ClassVar[list[tuple[str, str, str]]] = []

    def teardown(self) -> None:
        program = whole(Story(self.qruntime))
        outcome = program.run()
        assert outcome.error is None
        trace = outcome.qruntime.trace.to_jsonl()
        self.played.append((self.qruntime.trace.to_jsonl(), trace, program.function("life").text()))


def test_any_life_is_written_down_and_has_the_same_trace() -> None:
    Lives.played.clear()
    run(Lives, settings(QUICK, max_examples=40, stateful_step_count=20))
    assert len(Lives.played) >= 40
    for trace, again, text in Lives.played:
        assert again == trace, text


def lines(play: Play, **settings: Any) -> list[str]:
    """The lines of everything that happened; what happens when they are run is the same."""
    story, _ = played(play, **settings)
    program = whole(story)
    outcome = program.run()
    assert outcome.error is None
    assert outcome.qruntime.trace.to_jsonl() == story.qruntime.trace.to_jsonl()
    return list(program.function("it").body)


def maintained(qruntime: QRuntime) -> None:
    qruntime.backend("ibm_other", lanes=1)
    qruntime.maintenance("10m", after="1m")
    qruntime.maintenance("1h", backend="ibm_other", status="offline")
    qruntime.clock.tick("30m")
    qruntime.maintenance("5m")
    qruntime.backend().set_status("online")


def staged(qruntime: QRuntime) -> None:
    qruntime.other_users(2, quantum="5m", after="1m")
    qruntime.calibrate("3m", after="2m")
    qruntime.limit_usage("7m", after="3m")
    qruntime.limit_usage(None)
    qruntime.backend().set_status("paused", "cooling")
    qruntime.clock.tick("10m")


def closed_by_others(qruntime: QRuntime) -> None:
    session, idle, batch = qruntime.session(), qruntime.session(), qruntime.batch()
    session.run()
    batch.run()
    qruntime.world.set_accepting(session.session_id, accepting=False)
    qruntime.world.set_accepting(idle.session_id, accepting=False)
    qruntime.world.cancel_workload(batch.session_id)
    qruntime.clock.tick("1m")


def deleted(qruntime: QRuntime) -> None:
    qruntime.next_jobs(quantum="5s", code=1517)
    job = qruntime.run(tags=["a"])
    with suppress(ServiceError):
        job.delete()
    qruntime.clock.tick("1m")
    job.delete()


def lost_on_the_way(qruntime: QRuntime) -> None:
    qruntime.fail(502, "submit", effect=True)
    qruntime.fail("refused", "open", after=1)
    with suppress(ServiceError):
        qruntime.run()
    qruntime.session()
    with suppress(httpx.ConnectError):
        qruntime.session()


def too_late(qruntime: QRuntime) -> None:
    """The job is cancelled by the service, and then in vain by its owner, all at one instant."""
    qruntime.next_jobs(classical=0, runs_too_long=True)
    job = qruntime.run(max_execution_time="1m")
    qruntime.clock.tick("1m")
    qruntime.backend().set_status("paused")
    with suppress(ServiceError):
        job.cancel()
    qruntime.backend().set_status("online")


def arranged(qruntime: QRuntime) -> None:
    qruntime.after("submit", lambda: qruntime.clock.tick("8h"))
    qruntime.before("close", lambda: qruntime.other_users())
    with qruntime.session(max_time="1h") as session:
        session.run(max_execution_time="1m")


STAGED: dict[Play, list[str]] = {
    maintained: [
        'qruntime.backend("ibm_other", lanes=1)',
        'qruntime.maintenance("1h", status="offline", backend="ibm_other")',
        'qruntime.clock.tick("1m")',
        'qruntime.maintenance("10m")',
        'qruntime.clock.tick("29m")',
        'qruntime.backend().set_status("paused", "maintenance")',
        'qruntime.backend().set_status("online")',
    ],
    staged: [
        "qruntime.limit_usage(None)",
        'qruntime.backend().set_status("paused", "cooling")',
        'qruntime.clock.tick("1m")',
        'qruntime.other_users(2, classical=0, quantum="5m")',
        'qruntime.clock.tick("1m")',
        'qruntime.calibrate("3m")',
        'qruntime.clock.tick("1m")',
        'qruntime.limit_usage("7m")',
        'qruntime.clock.tick("7m")',
    ],
    closed_by_others: [
        "session_1 = qruntime.session()",
        "session_2 = qruntime.session()",
        "batch = qruntime.batch()",
        "session_1.run()",
        "batch.run()",
        "session_1.close()",
        "session_2.close()",
        "batch.cancel()",
        'qruntime.clock.tick("1m")',
    ],
    deleted: [
        'qruntime.next_jobs(classical=0, quantum="5s", code=1517)',
        'job = qruntime.run(tags=["a"])',
        "with suppress(ServiceError):  # refused: HTTP 400, code bad_request",
        "    job.delete()",
        'qruntime.clock.tick("1m")',
        "job.delete()",
    ],
    lost_on_the_way: ["qruntime.run()", "qruntime.session()"],
    too_late: [
        "qruntime.next_jobs(classical=0, runs_too_long=True)",
        'job = qruntime.run(max_execution_time="1m")',
        'qruntime.clock.tick("1m")',
        'qruntime.backend().set_status("paused")',
        "with suppress(ServiceError):  # refused: HTTP 409, code 3208",
        "    job.cancel()",
        'qruntime.backend().set_status("online")',
    ],
    arranged: [
        'session = qruntime.session(max_time="1h")',
        'session.run(max_execution_time="1m")',
        'qruntime.clock.tick("8h")',
        'qruntime.other_users(1, classical=0, quantum="1m")',
        "session.close()",
    ],
}


@pytest.mark.parametrize("play", STAGED, ids=lambda play: play.__name__)
def test_what_nobody_asked_for_is_a_step_of_its_own(play: Play) -> None:
    assert lines(play) == STAGED[play]


def test_a_job_that_fails_because_of_its_input_does_so_before_it_has_the_qpu() -> None:
    story, _ = played(lambda qruntime: qruntime.run("sampler", [["no circuit"]]).result())
    assert whole(story).function("it").body[0].startswith('qruntime.next_jobs(classical="2.1s", quantum=0, code=1506')


def test_a_world_is_described_by_what_is_not_usual() -> None:
    policy = {"idle_close": "lazy", "batch_autoend": 0}
    story, _ = played(lambda _: None, plan="open", lanes=2, qpu_contention=False, policy=policy)
    described = settings_of(story.world, ())
    assert described == {
        "plan": "open",
        "lanes": 2,
        "qpu_contention": False,
        "policy.idle_close": "lazy",
        "policy.batch_autoend": 0,
    }
    again = Program(described, ()).run().qruntime
    assert (again.plan, again.policy) == (story.qruntime.plan, story.qruntime.policy)
    assert settings_of(played(lambda _: None)[0].world, ["lanes"]) == {"lanes": 5}


@pytest.fixture
def story() -> Story:
    def play(qruntime: QRuntime) -> None:
        session = qruntime.session()
        session.run()
        qruntime.other_users()
        session.status()
        session.close()

    return played(play)[0]


def test_a_part_of_it_ends_before_a_request(story: Story) -> None:
    paths = [step.path for step in story.steps(0, 2)]
    assert paths == ["session", "run", "other_users"]  # the read of the number 2 saw them
    assert [step.path for step in story.steps(0, 1)] == ["session"]
    assert [step.path for step in story.steps(0)][-1] == "close"
