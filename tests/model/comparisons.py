"""The invariants that compare one run with another, or speak of its end: 9, 12, 13 and 15."""

from __future__ import annotations

from pytest_qruntime.model.job import Job
from tests.model.invariants import Monitor
from tests.model.player import Player, require

SHIFT_US = 12_345_678
LOST_CODE = 4001
NOT_FOR_COMPARISON = ("foreign", "calibrate")


def check_to_the_end(player: Player, monitor: Monitor) -> None:
    """Let a story end, and check all that can be said of it then."""
    player.finish()
    monitor.step()
    check_end(player, monitor)
    check_replay(player)
    check_shift(player)
    check_foreign_load(player)


def check_end(player: Player, monitor: Monitor) -> None:
    """Nothing is pending any more: every job is final, every usage is what the books say."""
    for job in player.world.jobs.values():
        require(13, job.final, f"{job} never ends")
    for book in monitor.workloads.values():
        workload = player.world.workloads[book.id]
        require(9, (workload.usage_us(player.world.now_us) or 0) == book.final_usage_us, f"{workload} shows its usage")
        if book.started_us is None:
            continue
        deadline_us = book.started_us + book.max_ttl_us
        for job_book in book.jobs:
            late = job_book.running_us is None and (job_book.finished_us or 0) > deadline_us
            require(13, not late, f"{job_book.id} waits beyond the max TTL of {book.id}")
        if book.mode == "dedicated":
            spans = [(job.finished_us or 0) - job.running_us for job in book.jobs if job.running_us is not None]
            span_us = max(book.last_end_us, book.closed_us or 0) - book.started_us
            require(9, max(spans) <= book.final_usage_us <= span_us, f"{book.id}: usage {book.final_usage_us}")


def check_replay(player: Player) -> None:
    """The same commands give the same trace, byte for byte."""
    again = Player(player.setup).replay(player.log)
    require(15, again.world.trace.to_jsonl() == player.world.trace.to_jsonl(), "a second run has another trace")


def check_shift(player: Player) -> None:
    """The same commands a little later: everything happens that much later, and no duration changes."""
    later = Player(player.setup, shift_us=SHIFT_US).replay(player.log)
    shifted = [event._replace(at_us=event.at_us - SHIFT_US) for event in later.world.trace]
    require(9, shifted == list(player.world.trace), "a run that begins later has other durations")


def check_foreign_load(player: Player) -> None:
    """Without the other users' jobs, every batch that lost no job has the same usage."""
    if "cost_limit_s" in player.setup.knobs:
        return
    alone = Player(player.setup)
    alone.replay([command for command in player.log if command.name not in NOT_FOR_COMPARISON])
    alone.finish()
    if [job is None for job in alone.jobs] != [job is None for job in player.jobs]:
        return
    numbers = [command.arguments[0] for command in player.log if command.name == "submit"]
    for number, (here, there) in enumerate(zip(player.workloads, alone.workloads, strict=True)):
        if here is None or there is None or here.mode != "batch":
            continue
        mine = [index for index, workload in enumerate(numbers) if workload == number]
        if all(_kept(one, one.jobs[index]) for one in (player, alone) for index in mine):
            usages = here.batch_usage_us, there.batch_usage_us
            require(12, usages[0] == usages[1], f"usage {usages} of {here} with and without other users' load")


def _kept(player: Player, job: Job | None) -> bool:
    """Whether a job was not accepted at all, or ended by itself."""
    if job is None:
        return True
    by_others = job.reason_code == LOST_CODE or (job.status == "Cancelled" and not job.ran_too_long)
    return job.id not in player.ended_by_user and not by_others
