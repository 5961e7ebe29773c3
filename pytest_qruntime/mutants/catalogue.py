"""All mutants."""

from __future__ import annotations

from typing import Final

from pytest_qruntime.mutants.faults.accounts import ACCOUNTS
from pytest_qruntime.mutants.faults.admitting import ADMITTING
from pytest_qruntime.mutants.faults.answers import ANSWERS
from pytest_qruntime.mutants.faults.ending import ENDING
from pytest_qruntime.mutants.faults.jobs import JOBS
from pytest_qruntime.mutants.faults.policies import POLICIES
from pytest_qruntime.mutants.faults.scheduling import SCHEDULING
from pytest_qruntime.mutants.faults.sessions import SESSIONS
from pytest_qruntime.mutants.faults.starting import STARTING
from pytest_qruntime.mutants.faults.timing import TIMING
from pytest_qruntime.mutants.mutant import Mutant

MUTANTS: Final[tuple[Mutant, ...]] = tuple(
    mutant
    for faults in (STARTING, ADMITTING, ENDING, TIMING, JOBS, SCHEDULING, ACCOUNTS, POLICIES, SESSIONS, ANSWERS)
    for mutant in faults.mutants
)
