"""The state tables of the lifecycle: what can happen to a session, batch or job in each of its states."""

from __future__ import annotations

from typing import Final, NamedTuple

WORKLOADS: Final = "session or batch"
JOBS: Final = "job"

JOB_STARTS: Final = "a job starts"
LAST_JOB_ENDS: Final = "its last job ends"
SUBMIT: Final = "submit"
CLOSE: Final = "close"
CANCEL: Final = "cancel"
MAX_TTL: Final = "max TTL"
INTERACTIVE_TTL: Final = "interactive TTL"
UNUSED: Final = "unused"

DISPATCHED: Final = "dispatched"
REACHES_QPU: Final = "reaches the QPU"
QPU_DONE: Final = "QPU time done"
QPU_LIMIT: Final = "QPU limit reached"
DELETE: Final = "delete"
WORKLOAD_CANCELLED: Final = "its session is cancelled"
WORKLOAD_MAX_TTL: Final = "max TTL of its session"
WORKLOAD_CLOSED: Final = "its session is closed"
ERROR: Final = "error"

NONE: Final = "none yet"
QUEUED: Final = "Queued"
RUNNING: Final = "Running"
ENDED: Final = "ended"


class Cell(NamedTuple):
    """Something that can happen: to what, in which state, and what happens."""

    table: str
    state: str
    event: str


class Table(NamedTuple):
    """One state table.

    Attributes:
        name: of what it speaks.
        events: its columns.
        rows: by state, what becomes of each event, in the order of the columns; None: it cannot happen then.
    """

    name: str
    events: tuple[str, ...]
    rows: dict[str, tuple[str | None, ...]]

    def cells(self) -> list[Cell]:
        """Everything that can happen."""
        return [
            Cell(self.name, state, event)
            for state, outcomes in self.rows.items()
            for event, outcome in zip(self.events, outcomes, strict=True)
            if outcome is not None
        ]


_REFUSED: Final = "refused"
_NOTHING: Final = "nothing"

TABLES: Final = (
    Table(
        WORKLOADS,
        (JOB_STARTS, LAST_JOB_ENDS, SUBMIT, CLOSE, CANCEL, MAX_TTL, INTERACTIVE_TTL, UNUSED),
        {
            "open": ("active", None, "queued", "closed, or draining", "closed", None, None, "closed"),
            "open, draining": ("active, draining", None, _REFUSED, _NOTHING, "closed", None, None, None),
            "active": (
                *("stays", "stays", "queued first", "draining, or closed", "closed", "closed", "inactive", None),
            ),
            "active, draining": ("stays", "closed", _REFUSED, _NOTHING, "closed", "closed", None, None),
            "inactive": ("active", None, "queued", "closed, or draining", "closed", "closed", None, None),
            "inactive, draining": ("active, draining", None, _REFUSED, _NOTHING, "closed", "closed", None, None),
            "closed": (None, "usage is final", _REFUSED, _NOTHING, _NOTHING, None, None, None),
        },
    ),
    Table(
        JOBS,
        (
            *(DISPATCHED, REACHES_QPU, QPU_DONE, QPU_LIMIT, CANCEL, DELETE),
            *(WORKLOAD_CANCELLED, WORKLOAD_MAX_TTL, WORKLOAD_CLOSED, ERROR),
        ),
        {
            QUEUED: (
                *("Running", None, None, None, "Cancelled", _REFUSED),
                *("Failed", "Failed", "stays", None),  # a program is not looked at before it runs
            ),
            RUNNING: (
                *(None, "on the QPU", "Completed", "Cancelled", "Cancelled", _REFUSED),
                *("stays", "stays", "stays", "Failed"),
            ),
            ENDED: (None, None, None, None, _REFUSED, "gone", None, None, None, None),
        },
    ),
)
"""As in the sources: what a session, batch or job does in each state. `docs/reference/coverage.md` shows them."""

CELLS: Final = tuple(cell for table in TABLES for cell in table.cells())
