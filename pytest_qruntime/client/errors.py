"""What the client raises: an answer that is an error, and jobs that did not end well."""

from __future__ import annotations

from typing import Any

import httpx

from pytest_qruntime.model import QRuntimeError


def hidden(excinfo: Any) -> bool:
    """For pytest's `__tracebackhide__`: an error of ours is shown where the test calls us, and not how we raise it."""
    return issubclass(excinfo.type, QRuntimeError)


__tracebackhide__ = hidden

_SHOWN = 60  # characters of a body that cannot be used


class ServiceError(QRuntimeError):
    """The service answered with an error.

    Attributes:
        status: the HTTP status.
        code: the service's own code, such as 1217 (or a word such as ``not_found``); None if the body has none.
        message: what the service says.
        solution: what the service suggests, or an empty string.
        request: the method and path that were answered.
    """

    def __init__(self, status: int, code: int | str | None, message: str, solution: str, request: str) -> None:
        self.status = status
        self.code = code
        self.message = message
        self.solution = solution
        self.request = request
        super().__init__(status, code, message, solution, request)

    def __str__(self) -> str:
        code = "" if self.code is None else f", code {self.code}"
        return f"{self.request} was answered with HTTP {self.status}{code}: {_sentences(self.message, self.solution)}"

    @classmethod
    def of(cls, response: httpx.Response) -> ServiceError:
        """The error that a response carries in the service's envelope (RST-04)."""
        try:
            error = response.json()["errors"][0]
            code, message, solution = error.get("code"), error.get("message", ""), error.get("solution") or ""
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            code, message, solution = None, response.text or response.reason_phrase, ""
        return cls(response.status_code, code, message, solution, _asked(response))


class JobFailedError(QRuntimeError):
    """The job ended as Failed, so it has no result.

    Attributes:
        job_id: its id.
        code: its reason code, None if it has none. 4001: it was still queued when its session or batch ended (X-01).
        reason: why, in the service's words.
        solution: what the service suggests, or an empty string.
    """

    def __init__(self, job_id: str, code: int | None, reason: str, solution: str = "") -> None:
        self.job_id = job_id
        self.code = code
        self.reason = reason
        self.solution = solution
        super().__init__(job_id, code, reason, solution)

    def __str__(self) -> str:
        code = "" if self.code is None else f"error code {self.code}; "
        return f"job {self.job_id} has no result: {code}{_sentences(self.reason, self.solution)}"


class JobMaxTimeError(JobFailedError):
    """The job was stopped because it ran longer than its maximum execution time (MXT-03)."""


class JobCancelledError(QRuntimeError):
    """The job was cancelled, so it has no result (JCN-05).

    Attributes:
        job_id: its id.
        reason: why, if the service gave a reason; None if it was cancelled by its owner.
    """

    def __init__(self, job_id: str, reason: str | None = None) -> None:
        self.job_id = job_id
        self.reason = reason
        super().__init__(job_id, reason)

    def __str__(self) -> str:
        return f"job {self.job_id} has no result: it was cancelled" + (f" ({self.reason})" if self.reason else "")


class JobTimeoutError(QRuntimeError, TimeoutError):
    """The job did not end within the time that the caller gave. Seconds are of the clock that the client waits on."""


def checked(response: httpx.Response) -> httpx.Response:
    """The response, unless it is an error: then `ServiceError`."""
    if response.is_success:
        return response
    raise ServiceError.of(response)


def document(response: httpx.Response) -> Any:
    """The JSON of a response. Raises `ServiceError` for an error, and for a body that is no JSON."""
    try:
        return checked(response).json()
    except (ValueError, RecursionError) as error:
        problem = str(error)
    raise _unusable(response, f"which is no JSON: {problem}")


def resource(response: httpx.Response, *names: str) -> dict[str, Any]:
    """The JSON object of a response, which has these keys. Raises `ServiceError` for anything else."""
    found = document(response)
    if not isinstance(found, dict):
        raise _unusable(response, f"which is {type(found).__name__!r} where an object was expected")
    missing = [name for name in names if name not in found]
    if missing:
        raise _unusable(response, f"which lacks {', '.join(missing)}")
    return found


def _asked(response: httpx.Response) -> str:
    return f"{response.request.method} {response.request.url.path}"


def _unusable(response: httpx.Response, why: str) -> ServiceError:
    shown = f"{response.text[:_SHOWN]}..." if len(response.text) > _SHOWN else response.text
    return ServiceError(response.status_code, None, f"{shown!r}, {why}", "", _asked(response))


def _sentences(text: str, solution: str) -> str:
    end = "" if text.endswith((".", "!", "?")) else "."
    return f"{text}{end} {solution}" if solution else text
