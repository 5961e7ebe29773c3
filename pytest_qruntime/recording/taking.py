"""A test on a live service, recorded if a recording is wanted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from importlib import metadata
from typing import TYPE_CHECKING

import pytest

from pytest_qruntime import __version__
from pytest_qruntime.cassette.capture import Capture
from pytest_qruntime.clock.real import Real
from pytest_qruntime.live import connected
from pytest_qruntime.recording.choice import Choice, plain
from pytest_qruntime.recording.phase import Take
from pytest_qruntime.recording.run import RUN, Run

if TYPE_CHECKING:
    from pytest_qruntime.live import LiveRuntime

_CLIENTS = ("httpx", "requests", "qiskit-ibm-runtime", "qiskit")


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
            take.tape = capture.tape(
                test=item.nodeid,
                recorded=Real.datetime.now().date().isoformat(),
                versions=versions(),
                settings=_settings(run, choice),
            )


def versions() -> Mapping[str, str]:
    """Of the packages that take part in a recording."""
    found = {"pytest-qruntime": __version__}
    for name in _CLIENTS:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _settings(run: Run, choice: Choice) -> Mapping[str, object] | None:
    """What the world of the recording was made of; of somebody else's service nobody knows."""
    return plain(choice.settings) if run.target.own else None
