"""The control interface of a server of our own, from another process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from pytest_qruntime.live.quiet import Answer, Quiet, UnreachableError
from pytest_qruntime.model.errors import ConfigurationError, QRuntimeError
from pytest_qruntime.server.roads import CONTROL, LOOPBACK_NAMES

_REFUSED: Final = 400


class Control:
    """Asks for what `server.control.ROUTES` lists.

    Args:
        url: the root of the server.
    """

    def __init__(self, url: str) -> None:
        self._quiet = Quiet(f"{url}{CONTROL}")
        self._url = url

    def get(self, path: str) -> dict[str, Any]:
        """What the server tells. Raises `QRuntimeError` if it refuses, or does not answer."""
        return self._done("GET", path, self._quiet.ask("GET", path))

    def post(self, path: str, document: Mapping[str, Any]) -> dict[str, Any]:
        """Have something done. Raises as `get` does."""
        body = json.dumps(document).encode()
        headers = {"Content-Type": "application/json"}
        return self._done("POST", path, self._quiet.ask("POST", path, headers=headers, body=body))

    def delete(self, path: str) -> None:
        """Remove something. Raises as `get` does."""
        self._done("DELETE", path, self._quiet.ask("DELETE", path))

    def close(self) -> None:
        """Close the connection."""
        self._quiet.close()

    def _done(self, method: str, path: str, answer: Answer) -> dict[str, Any]:
        if answer.status >= _REFUSED:
            said = answer.document().get("error") or f"status {answer.status}"
            raise ControlError(answer.status, f"the qruntime server at {self._url} refused {method} {path}: {said}")
        return answer.document()


class ControlError(QRuntimeError):
    """The server refused what it was asked to do.

    Attributes:
        status: of its answer.
    """

    def __init__(self, status: int, text: str) -> None:
        self.status = status
        super().__init__(text)


def is_loopback(url: str) -> bool:
    """Whether an address is of this machine: only such a one is asked whether it is a server of our own."""
    host = urlsplit(url).hostname or ""
    return host in LOOPBACK_NAMES or f"[{host}]" in LOOPBACK_NAMES


def root_of(url: str) -> str:
    """The root of a server: its address without a path."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def check_own(url: str) -> None:
    """Raise `ConfigurationError` unless a server of our own answers at this root."""
    if not is_own(url):
        raise ConfigurationError(
            f"{url} answers, and is no qruntime server: GET {CONTROL} does not tell its version and worlds. Start one "
            "with `qruntime serve`; or, if it is meant to be somebody else's, set QISKIT_IBM_TOKEN and "
            "QISKIT_IBM_INSTANCE, and IAM_URL to where it gives tokens or --qruntime-auth=bearer"
        )


def is_own(url: str) -> bool:
    """Whether a server of our own answers at this root. Raises `ConfigurationError` if nobody answers there."""
    control = Control(url)
    try:
        told = control.get("")
    except UnreachableError as problem:
        raise ConfigurationError(
            f"no qruntime server: {problem}. Start one with `qruntime serve`, and give the address that it shows"
        ) from None
    except ControlError as refused:
        told = {"status": refused.status}
    finally:
        control.close()
    return isinstance(told.get("version"), str) and isinstance(told.get("worlds"), list)
