"""The same seed and the same commands give the same trace, byte for byte, wherever and beside whatever they run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_qruntime.model import World
from tests.model.player import Command, Player, Setup

ROOT = Path(__file__).resolve().parents[2]

STORY = [
    Command("open", ("dedicated", 300, None)),
    Command("open", ("batch", None, None)),
    Command("foreign", (10, 20, 0)),
    *(Command("submit", (workload, 5, 20, None, fault)) for fault in range(3) for workload in (0, 1, None)),
    Command("calibrate", (5, 30)),
    Command("wait", (40,)),
    Command("cancel_job", (4,)),
    Command("close", (0,)),
    Command("submit", (0, 1, 1, None, 0)),
    Command("wait", (400,)),
]
SHUFFLED = {"batch_order": "shuffle:5", "queue_order": "fair_share"}

PRINT_TRACE = """
from tests.model.test_determinism import tell
print(tell(7).world.trace.to_jsonl(), end="")
"""


def tell(seed: int) -> Player:
    player = Player(Setup(lanes=2, contention=True, seed=seed, knobs=SHUFFLED)).replay(STORY)
    player.finish()
    return player


def test_two_runs_have_the_same_trace() -> None:
    assert tell(7).world.trace.to_jsonl() == tell(7).world.trace.to_jsonl()


@pytest.mark.parametrize("hash_seed", ["0", "1", "4242"])
def test_another_process_with_another_hash_seed_has_the_same_trace(hash_seed: str) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", PRINT_TRACE]
    other = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
    assert other.stdout == tell(7).world.trace.to_jsonl()


def test_another_seed_gives_other_ids_and_nothing_else() -> None:
    one, other = tell(7).world, tell(8).world
    assert not set(one.jobs) & set(other.jobs)
    assert not set(one.workloads) & set(other.workloads)
    assert one.instance.user_id != other.instance.user_id
    assert [event.at_us for event in one.trace if event.kind.startswith("workload.")] == [
        event.at_us for event in other.trace if event.kind.startswith("workload.")
    ]


def test_the_ids_look_like_the_services() -> None:
    world = tell(7).world
    assert all(re.fullmatch(r"d[0-9a-v]{19}", job) for job in world.jobs)
    uuid4 = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    assert all(re.fullmatch(uuid4, workload) for workload in world.workloads)
    assert re.fullmatch(r"IBMid-\d{10}", world.instance.user_id)
    assert list(world.jobs) == sorted(world.jobs), "ids of jobs ascend, as the service's do"


def test_worlds_that_take_turns_do_not_meet() -> None:
    one, other = (Player(Setup(lanes=2, contention=True, seed=seed, knobs=SHUFFLED)) for seed in (7, 8))
    for command in STORY:
        one.play(command)
        other.play(command)
    other.finish()
    one.finish()
    assert one.world.trace.to_jsonl() == tell(7).world.trace.to_jsonl()
    assert other.world.trace.to_jsonl() == tell(8).world.trace.to_jsonl()


def test_reading_changes_nothing() -> None:
    player, silent = (Player(Setup(lanes=2, contention=True, seed=7)) for _ in range(2))
    for command in STORY:
        player.play(command)
        silent.play(command)
        world = player.world
        world.pending()
        world.next_event_us()
        world.instance.usage_us(world.now_us)
        for workload in world.workloads.values():
            workload.usage_us(world.now_us)
            workload.active_ttl_s(world.now_us)
    assert player.world.trace.to_jsonl() == silent.world.trace.to_jsonl()
    assert player.world.pending() == silent.world.pending()


def test_big_and_small_steps_in_time_lead_to_the_same_trace() -> None:
    traces = []
    for step_us in (600_000_000, 700_001):
        player = Player(Setup(lanes=2, contention=True, seed=7)).replay(STORY[:12])
        for _ in range(600_000_000 // step_us):
            player.world.advance_to(player.world.now_us + step_us)
        player.world.advance_to(600_000_000)
        traces.append(player.world.trace.to_jsonl())
    assert traces[0] == traces[1]


def test_a_random_stream_depends_on_the_seed_and_its_name_alone() -> None:
    def draw(seed: int, name: str) -> float:
        return World(seed=seed).random(name).random()

    assert draw(1, "results") == draw(1, "results")
    assert len({draw(1, "results"), draw(2, "results"), draw(1, "noise")}) == 3


def test_a_trace_is_compact_json_with_sorted_keys() -> None:
    for line in tell(7).world.trace.to_jsonl().splitlines():
        event = json.loads(line)
        assert list(event) == ["at_us", "backend", "data", "job", "kind", "workload"]
        assert line == json.dumps(event, sort_keys=True, separators=(",", ":"))
