"""Programs become as short as they can while something holds of them, with a bounded number of runs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from pytest_qruntime.reproducing import simplifying
from pytest_qruntime.reproducing.program import Program
from pytest_qruntime.reproducing.shrinking import Budget, Simpler, shrunk
from pytest_qruntime.reproducing.steps import Lasting, Step, Var, tick, without

SESSION, JOB = Var("session", 1), Var("job", 1)
HOUR = 3_600_000_000


def others(count: int, **named: object) -> Step:
    return Step(None, "other_users", (count,), tuple(named.items()))


def decision(**named: object) -> Step:
    return Step(None, "next_jobs", (), tuple(named.items()))


OPEN = Step(None, "session", (), (("max_time", Lasting(HOUR)),), makes=SESSION)
RUN = Step(SESSION, "run", makes=JOB)
PLAIN_RUN = Step(None, "run", makes=JOB)
CLOSE = Step(SESSION, "close")
READ = Step(JOB, "status")


def lines(program: Program) -> list[str]:
    return list(program.function("it").body)


def tried(program: Program, holds: Callable[[list[str]], bool], ways: tuple[Simpler, ...] = ()) -> list[str]:
    budget = Budget(lambda one: one if holds(lines(one)) else None, runs=300, lines=3_000)
    return lines(shrunk(program, budget, simplifying.fewer_kinds, ways))


def test_steps_that_do_not_matter_are_left_out() -> None:
    program = Program({}, tuple(others(number) for number in range(1, 40)))
    needed = {"qruntime.other_users(3)", "qruntime.other_users(31)"}
    assert tried(program, lambda found: needed <= set(found)) == sorted(needed)


def test_what_needs_a_step_goes_with_it() -> None:
    assert without([OPEN, RUN, CLOSE, others(1), READ], [0]) == (others(1),)
    assert without([OPEN, RUN, CLOSE, READ], [1]) == (OPEN, CLOSE)


def test_the_ending_keeps_what_it_needs() -> None:
    program = Program({}, (OPEN, RUN, CLOSE), ending=(READ,))
    assert tried(program, lambda _: True) == [
        'session = qruntime.session(max_time="1h")',
        "job = session.run()",
        "job.status()",
    ]
    assert not Program({}, (CLOSE,)).whole


def test_time_that_passes_in_several_steps_is_one_step() -> None:
    program = Program({}, (tick(HOUR), others(1), tick(HOUR)))
    assert tried(program, lambda found: "2h" in " ".join(found) or len(found) == 3) == ['qruntime.clock.tick("2h")']
    assert Program({}, ()).but(steps=(tick(0),)).steps == ()


def test_nothing_is_tried_twice_nor_more_often_than_allowed() -> None:
    asked: list[str] = []

    def refuse(program: Program) -> None:
        asked.append("\n".join(lines(program)))

    program = Program({}, tuple(others(number) for number in range(1, 400)))
    assert shrunk(program, Budget(refuse, runs=30, lines=10**9), simplifying.fewer_kinds, ()) == program
    assert len(asked) == len(set(asked)) == 30
    asked.clear()
    budget = Budget(refuse, runs=2, lines=10**9)
    assert [budget(program), budget(program), budget.spent()] == [None, None, False]
    assert len(asked) == 1
    asked.clear()
    shrunk(program, Budget(refuse, runs=10**9, lines=1_000), simplifying.fewer_kinds, ())
    assert 0 < len(asked) < 10


def simpler(way: Simpler, *steps: Step, settings: dict[str, object] | None = None) -> list[list[str]]:
    """The programs that a way yields."""
    return [lines(one) for one in way(Program(settings or {}, steps))]


def test_jobs_of_a_session_become_jobs_of_their_own() -> None:
    assert simpler(simplifying.in_job_mode, OPEN, RUN, READ) == [
        ['qruntime.session(max_time="1h")', "job = qruntime.run()", "job.status()"]
    ]
    assert simpler(simplifying.in_job_mode, OPEN, CLOSE) == []


def test_what_happens_elsewhere_happens_on_the_default_backend() -> None:
    elsewhere = (("backend", "ibm_other"),)
    steps = (
        Step(None, "backend", ("ibm_other",), (("lanes", 1),)),
        Step(None, 'backend("ibm_other").set_status', ("paused",)),
        Step(None, "run", (), elsewhere),
        Step(None, "run", (), (("backend", "ibm_third"),)),
    )
    assert simpler(simplifying.on_one_backend, *steps)[0] == [
        'qruntime.backend().set_status("paused")',
        "qruntime.run()",
        'qruntime.run(backend="ibm_third")',
    ]


def test_arguments_go_one_by_one() -> None:
    step = others(2, classical=Lasting(0), quantum=Lasting(HOUR))
    assert simpler(simplifying.fewer_arguments, step) == [
        ['qruntime.other_users(2, quantum="1h")'],
        ["qruntime.other_users(2, classical=0)"],
    ]
    asserted = Step(None, "assert_usage", (), (("at_most", 3),), of="qruntime_contracts")
    assert simpler(simplifying.fewer_arguments, asserted) == []


def test_steps_of_a_kind_go_together_and_so_do_their_arguments() -> None:
    run = Step(None, "run", (), (("tags", ["a"]),))
    assert simpler(simplifying.fewer_kinds, run, tick(HOUR), run) == [
        ['qruntime.clock.tick("1h")'],
        ["qruntime.run()", 'qruntime.clock.tick("1h")', "qruntime.run()"],
    ]


def test_settings_go_unless_they_have_to_stay() -> None:
    program = Program({"lanes": 1, "policy.idle_close": "lazy", "plan": "open"}, (PLAIN_RUN,))
    way = partial(simplifying.fewer_settings, kept={"lanes"})
    assert [dict(one.settings) for one in way(program)] == [
        {"lanes": 1, "plan": "open"},
        {"lanes": 1, "policy.idle_close": "lazy"},
    ]


def test_there_are_fewer_others() -> None:
    assert simpler(simplifying.fewer_others, others(8)) == [[f"qruntime.other_users({n})"] for n in (1, 4, 7)]
    assert simpler(simplifying.fewer_others, others(1)) == []


def test_one_decision_stands_for_several() -> None:
    slow, bad = decision(quantum=Lasting(HOUR)), decision(code=1517)
    assert simpler(simplifying.fewer_decisions, slow, PLAIN_RUN, bad, PLAIN_RUN, slow, PLAIN_RUN) == [
        [
            'qruntime.next_jobs(None, quantum="1h")',
            "qruntime.run()",
            "qruntime.next_jobs(code=1517)",
            "qruntime.run()",
            "qruntime.run()",
        ]
    ]


@pytest.mark.parametrize(
    ("micros", "texts"),
    [
        (5_124_000, ["10s", "5s", "6s"]),
        (45 * 60_000_000 + 1, ["1h", "30m", "45m"]),
        (25 * 60_000_000, []),
        (24 * HOUR * 3, []),
        (0, []),
    ],
)
def test_durations_become_round_unless_a_person_would_write_them(micros: int, texts: list[str]) -> None:
    found = simpler(simplifying.round_durations, Step(None, "calibrate", (Lasting(micros),)))
    assert found == [[f'qruntime.calibrate("{text}")'] for text in texts]


def test_less_time_passes_and_another_one_without_a_step() -> None:
    assert simpler(simplifying.less_time, tick(65_000_000)) == [
        [f'qruntime.clock.tick("{text}")'] for text in ("1s", "2s", "5s", "10s", "20s", "30s", "1m")
    ]
    found = simpler(simplifying.other_times, others(1), tick(5_000_000))
    assert found == [[f'qruntime.clock.tick("{text}")'] for text in ("1s", "10s", "20s")]
