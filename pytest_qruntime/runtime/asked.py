"""The requests of a test as its timeline shows them: what came of each, and what the test let go wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_qruntime.cassette.replay.meaning import place
from pytest_qruntime.model.errors import QRuntimeError
from pytest_qruntime.network import KINDS, Fault, RequestRecord, Requests
from pytest_qruntime.report.timeline import Broken, Call, Mark, Timeline, problem_of
from pytest_qruntime.rest.operations import OTHER, TOKEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pytest_qruntime.model import Trace
    from pytest_qruntime.runtime.surface import Surface


def timeline_of(
    surface: Surface,
    breaks: Sequence[Broken] = (),
    marks: Sequence[Mark] = (),
    *,
    trace: Trace | None = None,
    now_us: int | None = None,
) -> Timeline:
    """What happened at a service.

    Args:
        surface: the service. A trace of everything that happened tells of requests only what they brought about; so
            they are asked for.
        breaks, marks: what is marked.
        trace, now_us: what happened until an earlier instant; None: until now.
    """
    trace = surface.evidence if trace is None else trace
    return Timeline(
        trace,
        now_us=surface.now_us if now_us is None else now_us,
        breaks=breaks,
        marks=marks,
        calls=asked(surface.requests, surface.clock.world.start_unix_us) if trace.complete else None,
    )


def asked(requests: Requests, start_unix_us: int) -> list[Call]:
    """The requests to the service, whose times count from `start_unix_us` (microseconds since 1970).

    Those for tokens and the like are nobody's business, unless something went wrong with them.
    """
    return list(_asked(requests, start_unix_us))


def _asked(requests: Requests, start_unix_us: int) -> Iterator[Call]:
    for one in requests:
        operation, at_us = one.operation, one.unix_us - start_unix_us
        is_bad = one.fault is not None or one.status is None or one.status >= 400
        if is_bad:
            yield _bad(one, operation, at_us)
        elif operation not in (TOKEN, OTHER) and one.path.startswith("/v1"):
            yield Call(at_us, operation, one.method == "GET")


def _bad(one: RequestRecord, operation: str, at_us: int) -> Call:
    where = place(one.path)
    workload = where.id if where.kind == "sessions" else _of(lambda: one.json, "session_id")
    return Call(
        at_us,
        f"{one.method} {one.path}" if operation == OTHER else operation,
        one.method == "GET",
        workload or None,
        (where.id or None) if where.kind == "jobs" else None,
        problem=_problem(one) if one.fault is None else "",
        fault="" if one.fault is None else _met(one.fault),
        after=one.after,
    )


def _problem(one: RequestRecord) -> str:
    try:
        return problem_of(one.status, one.answer)
    except (ValueError, QRuntimeError):  # no JSON, or so much in all that it was let go
        return str(one.status)


def _of(document: Callable[[], Any], name: str) -> str | None:
    try:
        found = document()
    except (ValueError, QRuntimeError):
        return None
    value = found.get(name) if isinstance(found, dict) else None
    return value if isinstance(value, str) else None


def _met(fault: Fault) -> str:
    """What a fault does to a request."""
    if not isinstance(fault.what, int):
        delay = f" ({fault.delay})" if fault.delay is not None else ""
        effect = ", though the service did it" if fault.effect else ""
        return f"-- {fault.what}{delay}: {KINDS[fault.what]}{effect}"
    later = "" if fault.retry_after is None else f" (Retry-After {fault.retry_after})"
    effect = "though the service did it" if fault.effect else "and the service never saw it"
    return f"is answered {fault.what}{later}, {effect}"
