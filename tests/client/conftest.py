"""Jobs of known length, and what was asked of the service."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_qruntime import Batch, Job, QRuntime, Session
from pytest_qruntime.rest.http import Request, Response

Submit = Callable[..., Job]


@pytest.fixture
def submit(qruntime: QRuntime) -> Submit:
    """Submit a job of J(d, q): d seconds on its lane, of which q on the QPU, as the golden timelines write it."""

    def submit(to: Session | Batch | QRuntime, lane_s: int, quantum_s: int, **options: object) -> Job:
        qruntime.next_jobs(classical=lane_s - quantum_s, quantum=quantum_s)
        return to.run(**options)  # type: ignore[arg-type]

    return submit


@pytest.fixture
def asked(qruntime: QRuntime, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every request that the service got, as "METHOD path"."""
    seen: list[str] = []
    handle = qruntime.service.handle

    def listening(request: Request) -> Response:
        seen.append(f"{request.method} {request.path.removeprefix('/api/v1')}")
        return handle(request)

    monkeypatch.setattr(qruntime.service, "handle", listening)
    return seen


@pytest.fixture
def at(qruntime: QRuntime) -> Callable[[float], None]:
    """Move to so many seconds after the beginning of the world."""

    def at(seconds: float) -> None:
        qruntime.clock.tick(seconds - qruntime.world.now_us / 1_000_000)

    return at
