"""When the usage of a session was final, and what it was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pytest_qruntime.cassette.derive.evidence import Job, Look, Moment, Workload


class Settled(NamedTuple):
    """When it was settled, and its usage in microseconds."""

    moment: Moment
    usage_us: int


def settled(workload: Workload, jobs: Sequence[Job], slack_us: int) -> Settled | None:
    """The end of a closed session's usage: its closing, or the end of the last of its jobs if that is later.

    It takes a session that was opened in the recording, so that all of its jobs are known; jobs that were all seen to
    end; and a later look at the session, which says the usage.
    """
    closed, ends = workload.closed, [job.ended for job in jobs if job.ended is not None]
    if closed is None or not workload.opened_here or len(ends) < len(jobs):
        return None
    moments = [closed, *ends]
    cancelled = max((job.cancelled.number for job in jobs if job.cancelled is not None), default=-1)
    for look in workload.looks:
        if look.number < cancelled:
            continue  # a job went on until then, be it for no time
        if look.closed and look.usage_us is not None and all(_over(moment, look, slack_us) for moment in moments):
            exact = all(moment.exact for moment in moments)
            at_us = max(moment.at_us for moment in moments)
            return Settled(Moment(look.number, at_us, exact=exact), look.usage_us)
    return None


def _over(moment: Moment, look: Look, slack_us: int) -> bool:
    """Whether it is certain that it had come when somebody looked."""
    return moment.number <= look.number or (moment.exact and moment.at_us + slack_us <= look.at_us)
