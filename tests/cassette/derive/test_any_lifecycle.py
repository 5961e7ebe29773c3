"""Random lifecycles: what a recording shows is what happened, and whoever looks at everything misses nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_qruntime.cassette.tape import Tape
from pytest_qruntime.cassette.taping import Taping
from pytest_qruntime.model import Durations, JobRequest, Policy, World, trace
from pytest_qruntime.model.trace import Event
from pytest_qruntime.rest import Service
from tests.cassette.derive.telling import happenings
from tests.cassette.replay.test_any_lifecycle import ACTIONS, Action, Player

NEVER_SHOWN = (trace.JOB_ON_QPU,)
NOT_OF_THE_MODEL = ("exchange", "late", "asked", "status", "code")
NOT_ON_THE_WIRE = (
    *("instance", "rule", "running", "queued", "refusal"),
    *("interactive_ttl_s", "active_ttl_s", "cost_s"),  # not with the value that acts, or not for every one
)
POLICIES = st.builds(
    Policy,
    queued_on_end=st.sampled_from(["failed", "cancelled"]),
    idle_close=st.sampled_from(["immediate", "lazy"]),
    closing_state=st.sampled_from(["closed", "pending_closed"]),
    reopen_while_draining=st.booleans(),
    cancel_closed=st.sampled_from([204, 404, 409]),
    batch_autoend=st.sampled_from([None, 30]),
    session_usage=st.sampled_from(["windows", "span"]),
)
BOUNDED = settings(max_examples=100, deadline=None, derandomize=True, database=None)


class Looker(Player):
    """Looks at the list of workloads too."""

    def _paths(self) -> Iterator[str]:
        yield from super()._paths()
        yield "/workloads"


def recorded(actions: list[Action], grid_s: float, lanes: int, policy: Policy) -> tuple[list[Event], Tape]:
    world = World(lanes=lanes, policy=policy, durations=_thirty_seconds)
    world.add_backend("fake_backend")
    taping = Taping(Service(world), world)
    Looker(taping, world).play(actions, grid_s)
    return list(world.trace), taping.tape()


def _thirty_seconds(_: JobRequest) -> Durations:
    return Durations.of(20, 10)


def of_the_model(data: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in data.items() if key not in NOT_OF_THE_MODEL}


def shows(event: Event, true: Event) -> bool:
    """Whether a derived event is one that happened: not earlier, and with nothing in its data that is not so."""
    return (
        event[1:5] == true[1:5] and event.at_us >= true.at_us and of_the_model(event.data).items() <= true.data.items()
    )


def pairs(derived: list[Event], true: list[Event]) -> list[tuple[Event, Event | None]]:
    """Each derived event with what it shows: the latest that it can be of those that happened, each but once."""
    left, found = list(true), []
    for event in derived:
        it = next((one for one in reversed(left) if shows(event, one)), None)
        if it is not None:
            left.remove(it)
        found.append((event, it))
    return found


@BOUNDED
@given(ACTIONS, st.integers(1, 3), st.sampled_from([10, 30, 100, 200]), POLICIES)
def test_whatever_is_derived_has_happened(actions: list[Action], lanes: int, grid_s: int, policy: Policy) -> None:
    true, tape = recorded(actions, grid_s, lanes, policy)

    assert [event for event, it in pairs(happenings(tape), true) if it is None] == []


@BOUNDED
@given(ACTIONS, st.integers(1, 3), POLICIES)
def test_whoever_looks_at_everything_misses_nothing(actions: list[Action], lanes: int, policy: Policy) -> None:
    happened, tape = recorded(actions, 10, lanes, policy)
    true = [event for event in happened if event.kind not in NEVER_SHOWN]

    found = pairs(happenings(tape), true)

    shown = [it for _, it in found if it is not None]
    assert [event for event in true if event not in shown] == []
    for event, it in found:
        assert it is not None
        assert event.at_us == it.at_us
        hidden = {"interactive_ttl_s"} if it.data.get("mode") == "batch" else set()
        assert {key for key in it.data if key not in NOT_ON_THE_WIRE} - hidden <= set(event.data)
    for name in ({event.workload for event in true} | {event.job for event in true}) - {None}:
        assert [event for event in shown if name in event[3:5]] == [event for event in true if name in event[3:5]]


@BOUNDED
@given(ACTIONS, st.integers(1, 3))
def test_who_never_looks_sees_what_the_service_says_that_it_does(actions: list[Action], lanes: int) -> None:
    """An accepted close or cancel counts as such, though the session may have ended before, or at that instant."""
    true, tape = recorded(actions, 10, lanes, Policy())
    blind = Tape(tape.provenance, tuple(one for one in tape.exchanges if one.method != "GET"))
    ends = (trace.WORKLOAD_DRAINING, trace.WORKLOAD_CLOSED, trace.WORKLOAD_REOPENED)

    for event, it in pairs(happenings(blind), true):
        assert it is not None or event.kind in ends
        if it is None:
            same = [one for one in true if one.workload == event.workload and one.at_us <= event.at_us]
            assert {one.kind for one in same} & {*ends, trace.REQUEST_IGNORED}
