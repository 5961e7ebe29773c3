"""Random interleavings of everything that can happen, under random policies, against all invariants of any trace."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.model.comparisons import check_to_the_end
from tests.model.invariants import Monitor
from tests.model.player import SECOND, Command, Player, Setup

# Whole seconds, so that events meet at the same instant; the TTLs and their neighbours are among the waits.
CLASSICAL_S = st.sampled_from([0, 1, 5, 10, 30])
QUANTUM_S = st.sampled_from([1, 5, 20, 0, 60])
WAIT_S = st.sampled_from([1, 5, 10, 29, 59, 60, 61, 0, 100, 250])
LONG_WAIT_S = st.sampled_from([600, 1800, 28_800])
DELAY_S = st.sampled_from([0, 10, 60])
OFFSET_US = st.sampled_from([0, 0, 0, -1, 1, SECOND])
WORKLOAD = st.integers(0, 2)
FAULT = st.sampled_from([0, 0, 0, 0, 1, 2, 3])
MAX_TTL_S = st.sampled_from([None, 20, 60, 100, 300])
ACTIVE_TTL_S = st.sampled_from([None, None, 15, 50])
ENDING = st.sampled_from(["close", "close", "close", "reopen", "reopen", "cancel"])

TURNS: tuple[dict[str, Any], ...] = (
    {"queued_on_end": "cancelled"},
    {"idle_close": "lazy"},
    {"batch_autoend": 0},
    {"batch_autoend": 30},
    {"cost_limit_s": 50},
    {"cost_limit_s": 50, "cost_limit_running": "stop_ran_too_long"},
    {"batch_ittl": "literal"},
    {"session_usage": "span"},
    {"batch_exclusion": "none"},
    {"closing_state": "pending_closed"},
    {"delete_nonterminal": "allow"},
    {"service_timeout": 15},
    {"unused_autoclose": {"dedicated": 100, "batch": 60}},
    {"max_ttl_from": "open"},
    {"session_activation": "immediate"},
    {"allow_custom_ttl": True},
    {"allow_custom_ttl": True, "active_ttl_expiry": "close"},
    {"allow_custom_ttl": True, "active_ttl_expiry": "ignore"},
    {"max_ttl_over": "clamp"},
    {"cancel_closed": 404},
    {"reopen_while_draining": False},
    {"batch_order": "shuffle:3"},
    {"queue_order": "fair_share"},
)


class Machine(RuleBasedStateMachine):
    """Each rule is one command; after each the monitor reads what happened."""

    player: Player
    monitor: Monitor

    @initialize(
        lanes=st.sampled_from([1, 2, 3, 5]),
        contention=st.booleans(),
        plan=st.sampled_from(["premium", "premium", "premium", "open"]),
        turns=st.lists(st.sampled_from(TURNS), max_size=4),
        active_ttl=ACTIVE_TTL_S,
        modes=st.permutations(["batch", "dedicated", "batch"]),
        jobs=st.lists(st.tuples(st.integers(0, 2), CLASSICAL_S, QUANTUM_S), min_size=2, max_size=6),
    )
    def begin(
        self,
        lanes: int,
        contention: bool,
        plan: str,
        turns: list[dict[str, Any]],
        active_ttl: int | None,
        modes: list[str],
        jobs: list[tuple[int, int, int]],
    ) -> None:
        knobs = {name: value for turn in turns for name, value in turn.items()}
        self.player = Player(Setup(lanes=lanes, contention=contention, plan=plan, knobs=knobs))
        self.monitor = Monitor(self.player)
        for mode in modes:
            self.play("open", mode, None, active_ttl)
        for workload, classical, quantum in jobs:
            self.play("submit", workload, classical, quantum, None, 0)

    def play(self, name: str, *arguments: Any) -> None:
        self.player.play(Command(name, arguments))
        self.monitor.step()

    @rule(mode=st.sampled_from(["dedicated", "batch"]), max_ttl=MAX_TTL_S, active_ttl=ACTIVE_TTL_S)
    def open(self, mode: str, max_ttl: int | None, active_ttl: int | None) -> None:
        self.play("open", mode, max_ttl, active_ttl)

    @rule(workload=WORKLOAD, classical=CLASSICAL_S, quantum=QUANTUM_S, fault=FAULT)
    def submit(self, workload: int, classical: int, quantum: int, fault: int) -> None:
        self.play("submit", workload, classical, quantum, None, fault)

    @rule(workload=WORKLOAD, jobs=st.lists(st.tuples(CLASSICAL_S, QUANTUM_S), min_size=2, max_size=5))
    def submit_some(self, workload: int, jobs: list[tuple[int, int]]) -> None:
        for classical, quantum in jobs:
            self.play("submit", workload, classical, quantum, 10, 0)

    @rule(workload=WORKLOAD, quantum=QUANTUM_S, then=st.sampled_from(["wait", "reopen", "cancel", "wait"]))
    def submit_and_close(self, workload: int, quantum: int, then: str) -> None:
        self.play("submit", workload, 5, quantum, None, 0)
        self.play("close", workload)
        self.play(then, 1 if then == "wait" else workload)

    @rule(workload=WORKLOAD, quantum=QUANTUM_S)
    def submit_at_the_next_event(self, workload: int, quantum: int) -> None:
        self.play("jump", 0)
        self.play("submit", workload, 1, quantum, None, 0)

    @rule(classical=CLASSICAL_S, quantum=QUANTUM_S, fault=FAULT)
    def submit_a_plain_job(self, classical: int, quantum: int, fault: int) -> None:
        self.play("submit", None, classical, quantum, None, fault)

    @rule(workload=WORKLOAD, how=ENDING)
    def end_workload(self, workload: int, how: str) -> None:
        self.play(how, workload)

    @rule(back=st.integers(0, 5), deleted=st.booleans())
    def end_job(self, back: int, deleted: bool) -> None:
        number = max(len(self.player.jobs) - 1 - back, 0)
        self.play("delete_job" if deleted else "cancel_job", number)

    @rule(classical=CLASSICAL_S, quantum=QUANTUM_S, delay=DELAY_S, calibration=st.booleans())
    def others(self, classical: int, quantum: int, delay: int, calibration: bool) -> None:
        if calibration:
            self.play("calibrate", classical, delay)
        else:
            self.play("foreign", classical, quantum, delay)

    @rule(times=st.integers(1, 2), fault=st.integers(0, 3))
    def script(self, times: int, fault: int) -> None:
        self.play("script", times, fault)

    @rule(online=st.sampled_from([True, True, False]))
    def status(self, online: bool) -> None:
        self.play("status", online)

    @rule(seconds=WAIT_S)
    def wait(self, seconds: int) -> None:
        self.play("wait", seconds)

    @rule(seconds=LONG_WAIT_S)
    def wait_long(self, seconds: int) -> None:
        self.play("wait", seconds)

    @rule(offset=OFFSET_US)
    def jump(self, offset: int) -> None:
        self.play("jump", offset)

    def teardown(self) -> None:
        if not hasattr(self, "player"):
            return
        check_to_the_end(self.player, self.monitor)


THOROUGH = settings(
    max_examples=2_000,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)

TestAnyInterleaving = Machine.TestCase
TestAnyInterleaving.settings = THOROUGH
