"""Drift: where the fake's answers to recorded requests differ from the recorded ones in status, shape or states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pytest_qruntime.cassette.drift.directing import Directions, as_recorded, corrected, told
from pytest_qruntime.cassette.drift.entries import Entry, entries_of
from pytest_qruntime.cassette.drift.fates import fates_of, lanes_of
from pytest_qruntime.cassette.drift.findings import KINDS, Finding, grouped
from pytest_qruntime.cassette.drift.playing import Play
from pytest_qruntime.cassette.drift.premises import OWN, service_of
from pytest_qruntime.cassette.drift.shown import Shown
from pytest_qruntime.cassette.replay.recording import Recording
from pytest_qruntime.cassette.tape import Provenance, Tape
from pytest_qruntime.model.world import DEFAULT_LANES

__all__ = ["KINDS", "OWN", "Drift", "Finding", "drift"]

MOST_PLAYS = 12


@dataclass(frozen=True)
class Drift:
    """What became of a comparison.

    Attributes:
        provenance: of the recording.
        interactions: how many it has.
        skipped: how many of them were about something that the fake refused to make; they were not compared.
        findings: the differences, sorted; none if there is no drift.
        staged: what was taken from the recording because no service decides it, in sentences.
    """

    provenance: Provenance
    interactions: int
    skipped: int
    findings: tuple[Finding, ...]
    staged: tuple[str, ...]

    @property
    def differences(self) -> int:
        """How often something was different."""
        return sum(finding.count for finding in self.findings)


def drift(tape: Tape) -> Drift:
    """Send every recorded request to a fresh fake, at the recorded instants and in the recorded order, and compare.

    Nothing is changed, nothing dials out, and no time passes. A recording of the project's own server has to be met
    exactly; of one of a real service the order of states counts, not when they were seen.

    Raises `CassetteError` for a recording without times, whose times go back, with an address that is none, or with
    settings of which no world can be made.
    """
    began_unix_us = Recording(tape).start_unix_us
    provenance = tape.provenance
    assert provenance is not None
    entries = entries_of(tape)
    return min(_plays(provenance, entries, began_unix_us), key=lambda played: (played[0], played[1].differences))[1]


def _plays(provenance: Provenance, entries: list[Entry], began_unix_us: int) -> Iterator[tuple[int, Drift]]:
    """Play until nothing differs, or nothing more is to be directed; each with how often it went another way."""
    own, fates = provenance.service == OWN, fates_of(entries, began_unix_us)
    shown = Shown(entries, lanes_of(fates.values(), DEFAULT_LANES))
    directions: Directions = {}
    began_us = service_of(provenance, began_unix_us, shown).world.now_us
    if not own:
        directions = {number: as_recorded(fate, began_us) for number, fate in fates.items()}
    at_us = [entry.exchange.at_us for entry in entries]
    for _ in range(MOST_PLAYS):
        service = service_of(provenance, began_unix_us, shown)
        play = Play(service, shown, directions, exactly=own, settled=provenance.settings is not None)
        findings = grouped(play.through(entries), at_us, own=own)
        staged = tuple(told(directions, fates, began_us))
        yield play.apart, Drift(provenance, len(entries), play.skipped, tuple(findings), staged)
        if not own or not findings:
            return
        after = corrected(fates, play.jobs, directions, began_us, others=provenance.settings is None)
        if after == directions:
            return
        directions = after
