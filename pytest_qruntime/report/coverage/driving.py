"""Which cells of the state tables a trace has driven."""

from __future__ import annotations

from typing import Final

from pytest_qruntime.model import Event, Trace, states
from pytest_qruntime.model import trace as kinds
from pytest_qruntime.report.coverage import table
from pytest_qruntime.report.coverage.table import JOBS, WORKLOADS, Cell

_LOST_CODE: Final = 4001
_TOO_LONG_CODE: Final = 1305
_CLOSED_BY: Final = {
    states.CLOSED_BY_USER: table.CLOSE,
    states.CLOSED_EARLY: table.CLOSE,
    states.CANCELLED_BY_USER: table.CANCEL,
    states.CLOSED_BY_MAX_TTL: table.MAX_TTL,
    states.CLOSED_UNUSED: table.UNUSED,
}
_ON_JOBS: Final = {
    table.CLOSE: table.WORKLOAD_CLOSED,
    table.CANCEL: table.WORKLOAD_CANCELLED,
    table.MAX_TTL: table.WORKLOAD_MAX_TTL,
}
_ENDS: Final = (kinds.JOB_COMPLETED, kinds.JOB_FAILED, kinds.JOB_CANCELLED)


class _Workload:
    """A session or batch, and its jobs that are not over."""

    def __init__(self) -> None:
        self.state = "open"
        self.draining = False
        self.just_activated = False
        self.jobs: dict[str, str] = {}

    @property
    def row(self) -> str:
        return f"{self.state}, draining" if self.draining and self.state != "closed" else self.state


def driven(trace: Trace) -> set[Cell]:
    """The cells that a trace has driven: of a fake, a recording or a live service."""
    reader = _Reader()
    for event in trace:
        reader.read(event)
    return reader.cells & set(table.CELLS)


class _Reader:
    """Goes through a trace and knows the state of everything before each event."""

    def __init__(self) -> None:
        self.cells: set[Cell] = set()
        self._workloads: dict[str, _Workload] = {}
        self._jobs: dict[str, str] = {}

    def read(self, event: Event) -> None:
        """Note what an event drove."""
        if event.kind.startswith("workload.") and event.workload is not None:
            self._of_workload(event, self._workloads.setdefault(event.workload, _Workload()))
        elif event.kind.startswith("job.") and event.job is not None:
            self._of_job(event, event.job, self._workloads.get(event.workload or ""))
        elif event.kind in (kinds.REQUEST_REJECTED, kinds.REQUEST_IGNORED):
            self._of_request(event)

    def _drive(self, of: str, state: str, event: str) -> None:
        self.cells.add(Cell(of, state, event))

    # -- sessions and batches ----------------------------------------------------------------------------------------

    def _of_workload(self, event: Event, workload: _Workload) -> None:
        if event.kind == kinds.WORKLOAD_ACTIVATED:
            self._drive(WORKLOADS, workload.row, table.JOB_STARTS)
            workload.state, workload.just_activated = "active", True
        elif event.kind == kinds.WORKLOAD_INACTIVATED:
            if event.data.get("reason") in (None, states.INACTIVATED):
                self._drive(WORKLOADS, workload.row, table.INTERACTIVE_TTL)
            workload.state = "inactive"
        elif event.kind == kinds.WORKLOAD_DRAINING:
            self._end(workload, table.CLOSE)
            workload.draining = True
        elif event.kind == kinds.WORKLOAD_REOPENED:
            workload.draining = False
        elif event.kind == kinds.WORKLOAD_CLOSED:
            by = _CLOSED_BY.get(str(event.data.get("reason")))
            if by is not None and not (by == table.CLOSE and workload.draining):
                self._end(workload, by)
            workload.state = "closed"

    def _end(self, workload: _Workload, by: str) -> None:
        """It is closed, or begins to be: what that does to itself and to its jobs."""
        self._drive(WORKLOADS, workload.row, by)
        if by in _ON_JOBS:
            for state in workload.jobs.values():
                self._drive(JOBS, state, _ON_JOBS[by])

    # -- jobs --------------------------------------------------------------------------------------------------------

    def _of_job(self, event: Event, job: str, workload: _Workload | None) -> None:
        before = self._jobs.get(job, table.QUEUED)
        if event.kind == kinds.JOB_QUEUED:
            self._moved(job, table.QUEUED, workload)
            if workload is not None:
                self._drive(WORKLOADS, workload.row, table.SUBMIT)
        elif event.kind == kinds.JOB_RUNNING:
            self._drive(JOBS, before, table.DISPATCHED)
            self._moved(job, table.RUNNING, workload)
            if workload is not None and not workload.just_activated:
                self._drive(WORKLOADS, workload.row, table.JOB_STARTS)
            elif workload is not None:
                workload.just_activated = False
        elif event.kind == kinds.JOB_ON_QPU:
            self._drive(JOBS, before, table.REACHES_QPU)
        elif event.kind == kinds.JOB_DELETED:
            self._drive(JOBS, before, table.DELETE)
        elif event.kind in _ENDS:
            self._ended(event, job, before, workload)

    def _ended(self, event: Event, job: str, before: str, workload: _Workload | None) -> None:
        code = event.data.get("reason_code")
        if event.kind == kinds.JOB_COMPLETED:
            self._drive(JOBS, before, table.QPU_DONE)
        elif event.kind == kinds.JOB_CANCELLED:
            self._drive(JOBS, before, table.QPU_LIMIT if code == _TOO_LONG_CODE else table.CANCEL)
        elif code != _LOST_CODE:
            self._drive(JOBS, before, table.ERROR)
        self._jobs[job] = table.ENDED
        if workload is not None:
            workload.jobs.pop(job, None)
            if not workload.jobs and code != _LOST_CODE:
                self._drive(WORKLOADS, workload.row, table.LAST_JOB_ENDS)

    def _moved(self, job: str, state: str, workload: _Workload | None) -> None:
        self._jobs[job] = state
        if workload is not None:
            workload.jobs[job] = state

    # -- requests that changed nothing -------------------------------------------------------------------------------

    def _of_request(self, event: Event) -> None:
        operation = str(event.data.get("operation"))
        workload = self._workloads.get(event.workload or "")
        if operation == "submit" and workload is not None:
            self._drive(WORKLOADS, workload.row, table.SUBMIT)
        elif event.job is not None and event.job in self._jobs:
            self._drive(JOBS, self._jobs[event.job], table.DELETE if operation.startswith("delete") else table.CANCEL)
        elif operation in (table.CLOSE, table.CANCEL) and workload is not None:
            self._drive(WORKLOADS, workload.row, operation)
