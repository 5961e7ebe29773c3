"""Recordings of the fake, and small lies planted in them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pytest_qruntime.cassette.drift import Drift, drift
from pytest_qruntime.cassette.tape import Exchange, Tape
from tests.cassette.replay.stages import Client, Story, recorded

EVERY_S = 5


def told(tape: Tape, settings: Mapping[str, Any] | None) -> Tape:
    """The same recording with other settings in its provenance."""
    assert tape.provenance is not None
    return replace(tape, provenance=replace(tape.provenance, settings=settings))


def of_service(tape: Tape, service: str) -> Tape:
    """The same recording, of another service."""
    assert tape.provenance is not None
    return replace(tape, provenance=replace(tape.provenance, service=service))


def story(client: Client) -> None:
    """A session with two jobs that is closed, and everything that can be looked at."""
    session = client.open(max_ttl=600)
    jobs = [client.submit(session, "one"), client.submit(session, "two")]
    client.wait(*jobs)
    client.close(session)
    client.session(session)
    client.results(jobs[0])
    for path in (f"/jobs/{jobs[0]}/metrics", "/jobs", "/workloads", "/backends", "/instance", "/instances/usage"):
        client.ask("GET", path)


def taped(told_by: Story = story, *, lanes: int = 1, **options: Any) -> Tape:
    """The recording of a story, with the settings of its world."""
    _, tape = recorded(told_by, EVERY_S, lanes=lanes, **options)
    return told(tape, {"lanes": lanes, **options})


def edited(tape: Tape, what: str, change: Callable[[Exchange], Exchange], *, which: int | None = None) -> Tape:
    """The same recording with other exchanges of one kind, such as ``GET /jobs/``: all, or the one of this place."""
    method, _, path = what.partition(" ")
    found = [
        number
        for number, one in enumerate(tape.exchanges)
        if one.method == method and one.url.partition("/api/v1")[2].startswith(path)
    ]
    assert found
    chosen = found if which is None else [found[which]]
    exchanges = [change(one) if number in chosen else one for number, one in enumerate(tape.exchanges)]
    return replace(tape, exchanges=tuple(exchanges))


def answer(change: Callable[[Any], object]) -> Callable[[Exchange], Exchange]:
    """A change of the document that was answered, in place."""

    def changed(exchange: Exchange) -> Exchange:
        document = json.loads(exchange.response_body)
        change(document)
        return replace(exchange, response_body=json.dumps(document).encode())

    return changed


def found(tape: Tape) -> list[tuple[str, str, str, str, str, int]]:
    """Kind, route, place, both sides, and how often: of every finding."""
    return [rows(finding) for finding in drift(tape).findings]


def rows(finding: Any) -> tuple[str, str, str, str, str, int]:
    return finding.kind, finding.route, finding.place, finding.recorded, finding.found, finding.count


def none(result: Drift) -> bool:
    return not result.findings and not result.skipped
