"""A test on a live service, recorded if a recording is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import timezone
from importlib import metadata
from typing import TYPE_CHECKING, Final

import pytest

from pytest_qruntime import __version__
from pytest_qruntime.cassette.capture import Capture
from pytest_qruntime.cassette.tape import Exchange, Tape
from pytest_qruntime.clock.real import Real
from pytest_qruntime.live import connected
from pytest_qruntime.recording.choice import Choice, plain
from pytest_qruntime.recording.phase import Take
from pytest_qruntime.recording.run import RUN, Run

if TYPE_CHECKING:
    from pytest_qruntime.live import LiveRuntime

# What stands in a header of the requests of a client, and the packages that this means.
_NAMING: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "user-agent": {"python-httpx": ("httpx",), "python-requests": ("requests",)},
    "x-qx-client-application": {"qiskit_ibm_runtime": ("qiskit", "qiskit-ibm-runtime", "requests")},
}

__tracebackhide__ = True  # what is wrong with a live service is told in one line


def live(item: pytest.Item, choice: Choice, take: Take | None) -> AbstractContextManager[LiveRuntime]:
    """The live service for a test; with a take, what is exchanged becomes its tape.

    A test that was not asked for on the command line is skipped: nothing dials out unasked. Raises `ConfigurationError`
    if no service can be found.
    """
    run = item.config.stash[RUN]
    if not run.asked.live:
        pytest.skip(
            "this test is for a live service, and nothing dials out unasked: name one with --qruntime-url, or the "
            "saved account with --qruntime-source=live"
        )
    return _connected(item, run, choice, take)


@contextmanager
def _connected(item: pytest.Item, run: Run, choice: Choice, take: Take | None) -> Iterator[LiveRuntime]:
    target, journal, meter = run.target, run.journal, run.meter
    with connected(target, label=item.nodeid, settings=choice.settings, journal=journal, meter=meter) as runtime:
        with Capture(
            canonical=target.canonical,
            service=target.service,
            before=runtime.before,
            after=runtime.observe,
            began_us=runtime.clock.world.start_unix_us,
        ) as capture:
            yield runtime
        if take is not None:
            take.known = runtime.known
            tape = capture.tape(
                test=item.nodeid,
                recorded=Real.datetime.now(timezone.utc).date().isoformat(),
                settings=plain(choice.settings) if target.own else None,  # of somebody else's service nobody knows
            )
            take.tape = _with_versions(tape)


def _with_versions(tape: Tape) -> Tape:
    assert tape.provenance is not None
    return replace(tape, provenance=replace(tape.provenance, versions=versions(tape.exchanges)))


def versions(exchanges: Iterable[Exchange]) -> Mapping[str, str]:
    """Of the packages that made a recording: this one, and the clients that its requests name."""
    named = {(header, exchange.request_headers.get(header, "")) for exchange in exchanges for header in _NAMING}
    found = {
        package
        for header, text in named
        for mark, packages in _NAMING[header].items()
        if mark in text
        for package in packages
    }
    return {"pytest-qruntime": __version__, **{name: metadata.version(name) for name in sorted(found)}}
