"""A recording in which nothing is wrong, and the same with one thing changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from pytest_qruntime.cassette.files import save
from pytest_qruntime.cassette.lint import Finding, examine
from pytest_qruntime.cassette.scrub import Scrubber
from pytest_qruntime.cassette.tape import Exchange, Tape
from pytest_qruntime.model import Policy
from tests.cassette.derive.test_any_lifecycle import recorded
from tests.cassette.replay.test_any_lifecycle import Action

ACTIONS = [
    Action(0, "open"),
    Action(0, "submit"),
    Action(10, "submit"),
    Action(20, "cancel_job", 1),
    Action(50, "submit", 2),
    Action(50, "tag"),
    Action(100, "close"),
    Action(200, "submit"),
]


@cache
def clean() -> Tape:
    """Of the fake, looked at every thirty seconds, scrubbed."""
    _, tape = recorded(ACTIONS, 30, 1, Policy())
    return Scrubber().tape(tape)


def found(tape: Tape, folder: Path, **options: Any) -> list[Finding]:
    """What is found in a recording."""
    path = folder / "it.yaml"
    save(tape, path)
    return examine(str(path), **options).findings


def ids(findings: list[Finding]) -> list[str]:
    """Their checks, each once, in order."""
    return list(dict.fromkeys(finding.check for finding in findings))


def numbers(wanted: Callable[[Exchange], bool]) -> list[int]:
    """The interactions of the clean recording that are wanted."""
    return [number for number, exchange in enumerate(clean().exchanges) if wanted(exchange)]


def look(part: str, *, last: bool = False) -> int:
    """The first, or the last, GET of a single thing whose address holds this."""
    wanted = numbers(lambda one: one.method == "GET" and part in one.url and one.status == 200)
    return wanted[-1 if last else 0]


def with_exchange(number: int, **fields: Any) -> Tape:
    """The clean recording with another exchange at a place."""
    tape = clean()
    changed = list(tape.exchanges)
    changed[number] = replace(changed[number], **fields)
    return replace(tape, exchanges=tuple(changed))


def with_answer(number: int, change: Callable[[Any], object]) -> Tape:
    """The clean recording with a changed document in one answer."""
    document = json.loads(clean().exchanges[number].response_body)
    change(document)
    return with_exchange(number, response_body=json.dumps(document).encode())


def of_service(tape: Tape, service: str, clock: str = "real") -> Tape:
    """The same as if another service had answered."""
    assert tape.provenance is not None
    return replace(tape, provenance=replace(tape.provenance, service=service, clock=clock))
