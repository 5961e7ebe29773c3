"""The real client on a small backend, and what it asked the service for."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import qiskit_ibm_runtime

from pytest_qruntime import QRuntime
from pytest_qruntime.rest import Request, Response
from tests.plugin.conftest import installed, project
from tests.sdk.places import look

__all__ = ["installed", "project"]

USERS = ("QISKIT_IBM_", "QISKIT_FUNCTIONS_", "GLOBAL_", "IAM_URL", "USAGE_DATA_OPT_OUT", "QISKIT_SETTINGS")


@pytest.fixture(scope="session")
def qruntime_config() -> Mapping[str, Any]:
    return {"backend": "fake_manila"}  # five qubits: little to read


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine that the tests run on has nothing to say."""
    for name in list(os.environ):
        if name.startswith(USERS):
            monkeypatch.delenv(name)


@pytest.fixture
def users_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the client believes the user's account file to be: a file that nobody may read or write."""
    path = tmp_path / "home" / ".qiskit" / "qiskit-ibm.json"
    path.parent.mkdir(parents=True)
    path.write_text("this is not JSON: whoever reads it fails")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(qiskit_ibm_runtime.accounts.management, "_DEFAULT_ACCOUNT_CONFIG_JSON_FILE", str(path))
    return path


class Asked(list[str]):
    """The requests since the test began, or since `clear()`, as ``"GET /v1/backends"``; `whole` are the requests.

    `trouble` are answers that a test puts in the place of the service's own: each is used up by the next request that
    begins with its words.
    """

    def __init__(self) -> None:
        super().__init__()
        self.whole: list[Request] = []
        self.trouble: list[tuple[str, Response]] = []

    def clear(self) -> None:
        super().clear()
        self.whole.clear()

    def note(self, request: Request) -> Response | None:
        """Remember a request; the answer is one of the test's, if there is one for it."""
        self.append(f"{request.method} {request.path.removeprefix('/api')}")
        self.whole.append(request)
        for number, (words, _) in enumerate(self.trouble):
            if self[-1].startswith(words):
                return self.trouble.pop(number)[1]
        return None

    def fails(self, words: str, status: int, *headers: tuple[str, str], times: int = 1, body: str = "oh dear") -> None:
        """The next so many requests that begin with these words are answered with this status."""
        self.trouble += [(words, Response(status, (("Content-Type", "text/plain"), *headers), body.encode()))] * times


@pytest.fixture
def asked(qruntime: QRuntime, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What the service of this test was asked for."""
    found, handle = Asked(), qruntime.service.handle

    def noting(request: Request) -> Response:
        return found.note(request) or handle(request)

    monkeypatch.setattr(qruntime.service, "handle", noting)
    return found


@pytest.fixture
def changed() -> Callable[[], list[str]]:
    """What is not as it was at the beginning of the test."""
    before = look()

    def differences() -> list[str]:
        now = look()
        return [name for name in {**before, **now} if before.get(name) != now.get(name)]

    return differences
