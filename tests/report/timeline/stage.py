"""A short story for timelines: a session is cancelled while one of its jobs runs and another waits."""

from __future__ import annotations

from pytest_qruntime.model import Durations, JobRequest, Trace, World

SECOND_US = 1_000_000


def story(*, cancelled: bool = True) -> Trace:
    """A foreign job of a minute; a session with two jobs of ten seconds; its cancel after 65 seconds, an hour later."""
    world = World(lanes=1)
    world.add_backend("fake_backend")
    world.add_load("fake_backend", classical_s=0, quantum_s=60)
    session = world.open("dedicated", backend="fake_backend", max_ttl_s=1500)
    for _ in range(2):
        world.submit(JobRequest(workload=session.id, durations=Durations.of(4, 6)))
    world.advance_to(65 * SECOND_US)
    if cancelled:
        world.cancel_workload(session.id)
    world.advance_to(3600 * SECOND_US)
    return world.trace
