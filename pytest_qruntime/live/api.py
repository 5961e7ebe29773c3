"""The REST API of a live service, outside of recordings: whether sessions are open, and what was used."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from pytest_qruntime.live.quiet import Answer, Quiet
from pytest_qruntime.live.tokens import Tokens
from pytest_qruntime.model.errors import QRuntimeError
from pytest_qruntime.model.states import CLOSED

_NOT_FOUND: Final = 404
_REFUSED: Final = 400
_FINAL: Final = ("Completed", "Cancelled", "Failed")


class Api:
    """One instance of a service.

    Attributes:
        url: the root; paths begin with ``/v1``.
        crn: of the instance.
        api_key: of the account.
        tokens: those of the account.
    """

    def __init__(self, url: str, crn: str, api_key: str, tokens: Tokens) -> None:
        self.url = url
        self.crn = crn
        self.api_key = api_key
        self.tokens = tokens
        self._quiet = Quiet(url)
        self._others: dict[str, Api] = {}

    def of(self, crn: str) -> Api:
        """The same account's access to another instance; a CRN that is empty is this one's."""
        if crn in ("", self.crn):
            return self
        if crn not in self._others:
            self._others[crn] = Api(self.url, crn, self.api_key, self.tokens)
        return self._others[crn]

    def hang_up(self) -> None:
        """Close the connections. Whoever asks again opens new ones."""
        self._quiet.close()
        self.tokens.close()
        for other in self._others.values():
            other.hang_up()

    def is_open(self, session_id: str) -> bool:
        """Whether a session or batch takes jobs. One that is closing by itself does not. Raises `QRuntimeError`."""
        found = self._get(f"/v1/sessions/{quote(session_id)}")
        return found is not None and found.get("state") != CLOSED and found.get("accepting_jobs") is not False

    def close(self, session_id: str) -> None:
        """Close a session or batch at once: what runs goes on, what is queued does not. Raises `QRuntimeError`."""
        path = f"/v1/sessions/{quote(session_id)}/close"
        answer = self._ask("DELETE", path)
        if answer.status >= _REFUSED:
            raise _refused("DELETE", path, answer)

    def session_usage_s(self, session_id: str) -> tuple[float, bool]:
        """The seconds that a session or batch has used so far, and whether there will be no more."""
        found = self._get(f"/v1/sessions/{quote(session_id)}")
        if found is None:
            return 0.0, True
        return float(found.get("elapsed_time") or 0), found.get("state") == CLOSED

    def job_usage_s(self, job_id: str) -> tuple[float, bool]:
        """The seconds that a job has used so far, and whether there will be no more."""
        found = self._get(f"/v1/jobs/{quote(job_id)}?exclude_params=true")
        if found is None:
            return 0.0, True
        usage = (self._get(f"/v1/jobs/{quote(job_id)}/metrics") or {}).get("usage") or {}
        seconds = usage.get("qpu_charge_time_seconds", usage.get("quantum_seconds"))
        status = str((found.get("state") or {}).get("status", ""))
        return float(seconds or 0), status.startswith(_FINAL)

    def _get(self, path: str) -> dict[str, Any] | None:
        """A document; None for what does not exist."""
        answer = self._ask("GET", path)
        if answer.status == _NOT_FOUND:
            return None
        if answer.status >= _REFUSED:
            raise _refused("GET", path, answer)
        return answer.document()

    def _ask(self, method: str, path: str) -> Answer:
        headers = {
            "Authorization": f"Bearer {self.tokens.current()}",
            "Service-CRN": self.crn,
            "Accept": "application/json",
        }
        return self._quiet.ask(method, path, headers=headers)


def _refused(method: str, path: str, answer: Answer) -> QRuntimeError:
    errors = answer.document().get("errors")
    code = errors[0].get("code") if isinstance(errors, list) and errors and isinstance(errors[0], dict) else "none"
    return QRuntimeError(f"the service refused {method} {path}: status {answer.status}, code {code}")
