"""`check`: every check on every recording, without running any test."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from pytest_qruntime.cassette.derive import derive
from pytest_qruntime.cassette.errors import CassetteError
from pytest_qruntime.cassette.files import load
from pytest_qruntime.cassette.lint import origin, paths, references, shapes, times, told
from pytest_qruntime.cassette.lint.findings import INDEX, Finding, Findings
from pytest_qruntime.cassette.outside import outside
from pytest_qruntime.cassette.printable import printable
from pytest_qruntime.cassette.scrub import DEFAULT_RULES, Leak, Rule, Scrubber, leaks
from pytest_qruntime.cassette.tape import Tape
from pytest_qruntime.model.trace import Trace
from pytest_qruntime.rest.timestamps import SECOND_US

_IN_INTERACTION: Final = re.compile(r"interaction ([0-9]+), (.*)", re.DOTALL)


class Checked(NamedTuple):
    """A file that was checked.

    Attributes:
        path: as it was given.
        interactions: how many there are; 0 if it cannot be read.
        trace: what happened in it; None if nobody can tell.
        findings: what is wrong, in order.
    """

    path: str
    interactions: int
    trace: Trace | None
    findings: list[Finding]


def check(
    places: Sequence[str], *, known: Mapping[str, str] | None = None, rules: Sequence[Rule] = DEFAULT_RULES
) -> list[Finding]:
    """Everything that is wrong with some recordings, by file.

    Args:
        places: files, and folders with recordings below.
        known: values that must not be in them, by what they are called.
        rules: how to know a secret.

    Raises:
        ConfigurationError: something is not there, or there is no recording.
    """
    return [finding for path in paths.files(places) for finding in examine(path, known=known, rules=rules).findings]


def examine(path: str, *, known: Mapping[str, str] | None = None, rules: Sequence[Rule] = DEFAULT_RULES) -> Checked:
    """Check one file."""
    found, scrubber = Findings(path), Scrubber(known or {}, rules)
    try:
        tape = load(path)
    except CassetteError as error:
        found.add("unreadable", str(error).removeprefix(path).lstrip(":, "))
        return Checked(path, 0, None, [_safe(finding, scrubber) for finding in found.all()])
    trace = _look(tape, path, known or {}, rules, found)
    return Checked(path, len(tape.exchanges), trace, [_safe(finding, scrubber) for finding in found.all()])


def _look(tape: Tape, path: str, known: Mapping[str, str], rules: Sequence[Rule], found: Findings) -> Trace | None:
    reads = list(told.read(tape.exchanges))
    origin.check(tape, os.path.getsize(path), int(time.time()) * SECOND_US, found)
    shapes.check(tape, found)
    references.check(reads, found)
    times.check(tape, reads, found)
    for leak in leaks(tape, known, rules) or outside(path, tape, known, rules):
        number, place = _place(leak)
        found.add("leak", f"a secret: {leak.kind}", number=number, place=place, group=INDEX.sub("[]", place))
    try:
        return derive(tape)
    except CassetteError:
        return None  # what keeps it from being derived has its own finding


def _place(leak: Leak) -> tuple[int | None, str]:
    """The number of the interaction, if it is in one, and where in it."""
    match = _IN_INTERACTION.fullmatch(leak.place)
    return (None, leak.place) if match is None else (int(match[1]), match[2])


def _safe(finding: Finding, scrubber: Scrubber) -> Finding:
    """A name of a key may be a secret, and what an error quotes; and either may hold what a terminal obeys."""
    problem, place = (printable(scrubber.text(text)) for text in (finding.problem, finding.place))
    return replace(finding, problem=problem, place=place)
