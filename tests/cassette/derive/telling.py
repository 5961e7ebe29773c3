"""One-line exchanges with a service, and what a recording of them shows."""

from __future__ import annotations

from typing import Any

from pytest_qruntime.cassette.derive import derive
from pytest_qruntime.cassette.tape import Exchange, Provenance, Tape
from pytest_qruntime.model import Event, Trace
from pytest_qruntime.model.trace import REQUEST_ANSWERED
from tests.cassette.replay.tapes import BEGAN, said

SESSION, JOB = "7a962dce-4208-4e8e-8aac-d363aad5bd27", "d0c914666f2ba4a6583d"
OPENED = {"id": SESSION, "mode": "dedicated", "max_ttl": 600, "state": "open", "accepting_jobs": True}


def at(second: float) -> str:
    return BEGAN.replace("00:00.000000", f"{int(second // 60):02}:{second % 60:09.6f}")


def open_at(at_s: float, **fields: Any) -> Exchange:
    return said(at_s, "POST /sessions", {**OPENED, **fields}, sent={"mode": "dedicated", "backend": "ibm_fez"})


def look(at_s: float, **fields: Any) -> Exchange:
    return said(at_s, f"GET /sessions/{SESSION}", {**OPENED, **fields})


def submit(at_s: float, **fields: Any) -> Exchange:
    sent = {"program_id": "sampler", "backend": "ibm_fez", "session_id": SESSION}
    return said(at_s, "POST /jobs", {"id": JOB, "backend": "ibm_fez", "session_id": SESSION, **fields}, sent=sent)


def job(at_s: float, status: str, **fields: Any) -> Exchange:
    return said(at_s, f"GET /jobs/{JOB}", {"id": JOB, "state": {"status": status}, **fields})


def close(at_s: float, *, accepting: bool = False) -> Exchange:
    return said(at_s, f"PATCH /sessions/{SESSION}", None, 204, sent={"accepting_jobs": accepting})


def cancel(at_s: float) -> Exchange:
    return said(at_s, f"DELETE /sessions/{SESSION}/close", None, 204)


def told(*exchanges: Exchange, clock: str = "virtual") -> list[tuple[float, str, dict[str, object]]]:
    """Second, kind and data of each event but the answers; not whether it may have been earlier."""
    events = happenings(_tape(exchanges, clock))
    return [(event.at_us / 1e6, event.kind, _data(event)) for event in events]


def happenings(tape: Tape) -> list[Event]:
    """What is derived, but for the answers by which it is."""
    return [event for event in derive(tape) if event.kind != REQUEST_ANSWERED]


def answers(*exchanges: Exchange) -> list[Event]:
    return derived(*exchanges).where(kind=REQUEST_ANSWERED)


def derived(*exchanges: Exchange) -> Trace:
    return derive(_tape(exchanges, "virtual"))


def _tape(exchanges: tuple[Exchange, ...], clock: str) -> Tape:
    return Tape(Provenance("unknown", BEGAN, clock, None, {}, None), exchanges)


def _data(event: Event) -> dict[str, object]:
    return {key: value for key, value in event.data.items() if key != "late"}


def kinds(*exchanges: Exchange) -> list[tuple[float, str]]:
    return [(at_s, kind) for at_s, kind, _ in told(*exchanges)]


def error(status: int, code: object, message: str) -> dict[str, Any]:
    return {"answer": {"errors": [{"code": code, "message": message}], "trace": "t"}, "status": status}
