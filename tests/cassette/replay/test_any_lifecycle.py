"""Random lifecycles, recorded from the fake and replayed by clients that look more often, less often and later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import from_json, to_json

from pytest_qruntime.cassette.replay import Deck
from pytest_qruntime.cassette.tape import Tape
from pytest_qruntime.cassette.taping import Taping
from pytest_qruntime.clock.world import WorldLike
from pytest_qruntime.model import Durations, JobRequest, World
from pytest_qruntime.rest import Service
from pytest_qruntime.rest.http import Handler, Request
from tests.cassette.replay.stages import BELL, HEADERS

SECOND = 1_000_000
GRID_S = 10
END_S = 600  # a multiple of the longest interval, so that each client looks at the end


class Action(NamedTuple):
    """What a client does, and to what, counted in the order of creation."""

    at_s: int
    what: str
    number: int = 0


ACTION = st.builds(
    Action,
    at_s=st.sampled_from([0, 0, 0, 10, 20, 30, 50, 100, 200, 310]),
    what=st.sampled_from(
        ["open", "batch", "submit", "submit", "submit", "close", "reopen", "cancel", "cancel_job", "tag"]
    ),
    number=st.integers(0, 2),
)
ACTIONS = st.lists(ACTION, min_size=1, max_size=10).map(lambda actions: sorted(actions, key=lambda one: one.at_s))
Look = tuple[float, str, int, bytes]


class Player:
    """Plays actions against a handler, and looks at everything at every instant of a grid."""

    def __init__(self, handler: Handler, world: WorldLike, *, late_s: float = 0) -> None:
        self.handler = handler
        self.world = world
        self.late_s = late_s
        self.sessions: list[str] = []
        self.jobs: list[str] = []
        self.looks: list[Look] = []

    def play(self, actions: list[Action], grid_s: float) -> list[Look]:
        looks = {step * grid_s for step in range(round(END_S / grid_s) + 1)}
        for at_s in sorted(looks | {action.at_s for action in actions}):
            self.world.advance_to(round((at_s + self.late_s) * SECOND))
            for action in actions:
                if action.at_s == at_s:
                    getattr(self, f"_{action.what}")(action.number)
            if at_s in looks:
                self.looks += self._look(at_s)
        return self.looks

    def _look(self, at_s: float) -> Iterator[Look]:
        for path in self._paths():
            status, body = self._ask("GET", path)
            yield at_s, path, status, body

    def _paths(self) -> Iterator[str]:
        for session in self.sessions:
            yield f"/sessions/{session}"
        for job in self.jobs:
            yield from (f"/jobs/{job}", f"/jobs/{job}/metrics")
        if self.jobs:
            yield "/jobs"

    def _ask(self, method: str, path: str, document: Any = None) -> tuple[int, bytes]:
        headers = {name.lower(): value for name, value in HEADERS.items()}
        body = b"" if document is None else to_json(document)
        response = self.handler.handle(Request(method, "quantum.cloud.ibm.com", f"/api/v1{path}", "", headers, body))
        return response.status, response.body

    def _create(self, path: str, document: dict[str, Any]) -> list[str]:
        status, body = self._ask("POST", path, {"backend": "fake_backend", **document})
        return [from_json(body)["id"]] if status == 200 else []

    def _open(self, number: int) -> None:
        self.sessions += self._create("/sessions", {"mode": "dedicated", "max_ttl": 100 * (number + 1)})

    def _batch(self, number: int) -> None:
        self.sessions += self._create("/sessions", {"mode": "batch"})

    def _submit(self, number: int) -> None:
        session = {"session_id": self.sessions[number]} if number < len(self.sessions) else {}
        self.jobs += self._create("/jobs", {"program_id": "sampler", "params": {"pubs": [[BELL]]}, **session})

    def _of_session(self, number: int, method: str, part: str = "", document: Any = None) -> None:
        if number < len(self.sessions):
            self._ask(method, f"/sessions/{self.sessions[number]}{part}", document)

    def _close(self, number: int) -> None:
        self._of_session(number, "PATCH", document={"accepting_jobs": False})

    def _reopen(self, number: int) -> None:
        self._of_session(number, "PATCH", document={"accepting_jobs": True})

    def _cancel(self, number: int) -> None:
        self._of_session(number, "DELETE", "/close")

    def _cancel_job(self, number: int) -> None:
        if number < len(self.jobs):
            self._ask("POST", f"/jobs/{self.jobs[number]}/cancel")

    def _tag(self, number: int) -> None:
        if number < len(self.jobs):
            self._ask("PUT", f"/jobs/{self.jobs[number]}/tags", {"tags": [f"at {self.world.now_us // SECOND}"]})


def recorded(actions: list[Action], grid_s: float, lanes: int) -> tuple[list[Look], Tape]:
    world = World(lanes=lanes, durations=_thirty_seconds)
    world.add_backend("fake_backend")
    taping = Taping(Service(world), world)
    return Player(taping, world).play(actions, grid_s), taping.tape()


def _thirty_seconds(_: JobRequest) -> Durations:
    return Durations.of(20, 10)


def expected_of(live: list[Look], looks: list[Look]) -> Iterator[Look]:
    """What each look must show: of the recorded looks at the same thing, the last one up to that instant."""
    for at_s, path, *_ in looks:
        before = [look for look in live if look[1] == path and look[0] <= at_s]
        yield at_s, *before[-1][1:]


BOUNDED = settings(max_examples=40, deadline=None, derandomize=True, database=None)


@BOUNDED
@given(ACTIONS, st.integers(1, 3), st.sampled_from([1, 2, 3, 6, 10]))
def test_less_frequent_looks_show_what_the_fake_itself_would_have_shown(
    actions: list[Action], lanes: int, times_less: int
) -> None:
    live, _ = recorded(actions, GRID_S * times_less, lanes)
    _, tape = recorded(actions, GRID_S, lanes)
    deck = Deck(tape)

    assert Player(deck, deck.world).play(actions, GRID_S * times_less) == live


@BOUNDED
@given(ACTIONS, st.integers(1, 3), st.sampled_from([2, 5, 10]))
def test_more_frequent_looks_show_what_was_recorded_last(actions: list[Action], lanes: int, times_more: int) -> None:
    live, tape = recorded(actions, GRID_S, lanes)
    deck = Deck(tape)

    looks = Player(deck, deck.world).play(actions, GRID_S / times_more)

    assert looks == list(expected_of(live, looks))
    assert (deck.unused(), deck.unmatched) == ([], [])


@BOUNDED
@given(ACTIONS, st.integers(1, 3), st.sampled_from([0.5, 7, 3600]))
def test_a_client_that_does_everything_later_sees_everything_that_much_later(
    actions: list[Action], lanes: int, late_s: float
) -> None:
    live, tape = recorded([action for action in actions if action.what != "tag"], GRID_S, lanes)
    deck = Deck(tape)

    late = Player(deck, deck.world, late_s=late_s).play([action for action in actions if action.what != "tag"], GRID_S)

    assert late == live
    assert deck.unused() == []
