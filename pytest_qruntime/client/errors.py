"""What the client raises: an answer that is an error, and jobs that did not end well."""

from __future__ import annotations

import httpx

from pytest_qruntime.model import QRuntimeError


class ServiceError(QRuntimeError):
    """The service answered with an error.

    Attributes:
        status: the HTTP status.
        code: the service's own code, such as 1217 (or a word such as ``not_found``); None if the body has none.
        solution: what the service suggests, or an empty string.
    """

    def __init__(self, status: int, code: int | str | None, message: str, solution: str, request: str) -> None:
        self.status = status
        self.code = code
        self.solution = solution
        what = f"{request} was answered with HTTP {status}"
        detail = f", code {code}" if code is not None else ""
        super().__init__(f"{what}{detail}: {message}" + (f" {solution}" if solution else ""))

    @classmethod
    def of(cls, response: httpx.Response) -> ServiceError:
        """The error that a response carries in the service's envelope (RST-04)."""
        request = f"{response.request.method} {response.request.url.path}"
        try:
            error = response.json()["errors"][0]
        except (ValueError, LookupError, TypeError):
            return cls(response.status_code, None, response.text or response.reason_phrase, "", request)
        return cls(
            response.status_code, error.get("code"), error.get("message", ""), error.get("solution") or "", request
        )


class JobFailedError(QRuntimeError):
    """The job ended as Failed. `code` is its reason code, None if it has none."""

    def __init__(self, job_id: str, code: int | None, message: str) -> None:
        self.job_id = job_id
        self.code = code
        super().__init__(f"job {job_id} has no result: {message}")


class JobMaxTimeError(JobFailedError):
    """The job was stopped because it ran longer than its maximum execution time (MXT-03)."""


class JobCancelledError(QRuntimeError):
    """The job was cancelled, so it has no result (JCN-05)."""


class JobTimeoutError(QRuntimeError, TimeoutError):
    """The job did not end within the time that the caller gave. Seconds are of the clock that the client waits on."""


def checked(response: httpx.Response) -> httpx.Response:
    """The response, unless it is an error: then `ServiceError`."""
    if response.is_success:
        return response
    raise ServiceError.of(response)
