"""The traces that P15 judges: a busy account, of any length, in the fake's own words and as its exchanges show it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any, Final

from benchmarks.fake import Engine, service
from benchmarks.traffic import POLLS, job
from pytest_qruntime.cassette.tape import Tape
from pytest_qruntime.cassette.taping import Taping
from pytest_qruntime.model import Durations, JobRequest, RefusedError, World
from pytest_qruntime.model.instance import Instance
from pytest_qruntime.model.workload import Workload

BACKENDS: Final = ("fake_one", "fake_two", "fake_three")
INSTANCES: Final = ("theirs", "ours")
JOBS: Final = 6
REQUEST: Final = Durations.of(3, 2)
SECOND_US: Final = 1_000_000

# -- the fake's own trace --------------------------------------------------------------------------------------------


def crowd(events: int) -> World:
    """A world in which at least so many events have happened: rounds of a few minutes each, no two neighbours alike."""
    world = World(seed=1)
    for name in BACKENDS:
        world.add_backend(name)
    instances = [world.instance, *(world.add_instance(name) for name in INSTANCES)]
    for number in count():
        if len(world.trace) >= events:
            return world
        _Round(world, number, instances[number % len(instances)]).play()
    raise AssertionError("a count has no end")


class _Round:
    """A session or a batch with six jobs, among plain jobs and those of others; it ends in one of five ways."""

    def __init__(self, world: World, number: int, instance: Instance) -> None:
        self.world = world
        self.number = number
        self.instance = instance
        self.backend = BACKENDS[number % len(BACKENDS)]

    def play(self) -> None:
        """Until it is over, or nearly."""
        mode = "dedicated" if self.number % 2 else "batch"
        workload = self.world.open(mode, backend=self.backend, instance=self.instance, max_ttl_s=1800)
        jobs = [self._submit(workload.id) for _ in range(JOBS)]
        alone = [self._submit(None) for _ in range(3)]
        self.world.add_load(self.backend, classical_s=2, quantum_s=1)
        self._pass(12)
        self._end(self.number % 5, workload, jobs)
        self._submit(workload.id)  # refused, if it was closed
        self._pass(3600 if self.number % 5 == 4 else 90)
        if self.number % 7 == 0 and alone[0] is not None:
            self.world.delete_job(alone[0], instance=self.instance)

    def _end(self, how: int, workload: Workload, jobs: list[str | None]) -> None:
        if how == 0:
            self.world.cancel_workload(workload.id, instance=self.instance)
        elif how == 1:
            self._ask(lambda: self.world.cancel_job(jobs[-1] or "", instance=self.instance))
        elif how == 2:
            self.world.set_accepting(workload.id, False, instance=self.instance)
            self.world.set_accepting(workload.id, True, instance=self.instance)
        if how in (1, 2, 3):
            self.world.set_accepting(workload.id, False, instance=self.instance)

    def _submit(self, workload: str | None) -> str | None:
        request = JobRequest(backend=self.backend, workload=workload, durations=REQUEST)
        found: list[str] = []
        self._ask(lambda: found.append(self.world.submit(request, instance=self.instance).id))
        return found[0] if found else None

    @staticmethod
    def _ask(request: Callable[[], object]) -> None:
        with suppress(RefusedError):
            request()

    def _pass(self, seconds: int) -> None:
        self.world.advance_to(self.world.now_us + seconds * SECOND_US)


# -- what exchanges show ---------------------------------------------------------------------------------------------


def recorded(sessions: int) -> Tape:
    """So many sessions of one service, one after the other, looked at by somebody who wants to know everything."""
    fake = Engine(service())
    taping = Taping(fake.service, fake.service.world)

    def send(method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        content = taping.handle(fake.request(method, path, body)).body
        return json.loads(content) if content else None

    for _ in range(sessions):
        fake.headers["authorization"] = f"Bearer {fake.service.token()}"  # the one before may have expired
        _watched(send, fake.pass_time)
    return taping.tape()


def _watched(send: Callable[..., Any], pass_time: Callable[[], object]) -> None:
    session = f"/v1/sessions/{send('POST', '/v1/sessions', {'mode': 'dedicated', 'backend': 'fake_backend'})['id']}"
    jobs = [f"/v1/jobs/{send('POST', '/v1/jobs', job(session.rpartition('/')[2]))['id']}" for _ in range(3)]
    send("PATCH", session, {"accepting_jobs": False})
    send("POST", "/v1/jobs", job(session.rpartition("/")[2]))  # refused
    for _ in range(POLLS):
        for looked_at in (session, *jobs):
            send("GET", looked_at)
        pass_time()
    for looked_at in jobs:
        send("GET", f"{looked_at}/results")
        send("GET", f"{looked_at}/metrics")
    if send("GET", session)["state"] != "closed":
        raise RuntimeError(f"the session is not closed after {POLLS} polls")
