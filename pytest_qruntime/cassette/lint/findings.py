"""What `qruntime check` finds: the table of checks, and one finding."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal, NamedTuple

Severity = Literal["error", "warning"]
ERROR: Final = "error"
WARNING: Final = "warning"
MOST: Final = 20
"""How many findings of one check are told of one file; how many more there are is the last of them."""

INDEX: Final = re.compile(r"\[[0-9]+\]")
"""A place in a list, whichever."""


class Check(NamedTuple):
    """One kind of finding.

    Attributes:
        id: stable: it may be relied on.
        severity: an error fails the check, a warning does with ``--strict``.
        finds: what is wrong.
        advice: what to do.
    """

    id: str
    severity: Severity
    finds: str
    advice: str


CHECKS: Final = (
    Check(
        "unreadable",
        ERROR,
        "it cannot be read as a recording, or is not safe to",
        "record it again, or take it from version control",
    ),
    Check("empty", WARNING, "there is no interaction in it", "record it again, or delete it"),
    Check(
        "size",
        WARNING,
        "it is larger than a test should need: more than 1000 interactions, or 2 MiB",
        "record less in one test",
    ),
    Check(
        "provenance-missing",
        WARNING,
        "nobody knows where it comes from: another tool made it, so that times are not checked and it is not replayed",
        "record it with `pytest --qruntime-record`",
    ),
    Check(
        "provenance",
        ERROR,
        "what it says of its origin cannot be: a service that nobody knows, virtual time on a real one, a date to come",
        "record it again; nobody should edit this",
    ),
    Check(
        "client-version",
        ERROR,
        "a package that made it is older than the oldest that is supported",
        "update that package, and record it again",
    ),
    Check(
        "newer-plugin",
        WARNING,
        "a newer version of pytest-qruntime made it than the one that checks it",
        "update pytest-qruntime",
    ),
    Check(
        "schema",
        ERROR,
        "a request or an answer is not of the form that the API describes",
        "record it again; if the service answers so today, report it",
    ),
    Check(
        "schema-unknown",
        WARNING,
        "the service sent a field or a status that this version does not know",
        "update pytest-qruntime",
    ),
    Check(
        "route-unknown",
        WARNING,
        "the request went to an address that this version does not know, so that it was not checked",
        "update pytest-qruntime, or leave other services out of the recording",
    ),
    Check(
        "reference-order",
        ERROR,
        "an id is used before the answer that gave it",
        "put the interactions back in their order, or record it again",
    ),
    Check(
        "reference-unknown",
        WARNING,
        "a session or a job is used that no answer before gave",
        "nothing, if it was there before the recording began; else record it again",
    ),
    Check(
        "reference-mismatch",
        ERROR,
        "an answer is about another session or job than its request, or one id was given twice",
        "record it again: an id was changed in one place and not in the other",
    ),
    Check("reference-deleted", ERROR, "a job is there after it was deleted", "record it again"),
    Check(
        "time-exchanges",
        ERROR,
        "an interaction was sent earlier than the one before it",
        "put the interactions back in their order, or record it again",
    ),
    Check(
        "time-order",
        ERROR,
        "an answer has something begin before it was created, or end before it began",
        "record it again; if the service answers so today, report it",
    ),
    Check(
        "time-changed",
        ERROR,
        "one instant of the past is told in two ways (a warning, if it was not the project's own server)",
        "record it again: two recordings may have been mixed",
    ),
    Check(
        "time-future",
        ERROR,
        "an answer tells of what happened after it was given; a real clock may differ by two minutes",
        "record it again: two recordings may have been mixed, or the clock of the machine was wrong",
    ),
    Check(
        "state-order",
        ERROR,
        "a job that had ended, or a session that was closed, goes on",
        "put the interactions back in their order, or record it again",
    ),
    Check(
        "leak",
        ERROR,
        "there is a secret in it",
        "`qruntime scrub FILE`, and revoke the secret if the file was published",
    ),
)
BY_ID: Final = {check.id: check for check in CHECKS}
_RANK: Final = {check.id: rank for rank, check in enumerate(CHECKS)}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with a recording.

    Attributes:
        path: of the file, as it was given.
        check: the id of the check.
        severity: ``"error"`` or ``"warning"``.
        interaction: the number of the first interaction that it concerns, from 0; None for the file as a whole.
        place: where in it, such as ``response body, $.jobs[0].created``; may be empty.
        problem: what is wrong; never a secret.
        advice: what to do.
        times: how many interactions it concerns.
    """

    path: str
    check: str
    severity: Severity
    interaction: int | None
    place: str
    problem: str
    advice: str
    times: int = 1

    def __str__(self) -> str:
        number = [] if self.interaction is None else [f"interaction {self.interaction}"]
        where = ", ".join([*number, *([self.place] if self.place else [])])
        again = f" ({self.times} times)" if self.times > 1 else ""
        before = f"{self.path}: {where}: " if where else f"{self.path}: "
        return f"{before}{self.severity}: {self.problem}{again}; {self.advice} [{self.check}]"


class Findings:
    """The findings of one file. Those that say the same of several interactions are one."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._found: dict[tuple[str, str, str], Finding] = {}

    def add(
        self,
        check: str,
        problem: str,
        *,
        number: int | None = None,
        place: str = "",
        severity: Severity | None = None,
        group: str | None = None,
    ) -> None:
        """Note something.

        Args:
            check: the id of the check.
            problem: what is wrong.
            number: of the interaction.
            place: where in it.
            severity: if it is another one than the check's.
            group: what findings have in common that are one; their place, if None.
        """
        key = (check, place if group is None else group, problem)
        known = self._found.get(key)
        if known is not None:
            self._found[key] = replace(known, times=known.times + (number is not None))
            return
        known_check = BY_ID[check]
        self._found[key] = Finding(
            self.path, check, severity or known_check.severity, number, place, problem, known_check.advice
        )

    def all(self) -> Iterator[Finding]:
        """In their order: by interaction, those of the whole file first; of each check no more than `MOST`."""
        told: dict[str, int] = {}
        for finding in sorted(self._found.values(), key=_order):
            told[finding.check] = told.get(finding.check, 0) + 1
            if told[finding.check] <= MOST:
                yield finding
        for check in sorted(told, key=_RANK.__getitem__):
            if (more := told[check] - MOST) > 0:
                kind = BY_ID[check]
                problem = f"{more} more of these"
                yield Finding(self.path, check, kind.severity, None, "", problem, kind.advice, more)


def _order(finding: Finding) -> tuple[int, int, str, str]:
    number = -1 if finding.interaction is None else finding.interaction
    return number, _RANK[finding.check], finding.place, finding.problem
