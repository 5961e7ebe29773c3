"""What a trace says of the exchanges with a client: each answer, and what the answers say of sessions and jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from pytest_qruntime.contracts.subjects import JobFacts, WorkloadFacts
from pytest_qruntime.model import Event

_ENDINGS: Final = ("close", "reopen", "cancel")
_CHANGES: Final = frozenset({*_ENDINGS, "submit", "cancel job", "delete job", "replace tags"})


class AnswerFacts:
    """An exchange with a client: what was asked, and what was told. `told` is None without a JSON document."""

    __slots__ = ("_data", "event", "job", "no", "operation", "status", "told", "workload")

    def __init__(self, event: Event, no: int) -> None:
        data: Any = event.data
        self.event = event
        self.no = no
        self._data = data
        self.operation: str = data.get("operation", "")
        self.status: int = data.get("status", 0)
        self.told: Any = data.get("told")
        self.workload: WorkloadFacts | None = None
        self.job: JobFacts | None = None

    @property
    def asked(self) -> Any:
        """The fields of the request; None if it had none."""
        return self._data.get("asked")

    @property
    def query(self) -> Mapping[str, tuple[str, ...]]:
        """The query of the request: by name, all values."""
        return self._data.get("query") or {}

    @property
    def empty(self) -> bool:
        """Whether the answer had no body."""
        return self._data.get("empty") is True

    @property
    def region(self) -> str | None:
        """That the host serves; None if it is not known."""
        found: str | None = self._data.get("region")
        return found

    @property
    def compact(self) -> bool | None:
        """Whether an error is JSON without spaces; None if it is no JSON, and for other answers."""
        found: bool | None = self._data.get("compact")
        return found

    @property
    def size(self) -> int | None:
        """How long the body of the request was, in bytes."""
        found: int | None = self._data.get("bytes")
        return found

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
        return self._data.get("headers") or {}

    def said(self, name: str) -> Any:
        """A field of the answer; None if it is not there."""
        return self.told.get(name) if isinstance(self.told, dict) else None

    def says(self, name: str) -> bool:
        """Whether the answer has a field."""
        return isinstance(self.told, dict) and name in self.told

    def sent(self, name: str) -> Any:
        """A field of the request; None if it is not there."""
        asked = self._data.get("asked")
        return asked.get(name) if isinstance(asked, dict) else None

    def rows(self, name: str) -> list[Mapping[str, Any]]:
        """The objects of a list in the answer."""
        found = self.said(name)
        return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []

    @property
    def error(self) -> Mapping[str, Any]:
        """The first error of the answer, empty if there is none."""
        return next(iter(self.rows("errors")), {})


class Said(NamedTuple):
    """What an answer said of one session or batch, or of one job.

    `asked`: the accepted requests to close, to reopen and to cancel a session that had been answered by then. `status`:
    that of a job; None if it was not said.
    """

    answer: AnswerFacts
    id: str
    fields: Mapping[str, Any]
    asked: tuple[AnswerFacts, ...] = ()
    status: Any = None


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
        job_at_first: what was said of each job first.
        private: the jobs that were submitted as private; private_jobs: what was said of private ones.
        errors: the answers that refused something.
        nobodys: the answers to requests that did not say who asks, or for which instance.
    """

    def __init__(self) -> None:
        self.sessions: list[Said] = []
        self.jobs: list[Said] = []
        self.opened: dict[str, AnswerFacts] = {}
        self.submitted: dict[str, AnswerFacts] = {}
        self.of_session: dict[str, list[Said]] = {}
        self.job_at_first: dict[str, Said] = {}
        self.private: set[str] = set()
        self.private_jobs: list[Said] = []
        self.errors: list[AnswerFacts] = []
        self.nobodys: list[AnswerFacts] = []
        self._last: dict[str | None, Mapping[str, Any]] = {}
        self._asked: dict[str | None, tuple[AnswerFacts, ...]] = {}

    def add(self, answer: AnswerFacts) -> None:
        """Note an answer."""
        operation, headers = answer.operation, answer.headers
        if "authorization" not in headers or "service-crn" not in headers:
            self.nobodys.append(answer)
        if operation in _CHANGES:
            self._changed(answer)
        if answer.status < 300:
            note = _NOTES.get(operation)
            if note is not None and isinstance(answer.told, dict):
                note(self, answer, answer.told)
        elif 400 <= answer.status < 500:
            self.errors.append(answer)

    def _changed(self, answer: AnswerFacts) -> None:
        workload = answer.event.workload
        self._last.pop(workload, None)
        self._last.pop(answer.event.job, None)
        if answer.operation in _ENDINGS and answer.accepted:
            self._asked[workload] = (*self._asked.get(workload, ()), answer)

    def _opened(self, answer: AnswerFacts, told: Mapping[str, Any]) -> None:
        if isinstance(name := told.get("id"), str):
            self.opened[name] = answer
            self._session(answer, told)

    def _session(self, answer: AnswerFacts, told: Mapping[str, Any]) -> None:
        name = told.get("id")
        if isinstance(name, str) and "state" in told and self._last.get(name) != told:
            self._last[name] = told
            said = Said(answer, name, told, self._asked.get(name, ()))
            self.sessions.append(said)
            self.of_session.setdefault(name, []).append(said)

    def _submitted(self, answer: AnswerFacts, told: Mapping[str, Any]) -> None:
        if isinstance(name := told.get("id"), str):
            self.submitted[name] = answer
            if answer.sent("private"):
                self.private.add(name)

    def _jobs(self, answer: AnswerFacts, told: Mapping[str, Any]) -> None:
        for row in answer.rows("jobs"):
            self._job(answer, row)

    def _job(self, answer: AnswerFacts, told: Mapping[str, Any]) -> None:
        name = told.get("id")
        if not isinstance(name, str) or self._last.get(name) == told:
            return
        self._last[name] = told
        said = Said(answer, name, told, (), job_status(told))
        self.jobs.append(said)
        if name not in self.job_at_first:
            self.job_at_first[name] = said
        if told.get("private") is True:
            self.private_jobs.append(said)


_NOTES: Final = {
    "open": Words._opened,
    "read session": Words._session,
    "submit": Words._submitted,
    "read job": Words._job,
    "list jobs": Words._jobs,
}
