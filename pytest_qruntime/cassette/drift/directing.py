"""From what became of recorded jobs to directions for a fake, whose own decisions go first where it knows the settings.

A recording of a real service is directed as a whole: its timing is its own. One of the project's own server is played
without directions first; what then became of a job otherwise than recorded, and can only have been decided by whoever
made the recording, is directed when it is played again: how long a job takes, how it fails, and, where no settings are
recorded, that it waited for other users.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from pytest_qruntime.cassette.drift.fates import Fate
from pytest_qruntime.cassette.drift.stage import HOUR_US, NONE, Direction
from pytest_qruntime.clock.durations import words_of
from pytest_qruntime.model import Durations, Failure
from pytest_qruntime.model.job import CANCELLED, COMPLETED, FAILED, RAN_TOO_LONG_CODE, SESSION_CLOSED_CODE, Job
from pytest_qruntime.programs.problems import Code
from pytest_qruntime.rest.timestamps import SECOND_US

Directions = Mapping[int, Direction]

_DECIDED_BY_THE_FAKE: Final = frozenset({SESSION_CLOSED_CODE, RAN_TOO_LONG_CODE, *(int(code) for code in Code)})


# -- recordings of a real service ------------------------------------------------------------------------------------


def as_recorded(fate: Fate, began_us: int) -> Direction:
    """Everything that a recording tells of a job.

    Args:
        fate: of the job.
        began_us: the instant of the world at which the recording began.
    """
    begin_us, end_us = fate.begin_us, fate.end_us
    if begin_us is None and end_us is not None and (failure := _failure(fate)) is not None:
        return Direction(Durations(0, 0), failure, None, began_us + end_us, judged=False)
    if begin_us is None:
        until_us = HOUR_US + max(fate.queued_us, end_us or 0)
        return Direction(not_before_us=began_us + until_us, judged=False)
    return Direction(
        durations=_recorded_durations(fate, begin_us, end_us),
        failure=_failure(fate),
        limit_s=max(round((fate.charged_us or 0) / SECOND_US), 1) if fate.too_long else None,
        not_before_us=began_us + begin_us,
        judged=False,
    )


def _recorded_durations(fate: Fate, begin_us: int, end_us: int | None) -> Durations:
    charged_us = fate.charged_us or 0
    if end_us is None or (fate.status == CANCELLED and not fate.too_long):
        # Somebody ends it, or nobody knows when it ends: until then it has to run.
        return Durations(max(fate.unfinished_us, end_us or 0) - begin_us + HOUR_US, 0)
    quantum_us = min(charged_us, end_us - begin_us)
    return Durations(end_us - begin_us - quantum_us, quantum_us + (HOUR_US if fate.too_long else 0))


def _failure(fate: Fate) -> Failure | None:
    if fate.status != FAILED or fate.code == SESSION_CLOSED_CODE:
        return None
    reason, solution = fate.state.get("reason"), fate.state.get("reason_solution")
    return Failure(
        code=fate.code or 0,
        reason=reason if isinstance(reason, str) else "",
        solution=solution if isinstance(solution, str) else "",
        blame="user" if fate.charged_us else "system",
        at="quantum" if fate.charged_us else "classical",
    )


# -- recordings of the project's own server --------------------------------------------------------------------------


def corrected(
    fates: Mapping[int, Fate], jobs: Mapping[int, Job], before: Directions, began_us: int, *, others: bool
) -> Directions:
    """What is to be directed, given what a fake made of the jobs.

    Only when that is right do other users come in, for the first job that began too early: who waits for whom is the
    fake's own decision, and later jobs may have waited for that one.

    Args:
        fates: of the recorded jobs.
        jobs: the fake's.
        before: what was directed when they were played.
        began_us: the instant of the world at which the recording began.
        others: whether other users may have been there.
    """
    made = [(number, fate, jobs[number]) for number, fate in fates.items() if number in jobs]
    after = {number: _corrected(fate, job, before.get(number, NONE)) for number, fate, job in made}
    after = {number: direction for number, direction in after.items() if direction != NONE}
    if after != before or not others:
        return after
    for number, fate, job in made:
        begin_us = _later_begin_us(fate, job, began_us)
        if begin_us is not None and after.get(number, NONE).not_before_us is None:
            return {**after, number: replace(after.get(number, NONE), not_before_us=began_us + begin_us)}
    return after


def _corrected(fate: Fate, job: Job, before: Direction) -> Direction:
    after = before
    if before.durations is None and fate.estimated_us is not None and fate.estimated_us != sum(job.durations):
        after = replace(after, durations=_split(fate, fate.estimated_us, job))
    if before.failure is None and _was_made_to_fail(fate, job):
        after = replace(after, failure=_failure(fate))
    return after


def _split(fate: Fate, total_us: int, job: Job) -> Durations:
    """The whole time is known; a job that came to its end was charged for what it spent on the QPU.

    One that was ended before was charged for what it had spent there; until then it was on its lane.
    """
    charged_us = min(fate.charged_us or 0, total_us)
    classical_us = min(job.durations.classical_us, total_us - charged_us)
    if charged_us and fate.status in (COMPLETED, FAILED):
        classical_us = total_us - charged_us
    elif fate.running_us is not None and fate.finished_us is not None:
        on_lane_us = fate.finished_us - fate.running_us - charged_us
        classical_us = min(max(on_lane_us, 0 if charged_us else classical_us), max(total_us - 1, 0))
    return Durations(classical_us, total_us - classical_us)


def _was_made_to_fail(fate: Fate, job: Job) -> bool:
    if fate.status != FAILED or fate.code in _DECIDED_BY_THE_FAKE:
        return False
    return job.status != FAILED or job.reason_code != fate.code


def _later_begin_us(fate: Fate, job: Job, began_us: int) -> int | None:
    """When the recorded job began, if the fake's began too early."""
    if job.running_us is None:
        return None
    found_us = job.running_us - began_us
    at_a_look = fate.waited and found_us <= fate.queued_us
    if fate.begin_us is None:
        return fate.queued_us + HOUR_US if fate.never_ran or at_a_look else None
    too_early = found_us < fate.begin_us if fate.running_us is not None else at_a_look
    return fate.begin_us if too_early else None


# -- in words --------------------------------------------------------------------------------------------------------


def told(directions: Directions, fates: Mapping[int, Fate], began_us: int) -> Iterator[str]:
    """What was directed, one sentence for each job."""
    for number in sorted(directions):
        if directions[number] != NONE:
            job = f"the job of interaction {number}"
            yield f"{job} {', '.join(_words(directions[number], fates[number], began_us))}, as recorded"


def _words(direction: Direction, fate: Fate, began_us: int) -> Iterator[str]:
    if direction.not_before_us is not None:
        waited_us = direction.not_before_us - began_us - fate.submitted_us
        yield f"waits {words_of(waited_us)} for other users" if waited_us > 0 else "waits for nobody"
    if direction.durations is not None:
        classical_us, quantum_us = direction.durations
        yield f"takes {words_of(classical_us)} and {words_of(quantum_us)} on the QPU"
    if direction.failure is not None:
        yield f"fails with {direction.failure.code}"
