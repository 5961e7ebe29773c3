"""`connected()`: a live service for the length of a test."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, Final

from pytest_qruntime import arguments
from pytest_qruntime.cassette.derive import derive
from pytest_qruntime.cassette.tape import Provenance, Tape
from pytest_qruntime.client import AnyEvent, EventPatience, RealPatience
from pytest_qruntime.client.errors import hidden
from pytest_qruntime.clock import Clock
from pytest_qruntime.clock.instants import iso, utc
from pytest_qruntime.live.api import Api
from pytest_qruntime.live.budget import Meter
from pytest_qruntime.live.control import Control
from pytest_qruntime.live.environment import leading_to, of_a_host
from pytest_qruntime.live.forwarding import Forwarding
from pytest_qruntime.live.journal import Journal
from pytest_qruntime.live.ledger import Ledger
from pytest_qruntime.live.rescue import api_of
from pytest_qruntime.live.runtime import LiveRuntime, Way
from pytest_qruntime.live.target import Target
from pytest_qruntime.live.tokens import Tokens
from pytest_qruntime.live.wire import world_of
from pytest_qruntime.live.worlds import RemoteWorld, WallClock
from pytest_qruntime.runtime.observed import Observed
from pytest_qruntime.sdk import accommodated
from pytest_qruntime.server.roads import IAM_PREFIX
from pytest_qruntime.transport import Interception

__tracebackhide__ = hidden

POLL_S: Final = 2.0


@contextmanager
def connected(
    target: Target,
    *,
    label: str,
    settings: Mapping[str, Any],
    journal: Journal | None = None,
    meter: Meter | None = None,
) -> Iterator[LiveRuntime]:
    """A live service for the length of a ``with`` block: a new world on a server of our own, or a real one as it is.

    On a server of our own time is virtual. The process sleeps on the world's clock, which nobody else moves; programs
    that ask for the hosts of the service, or make the client without arguments, are led to the server; and the world is
    removed in the end. On a real service time is real, and what the block left open is closed in the end: what cannot
    be is told with a warning, and stays in the journal.

    Args:
        target: what `find` found.
        label: whose it is, usually the test's id; it stands in the journal.
        settings: what the world is made of, by the names of the arguments of `pytest_qruntime.world`. A real service
            cannot be told; only the name of the backend counts there.
        journal: what is told of each session before anybody knows its id.
        meter: what counts the QPU time of the run.

    Raises `ConfigurationError` for a setting that a server cannot be told.
    """
    way = _in_a_world if target.own else _at_a_host
    with way(target, label, settings, journal, meter) as runtime:
        yield runtime


# -- a server of our own ----------------------------------------------------------------------------------------------


@contextmanager
def _in_a_world(
    target: Target, label: str, settings: Mapping[str, Any], journal: Journal | None, meter: Meter | None
) -> Iterator[LiveRuntime]:
    body = world_of(settings)
    with ExitStack() as undo:
        control = Control(target.url)
        undo.callback(control.close)
        made = control.post("/worlds", body)
        undo.callback(control.delete, f"/worlds/{made['world']}")
        clock = Clock(RemoteWorld(control, made), freeze=arguments.freeze(settings.get("freeze", True)))
        api = _api_of_a_world(target, made, clock)
        undo.callback(api.hang_up)
        ledger = Ledger(target, api, journal=journal, meter=meter, label=label)
        runtime = LiveRuntime(target, clock, _way_to_a_world(made, api, clock), ledger)
        undo.callback(_leave_a_world, ledger, meter)
        undo.callback(runtime.hang_up)
        undo.enter_context(leading_to(made["environment"], cleared=True))
        undo.enter_context(clock.hold())
        forwarding = Forwarding(target.url, label)
        undo.callback(forwarding.close)
        undo.enter_context(Interception(forwarding, label=label))
        undo.enter_context(accommodated(None, clock, AnyEvent(clock).of))
        yield runtime


def _api_of_a_world(target: Target, made: Mapping[str, Any], clock: Clock) -> Api:
    key = made["api_key"]
    tokens = Tokens(f"{target.url}{IAM_PREFIX}", key, lambda: clock.unix_us / 1_000_000)
    return Api(f"{target.url}/api", made["crn"], key, tokens)


def _way_to_a_world(made: Mapping[str, Any], api: Api, clock: Clock) -> Way:
    world = clock.world
    assert isinstance(world, RemoteWorld)
    return Way(
        api=api,
        base_url=api.url,
        patience=EventPatience(clock, AnyEvent(clock).of),
        default_backend=made["backends"][0]["name"],
        trace=lambda observed: world.trace(),
    )


def _leave_a_world(ledger: Ledger, meter: Meter | None) -> None:
    """What was used is known; what was open goes with the world, right after this."""
    try:
        if meter is not None:
            meter.settle()
    finally:
        ledger.gone()


# -- a real service ---------------------------------------------------------------------------------------------------


@contextmanager
def _at_a_host(
    target: Target, label: str, settings: Mapping[str, Any], journal: Journal | None, meter: Meter | None
) -> Iterator[LiveRuntime]:
    clock, api = WallClock(), api_of(target)
    ledger = Ledger(target, api, journal=journal, meter=meter, label=label)
    way = Way(
        api=api,
        base_url=target.url,
        patience=RealPatience(POLL_S),
        default_backend=settings.get("backend", ""),
        trace=lambda observed: derive(_taped(target, clock, observed)),
    )
    runtime = LiveRuntime(target, clock, way, ledger)
    with leading_to(of_a_host(target), cleared=False):
        try:
            yield runtime
        finally:
            for problem in ledger.close_all():
                warnings.warn(f"{problem}. Close it with `qruntime rescue`", stacklevel=1)
            runtime.hang_up()


def _taped(target: Target, clock: Clock, observed: Observed) -> Tape:
    """What was observed so far, as a recording."""
    began = iso(utc(clock.world.start_unix_us))
    return Tape(Provenance(target.service, began, "real", None, {}, None), tuple(observed.exchanges))
