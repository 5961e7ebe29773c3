"""What becomes of sessions and batches that are left open: the model of the fake runs on until it closes them."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

from pytest_qruntime.model.trace import WORKLOAD_CLOSED, WORKLOAD_SETTLED, Trace

if TYPE_CHECKING:
    from pytest_qruntime.model import World


class Forecast(NamedTuple):
    """When the service itself closes a session or batch, why, and what it costs then; None: it never does."""

    closed_us: int | None
    reason: str | None
    usage_us: int | None


def forecast(world: World, ids: Collection[str]) -> dict[str, Forecast]:
    """Let a world that nobody uses any more run on until these sessions and batches are closed and their jobs over.

    Its trace stays as it is.
    """
    with world.lock:
        trace, chooser = world.trace, world.chooser
        world.trace, world.chooser = Trace(), None
        try:
            _run_on(world, ids)
            return {name: _of(world.trace, name) for name in ids}
        finally:
            world.trace, world.chooser = trace, chooser


def _run_on(world: World, ids: Collection[str]) -> None:
    waited, read = set(ids), 0
    while waited and (due_us := world.next_event_us()) is not None:
        world.advance_to(due_us)
        for event in world.trace[read:]:
            if event.kind == WORKLOAD_SETTLED:
                waited.discard(str(event.workload))
        read = len(world.trace)


def _of(trace: Trace, workload_id: str) -> Forecast:
    closed = trace.where(kind=WORKLOAD_CLOSED, workload=workload_id)
    settled = trace.where(kind=WORKLOAD_SETTLED, workload=workload_id)
    usage_us = settled[-1].data.get("usage_us") if settled else None
    return Forecast(
        closed_us=closed[-1].at_us if closed else None,
        reason=str(closed[-1].data.get("reason")) if closed else None,
        usage_us=usage_us if isinstance(usage_us, int) else None,
    )
