"""Random lives of a service, as lists of commands for `tests.model.player`."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from pytest_qruntime.model import PLANS, Plan
from tests.model.player import Command, Player, Setup
from tests.model.test_state_machine import (
    ACTIVE_TTL_S,
    CLASSICAL_S,
    DELAY_S,
    ENDING,
    FAULT,
    LONG_WAIT_S,
    MAX_TTL_S,
    OFFSET_US,
    QUANTUM_S,
    TURNS,
    WAIT_S,
    WORKLOAD,
)

MODE = st.sampled_from(["dedicated", "batch"])
PREMIUM = PLANS["premium"]
PLAN: list[str | Plan] = [
    *("premium", "premium", "premium", "open"),
    PREMIUM.but(usage_limit_s=40),
    PREMIUM.but(pending_limit=3, submits_per_minute=4, session_ittl_s=30),
]
COST_S = st.sampled_from([None, None, 10, 400])


def command(name: str, *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Command]:
    return st.tuples(*arguments).map(lambda given: Command(name, given))


COMMAND = st.one_of(
    command("submit", WORKLOAD, CLASSICAL_S, QUANTUM_S, COST_S, FAULT),
    command("submit", WORKLOAD, CLASSICAL_S, QUANTUM_S, COST_S, FAULT),
    command("submit", st.none(), CLASSICAL_S, QUANTUM_S, COST_S, FAULT),
    command("wait", WAIT_S),
    command("wait", WAIT_S),
    command("jump", OFFSET_US),
    st.builds(lambda how, workload: Command(how, (workload,)), ENDING, WORKLOAD),
    command("foreign", CLASSICAL_S, QUANTUM_S, DELAY_S),
    command("open", MODE, MAX_TTL_S, ACTIVE_TTL_S),
    command("wait", LONG_WAIT_S),
    command("cancel_job", st.integers(0, 9)),
    command("delete_job", st.integers(0, 9)),
    command("calibrate", CLASSICAL_S, DELAY_S),
    command("script", st.integers(1, 2), st.integers(0, 3)),
    command("status", st.sampled_from([True, True, False])),
)
FIRST = st.lists(command("open", MODE, MAX_TTL_S, ACTIVE_TTL_S), min_size=1, max_size=3)
COMMANDS = st.builds(lambda first, more: [*first, *more], FIRST, st.lists(COMMAND, max_size=30))


@st.composite
def setups(draw: st.DrawFn) -> Setup:
    turns = draw(st.lists(st.sampled_from(TURNS), max_size=4))
    knobs = {name: value for turn in turns for name, value in turn.items()}
    plan = draw(st.sampled_from(PLAN))
    return Setup(lanes=draw(st.sampled_from([1, 2, 3, 5])), contention=draw(st.booleans()), plan=plan, knobs=knobs)


def lived(setup: Setup, commands: list[Command], *, to_the_end: bool) -> Player:
    player = Player(setup).replay(commands)
    if to_the_end:
        player.finish()
    return player
