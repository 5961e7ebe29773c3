"""What the events of jobs say."""

from __future__ import annotations

from typing import Final

from pytest_qruntime.contracts.reading.books import Books, free
from pytest_qruntime.contracts.subjects import LOST_CODE, TOO_LONG_CODE, BackendFacts, JobFacts
from pytest_qruntime.model import Event, trace
from pytest_qruntime.model.durations import SECOND_US

_QUEUED: Final = "queued"
_RUNNING: Final = "running"
_CALIBRATION: Final = "calibration"
_DONE: Final = (trace.JOB_COMPLETED, trace.JOB_FAILED, trace.JOB_CANCELLED)


class JobEvents:
    """Notes the events of jobs."""

    def __init__(self, books: Books) -> None:
        self.books = books

    def queued(self, number: int, event: Event) -> None:
        """It was submitted."""
        job, data = self.books.job(event), event.data
        if job.status:
            self._odd(job, number, event)
            return
        job.known, job.status, job.queued, job.queued_no = True, _QUEUED, event, number
        job.instance, job.program = data.get("instance"), data.get("program")  # type: ignore[assignment]
        cost_s = data.get("cost_s")
        job.cost_us = cost_s * SECOND_US if isinstance(cost_s, int) else None
        backend = job.backend = self.books.backend(event)
        if event.workload is not None:
            self._queued_in(job, event)
        if backend is not None:
            if event.workload is None:
                self._queued_alone(job, backend)
            backend.waiting += 1

    def _queued_in(self, job: JobFacts, event: Event) -> None:
        workload = job.workload = self.books.workload(event)
        job.queued_in, job.accepted = workload.state, workload.accepting
        job.found_queued, job.found_running = len(workload.queued), len(workload.running)
        job.found_idle = not workload.queued and not workload.running
        backend = job.backend
        if backend is not None and backend.window is workload:
            job.found_window = True
            job.found_crowd = len(backend.running) > len(workload.running)
        job.idle_since_us = workload.idle_since_us
        workload.jobs.append(job)
        workload.queued[job] = None
        workload.idle_since_us = None
        if backend is not None and workload.state == "active":
            backend.front[workload] = None

    def _queued_alone(self, job: JobFacts, backend: BackendFacts) -> None:
        if job.program == _CALIBRATION:
            backend.calibrations[job] = None
            return
        lanes = self.books.facts.terms.lanes.get(backend.name)
        job.found_free = (
            lanes is not None and len(backend.running) < lanes and not backend.waiting and backend.window is None
        )
        job.found_running = len(backend.busy)
        backend.plain[job] = None
        line = backend.line.get(job.instance)
        if line is None:
            line = backend.line[job.instance] = {}
        line[job] = None

    def running(self, number: int, event: Event) -> None:
        """It began to run."""
        job = self.books.job(event)
        if job.status not in (_QUEUED, ""):
            self._odd(job, number, event)
            return
        was, job.status, job.running, job.running_no = job.status, _RUNNING, event, number
        backend = job.backend = job.backend or self.books.backend(event)
        self.books.facts.ran.append(job)
        if backend is not None:
            self._starts_on(job, backend, was)
        if event.workload is not None:
            self._starts_in(job, event)

    def _starts_on(self, job: JobFacts, backend: BackendFacts, was: str) -> None:
        workload, front, busy = job.workload, backend.front, backend.busy
        if was:
            backend.waiting -= 1
        job.in_window_of = backend.window
        if workload is None:
            if job.program == _CALIBRATION:
                backend.calibrations.pop(job, None)
            else:
                self._starts_alone(job, backend)
                if front:
                    over = next(iter(front))
                    if not busy or (len(busy) == 1 and over in busy):
                        job.passed_over = next(iter(over.queued), None)
        else:
            job.others_waited = bool(backend.plain)
            others = backend.waiting - len(backend.plain) - len(backend.calibrations)
            job.workloads_waited = others > len(workload.queued) - 1
            if busy:
                job.beside = next((other for other in busy if other is not workload), None)
            busy[workload] = busy.get(workload, 0) + 1
        backend.running[job] = None
        job.lanes = len(backend.running)

    @staticmethod
    def _starts_alone(job: JobFacts, backend: BackendFacts) -> None:
        backend.plain.pop(job, None)
        line = backend.line.get(job.instance)
        if line:
            line.pop(job, None)
            first = next(iter(line), None)
            job.had_company = first is not None
            if first is not None and first.queued_no < job.queued_no:
                job.overtaken = first

    def _starts_in(self, job: JobFacts, event: Event) -> None:
        workload = job.workload
        if workload is None:
            workload = job.workload = self.books.workload(event)
            workload.jobs.append(job)
        job.started_from = workload.state
        if workload.queued:
            job.first_in_line = next(iter(workload.queued)) is job
            job.had_company = len(workload.queued) > 1
            workload.queued.pop(job, None)
            if not workload.queued and job.backend is not None:
                job.backend.front.pop(workload, None)
        if not workload.running:
            workload.runs(event.at_us)
        workload.running[job] = None
        workload.idle_since_us = None
        if workload.activations and workload.activations[-1].by is None:
            workload.activations[-1].by = job

    def on_qpu(self, number: int, event: Event) -> None:
        """It got the QPU."""
        job = self.books.job(event)
        if job.status != _RUNNING or job.on_qpu is not None:
            self._odd(job, number, event)
            return
        job.on_qpu = event
        if job.backend is not None:
            job.backend.on_qpu[job] = None
            job.on_qpus = len(job.backend.on_qpu)

    def ended(self, number: int, event: Event) -> None:
        """It ended."""
        job = self.books.job(event)
        was = job.status
        if was in _DONE or (was != _RUNNING and event.kind == trace.JOB_COMPLETED and self.books.facts.complete):
            self._odd(job, number, event)
            if was in _DONE:
                return
        job.status, job.end, job.end_no = event.kind, event, number
        backend = job.backend = job.backend or self.books.backend(event)
        if event.kind == trace.JOB_FAILED:
            self.books.facts.failed.append(job)
        elif event.kind == trace.JOB_CANCELLED:
            self.books.facts.cancelled.append(job)
        code = event.data.get("reason_code")
        if code == LOST_CODE:
            self.books.facts.lost.append(job)
        if job.running is not None and job.cost_us is not None:
            limit_us = min(job.cost_us, self.books.facts.service_timeout_us)
            if code == TOO_LONG_CODE or event.at_us - job.running.at_us > limit_us:
                self.books.facts.long.append(job)
        if backend is not None:
            self._leaves(job, backend, was)
        if event.workload is not None:
            self._leaves_workload(job, event, was)

    def _leaves(self, job: JobFacts, backend: BackendFacts, was: str) -> None:
        if was == _RUNNING:
            backend.running.pop(job, None)
            backend.on_qpu.pop(job, None)
            workload = job.workload
            if workload is not None and workload in backend.busy:
                left = backend.busy[workload] - 1
                if left:
                    backend.busy[workload] = left
                else:
                    del backend.busy[workload]
        elif was == _QUEUED:
            backend.waiting -= 1
            if job.workload is None:
                backend.calibrations.pop(job, None)
                backend.plain.pop(job, None)
                backend.line.get(job.instance, {}).pop(job, None)

    def _leaves_workload(self, job: JobFacts, event: Event, was: str) -> None:
        workload = job.workload
        if workload is None:
            workload = job.workload = self.books.workload(event)
            workload.jobs.append(job)
        if was == _RUNNING:
            workload.running.pop(job, None)
            workload.last_run_us = event.at_us
            if not workload.running:
                workload.rests(event.at_us)
                if workload.state != "active":
                    free(workload, event.at_us)
        elif was == _QUEUED:
            workload.queued.pop(job, None)
            if not workload.queued and job.backend is not None:
                job.backend.front.pop(workload, None)
        if workload.queued or workload.running:
            job.left_others = True
        else:
            workload.idle_since_us = event.at_us
            if not workload.accepting and workload.ended is None:
                workload.drained_us = event.at_us

    def deleted(self, number: int, event: Event) -> None:
        """It was deleted."""
        job = self.books.job(event)
        self.books.facts.deleted.append(job)
        if job.deleted is not None:
            self._odd(job, number, event)
        job.deleted = event

    def tagged(self, number: int, event: Event) -> None:
        """It got tags."""
        self.books.facts.tagged.append(event)
        job = self.books.job(event)
        if job.deleted is not None:
            self._odd(job, number, event)

    def _odd(self, job: JobFacts, number: int, event: Event) -> None:
        if job.odd is None:
            job.odd = []
            self.books.facts.odd_jobs.append(job)
        job.odd.append((number, event))
