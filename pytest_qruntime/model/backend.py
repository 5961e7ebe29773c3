"""A backend: lanes, the QPU, and who may run next (ORD-01 to ORD-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pytest_qruntime.model import trace
from pytest_qruntime.model.errors import one_of, whole_number
from pytest_qruntime.model.events import DISPATCH, JOB_PHASE, Timer
from pytest_qruntime.model.job import (
    CANCELLED,
    COMPLETED,
    FAILED,
    RAN_TOO_LONG_CODE,
    RUNNING,
    Job,
    JobStatus,
)
from pytest_qruntime.model.maintenance import Maintenance
from pytest_qruntime.model.policy import DEDICATED
from pytest_qruntime.model.qpu import Qpu
from pytest_qruntime.model.queue import FifoQueue, NormalQueue
from pytest_qruntime.model.states import ACTIVE

if TYPE_CHECKING:
    from pytest_qruntime.model.instance import Instance
    from pytest_qruntime.model.workload import Workload
    from pytest_qruntime.model.world import World

BackendStatus = Literal["online", "paused", "offline"]


class Backend:
    """Runs at most `lanes` jobs at once, each first classically on its lane, then on the one QPU.

    Who runs next, whenever a lane is free:

    1. While a session has its window, its own jobs only (ORD-03), not even a calibration.
    2. A calibration that is due (ORD-10).
    3. The jobs of an active batch, before everybody else's (ORD-05); while they are processed no session and no other
       batch starts (ORD-07, X-11).
    4. The normal queue. A session that is next there waits until the lanes are empty, and nobody overtakes (OPN-08).

    A backend that is paused or offline starts nothing; what runs goes on. Instances of other regions than its own do
    not see it; without a region (None) it is everybody's.
    """

    __slots__ = (
        "_batches",
        "_calibrations",
        "_dispatch_due",
        "_look",
        "_normal",
        "_window",
        "_world",
        "lanes",
        "maintenance",
        "name",
        "qpu",
        "qubits",
        "queue_length",
        "region",
        "running",
        "status",
        "status_reason",
    )

    def __init__(
        self, world: World, name: str, *, qubits: int, lanes: int, qpu_contention: bool, region: str | None = None
    ) -> None:
        whole_number(f"backend {name}: qubits", qubits, minimum=1)
        whole_number(f"backend {name}: lanes", lanes, minimum=1)
        self._world = world
        self.name = name
        self.qubits = qubits
        self.lanes = lanes
        self.region = region
        self.status: BackendStatus = "online"
        self.status_reason = "available"
        self.running: dict[str, Job] = {}
        self.queue_length = 0
        self.maintenance = Maintenance(world, self)
        self.qpu = Qpu(contention=qpu_contention, grant=self._start_on_qpu)
        self._normal = NormalQueue(fair_share=world.policy.queue_order == "fair_share")
        self._calibrations = FifoQueue()
        self._batches: dict[str, Workload] = {}
        self._window: Workload | None = None
        self._dispatch_due = False
        self._look = Timer(0, self._dispatch, None, "looks who runs next", "backend", name)

    def set_status(self, status: BackendStatus, reason: str = "") -> None:
        """Take the backend online, or pause it, or take it offline. Raises `ConfigurationError` for another word."""
        one_of("backend status", status, ("online", "paused", "offline"))
        self.change_status(status, reason)
        self._world.settle()

    def change_status(self, status: BackendStatus, reason: str = "") -> None:
        """What `set_status` does, as one of the events of this instant."""
        self.status = status
        self.status_reason = reason or ("available" if status == "online" else status)
        self._world.record(trace.BACKEND_STATUS, backend=self, data={"status": status, "reason": self.status_reason})
        self.wake()

    def seen_by(self, instance: Instance) -> bool:
        """Whether the backend is there for an instance: one of its own region, or any if it has none."""
        return self.region is None or self.region == instance.region

    @property
    def can_start(self) -> bool:
        """Whether a job might start now: a lane is free, the backend is online, and something is queued."""
        return len(self.running) < self.lanes and self.status == "online" and self.queue_length > 0

    # -- the queue ---------------------------------------------------------------------------------------------------

    def enqueue(self, job: Job) -> None:
        """Queue a job: with its active workload, or at the end of the normal queue."""
        self.queue_length += 1
        job.place = self._normal.new_place()
        workload = job.workload
        if workload is None:
            self._normal.add(job)
        else:
            workload.queue_job(job)
            if workload.state == ACTIVE:
                self.keep_in_front(workload)
            else:
                self._normal.add(job)
        self.wake()

    def enqueue_calibration(self, job: Job) -> None:
        """Queue a calibration: it goes before everything but a session's window."""
        self.queue_length += 1
        self._calibrations.push(job)
        self.wake()

    def requeue(self, job: Job) -> None:
        """Send a job of a workload that is no longer active to the end of the normal queue (ACT-04)."""
        job.place = self._normal.new_place()
        self._normal.add(job)

    def wake(self) -> None:
        """Let the scheduler look at this backend once everything else that is due at this instant has happened.

        Not while every lane is busy: whoever frees one wakes the backend, too.
        """
        if not self._dispatch_due and len(self.running) < self.lanes:
            self._dispatch_due = True
            self._world.events.again(self._look, self._world.now_us, DISPATCH)

    def _dispatch(self, _: None) -> None:
        self._dispatch_due = False
        while len(self.running) < self.lanes and self.status == "online":
            job = self._next_job()
            if job is None:
                return
            self._start(job)

    def _next_job(self) -> Job | None:
        if self._window is not None:
            return self._window.next_job() if self._window.state == ACTIVE else None
        exclusive = self._world.policy.batch_exclusion == "workloads"
        return (
            self._calibrations.pop()
            or self._next_of_batches(exclusive=exclusive)
            or self._next_in_line(workloads=not (exclusive and self._batches))
        )

    def _next_of_batches(self, *, exclusive: bool) -> Job | None:
        for batch in self._batches.values():
            job = batch.next_job() if batch.state == ACTIVE else None
            if job is not None or exclusive:
                return job  # with exclusion the batches behind the first wait until it is through
        return None

    def _next_in_line(self, *, workloads: bool) -> Job | None:
        first = self._normal.next(
            self._world.now_us,
            workloads=workloads,
            lanes_busy=bool(self.running),
            drain=self._world.policy.session_activation == "drain",
        )
        if first is not None:
            return first if first.workload is None else first.workload.next_job_or(first)
        if self.queue_length:
            self._world.limits.wake_when_freed()
        return None

    # -- the workload that has the backend ---------------------------------------------------------------------------

    def activated(self, workload: Workload) -> None:
        """A workload became active: a session gets the backend for itself, a batch goes to the front."""
        if workload.mode == DEDICATED:
            self._window = workload
        else:
            self._batches[workload.id] = workload

    def keep_in_front(self, workload: Workload) -> None:
        """Jobs of an active batch are ready again."""
        if workload.mode != DEDICATED:
            self._batches.setdefault(workload.id, workload)

    def released(self, workload: Workload) -> None:
        """A workload has nothing more to run, or is no longer active: the others may go on."""
        if self._window is workload:
            self._window = None
        elif self._batches.pop(workload.id, None) is None:
            return  # it held nothing; the end of its queued jobs has woken the backend
        self.wake()

    # -- a job's way -------------------------------------------------------------------------------------------------

    def _start(self, job: Job) -> None:
        world = self._world
        self.queue_length -= 1
        self.running[job.id] = job
        job.status = RUNNING
        job.running_us = world.now_us
        if job.workload is not None:
            job.workload.job_started(job)
        world.record_job(trace.JOB_RUNNING, job)
        at_us = world.now_us + job.durations.classical_us
        job.timer = world.events.add(at_us, JOB_PHASE, self._end_classical, job, "is ready for the QPU", "job", job.id)

    def _end_classical(self, job: Job) -> None:
        failure = job.judge()
        if failure is not None and failure.at == "classical":
            self._fail(job)
        else:
            self.qpu.request(job)

    def _start_on_qpu(self, job: Job) -> None:
        world = self._world
        job.on_qpu_us = world.now_us
        world.record_job(trace.JOB_ON_QPU, job)
        limit_us = job.limit_us(world.policy.service_timeout)
        too_long = job.durations.quantum_us > limit_us
        at_us = world.now_us + (limit_us if too_long else job.durations.quantum_us)
        end = self._end_too_long if too_long else self._end_quantum
        text = "runs too long and is cancelled" if too_long else "ends"
        job.timer = world.events.add(at_us, JOB_PHASE, end, job, text, "job", job.id)
        if not job.in_session:
            world.limits.started(job.instance, job.id)

    def _end_quantum(self, job: Job) -> None:
        if job.failure is not None:
            self._fail(job)
        else:
            self.end(job, COMPLETED)

    def _end_too_long(self, job: Job) -> None:
        """The job's QPU time is used up (MXT-03)."""
        job.ran_too_long = True
        self.end(job, CANCELLED, reason="Ran too long", code=RAN_TOO_LONG_CODE)

    def stop_too_long(self, job: Job) -> None:
        """The cost limit stops a running job in the way that its own limit would (X-10)."""
        self._end_too_long(job)

    def _fail(self, job: Job) -> None:
        failure = job.failure
        assert failure is not None
        self.end(job, FAILED, reason=failure.reason, code=failure.code, solution=failure.solution)

    def end(
        self,
        job: Job,
        status: JobStatus,
        *,
        reason: str | None = None,
        code: int | None = None,
        solution: str | None = None,
    ) -> None:
        """End a job that is queued or running, charge it, and free what it held."""
        world = self._world
        was_running = job.status == RUNNING
        job.status = status
        job.finished_us = world.now_us
        job.reason, job.reason_code, job.reason_solution = reason, code, solution
        job.charged_us = self._charge_us(job)
        if job.timer is not None:
            job.timer.cancel()
            job.timer = None
        world.record_job(_ENDED[status], job, _end_data(job))
        job.instance.pending.pop(job.id, None)
        if was_running:
            del self.running[job.id]
            self.qpu.release(job)
            if not job.in_session:
                world.limits.stopped(job.instance, job.id, job.charged_us)
        else:
            self.queue_length -= 1
        if job.workload is not None:
            job.workload.job_ended(job, was_running=was_running)
        self.wake()

    def _charge_us(self, job: Job) -> int:
        """The QPU time that it consumed; a fault of the system is free outside of sessions (USG-07, USG-08)."""
        if job.on_qpu_us is None:
            return 0
        if job.status == FAILED and job.failure is not None and job.failure.blame == "system" and not job.in_session:
            return 0
        return self._world.now_us - job.on_qpu_us


_ENDED = {COMPLETED: trace.JOB_COMPLETED, FAILED: trace.JOB_FAILED, CANCELLED: trace.JOB_CANCELLED}


def _end_data(job: Job) -> dict[str, object]:
    data: dict[str, object] = {"charged_us": job.charged_us}
    if job.reason is not None:
        data["reason"] = job.reason
        data["reason_code"] = job.reason_code
    return data
