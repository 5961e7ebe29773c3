"""What a trace says of the exchanges with a client: each answer, and what the answers say of sessions and jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from pytest_qruntime.contracts.subjects import JobFacts, WorkloadFacts
from pytest_qruntime.model import Event

_CHANGES: Final = frozenset({"close", "reopen", "cancel", "submit", "cancel job", "delete job", "replace tags"})


class AnswerFacts:
    """An exchange with a client: what was asked, and what was told. `told` is None without a JSON document."""

    __slots__ = ("asked", "empty", "event", "job", "no", "operation", "query", "status", "told", "workload")

    def __init__(self, event: Event, no: int) -> None:
        data: Mapping[str, Any] = event.data
        self.event = event
        self.no = no
        self.operation: str = data.get("operation", "")
        self.status: int = data.get("status", 0)
        self.asked: Any = data.get("asked")
        self.told: Any = data.get("told")
        self.query: Mapping[str, tuple[str, ...]] = data.get("query") or {}
        self.empty: bool = data.get("empty") is True
        self.workload: WorkloadFacts | None = None
        self.job: JobFacts | None = None

    @property
    def accepted(self) -> bool:
        """Whether it was answered with what was asked for."""
        return 200 <= self.status < 300

    @property
    def refused(self) -> bool:
        """Whether the service said no."""
        return 400 <= self.status < 500

    @property
    def headers(self) -> Mapping[str, str]:
        """Of the request, as far as a rule needs them."""
        found: Any = self.event.data.get("headers")
        return found or {}

    def said(self, name: str) -> Any:
        """A field of the answer; None if it is not there."""
        return self.told.get(name) if isinstance(self.told, dict) else None

    def says(self, name: str) -> bool:
        """Whether the answer has a field."""
        return isinstance(self.told, dict) and name in self.told

    def sent(self, name: str) -> Any:
        """A field of the request; None if it is not there."""
        return self.asked.get(name) if isinstance(self.asked, dict) else None

    def rows(self, name: str) -> list[Mapping[str, Any]]:
        """The objects of a list in the answer."""
        found = self.said(name)
        return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []

    @property
    def error(self) -> Mapping[str, Any]:
        """The first error of the answer, empty if there is none."""
        return next(iter(self.rows("errors")), {})


class Said(NamedTuple):
    """What an answer said of one session or batch, or of one job."""

    answer: AnswerFacts
    id: str
    fields: Mapping[str, Any]

    def status(self) -> Any:
        """The status of a job; None if it was not said."""
        return job_status(self.fields)


def job_status(fields: Mapping[str, Any]) -> Any:
    """The status that a document tells of a job; None if it does not."""
    state = fields.get("state")
    return state.get("status") if isinstance(state, dict) else None


class Words:
    """What all answers said of sessions and jobs; not again what was said again word by word and nothing had changed.

    Attributes:
        sessions, jobs: what was said of them, in that order.
        opened, submitted: the accepted request that made a session or a job, by its id.
        of_session: what was said of each session.
    """

    def __init__(self) -> None:
        self.sessions: list[Said] = []
        self.jobs: list[Said] = []
        self.opened: dict[str, AnswerFacts] = {}
        self.submitted: dict[str, AnswerFacts] = {}
        self.of_session: dict[str, list[Said]] = {}
        self._last: dict[str | None, Mapping[str, Any]] = {}

    def add(self, answer: AnswerFacts) -> None:
        """Note an answer."""
        operation = answer.operation
        if operation in _CHANGES:
            self._last.pop(answer.event.workload, None)
            self._last.pop(answer.event.job, None)
        if not answer.accepted or not isinstance(answer.told, dict):
            return
        if operation in ("read session", "open"):
            self._session(answer, answer.told)
        elif operation == "read job":
            self._job(answer, answer.told)
        elif operation == "list jobs":
            for row in answer.rows("jobs"):
                self._job(answer, row)
        elif operation == "submit" and isinstance(name := answer.told.get("id"), str):
            self.submitted[name] = answer

    def _session(self, answer: AnswerFacts, told: Mapping[str, Any]) -> None:
        name = told.get("id")
        if not isinstance(name, str):
            return
        if answer.operation == "open":
            self.opened[name] = answer
        if "state" in told and self._last.get(name) != told:
            self._last[name] = told
            said = Said(answer, name, told)
            self.sessions.append(said)
            self.of_session.setdefault(name, []).append(said)

    def _job(self, answer: AnswerFacts, told: Mapping[str, Any]) -> None:
        name = told.get("id")
        if isinstance(name, str) and self._last.get(name) != told:
            self._last[name] = told
            self.jobs.append(Said(answer, name, told))
