"""The invariants of any trace: a monitor that follows the events.

The monitor keeps its own books, from the events alone, and holds the model's objects to them. The numbers are those of
the list of invariants in the lifecycle catalogue; a `Violation` names the one that does not hold.
"""

from __future__ import annotations

from typing import Any

from pytest_qruntime.model import Event
from pytest_qruntime.model.workload import Workload
from tests.model.books import JobBook, WorkloadBook
from tests.model.player import SECOND, SYSTEM_FAULT, Player, require

ITTL_S = {"documented": 60, "literal": 1, "consistent": 60}
FINAL = {"job.completed": "Completed", "job.failed": "Failed", "job.cancelled": "Cancelled"}
LOST_CODE = 4001


class Monitor:
    """Follows the trace of a player's world; `step()` checks what is new."""

    def __init__(self, player: Player) -> None:
        self.player = player
        self.world = player.world
        self.policy = player.world.policy
        self.seen = 0
        self.workloads: dict[str, WorkloadBook] = {}
        self.jobs: dict[str, JobBook] = {}
        self.running: set[str] = set()
        self.on_qpu: set[str] = set()
        self.window: WorkloadBook | None = None

    def step(self) -> None:
        """Check the new events one by one, then the objects."""
        trace = self.world.trace
        while self.seen < len(trace):
            event = trace[self.seen]
            self.seen += 1
            self._check_due(event.at_us)
            self._follow(event)
        self._check_due(self.world.now_us + 1)
        for workload in self.world.workloads.values():
            self._check_object(workload, self.workloads[workload.id])
        for job_id, job in self.world.jobs.items():
            require("JOB-02", job.status == self.jobs[job_id].status, f"{job} is not what its events say")

    def _follow(self, event: Event) -> None:
        room, _, what = event.kind.partition(".")
        follow = getattr(self, f"_{room}_{what}", None)
        if follow is not None:
            follow(event)

    # -- workloads ---------------------------------------------------------------------------------------------------

    def _workload_opened(self, event: Event) -> None:
        assert event.workload is not None
        mode = str(event.data["mode"])
        ittl_s = 60 if mode == "dedicated" else ITTL_S[self.policy.batch_ittl]
        max_ttl_us = _number(event.data["max_ttl_s"]) * SECOND
        active_ttl_us = self.world.workloads[event.workload].max_active_ttl_s * SECOND
        ittl_us = min(ittl_s * SECOND, active_ttl_us)
        self.workloads[event.workload] = WorkloadBook(
            event.workload, mode, event.at_us, max_ttl_us, active_ttl_us, ittl_us
        )

    def _workload_activated(self, event: Event) -> None:
        book = self._living(event)
        book.state = "active"
        book.active_since_us = event.at_us
        if book.started_us is None:
            book.started_us = event.at_us
        if book.mode == "dedicated":
            foreign = self.running - book.running
            drained = self.policy.session_activation == "immediate" or not foreign
            require(5, self.window in (None, book) and drained, f"{book.id} becomes active beside others")
            self.window = book
            book.window_since_us = event.at_us

    def _workload_inactivated(self, event: Event) -> None:
        book = self._living(event)
        require(8, book.state == "active", f"{book.id} becomes inactive from {book.state}")
        book.active_us += event.at_us - book.active_since_us
        if event.data["reason"] == "session_inactivated_by_interactive_ttl":
            on_time = book.dry and event.at_us == book.last_end_us + book.ittl_us
            require(8, on_time, f"{book.id} is inactive at {event.at_us}, last end {book.last_end_us}")
        else:
            require(8, book.active_us == book.active_ttl_us, f"{book.id} is inactive after {book.active_us} active")
        book.state = "inactive"
        self._free(book, event.at_us)

    def _workload_draining(self, event: Event) -> None:
        book = self._living(event)
        book.accepting = False
        book.cancelled = "reason" in event.data
        if book.cancelled:
            book.state, book.ended_us = "pending_closed", event.at_us
        book.lazy = book.dry

    def _workload_reopened(self, event: Event) -> None:
        self._living(event).accepting = True

    def _workload_closed(self, event: Event) -> None:
        book = self._living(event)
        book.closed_us = event.at_us
        book.ended_us = event.at_us if book.ended_us is None else book.ended_us
        book.state, book.accepting = "closed", False
        deadline_us = self._deadline_us(book)
        require(7, deadline_us is None or book.ended_us <= deadline_us, f"{book.id} is closed after its max TTL")
        if event.data["reason"] == "session_closed_by_max_ttl":
            require(7, book.closed_us == deadline_us, f"{book.id} is closed by max TTL at another time")
        self._free(book, event.at_us)

    def _workload_settled(self, event: Event) -> None:
        book = self.workloads[str(event.workload)]
        book.final_usage_us = self._usage_us(book)
        require(9, event.data["usage_us"] == book.final_usage_us, f"{book.id} settles at {event.data}")

    def _living(self, event: Event) -> WorkloadBook:
        book = self.workloads[str(event.workload)]
        require(4, book.closed_us is None, f"{event.kind} after {book.id} was closed")
        return book

    def _deadline_us(self, book: WorkloadBook) -> int | None:
        if self.policy.max_ttl_from == "open":
            return book.opened_us + book.max_ttl_us
        return None if book.started_us is None else book.started_us + book.max_ttl_us

    def _free(self, book: WorkloadBook, at_us: int) -> None:
        """A window ends when the workload is not active any more and none of its jobs runs."""
        if book.window_since_us is not None and book.state != "active" and not book.running:
            book.usage_us += at_us - book.window_since_us
            book.window_since_us = None
            self.window = None

    def _usage_us(self, book: WorkloadBook) -> int:
        """Usage by the books: of a batch the sum of its jobs, of a session its windows or its span."""
        if book.mode == "dedicated" and self.policy.session_usage == "span" and book.started_us is not None:
            return max(book.last_end_us, book.closed_us or 0) - book.started_us
        return book.usage_us

    # -- jobs --------------------------------------------------------------------------------------------------------

    def _job_queued(self, event: Event) -> None:
        assert event.job is not None
        book = self.workloads[event.workload] if event.workload is not None else None
        self.jobs[event.job] = JobBook(event.job, book)
        if book is not None:
            open_for_jobs = book.accepting and book.closed_us is None and not book.cancelled
            require(1, open_for_jobs, f"a job enters {book.id}, which takes none")
            book.queued.add(event.job)
            book.jobs.append(self.jobs[event.job])

    def _job_running(self, event: Event) -> None:
        job = self.jobs[str(event.job)]
        book = job.workload
        require("JOB-02", job.status == "Queued", f"{job.id} runs from {job.status}")
        job.status, job.running_us = "Running", event.at_us
        self.running.add(job.id)
        require(6, len(self.running) <= self.player.setup.lanes, f"{len(self.running)} jobs run at once")
        require(5, self.window is None or self.window is book, f"{job.id} starts in the window of another")
        if book is not None:
            require(2, book.ended_us is None, f"{job.id} starts after {book.id} was closed")
            self._check_exclusion(book)
            book.queued.discard(job.id)
            book.running.add(job.id)

    def _check_exclusion(self, book: WorkloadBook) -> None:
        if self.policy.batch_exclusion == "workloads":
            others = [other.id for other in self.workloads.values() if other is not book and other.running]
            require("ORD-07", not others, f"{book.id} starts a job while {others} run theirs")

    def _job_on_qpu(self, event: Event) -> None:
        job = self.jobs[str(event.job)]
        job.on_qpu_us = event.at_us
        self.on_qpu.add(job.id)
        require(6, len(self.on_qpu) == 1 or not self.player.setup.contention, f"{self.on_qpu} are on the QPU")

    def _job_completed(self, event: Event) -> None:
        self._end(event)

    def _job_failed(self, event: Event) -> None:
        self._end(event)

    def _job_cancelled(self, event: Event) -> None:
        self._end(event)

    def _end(self, event: Event) -> None:
        job = self.jobs[str(event.job)]
        require("JOB-02", job.status in ("Queued", "Running"), f"{event.kind} of {job.id}, which is {job.status}")
        if job.status == "Running":
            asked = event.kind != "job.cancelled" or job.id in self.player.ended_by_user
            fair = event.data.get("reason_code") != LOST_CODE and (asked or event.data.get("reason_code") == 1305)
            require(3, fair, f"{job.id} is taken from the lane by {event.kind}")
        charge_us = 0 if job.on_qpu_us is None else event.at_us - job.on_qpu_us
        book = job.workload
        free = event.data.get("reason_code") == SYSTEM_FAULT.code and (book is None or book.mode == "batch")
        require(9, event.data["charged_us"] == (0 if free else charge_us), f"{job.id} is charged {event.data}")
        job.status, job.finished_us = FINAL[event.kind], event.at_us
        self.running.discard(job.id)
        self.on_qpu.discard(job.id)
        if book is not None:
            self._end_in(book, job, _number(event.data["charged_us"]))

    def _end_in(self, book: WorkloadBook, job: JobBook, charged_us: int) -> None:
        assert job.finished_us is not None
        book.queued.discard(job.id)
        book.running.discard(job.id)
        if job.running_us is not None or book.closed_us is None:
            book.last_end_us = job.finished_us
        if book.mode == "batch":
            book.usage_us += charged_us
        self._free(book, job.finished_us)

    # -- what must have happened by now ------------------------------------------------------------------------------

    def _check_due(self, at_us: int) -> None:
        """Before anything happens at `at_us`, everything that was due earlier has happened."""
        for book in self.workloads.values():
            if book.closed_us is not None or book.cancelled:
                continue
            deadline_us = self._deadline_us(book)
            require(7, deadline_us is None or at_us <= deadline_us, f"{book.id} outlives its max TTL")
            if book.dry and not book.accepting:
                require(11, book.lazy or at_us <= book.last_end_us, f"{book.id} drained and is not closed")
            elif book.dry and book.state == "active":
                require(8, at_us <= book.last_end_us + book.ittl_us, f"{book.id} is idle and stays active")

    def _check_object(self, workload: Workload, book: WorkloadBook) -> None:
        accepting = book.accepting or workload.id in self.player.flipped
        seen = (workload.state, workload.accepting, workload.closed_us)
        require(14, seen == (book.state, accepting, book.closed_us), f"{workload} shows {seen}, its events {book}")
        counts = (workload.queued, workload.running, workload.started_us)
        expected = (len(book.queued), len(book.running), book.started_us)
        require(14, counts == expected, f"{workload} counts {counts}, its events say {expected}")


def _number(value: Any) -> int:
    assert isinstance(value, int)
    return value
