"""The same story played twice: against the fake, which is recorded, and against the recording."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import httpx
import requests

from pytest_qruntime.cassette.replay import Deck
from pytest_qruntime.cassette.tape import Tape
from pytest_qruntime.cassette.taping import Taping
from pytest_qruntime.clock import Clock
from pytest_qruntime.clock.world import WorldLike
from pytest_qruntime.model import Durations, JobRequest, World
from pytest_qruntime.rest import Service
from pytest_qruntime.rest.http import Handler
from pytest_qruntime.transport import Interception

API = "https://quantum.cloud.ibm.com/api/v1"
BELL = 'OPENQASM 3.0; include "stdgates.inc"; qubit[2] q; bit[2] c; h q[0]; cx q[0], q[1]; c = measure q;'
HEADERS = {"Authorization": "apikey " + "fake" * 10, "Service-CRN": Service(World()).crn()}
FINAL = ("Completed", "Cancelled", "Failed")


class Seen(NamedTuple):
    """What a client saw: when (virtual seconds), of what, and the gist of the answer."""

    at_s: float
    what: str
    gist: object


class Client:
    """An httpx or a requests client that polls every so many seconds, and writes down what it sees."""

    def __init__(self, http: Any, world: WorldLike, every_s: float) -> None:
        self.http = http
        self.every_s = every_s
        self.seen: list[Seen] = []
        self.raw: list[tuple[float, str, int, bytes]] = []
        self._world = world

    def ask(self, method: str, path: str, json: Any = None) -> Any:
        response = self.http.request(method, API + path, json=json, headers=HEADERS)
        self.raw.append((self._world.now_us / 1e6, f"{method} {path}", response.status_code, response.content))
        return response

    def open(self, mode: str = "dedicated", **fields: Any) -> str:
        return self.ask("POST", "/sessions", {"mode": mode, "backend": "fake_backend", **fields}).json()["id"]  # type: ignore[no-any-return]

    def submit(self, session: str | None, name: str, *, circuit: str = BELL, **fields: Any) -> str:
        """A job with its name for a tag, so that no two are sent alike; its length is that of the tag."""
        body = {"program_id": "sampler", "backend": "fake_backend", "params": {"pubs": [[circuit]]}, "tags": [name]}
        body.update(fields, **({} if session is None else {"session_id": session}))
        return self.ask("POST", "/jobs", body).json()["id"]  # type: ignore[no-any-return]

    def close(self, session: str) -> None:
        assert self.ask("PATCH", f"/sessions/{session}", {"accepting_jobs": False}).status_code == 204

    def cancel(self, session: str) -> None:
        assert self.ask("DELETE", f"/sessions/{session}/close").status_code == 204

    def job(self, job: str) -> str:
        return str(self._look(f"/jobs/{job}", lambda document: document["state"]["status"]))

    def session(self, session: str) -> str:
        return str(self._look(f"/sessions/{session}", lambda document: document["state"]))

    def results(self, job: str) -> int:
        answer = self.ask("GET", f"/jobs/{job}/results")
        self.seen.append(Seen(self._world.now_us / 1e6, f"results of {job}", answer.status_code))
        return int(answer.status_code)

    def poll(self, over: Callable[[], bool]) -> None:
        """Ask, and sleep, and ask."""
        while not over():
            time.sleep(self.every_s)

    def wait(self, *jobs: str) -> None:
        """Poll until the jobs are final."""
        self.poll(lambda: not [job for job in jobs if self.job(job) not in FINAL])

    def _look(self, path: str, gist: Callable[[Any], object]) -> object:
        found = gist(self.ask("GET", path).json())
        self.seen.append(Seen(self._world.now_us / 1e6, path, found))
        return found

    @property
    def changes(self) -> dict[str, list[tuple[float, object]]]:
        """Of everything that was looked at: when the client saw it change, and into what."""
        found: dict[str, list[tuple[float, object]]] = {}
        for at_s, what, gist in self.seen:
            known = found.setdefault(what, [])
            if not known or known[-1][1] != gist:
                known.append((at_s, gist))
        return found


Story = Callable[[Client], None]
CLIENTS: dict[str, Callable[[], Any]] = {"httpx": httpx.Client, "requests": requests.Session}


@contextmanager
def stage(handler: Handler, world: WorldLike) -> Iterator[None]:
    with Clock(world).hold(), Interception(handler, label="a replay"):
        yield


def play(story: Story, handler: Handler, world: WorldLike, every_s: float, client: str = "httpx") -> Client:
    with stage(handler, world), CLIENTS[client]() as http:
        played = Client(http, world, every_s)
        story(played)
    return played


def recorded(story: Story, every_s: float, *, plan: str = "premium", lanes: int = 1) -> tuple[Client, Tape]:
    """Play it against the fake; jobs take 20 s on their lane and then 10 s on the QPU."""
    world = World(plan=plan, lanes=lanes, durations=_thirty_seconds)
    world.add_backend("fake_backend")
    taping = Taping(Service(world), world)
    played = play(story, taping, world, every_s)
    return played, taping.tape()


def _thirty_seconds(_: JobRequest) -> Durations:
    return Durations.of(20, 10)


def replayed(story: Story, tape: Tape, every_s: float, client: str = "httpx") -> tuple[Client, Deck]:
    deck = Deck(tape)
    return play(story, deck, deck.world, every_s, client), deck
