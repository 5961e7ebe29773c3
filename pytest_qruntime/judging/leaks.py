"""Sessions and batches that a test left open: which, opened where, and what they would have cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from pytest_qruntime.clock.durations import words_of
from pytest_qruntime.contracts.reading import read
from pytest_qruntime.judging.openings import Opening
from pytest_qruntime.model import states
from pytest_qruntime.model.durations import SECOND_US
from pytest_qruntime.report.run.shown import Leaked

if TYPE_CHECKING:
    from pytest_qruntime.contracts import Terms
    from pytest_qruntime.contracts.facts import Facts
    from pytest_qruntime.contracts.subjects import WorkloadFacts
    from pytest_qruntime.judging.forecast import Forecast
    from pytest_qruntime.model import Trace

_RULES: Final = {
    states.CLOSED_BY_MAX_TTL: "its max TTL (MAX-03)",
    states.CLOSED_UNUSED: "the timer for unused ones (AUT-01)",
    states.CLOSED_AFTER_LAST_JOB: "the automatic end of batches (AUT-04)",
    states.CLOSED_BY_ACTIVE_TTL: "its active TTL (ACT-04)",
    states.CLOSED_BY_COST_LIMIT: "the cost limit (PLN-05)",
    states.CLOSED_BY_USER: "its own close (CLS-03)",
}
MOST: Final = 3
"""Of what one line opened, so many are told in full."""
ADVICE: Final = (
    "Close what a test opens: with a `with` block, with close() in a `finally`, or with\n"
    "the fixtures qruntime_session and qruntime_batch. If it is deliberate, say why:\n"
    '@pytest.mark.qruntime(allow={"leak": "..."})'
)


class Leak(NamedTuple):
    """A session or batch that a test opened and did not close, and that the service has not closed either.

    Attributes:
        id: as the service calls it.
        kind: ``"session"`` or ``"batch"``.
        state: in which it was when the test ended; ``max_ttl_us``: its max TTL, if it is known.
        opened_us, started_us, ended_us: when it was opened, when its first job started, and when the test ended.
        usage_us: what it had cost by then, if that is known.
        opening: who opened it.
    """

    id: str
    kind: str
    state: str
    max_ttl_us: int | None
    opened_us: int
    started_us: int | None
    ended_us: int
    usage_us: int | None
    opening: Opening


def leaked(
    trace: Trace, terms: Terms, opened: Mapping[str, Opening], ended_us: int, used: Mapping[str, int]
) -> list[Leak]:
    """What was opened in a test and still takes jobs.

    Args:
        trace: everything that happened.
        terms: what is known besides.
        opened: by whom.
        ended_us: when the test ended.
        used: by id, microseconds of QPU time so far, as far as that is known.
    """
    if not opened:
        return []
    facts = read(trace, terms)
    found = [one for one in facts.workloads if one.id in opened and one.ended is None and one.accepting]
    return [
        Leak(
            id=one.id,
            kind="batch" if one.is_batch else "session",
            state=one.state,
            max_ttl_us=one.max_ttl_us,
            opened_us=0 if one.opened is None else one.opened.at_us,
            started_us=None if one.started is None else one.started.at_us,
            ended_us=ended_us,
            usage_us=used.get(one.id),
            opening=opened[one.id],
        )
        for one in found
        if trace.complete or not _is_over(one, facts, ended_us)
    ]


def _is_over(one: WorkloadFacts, facts: Facts, now_us: int) -> bool:
    """Whether the service has closed it by now, though nobody looked."""
    shown = [event.at_us for job in one.jobs for event in (job.running, job.end) if event is not None]
    if shown and one.max_ttl_us is not None:
        return min(shown) + one.max_ttl_us <= now_us
    unused_s = facts.policy.unused_autoclose.get(str(one.mode))
    return (
        not one.jobs
        and unused_s is not None
        and one.opened is not None
        and (one.opened.at_us + unused_s * SECOND_US <= now_us)
    )


def plain(leak: Leak, ahead: Forecast | None, root: Path, allowed: str | None) -> Leaked:
    """A leak as plain JSON; the arguments are those of `told`, and why the test may leave something open."""
    place = leak.opening.place
    return Leaked(
        kind=leak.kind,
        id=leak.id,
        file=None if place is None else place.file_in(root),
        line=None if place is None else place.line,
        function=None if place is None else place.function,
        served=leak.opening.served,
        opened_s=leak.opened_us / SECOND_US,
        ended_s=leak.ended_us / SECOND_US,
        used_s=_s(leak.usage_us),
        closed_s=None if ahead is None else _s(ahead.closed_us),
        cost_s=None if ahead is None else _s(ahead.usage_us),
        at_most_s=_s(_at_most_us(leak)),
        allowed=allowed,
    )


def _s(us: int | None) -> float | None:
    return None if us is None else us / SECOND_US


def told(leak: Leak, ahead: Forecast | None, root: Path) -> str:
    """A leak in words.

    Args:
        leak: which.
        ahead: what would have become of it; None: nobody knows.
        root: of the project, from which files are named.
    """
    lines = [
        f"{leak.kind} {leak.id}, opened at {_at(leak.opened_us)}; the test ended at {_at(leak.ended_us)}",
        *(f"  {line}" for line in _opened_by(leak.opening, root)),
        f"  {_so_far(leak)}",
        *(f"  {line}" for line in ([] if ahead is None else _ahead(leak, ahead))),
    ]
    if (most := _at_most(leak)) is not None:
        lines.append(f"  {most}")
    return "\n".join(lines)


def told_of_all(leaks: Sequence[Leak], ahead: Mapping[str, Forecast], root: Path) -> str:
    """All leaks of a test in words: who opened them, what they cost, and what to do.

    Args:
        leaks: of the test, at least one.
        ahead: by id, what would have become of them, as far as anybody knows.
        root: of the project, from which files are named.
    """
    paragraphs = [head(leaks, root)]
    for alike in by_opening(leaks):
        paragraphs += [told(one, ahead.get(one.id), root) for one in alike[:MOST]]
        if more := alike[MOST:]:
            where = alike[0].opening.place
            by = "in the same way" if where is None else f"by {where.told(root)}"
            paragraphs.append(f"and {kinds(more)} more, opened {by}")
    return "\n\n".join([*paragraphs, ADVICE])


def head(leaks: Sequence[Leak], root: Path) -> str:
    """One line for all of them."""
    first = leaks[0]
    who = f"a {first.kind} was left open" if len(leaks) == 1 else f"{kinds(leaks)} were left open"
    place = first.opening.place
    where = "a client of the loopback server" if first.opening.served else "" if place is None else place.told(root)
    others = any(one.opening.place != place for one in leaks)
    return who + (f": {where}" if where else "") + (", and others" if where and others else "")


def kinds(leaks: Sequence[Leak]) -> str:
    """``2 sessions``, ``1 batch``; ``2 sessions and batches`` if there are both."""
    from pytest_qruntime.report.run.words import count, workloads

    found = {leak.kind for leak in leaks}
    return count(len(leaks), *found) if len(found) == 1 else workloads(len(leaks))


def by_opening(leaks: Sequence[Leak]) -> Iterator[list[Leak]]:
    """Those that the same line opened, in the order of the first ones."""
    found: dict[Opening, list[Leak]] = {}
    for leak in leaks:
        found.setdefault(leak.opening, []).append(leak)
    yield from found.values()


def _opened_by(opening: Opening, root: Path) -> Iterator[str]:
    if opening.place is not None:
        yield f"opened by {opening.place.told(root)}:"
        yield f"    {opening.place.source}"
    elif opening.served:
        yield "opened by a client of the loopback server, in whatever process that is"
    else:
        yield "opened in a thread in which no code of yours runs"
    if opening.test is not None:
        yield f"called from {opening.test.told(root)}:"
        yield f"    {opening.test.source}"


def _so_far(leak: Leak) -> str:
    if leak.started_us is None:
        return "no job of it was seen to run"
    used = "" if leak.usage_us is None else f"; {_qpu(leak.usage_us)} so far"
    return f"it was {leak.state}{used}"


def _ahead(leak: Leak, ahead: Forecast) -> Iterator[str]:
    if ahead.closed_us is None:
        yield "left alone, it would have stayed open: nothing that the service does by itself closes it"
        return
    by = _RULES.get(ahead.reason or "", str(ahead.reason))
    then = "" if ahead.usage_us is None else ","
    yield f"left alone, it would be closed {words_of(ahead.closed_us - leak.ended_us)} later, by {by}{then}"
    if ahead.usage_us is not None:
        yield f"and would have cost {_qpu(ahead.usage_us)} by then"


def _at_most_us(leak: Leak) -> int | None:
    """What it could have cost: a session is charged for its time, a batch for its jobs."""
    if leak.max_ttl_us is None or leak.kind == "batch" or leak.started_us is None:
        return leak.max_ttl_us
    return leak.started_us + leak.max_ttl_us - leak.ended_us + (leak.usage_us or 0)


def _at_most(leak: Leak) -> str | None:
    most_us = _at_most_us(leak)
    if most_us is None:
        return None
    if leak.kind == "batch" or leak.started_us is None:
        jobs = "jobs" if leak.started_us is None else "more jobs"
        return f"with {jobs}, it could have cost up to its max TTL of {_qpu(most_us)}"
    return f"kept active until its max TTL, it would have cost up to {_qpu(most_us)}"


def _qpu(us: int) -> str:
    return f"{us / SECOND_US:g} s of QPU time"


def _at(us: int) -> str:
    return f"{us / SECOND_US:g} s"
