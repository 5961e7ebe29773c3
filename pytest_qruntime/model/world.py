"""The world: one service with its time, instances, backends, workloads and jobs, and all that can be asked of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from random import Random
from threading import RLock
from typing import TYPE_CHECKING, Final

from pytest_qruntime.model import trace as kinds
from pytest_qruntime.model.admission import admit_cost, admit_job, admit_mode, admit_ttls, check_tags
from pytest_qruntime.model.backend import Backend
from pytest_qruntime.model.cost import CostLimits
from pytest_qruntime.model.durations import Durations, estimate, to_us, usable
from pytest_qruntime.model.errors import ClockError, ConfigurationError, Refusal, RefusedError, whole_number
from pytest_qruntime.model.events import ARRIVAL, Deadline, EventQueue
from pytest_qruntime.model.ids import Ids
from pytest_qruntime.model.instance import DEFAULT_REGION, Instance
from pytest_qruntime.model.job import CANCELLED, Job
from pytest_qruntime.model.orders import Chooser, next_chosen
from pytest_qruntime.model.plan import PREMIUM, Plan
from pytest_qruntime.model.policy import Policy
from pytest_qruntime.model.request import JobRequest, JobScript
from pytest_qruntime.model.trace import NO_DATA, Trace
from pytest_qruntime.model.workload import Workload

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT_START_UNIX_US: Final = 1_768_478_400_000_000
"""2026-01-15T12:00:00Z: a fixed instant, so that two runs show the same dates."""

DEFAULT_LANES: Final = 5
OTHERS: Final = "others"


def random_stream(seed: int, name: str) -> Random:
    """The random generator of this name that comes from a world's seed; independent of every other name's."""
    return Random(f"{seed}:{name}")


class World:
    """A service in virtual time.

    Time is integer microseconds since the world's epoch (`now_us`), which is `start_unix_us` on the calendar. Only
    `advance_to` moves it, through every event on the way. A request is served after everything that is due by now, and
    what it sets off at this instant has happened when it returns. The same seed and the same calls give the same trace.

    Nothing here is thread-safe by itself: hold `lock` around a call when several threads use one world.
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        plan: str | Plan = PREMIUM,
        policy: Policy | None = None,
        lanes: int = DEFAULT_LANES,
        qpu_contention: bool = True,
        start_unix_us: int = DEFAULT_START_UNIX_US,
        durations: Callable[[JobRequest], Durations] = estimate,
    ) -> None:
        whole_number("seed", seed, minimum=0)
        whole_number("lanes", lanes, minimum=1)
        self.seed = seed
        self.policy = policy or Policy()
        self.lanes = lanes
        self.qpu_contention = qpu_contention
        self.start_unix_us = start_unix_us
        self.durations = durations
        self.lock = RLock()
        self.chooser: Chooser | None = None  # who says which of several events of one instant comes first
        self.now_us = 0
        self.events = EventQueue()
        self.trace = Trace()
        self.instances: dict[str, Instance] = {}
        self.backends: dict[str, Backend] = {}
        self.workloads: dict[str, Workload] = {}
        self.jobs: dict[str, Job] = {}
        self.scripts: list[JobScript] = []
        self._ids = Ids(self.random("ids"))
        self.limits = CostLimits(self)
        self.instance = self.add_instance("default", plan=plan)
        self.others = self.add_instance(OTHERS)

    # -- time --------------------------------------------------------------------------------------------------------

    def advance_to(self, at_us: int) -> None:
        """Move time forward to `at_us`, through every event on the way. Raises `ClockError` for an earlier time."""
        if at_us < self.now_us:
            raise ClockError(f"time cannot go back from {self.now_us} us to {at_us} us; ask for a later time")
        pop_due = self.events.pop_due if self.chooser is None else partial(next_chosen, self, self.chooser)
        while (timer := pop_due(at_us)) is not None:
            self.now_us = timer.at_us
            timer.fire(timer.argument)
        self.now_us = at_us

    def settle(self) -> None:
        """Let everything happen that is due at this instant."""
        self.advance_to(self.now_us)

    def next_event_us(self) -> int | None:
        """When the next pending event is due; None when nothing is pending."""
        return self.events.next_us()

    def pending(self) -> list[Deadline]:
        """Everything that is pending, in the order in which it will happen."""
        return [Deadline(timer.at_us, timer.kind, timer.subject, timer.text) for timer in self.events]

    def random(self, stream: str) -> Random:
        """A random generator of its own for each purpose, from the world's seed."""
        return random_stream(self.seed, stream)

    # -- what a test sets up -----------------------------------------------------------------------------------------

    def add_instance(self, name: str, *, plan: str | Plan = PREMIUM, region: str = DEFAULT_REGION) -> Instance:
        """Add a service instance. Raises `ConfigurationError` for a name that is taken or an unknown plan."""
        if name in self.instances:
            raise ConfigurationError(f"instance {name!r} exists already; choose another name")
        instance = self.instances[name] = Instance(name, Plan.named(plan), self._ids.user(), region)
        return instance

    def add_backend(
        self,
        name: str,
        *,
        qubits: int = 127,
        lanes: int | None = None,
        qpu_contention: bool | None = None,
        region: str | None = None,
    ) -> Backend:
        """Add a backend; `lanes` and `qpu_contention` default to the world's. Raises `ConfigurationError`."""
        if name in self.backends:
            raise ConfigurationError(f"backend {name!r} exists already; choose another name")
        backend = self.backends[name] = Backend(
            self,
            name,
            qubits=qubits,
            lanes=self.lanes if lanes is None else lanes,
            qpu_contention=self.qpu_contention if qpu_contention is None else qpu_contention,
            region=region,
        )
        return backend

    def limit_usage(self, instance: Instance, limit_s: int | None) -> None:
        """Set or remove (None) the usage limit of an instance; work that waited for usage may run now (PLN-04)."""
        whole_number("usage limit", limit_s, minimum=0, optional=True)
        instance.usage_limit_s = limit_s
        self.record(kinds.USAGE_LIMIT, data={"instance": instance.name, "limit_s": limit_s})
        for backend in self.backends.values():
            backend.wake()
        self.settle()

    def script(self, script: JobScript) -> None:
        """Decide what happens to clients' jobs to come; of several scripts that match, the first added counts."""
        self.scripts.append(replace(script))  # its own, for it counts down: a script may be given to several worlds

    def scripted(self, request: JobRequest) -> JobScript | None:
        """The script that decides what happens to a client's job if it is submitted now; None if there is none."""
        return next((script for script in self.scripts if script.matches(request)), None)

    def add_load(self, backend: str, *, classical_s: float = 0, quantum_s: float = 0, at_us: int | None = None) -> None:
        """Another user submits a plain job to the backend, now or at `at_us`."""
        request = JobRequest(program="other", backend=backend, durations=Durations.of(classical_s, quantum_s))
        self._arrive(self.backend(backend), request, at_us, "another user's job")

    def calibrate(self, backend: str, *, seconds: float, at_us: int | None = None) -> None:
        """The service calibrates the backend for so long, now or at `at_us`, as soon as a lane is free (ORD-10)."""
        durations = Durations(to_us(seconds, "calibration time"), 0)
        request = JobRequest(program="calibration", backend=backend, durations=durations)
        self._arrive(self.backend(backend), request, at_us, "a calibration")

    def _arrive(self, backend: Backend, request: JobRequest, at_us: int | None, what: str) -> None:
        if at_us is not None and at_us < self.now_us:
            raise ClockError(f"{what} cannot arrive at {at_us} us: it is {self.now_us} us already")
        if at_us is None or at_us == self.now_us:
            self._serve_others(request)
            self.settle()
        else:
            text = f"{what} arrives"
            self.events.add(at_us, ARRIVAL, self._serve_others, request, text, "backend", backend.name)

    def _serve_others(self, request: JobRequest) -> None:
        self._create(request, self.backend(request.backend), self.others, None)

    # -- what a client asks for --------------------------------------------------------------------------------------

    def open(
        self,
        mode: str,
        *,
        backend: str | None,
        instance: Instance | None = None,
        max_ttl_s: int | None = None,
        interactive_ttl_s: int | None = None,
        active_ttl_s: int | None = None,
    ) -> Workload:
        """Open a session (`mode` "dedicated") or a batch ("batch"). Raises `RefusedError` (OPN-09, OPN-11, MAX-08)."""
        instance = instance or self.instance
        with self._recorded("open", backend=backend):
            in_job_mode = admit_mode(self, instance, mode)
            admit_cost(instance)
            if backend is None and self.policy.backend_required:
                raise RefusedError(Refusal.BACKEND_REQUIRED, "OPN-11")
            where = None if backend is None else self.backend(backend, instance=instance)
            ttls = admit_ttls(self, instance, mode, max_ttl_s, interactive_ttl_s, active_ttl_s)
        workload = Workload(
            self,
            self._ids.workload(),
            mode,
            backend=where,
            instance=instance,
            max_ttl_s=ttls[0],
            interactive_ttl_s=ttls[1],
            active_ttl_s=ttls[2],
            in_job_mode=in_job_mode,
        )
        self.workloads[workload.id] = instance.workloads[workload.id] = workload
        return workload

    def submit(self, request: JobRequest, *, instance: Instance | None = None) -> Job:
        """Submit a job. Raises `RefusedError`, and then there is no job (SUB-02 to SUB-16, PLN rules)."""
        instance = instance or self.instance
        try:
            backend, workload = admit_job(self, request, instance)
        except RefusedError as refused:
            self._record_refused("submit", refused, backend=request.backend, workload=request.workload)
            raise
        if request.workload is not None and workload is None:
            self.workloads[request.workload].used()
        job = self._create(request, backend, instance, workload)
        self.settle()
        return job

    def set_accepting(self, workload_id: str, accepting: bool, *, instance: Instance | None = None) -> None:
        """Close a workload gracefully (False), or let it take jobs again (True). Raises `RefusedError` if unknown."""
        with self._recorded("close" if not accepting else "reopen", workload=workload_id):
            workload = self.workload(workload_id, instance=instance)
        if accepting:
            workload.accept_again()
        else:
            workload.stop_accepting()
        self.settle()

    def cancel_workload(self, workload_id: str, *, instance: Instance | None = None) -> None:
        """Cancel a workload: closed at once. Raises `RefusedError` if unknown, or by the knob `cancel_closed`."""
        with self._recorded("cancel", workload=workload_id):
            self.workload(workload_id, instance=instance).cancel()
        self.settle()

    def cancel_job(self, job_id: str, *, instance: Instance | None = None) -> None:
        """Cancel a queued or running job (JCN-01). Raises `RefusedError` if unknown or final (JCN-02, JCN-03)."""
        with self._recorded("cancel job", job=job_id):
            job = self.job(job_id, instance=instance)
            if job.final:
                raise RefusedError(Refusal.JOB_TERMINAL, "JCN-02", job=job_id, status=job.status)
        job.backend.end(job, CANCELLED)
        self.settle()

    def delete_job(self, job_id: str, *, instance: Instance | None = None) -> None:
        """Delete a final job; its usage stays charged (JCN-07, JCN-08). Raises `RefusedError` (X-15)."""
        with self._recorded("delete job", job=job_id):
            job = self.job(job_id, instance=instance)
            if not job.final and self.policy.delete_nonterminal == "reject":
                raise RefusedError(Refusal.JOB_NOT_TERMINAL, "JCN-07", job=job_id, status=job.status)
        if not job.final:
            job.backend.end(job, CANCELLED)
        del self.jobs[job_id]
        del job.instance.jobs[job_id]
        if job.workload is not None:
            del job.workload.jobs[job_id]
        self.record_job(kinds.JOB_DELETED, job)
        self.settle()

    def replace_tags(self, job_id: str, tags: Sequence[str], *, instance: Instance | None = None) -> None:
        """Replace the tags of a job. Raises `RefusedError` (PLN-10)."""
        with self._recorded("replace tags", job=job_id):
            job = self.job(job_id, instance=instance)
            check_tags(tuple(tags))
        job.tags = tuple(tags)
        self.record_job(kinds.JOB_TAGGED, job, {"tags": job.tags})

    def workload(self, workload_id: str, *, instance: Instance | None = None) -> Workload:
        """The workload of that id. Raises `RefusedError` if there is none, or it belongs to another instance."""
        workload = self.workloads.get(workload_id)
        if workload is None or (instance is not None and workload.instance is not instance):
            raise RefusedError(Refusal.WORKLOAD_UNKNOWN, "SUB-16", workload=workload_id)
        return workload

    def job(self, job_id: str, *, instance: Instance | None = None) -> Job:
        """The job of that id. Raises `RefusedError` if there is none, or it belongs to another instance."""
        job = self.jobs.get(job_id)
        if job is None or (instance is not None and job.instance is not instance):
            raise RefusedError(Refusal.JOB_UNKNOWN, "JCN-03", job=job_id)
        return job

    def backend(self, name: str, *, instance: Instance | None = None) -> Backend:
        """The backend of that name. Raises `RefusedError` if there is none, or none that the instance sees."""
        backend = self.backends.get(name)
        if backend is None or (instance is not None and not backend.seen_by(instance)):
            seen = [one.name for one in self.backends.values() if instance is None or one.seen_by(instance)]
            known = ", ".join(seen) or "there is none yet"
            raise RefusedError(Refusal.BACKEND_UNKNOWN, "OPN-11", backend=name, known=known)
        return backend

    # -- for the entities of the model -------------------------------------------------------------------------------

    def _create(self, request: JobRequest, backend: Backend, instance: Instance, workload: Workload | None) -> Job:
        script = self.scripted(request) if self.scripts and instance is not self.others else None
        cost_s = instance.plan.max_job_s if request.cost_s is None else request.cost_s  # MXT-04
        job = Job(
            self._ids.job(),
            request,
            backend,
            instance,
            workload,
            cost_s=cost_s,
            created_us=self.now_us,
            durations=usable(request.durations or (script and script.durations) or self.durations(request)),
            failure=request.failure or (script and script.failure) or None,
        )
        if script is not None:
            self._use(script)
            if script.runs_too_long:
                job.durations = Durations(job.durations.classical_us, job.limit_us(self.policy.service_timeout) + 1)
        self.jobs[job.id] = instance.jobs[job.id] = instance.pending[job.id] = job
        data = {"instance": instance.name, "program": request.program, "cost_s": cost_s}
        self.record_job(kinds.JOB_QUEUED, job, data)
        if request.program == "calibration" and instance is self.others:
            backend.enqueue_calibration(job)
        else:
            backend.enqueue(job)
        return job

    def _use(self, script: JobScript) -> None:
        """Count one job of a script; one that is used up goes, so that jobs to come need not look at it."""
        script.use()
        if script.times == 0:
            self.scripts.remove(script)

    def record(
        self,
        kind: str,
        *,
        backend: Backend | None = None,
        workload: Workload | None = None,
        data: Mapping[str, object] = NO_DATA,
    ) -> None:
        """Write an event of this instant into the trace."""
        backend_name = None if backend is None else backend.name
        self.trace.record(self.now_us, kind, backend_name, None if workload is None else workload.id, None, data)

    def record_job(self, kind: str, job: Job, data: Mapping[str, object] = NO_DATA) -> None:
        """Write an event of a job at this instant into the trace."""
        workload = job.workload
        self.trace.record(self.now_us, kind, job.backend.name, None if workload is None else workload.id, job.id, data)

    @contextmanager
    def _recorded(
        self, operation: str, *, backend: str | None = None, workload: str | None = None, job: str | None = None
    ) -> Iterator[None]:
        """A request that is refused leaves its mark in the trace, and nothing else."""
        try:
            yield
        except RefusedError as refused:
            self._record_refused(operation, refused, backend=backend, workload=workload, job=job)
            raise

    def _record_refused(
        self,
        operation: str,
        refused: RefusedError,
        *,
        backend: str | None = None,
        workload: str | None = None,
        job: str | None = None,
    ) -> None:
        """Record the ids that the request named, and what is known of the job or workload that it is about."""
        data = {"operation": operation, "refusal": refused.refusal.value, "rule": refused.rule}
        if job is not None and (known_job := self.jobs.get(job)) is not None:
            backend = known_job.backend.name
            workload = None if known_job.workload is None else known_job.workload.id
        elif workload is not None and backend is None and (known := self.workloads.get(workload)) is not None:
            backend = None if known.backend is None else known.backend.name
        known_backend = backend if backend in self.backends else None
        self.trace.record(self.now_us, kinds.REQUEST_REJECTED, known_backend, workload, job, data)
