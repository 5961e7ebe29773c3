"""The session and batch state machine: open, active, inactive, closed (lifecycle sections 1.1 to 1.7)."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from pytest_qruntime.model import trace
from pytest_qruntime.model.durations import SECOND_US
from pytest_qruntime.model.errors import Refusal, RefusedError
from pytest_qruntime.model.job import CANCELLED, FAILED, SESSION_CLOSED_CODE, Job
from pytest_qruntime.model.policy import BATCH, DEDICATED
from pytest_qruntime.model.queue import FifoQueue, ShuffledQueue, WorkloadQueue
from pytest_qruntime.model.states import (
    ACTIVATED,
    ACTIVE,
    CANCELLED_BY_USER,
    CLOSED,
    CLOSED_BY_USER,
    CLOSED_EARLY,
    CREATED,
    INACTIVE,
    OPEN,
    PENDING_CLOSED,
    WorkloadState,
)
from pytest_qruntime.model.ttl import Ttls
from pytest_qruntime.model.usage import SessionWindows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_qruntime.model.backend import Backend
    from pytest_qruntime.model.instance import Instance
    from pytest_qruntime.model.world import World


class Workload:
    """A session (`mode` "dedicated") or a batch. Read its fields; the methods are the events of its state machine.

    It is open until its first job starts, active while its jobs have priority, inactive when none was ready for the
    interactive TTL, and closed for good. `accepting` turns False when its user closes it: what was submitted still
    runs (draining). `ready` holds its queued jobs, `running` counts those that run.
    """

    __slots__ = (
        "_active_used_us",
        "_queue",
        "_ttls",
        "_world",
        "accepting",
        "activated_us",
        "backend",
        "batch_usage_us",
        "closed_us",
        "id",
        "in_job_mode",
        "instance",
        "jobs",
        "last_job_completed_us",
        "last_job_started_us",
        "max_active_ttl_s",
        "max_ttl_s",
        "mode",
        "opened_us",
        "ready",
        "running",
        "started_us",
        "state",
        "state_reason",
        "timestamps",
        "windows",
    )

    def __init__(
        self,
        world: World,
        workload_id: str,
        mode: str,
        *,
        backend: Backend | None,
        instance: Instance,
        max_ttl_s: int,
        interactive_ttl_s: int | None,
        active_ttl_s: int | None,
        in_job_mode: bool,
    ) -> None:
        self._world = world
        self.id = workload_id
        self.mode = mode
        self.backend = backend
        self.instance = instance
        self.max_ttl_s = max_ttl_s
        self.max_active_ttl_s = max_ttl_s if active_ttl_s is None else active_ttl_s
        self.in_job_mode = in_job_mode
        self.state: WorkloadState = OPEN
        self.state_reason = CREATED
        self.accepting = True
        self.opened_us = world.now_us
        self.started_us: int | None = None
        self.activated_us: int | None = None
        self.closed_us: int | None = None
        self.last_job_started_us: int | None = None
        self.last_job_completed_us: int | None = None
        self.timestamps: list[tuple[WorkloadState, int]] = [(OPEN, world.now_us)]
        self.jobs: dict[str, Job] = {}
        self.ready: dict[str, Job] = {}
        self.running = 0
        self.batch_usage_us = 0
        self.windows = SessionWindows()
        self._active_used_us = 0
        self._queue: WorkloadQueue = self._new_queue()
        self._ttls = Ttls(world, self, interactive_ttl_s)
        ttls = {
            "max_ttl_s": max_ttl_s,
            "active_ttl_s": self.max_active_ttl_s,
            "interactive_ttl_s": self._ttls.interactive_s,
        }
        self._record(trace.WORKLOAD_OPENED, {"mode": mode, "instance": instance.name, **ttls})

    def _new_queue(self) -> WorkloadQueue:
        order = self._world.policy.batch_order
        if self.mode == DEDICATED or order == "fifo":
            return FifoQueue()
        return ShuffledQueue(Random(f"{order}:{self.id}"))

    # -- what others read --------------------------------------------------------------------------------------------

    @property
    def queued(self) -> int:
        """How many of its jobs are queued."""
        return len(self.ready)

    @property
    def interactive_ttl_s(self) -> int:
        """The interactive TTL in seconds, as it is reported (ITT-08, X-07)."""
        return self._ttls.reported_interactive_s

    def backend_name(self) -> str | None:
        """The backend's name as it is reported (X-17)."""
        if self.backend is None or (self.state == OPEN and self._world.policy.backend_name_when_open == "null"):
            return None
        return self.backend.name

    def active_ttl_s(self, now_us: int) -> int:
        """The active TTL as it is reported: the maximum, or what remains of it (X-08)."""
        if self._world.policy.active_ttl_report == "max":
            return self.max_active_ttl_s
        return max(self.max_active_ttl_s - self.active_us(now_us) // SECOND_US, 0)

    def active_us(self, now_us: int) -> int:
        """The time for which it has been active, in microseconds."""
        if self.state == ACTIVE and self.activated_us is not None:
            return self._active_used_us + now_us - self.activated_us
        return self._active_used_us

    def usage_us(self, now_us: int) -> int | None:
        """Usage in microseconds up to now: of a session its windows, of a batch its jobs (USG-01, USG-05).

        None before it started; 0 for one that was closed unused (USG-09).
        """
        if self.started_us is None:
            return 0 if self.state == CLOSED else None
        if self.mode == BATCH:
            return self.batch_usage_us
        return self.windows.usage_us(now_us, self._world.policy.session_usage)

    # -- what its user does ------------------------------------------------------------------------------------------

    def stop_accepting(self) -> None:
        """Close: what was submitted still runs, then it is closed; at once if there is nothing (CLS-01 to CLS-10)."""
        if not self.accepting or self.state in (CLOSED, PENDING_CLOSED):
            self._ignored("close")
            return
        self.accepting = False
        if self.ready or self.running:
            self._record(trace.WORKLOAD_DRAINING)
        elif self.state == ACTIVE or self._world.policy.idle_close == "immediate":
            self.close(CLOSED_BY_USER if self.started_us is not None else CLOSED_EARLY)
        else:
            self._record(trace.WORKLOAD_DRAINING)  # it stays until a timer ends it

    def accept_again(self) -> None:
        """PATCH accepting_jobs=true: on a closed workload only the flag flips (CLS-12, X-21); CLS-13 while draining."""
        if self.state in (CLOSED, PENDING_CLOSED):
            self.accepting = True
            self._ignored("reopen")
        elif self.accepting or not self._world.policy.reopen_while_draining:
            self._ignored("reopen")
        else:
            self.accepting = True
            self._record(trace.WORKLOAD_REOPENED)

    def cancel(self) -> None:
        """Close at once; running jobs go on, queued ones end now (CAN-01 to CAN-03). CAN-07 if it is closed already."""
        if self.state not in (CLOSED, PENDING_CLOSED):
            self.close(CANCELLED_BY_USER, queued_fate=self._world.policy.queued_on_end)
            return
        answer = self._world.policy.cancel_closed
        if answer == 404:
            raise RefusedError(Refusal.WORKLOAD_CLOSED_NOT_FOUND, "CAN-07", workload=self.id)
        if answer == 409:
            raise RefusedError(Refusal.WORKLOAD_CLOSED_CONFLICT, "CAN-07", workload=self.id)
        self._ignored("cancel")

    def _ignored(self, operation: str) -> None:
        self._record(trace.REQUEST_IGNORED, {"operation": operation})

    # -- its jobs ----------------------------------------------------------------------------------------------------

    def used(self) -> None:
        """A job was submitted to it: the unused timer is off for good (AUT-02)."""
        self._ttls.disarm_unused()

    def queue_job(self, job: Job) -> None:
        """A job was accepted: it is neither unused nor idle (AUT-02, ITT-04)."""
        if self.backend is None:
            self.backend = job.backend  # opened without a backend, it gets that of its first job
        self.jobs[job.id] = job
        self.ready[job.id] = job
        self._queue.push(job)
        self.used()
        self._ttls.disarm_idle()

    def next_job(self) -> Job | None:
        """Take out the queued job that runs next."""
        return self._queue.pop() if self.ready else None

    def next_job_or(self, first: Job) -> Job:
        """The job with which it becomes active: what its own order says, as a rule the one that was queued first."""
        return self._queue.pop() or first

    def job_started(self, job: Job) -> None:
        """One of its jobs begins to run: it starts, or is active again (OPN-04, ITT-05)."""
        del self.ready[job.id]
        self.running += 1
        self.last_job_started_us = self._world.now_us
        if self.state != ACTIVE:
            self._activate()

    def job_ended(self, job: Job, *, was_running: bool) -> None:
        """One of its jobs is final."""
        if was_running:
            self.running -= 1
            self.last_job_completed_us = self._world.now_us
            self.batch_usage_us += job.charged_us
            if self.running == 0 and self.state != ACTIVE:
                self._release()
        else:
            del self.ready[job.id]
        if self.running == 0 and not self.ready:
            self._ran_dry()

    def _ran_dry(self) -> None:
        if self.state in (CLOSED, PENDING_CLOSED):
            return
        if not self.accepting:
            self.close(CLOSED_BY_USER)  # CLS-03: in this instant, without waiting for the interactive TTL
        elif self.state == ACTIVE:
            if self.mode == BATCH and self.backend is not None:
                self.backend.released(self)
            self._ttls.arm_idle()
        if self.accepting:
            self._ttls.arm_autoend()

    # -- transitions -------------------------------------------------------------------------------------------------

    def _activate(self) -> None:
        now_us = self._world.now_us
        self._enter(ACTIVE, ACTIVATED)
        self.activated_us = now_us
        if self.started_us is None:
            self.started_us = now_us
            self._ttls.arm_max_from_start()  # MAX-01
        if self.backend is not None:
            self.backend.activated(self)
        self._ttls.arm_active(self._active_used_us)
        self._record(trace.WORKLOAD_ACTIVATED)
        if self.mode == DEDICATED and self.windows.open_since_us is None:
            gap_us = self.windows.open(now_us, self._world.policy.session_usage)
            self._world.limits.started(self.instance, self.id, window=True, charge_us=gap_us)

    def deactivate(self, reason: str) -> None:
        """Normal selection resumes; what is queued waits in the normal queue (ITT-03, ACT-04)."""
        self._active_used_us = self.active_us(self._world.now_us)
        self._enter(INACTIVE, reason)
        self._ttls.disarm_for_inactive()
        self._record(trace.WORKLOAD_INACTIVATED, {"reason": reason})
        for job in self.ready.values():
            job.backend.requeue(job)
        if self.running == 0:
            self._release()

    def close(self, reason: str, *, queued_fate: str = "failed") -> None:
        """Close at once. Running jobs go on; queued ones end now (MAX-03, CAN-02, CAN-03)."""
        self._active_used_us = self.active_us(self._world.now_us)
        self.accepting = False
        self._ttls.disarm_all()
        if self.running and reason == CANCELLED_BY_USER and self._world.policy.closing_state == "pending_closed":
            self.state, self.state_reason = PENDING_CLOSED, reason
            self._record(trace.WORKLOAD_DRAINING, {"reason": reason})
        else:
            self._enter_closed(reason)
        for job in list(self.ready.values()):
            self._end_queued(job, queued_fate)
        if self.running == 0:
            self._release()

    def _enter_closed(self, reason: str) -> None:
        self.closed_us = self._world.now_us
        self._enter(CLOSED, reason)
        self._record(trace.WORKLOAD_CLOSED, {"reason": reason, "running": self.running, "queued": self.queued})

    def _release(self) -> None:
        """It is not active and nothing of it runs: its usage stands still, the backend is free for others."""
        if self.state == PENDING_CLOSED:
            self._enter_closed(self.state_reason)
        if self.windows.open_since_us is not None:
            length_us = self.windows.close(self._world.now_us)
            self._world.limits.stopped(self.instance, self.id, length_us)
        if self.backend is not None:
            self.backend.released(self)
        if self.state == CLOSED:
            gap_us = self.windows.end(self._world.now_us, self._world.policy.session_usage)
            if gap_us:
                self._world.limits.stopped(self.instance, self.id, gap_us)
            self._record(trace.WORKLOAD_SETTLED, {"usage_us": self.usage_us(self._world.now_us)})

    @staticmethod
    def _end_queued(job: Job, fate: str) -> None:
        if fate == "cancelled":  # cancelled, and no reason fields
            job.backend.end(job, CANCELLED)
            return
        job.backend.end(
            job,
            FAILED,
            reason="Job is part of a session that's been closed",
            code=SESSION_CLOSED_CODE,
            solution="Keep the session open until all of its jobs have run.",
        )

    def _enter(self, state: WorkloadState, reason: str) -> None:
        self.state, self.state_reason = state, reason
        self.timestamps.append((state, self._world.now_us))

    def _record(self, kind: str, data: Mapping[str, object] = trace.NO_DATA) -> None:
        self._world.record(kind, backend=self.backend, workload=self, data=data)

    def __repr__(self) -> str:
        return f"<Workload {self.id} {self.mode} {self.state}{'' if self.accepting else ', not accepting'}>"
