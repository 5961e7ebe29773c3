"""Plays commands against a world: what a client, another user, the service's staff and time may do, in any order.

A command names workloads and jobs by the order in which they were asked for, so a list of commands can be played again
in another world. Moves in time are kept as the instants that they led to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pytest_qruntime.model import Durations, Failure, JobRequest, JobScript, Plan, Policy, RefusedError, World
from pytest_qruntime.model.job import Job
from pytest_qruntime.model.workload import Workload

SECOND = 1_000_000
BACKEND = "fake_backend"

USER_FAULT = Failure(code=1517, reason="instruction not supported")
SYSTEM_FAULT = Failure(code=9707, reason="Temporary Internal Error", blame="system")
CLASSICAL_FAULT = Failure(code=1506, reason="cannot be loaded", at="classical")
FAULTS = (None, USER_FAULT, SYSTEM_FAULT, CLASSICAL_FAULT)


class Violation(AssertionError):
    """An invariant does not hold: its number in the list of the lifecycle catalogue, or the id of a rule."""

    def __init__(self, invariant: int | str, text: str) -> None:
        self.invariant = invariant
        super().__init__(f"invariant {invariant}: {text}")


def require(invariant: int | str, holds: bool, text: str) -> None:
    if not holds:
        raise Violation(invariant, text)


class Command(NamedTuple):
    """What is asked for, and with which numbers."""

    name: str
    arguments: tuple[Any, ...] = ()

    def __repr__(self) -> str:
        return f"Command({self.name!r}, {self.arguments!r})"


@dataclass(frozen=True)
class Setup:
    """What a world is made of."""

    lanes: int = 5
    contention: bool = False
    plan: str | Plan = "premium"
    seed: int = 0
    knobs: dict[str, Any] = field(default_factory=dict)

    def world(self) -> World:
        policy = Policy(**self.knobs)
        world = World(seed=self.seed, plan=self.plan, policy=policy, lanes=self.lanes, qpu_contention=self.contention)
        world.add_backend(BACKEND)
        return world


class Player:
    """A world and what was asked of it so far. `log` holds the commands that were played."""

    def __init__(self, setup: Setup, *, shift_us: int = 0) -> None:
        self.setup = setup
        self.world = setup.world()
        self.shift_us = shift_us
        self.world.advance_to(shift_us)
        self.backend = self.world.backends[BACKEND]
        self.workloads: list[Workload | None] = []
        self.jobs: list[Job | None] = []
        self.ended_by_user: set[str] = set()
        self.flipped: set[str] = set()
        self.log: list[Command] = []

    def play(self, command: Command) -> bool:
        """Do it; whether the service accepted it. What does not exist is skipped."""
        if command.name == "jump":
            command = Command("until", (self._instant_of_jump(*command.arguments),))
        self.log.append(command)
        try:
            getattr(self, f"_{command.name}")(*command.arguments)
        except RefusedError:
            return False
        return True

    def replay(self, commands: Sequence[Command]) -> Player:
        for command in commands:
            self.play(command)
        return self

    # -- time --------------------------------------------------------------------------------------------------------

    def _instant_of_jump(self, offset_us: int) -> int:
        """The next event, or just before or after it, counted from the beginning of the story."""
        due = self.world.next_event_us()
        at_us = self.world.now_us if due is None else max(due + offset_us, self.world.now_us)
        return at_us - self.shift_us

    def _until(self, at_us: int) -> None:
        self.world.advance_to(at_us + self.shift_us)

    def _wait(self, seconds: float) -> None:
        self.world.advance_to(self.world.now_us + round(seconds * SECOND))

    # -- the client --------------------------------------------------------------------------------------------------

    def _open(self, mode: str, max_ttl_s: int | None, active_ttl_s: int | None) -> None:
        self.workloads.append(None)
        self.workloads[-1] = self.world.open(mode, backend=BACKEND, max_ttl_s=max_ttl_s, active_ttl_s=active_ttl_s)

    def _submit(self, number: int | None, classical_s: float, quantum_s: float, cost_s: int | None, fault: int) -> None:
        self.jobs.append(None)
        workload = None if number is None else self._workload(number)
        request = JobRequest(
            backend=BACKEND,
            workload=None if workload is None else workload.id,
            durations=Durations.of(classical_s, quantum_s),
            cost_s=cost_s,
            failure=FAULTS[fault],
        )
        if number is None or workload is not None:
            self.jobs[-1] = self.world.submit(request)

    def _close(self, number: int) -> None:
        if workload := self._workload(number):
            self.world.set_accepting(workload.id, False)
            before = view(workload)
            self.world.set_accepting(workload.id, False)
            require(10, view(workload) == before, f"{workload} is closed twice, and not as once")

    def _reopen(self, number: int) -> None:
        if workload := self._workload(number):
            self.world.set_accepting(workload.id, True)
            if workload.state in ("closed", "pending_closed"):
                self.flipped.add(workload.id)

    def _cancel(self, number: int) -> None:
        if workload := self._workload(number):
            self.world.cancel_workload(workload.id)
            before = view(workload)
            try:
                self.world.cancel_workload(workload.id)
            finally:
                require(10, view(workload) == before, f"{workload} is cancelled twice, and not as once")

    def _cancel_job(self, number: int) -> None:
        if job := self._job(number):
            self._ends(job)
            self.world.cancel_job(job.id)

    def _delete_job(self, number: int) -> None:
        if job := self._job(number):
            self._ends(job)
            self.world.delete_job(job.id)

    def _ends(self, job: Job) -> None:
        if not job.final:
            self.ended_by_user.add(job.id)

    def _workload(self, number: int) -> Workload | None:
        return self.workloads[number] if number < len(self.workloads) else None

    def _job(self, number: int) -> Job | None:
        return self.jobs[number] if number < len(self.jobs) else None

    # -- everybody else ----------------------------------------------------------------------------------------------

    def _foreign(self, classical_s: float, quantum_s: float, in_s: float) -> None:
        at_us = self.world.now_us + round(in_s * SECOND)
        self.world.add_load(BACKEND, classical_s=classical_s, quantum_s=quantum_s, at_us=at_us)

    def _calibrate(self, seconds: float, in_s: float) -> None:
        self.world.calibrate(BACKEND, seconds=seconds, at_us=self.world.now_us + round(in_s * SECOND))

    def _script(self, times: int, fault: int) -> None:
        if failure := FAULTS[fault]:
            self.world.script(JobScript(times=times, failure=failure))
        else:
            self.world.script(JobScript(times=times, runs_too_long=True))

    def _status(self, online: bool) -> None:
        self.backend.set_status("online" if online else "paused")

    # -- the end -----------------------------------------------------------------------------------------------------

    def finish(self, *, at_most: int = 5_000) -> None:
        """Bring the backend online and let everything happen that is still to come."""
        self.play(Command("status", (True,)))
        for _ in range(at_most):
            if self.world.next_event_us() is None:
                return
            self.play(Command("jump", (0,)))
        raise Violation(13, f"after {at_most} events there is no end: {self.world.pending()[:3]}")


def view(workload: Workload) -> tuple[object, ...]:
    """All of a workload that a client can see."""
    statuses = [job.status for job in workload.jobs.values()]
    return (workload.state, workload.accepting, workload.closed_us, workload.timestamps[:], workload.queued, statuses)
