"""What the rules do, and the line that each of them leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pytest_qruntime import RuntimeMachine
from tests.machine.running import OURS

Machine = RuntimeMachine


class Two(RuntimeMachine):
    backends = ("fake_backend", "ibm_other")


@pytest.fixture
def machine() -> Iterator[RuntimeMachine]:
    made = Two()
    yield made
    made.teardown()


def lines(machine: RuntimeMachine, since: int = 0) -> list[str]:
    assert machine._script is not None
    return [text for line in machine._script.lines[since:] for text in line.lines()]


def asked(**named: Any) -> dict[str, Any]:
    """The arguments of a submit."""
    return {"classical": None, "quantum": None, "outcome": "completed", **named}


STEPS: list[tuple[str, Callable[[Any], Any], list[str]]] = [
    (
        "open_session",
        lambda m: m.open_session(max_time="5m", backend="fake_backend"),
        ["session_2 = ", 'max_time="5m"'],
    ),
    ("open_batch", lambda m: m.open_batch(max_time=None, backend="ibm_other"), ['qruntime.batch(backend="ibm_other")']),
    ("submit", lambda m: m.submit(m.one, **asked()), ["job_2 = session_1.run()"]),
    (
        "submit",
        lambda m: m.submit(m.one, **asked(quantum="5s", outcome="failed")),
        ['next_jobs(quantum="5s", code=1517, session=session_1)', "job_2 = session_1.run()"],
    ),
    (
        "submit_plain",
        lambda m: m.submit_plain(**asked(outcome="runs too long", backend=None)),
        ["next_jobs(runs_too_long=True)", "job_2 = qruntime.run()"],
    ),
    ("close", lambda m: m.close(m.one), ["session_1.close()"]),
    ("cancel", lambda m: m.cancel(m.one), ["session_1.cancel()"]),
    ("cancel_job", lambda m: m.cancel_job(m.job), ["job_1.cancel()"]),
    (
        "delete_job",
        lambda m: m.delete_job(m.job),
        ["with suppress(ServiceError):  # refused: HTTP 4", "    job_1.delete()"],
    ),
    ("wait_for", lambda m: m.wait_for(m.job), ['job_1.wait_for_final_state(timeout="8h")']),
    (
        "wait_for",
        lambda m: (m.pause_backend(backend="ibm_other"), m.wait_for(m.submit_plain(**asked(backend="ibm_other")))),
        ["with suppress(JobTimeoutError):  # no failure", "    job_2.wait_for_final_state"],
    ),
    ("let_time_pass", lambda m: m.let_time_pass("1m"), ['qruntime.clock.tick("1m")']),
    ("pass_to_the_next_event", lambda m: m.pass_to_the_next_event(), ["qruntime.clock.wait_for_event()"]),
    (
        "let_others_submit",
        lambda m: m.let_others_submit(jobs=2, quantum="1m", after="1s", backend=None),
        ['qruntime.other_users(2, quantum="1m", after="1s")'],
    ),
    (
        "pause_backend",
        lambda m: m.pause_backend(backend=None),
        ['qruntime.backend().set_status("paused")'],
    ),
    (
        "bring_backend_back",
        lambda m: m.bring_backend_back(backend="ibm_other"),
        ['qruntime.backend("ibm_other").set_status("online")'],
    ),
    (
        "plan_maintenance",
        lambda m: m.plan_maintenance(lasting="1h", after="1m", backend=None),
        ['qruntime.maintenance("1h", after="1m")'],
    ),
    ("plan_calibration", lambda m: m.plan_calibration(after="1m", backend=None), ['qruntime.calibrate(after="1m")']),
]


@pytest.mark.parametrize(("name", "step", "left"), STEPS, ids=[name for name, *_ in STEPS])
def test_a_rule_leaves_the_line_of_what_it_did(
    machine: Any, name: str, step: Callable[[Any], Any], left: list[str]
) -> None:
    machine.one = machine.open_session(max_time=None, backend=None)
    machine.job = machine.submit(machine.one, **asked())
    since = len(machine._script.lines)
    before = len(machine.qruntime.trace), machine.qruntime.clock.now(), machine.qruntime.clock.pending()

    step(machine)

    text = "\n".join(lines(machine, since))
    assert [part for part in left if part not in text] == [], text
    if name not in ("bring_backend_back", "close", "pass_to_the_next_event"):
        assert (len(machine.qruntime.trace), machine.qruntime.clock.now(), machine.qruntime.clock.pending()) != before


def test_every_rule_has_its_line_here() -> None:
    assert {name for name, *_ in STEPS} == set(OURS)


def test_backends_that_are_named_are_made_first(machine: RuntimeMachine) -> None:
    assert lines(machine) == ['qruntime.backend("fake_backend")', 'qruntime.backend("ibm_other")']
    assert set(machine.qruntime.world.backends) == {"fake_backend", "ibm_other"}


def test_rules_take_back_what_the_service_refuses() -> None:
    class Open(RuntimeMachine):
        settings = {"plan": "open"}  # noqa: RUF012  # as users write it

    machine = Open()
    try:
        assert list(machine.open_session(max_time=None, backend=None)) == []
        assert lines(machine)[0].startswith("with suppress(ServiceError):  # refused: HTTP 400, code 1352")
    finally:
        machine.teardown()
