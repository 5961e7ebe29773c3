"""Time that moves by itself: `Polls` knows which requests are polls, and when nobody does anything but poll."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final, NamedTuple

from pytest_qruntime.clock import Clock
from pytest_qruntime.clock.real import Real
from pytest_qruntime.model import World
from pytest_qruntime.model.errors import ClockError
from pytest_qruntime.model.states import CLOSED
from pytest_qruntime.rest import Request

ASKS_OF_A_JOB: Final = 2
ASKS_OF_THE_REST: Final = 5
PATIENCE_S: Final = 1.0
GRACE_S: Final = 0.05
HOLD_S: Final = 0.5
LOOK_EVERY_S: Final = 0.005
LATE_S: Final = 4 * LOOK_EVERY_S
EVENTS_AT_ONCE: Final = 100_000

_JOB: Final = re.compile(r"/api/v1/jobs/([^/]+)(?:/(?:results|interim_results|metrics|logs))?")
_WORKLOAD: Final = re.compile(r"/api/v1/sessions/([^/]+)")
_CHANGING: Final = re.compile(r"/api/v1/(?:jobs|workloads|backends/[^/]+/status)")

Sight = tuple[object, ...]


class Question(NamedTuple):
    """A GET for something that changes. `look` tells how it looks now: None if it will not change any more."""

    key: str
    look: Callable[[], Sight | None]
    of_a_job: bool


class Asked(NamedTuple):
    """What a client asked: when (virtual microseconds), what was to be seen then, and how often in a row.

    `passed` is how many other requests it made since there is something new to see.
    """

    question: Question
    at_us: int
    seen: Sight
    times: int
    passed: int = 0

    @property
    def news(self) -> bool:
        """Whether it looks different from what the client saw."""
        return self.question.look() != self.seen


class Client:
    """One connection: what it polls for, when it had its last answer (real seconds; `math.inf` while it waits for one),
    and whether it waits or has changed something since."""

    __slots__ = ("asked", "changed", "heard_s", "waits")

    def __init__(self) -> None:
        self.asked: dict[str, Asked] = {}
        self.heard_s = math.inf
        self.waits = False
        self.changed = False


class Polls:
    """Moves time when clients do nothing but poll; one for each world.

    A question
        is a GET for a job that has not ended (or its results, metrics or logs), for a session or batch that is not
        closed, for the list of jobs or of workloads, or for the status of a backend.
    A poll
        is a question that a client asks again, word for word, at the same instant and with nothing changed: a job's for
        the second time, any other for the fifth, since code that looks at its session three times in a row does not
        wait. A request of the same client that changes something makes it start anew. A client is a connection; one
        that connects anew each time, as curl does, goes on where the closed connection left off.
    A jump
        is what a poll sets off: time moves to the next event, and on until what is polled looks different, to this
        client or to another that polls; for anything but a job, by one event. So a client that polls sees every state
        of its job, and an eight hours' queue costs it a poll. The poll is answered with what is to be seen then.
    No jump
        takes place while a request that changes something is on its way, for `PATIENCE_S` at most; within
        `GRACE_S` of one whose connection is closed; while another client that had an answer within `PATIENCE_S` did
        anything but ask a question last, or has not seen the answer to its questions; while somebody sleeps on
        the clock that is held in this process; nor if nothing is pending. Such a poll waits for `HOLD_S` at
        most, and is answered with what is to be seen now. Those three are real time.
    A pool
        of connections is several clients, and asks the same question now on the one, now on the other. So a client that
        asks something else is not waited for any more, if the news is an end or has been seen by another client, or
        after as many requests as it has questions.

    Args:
        world: the world.
        clock: moves it.
        changes: when (real seconds) each request that changes something and is on its way began.
    """

    def __init__(self, world: World, clock: Clock, changes: Sequence[float]) -> None:
        self.skipped_us = 0
        self._world = world
        self._clock = clock
        self._changes = changes
        self._clients: dict[object, Client] = {}
        self._left: dict[str, Asked] = {}
        self._changed_s = -math.inf
        self._starved_s = 0.0
        # The real clock, and waiting on it; tests put their own in place.
        self.now_s: Callable[[], float] = Real.monotonic
        self.pause: Callable[[float], Awaitable[None]] = pause

    def closed(self, client: object) -> None:
        """The connection of a client is closed."""
        gone = self._clients.pop(client, None)
        if gone is not None:
            left = {**self._left, **gone.asked}
            self._left = {key: asked for key, asked in left.items() if asked.at_us == self._world.now_us}
            if gone.changed:
                self._changed_s = max(self._changed_s, min(gone.heard_s, self._now_s()))

    async def answered(self, request: Request, client: object) -> bool:
        """A request was answered, as far as the world is concerned. True: time moved since, and it is to be asked anew.

        Only for requests that the service did not refuse.
        """
        known = self._clients.setdefault(client, Client())
        known.heard_s = math.inf
        try:
            return await self._answered(request, known)
        finally:
            known.heard_s = self._now_s()

    async def _answered(self, request: Request, known: Client) -> bool:
        question = self._question(request)
        seen = None if question is None else question.look()
        known.waits = seen is not None
        known.changed = request.method not in ("GET", "HEAD")
        if known.changed:
            known.asked.clear()
        self._pass_over(known, question)
        if question is None or seen is None:
            return False
        asked = self._again(known, question, seen)
        needed = ASKS_OF_A_JOB if question.of_a_job else ASKS_OF_THE_REST
        moved = asked.times >= needed and await self._may_jump(known, asked) and self._jump(known, asked)
        anew = moved or asked.news or asked.at_us != self._world.now_us
        self._remember(known, asked, moved)
        return anew

    # -- questions ---------------------------------------------------------------------------------------------------

    def _question(self, request: Request) -> Question | None:
        look = self._look(request.path) if request.method == "GET" else None
        if look is None:
            return None
        return Question(f"{request.path}?{request.query}", look, _JOB.fullmatch(request.path) is not None)

    def _look(self, path: str) -> Callable[[], Sight | None] | None:
        if (job := _JOB.fullmatch(path)) is not None:
            return partial(self._job, job[1])
        if (workload := _WORKLOAD.fullmatch(path)) is not None:
            return partial(self._workload, workload[1])
        return self._anything if _CHANGING.fullmatch(path) else None

    def _anything(self) -> Sight:
        return (len(self._world.trace),)

    def _job(self, job_id: str) -> Sight | None:
        job = self._world.jobs.get(job_id)
        return None if job is None or job.final else (job.status,)

    def _workload(self, workload_id: str) -> Sight | None:
        workload = self._world.workloads.get(workload_id)
        return None if workload is None or workload.state == CLOSED else (workload.state, workload.accepting)

    def _again(self, client: Client, question: Question, seen: Sight) -> Asked:
        before = client.asked.get(question.key) or self._left.pop(question.key, None)
        now_us = self._world.now_us
        same = before is not None and before.at_us == now_us and before.seen == seen
        return Asked(question, now_us, seen, before.times + 1 if before is not None and same else 1)

    def _pass_over(self, client: Client, question: Question | None) -> None:
        """A client asked this, and not for what is new to see elsewhere."""
        for key, asked in list(client.asked.items()):
            if (question is None or key != question.key) and asked.news:
                passed = asked._replace(passed=asked.passed + 1)
                client.asked[key] = passed
                if passed.passed > len(client.asked) or self._is_shown(key, asked.question.look()):
                    del client.asked[key]

    def _is_shown(self, key: str, sight: Sight | None) -> bool:
        """Whether an answer is final, or some client has seen it."""
        found = (client.asked.get(key) for client in self._clients.values())
        return sight is None or any(asked is not None and asked.seen == sight for asked in found)

    def _remember(self, client: Client, asked: Asked, moved: bool) -> None:
        seen = asked.question.look()
        if seen is None:
            client.asked.pop(asked.question.key, None)
            client.waits = False
        else:
            times = 1 if moved else asked.times
            client.asked[asked.question.key] = Asked(asked.question, self._world.now_us, seen, times)

    # -- jumps -------------------------------------------------------------------------------------------------------

    async def _may_jump(self, client: Client, asked: Asked) -> bool:
        """Whether nobody objects, now or before long, and there is nothing new to see meanwhile."""
        until_s = self.now_s() + HOLD_S
        while True:
            if asked.news:
                return False
            if self._nobody_objects(client):
                return True
            if self.now_s() >= until_s:
                return False
            await self._wait()

    async def _wait(self) -> None:
        """Pause for a moment. On a busy machine it takes longer, and what is more is held against no client."""
        began_s = self.now_s()
        await self.pause(LOOK_EVERY_S)
        self._starved_s += max(self.now_s() - began_s - LATE_S, 0)

    def _now_s(self) -> float:
        """The real clock, without the time in which this machine had none for us, and so none for the clients."""
        return self.now_s() - self._starved_s

    def _nobody_objects(self, client: Client) -> bool:
        on_their_way = any(self.now_s() - began_s < PATIENCE_S for began_s in self._changes)
        if self._clock.sleepers or on_their_way or self._now_s() - self._changed_s < GRACE_S:
            return False
        return all(other is client or (other.waits and not _news(other)) for other in self._present())

    def _present(self) -> list[Client]:
        """The clients that were heard of late."""
        now_s = self._now_s()
        return [client for client in self._clients.values() if now_s - client.heard_s < PATIENCE_S]

    def _jump(self, client: Client, asked: Asked) -> bool:
        """Move time until there is something new to see. False if nothing is pending."""
        others = [other for other in self._present() if other is not client]
        began_us, look = self._world.now_us, asked.question.look
        with self._world.lock:
            for _ in range(EVENTS_AT_ONCE if asked.question.of_a_job else 1):
                next_us = self._world.next_event_us()
                if next_us is None:
                    break
                try:
                    self._clock.advance_to(next_us)
                except ClockError:  # it would be after the end of the calendar, and never comes
                    break
                if look() != asked.seen or any(map(_news, others)):
                    break
            self.skipped_us += self._world.now_us - began_us
            return self._world.now_us != began_us or look() != asked.seen


def _news(client: Client) -> bool:
    """Whether something that a client polls for looks different from what it saw last."""
    return any(asked.news for asked in client.asked.values())


async def pause(seconds: float) -> None:
    """`asyncio.sleep` on the loop's own clock, whatever clock the process is shown."""
    loop = asyncio.get_running_loop()
    woken = loop.create_future()
    loop.call_later(seconds, woken.set_result, None)
    await woken
