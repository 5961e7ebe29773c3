"""What a client asked for, as far as a call of our own client can ask for the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote

from pytest_qruntime.network import RequestRecord
from pytest_qruntime.reproducing.function import refusal
from pytest_qruntime.reproducing.steps import Lasting, Step, Var

_METHODS: Final[Mapping[str, str]] = {
    "close": "close",
    "cancel": "cancel",
    "read session": "status",
    "cancel job": "cancel",
    "delete job": "delete",
    "read job": "status",
    "results": "result",
    "metrics": "metrics",
    "log": "logs",
}
"""By operation, the method of a session, batch or job that asks for it."""

_CHANGES: Final = ("open", "submit", "close", "cancel", "cancel job", "delete job")
_CREATES: Final = ("open", "submit")
_MODES: Final = {"dedicated": "session", "batch": "batch"}


@dataclass(frozen=True)
class Asked:
    """A request, read.

    Attributes:
        method: of HTTP; `operation`: what it is called.
        about: the id in its path; made: the id of what it made; each None if there is none.
        body: what was sent, an empty mapping if that is no JSON object.
        status, code: of the answer, if there was one; the code if it is an error.
        answer: the document that was answered.
        path: with the query.
    """

    method: str
    operation: str
    about: str | None
    made: str | None
    body: Mapping[str, Any]
    status: int | None
    code: int | str | None
    answer: Any
    path: str

    @property
    def refused(self) -> bool:
        """Whether it was answered with an error, or not at all."""
        return self.status is None or self.status >= 400

    @property
    def reads(self) -> bool:
        """Whether it changes nothing that matters here."""
        return self.operation not in _CHANGES

    @property
    def ids(self) -> frozenset[str]:
        """The ids that it names, and that of what it made."""
        named = (self.about, self.made, self.body.get("session_id") if self.made is None else None)
        return frozenset(one for one in named if isinstance(one, str))

    def call(self, names: Mapping[str, Var], default_backend: str) -> Step | None:
        """The call that asks for the same; None: there is none.

        Args:
            names: the variables of what there is, by id.
            default_backend: which need not be named.
        """
        refused = "no answer" if self.status is None else refusal(self.status, self.code) if self.refused else ""
        if self.operation in _CREATES:
            return self._creation(names, default_backend, refused)
        receiver, method = names.get(self.about or ""), _METHODS.get(self.operation)
        if receiver is not None and method is not None:
            return Step(receiver, method, refused=refused)
        if self.operation == "read job":
            return Step(None, "job", (self.about,), refused=refused)
        if self.method == "GET" and receiver is None and self.path.startswith("/v1/"):
            return Step(None, "http.get", (self.path,), then="raise_for_status", refused=refused)
        return None

    def _creation(self, names: Mapping[str, Var], default_backend: str, refused: str) -> Step | None:
        owner = self.body.get("session_id")
        receiver = names.get(owner) if isinstance(owner, str) else None
        if owner and receiver is None:
            return None
        path = _MODES.get(str(self.body.get("mode", "dedicated"))) if self.operation == "open" else "run"
        backend = self.body.get("backend") or self.body.get("backend_name")
        named = {
            "backend": None if backend == default_backend or receiver is not None else backend,
            "max_time": _lasting(self.body.get("max_ttl")),
            "max_execution_time": _lasting(self.body.get("cost")),
            "tags": list(self.body.get("tags") or ()) or None,
        }
        given = tuple((name, value) for name, value in named.items() if value is not None)
        made = names.get(self.made or "")
        return None if path is None else Step(receiver, path, (), given, made, refused=refused)


def _lasting(seconds: object) -> Lasting | None:
    return Lasting(seconds * 1_000_000) if isinstance(seconds, int) and seconds > 0 else None


def asking(record: RequestRecord) -> Asked:
    """Read a request."""
    body, answer = _document(lambda: record.json), _document(lambda: record.answer)
    refused = record.status is None or record.status >= 400
    operation = record.operation
    made = answer.get("id") if operation in _CREATES and not refused and isinstance(answer, dict) else None
    return Asked(
        method=record.method,
        operation=operation,
        about=_about(record.path),
        made=made if isinstance(made, str) else None,
        body=body if isinstance(body, dict) else {},
        status=record.status,
        code=_code(answer) if refused else None,
        answer=answer,
        path=record.path + (f"?{record.raw_query}" if record.raw_query else ""),
    )


def _document(read: Callable[[], Any]) -> Any:
    """A document; None for what is no JSON, or has been let go of."""
    try:
        return read()
    except Exception:
        return None


def _about(path: str) -> str | None:
    parts = path.split("/")
    return unquote(parts[3]) if len(parts) > 3 and parts[2] in ("sessions", "jobs") else None


def _code(answer: Any) -> int | str | None:
    try:
        code: int | str | None = answer["errors"][0]["code"]
    except (TypeError, LookupError):
        return None
    return code
