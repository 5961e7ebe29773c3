"""What was measured, as rows; and the page and the JSON that are made of them."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from benchmarks.measure import Ratio

PACKAGES: Final = (
    "pytest-qruntime",
    "pytest",
    "httpx",
    "requests",
    "pydantic",
    "freezegun",
    "jsonschema",
    "openqasm3",
    "pytest-recording",
    "vcrpy",
    "pytest-httpx",
    "pytest-freezer",
    "moto",
    "boto3",
    "simpy",
    "fastjsonschema",
    "qiskit",
    "qiskit-ibm-runtime",
    "qiskit-aer",
    "localqpu",
)


@dataclass(frozen=True)
class Row:
    """One figure.

    Attributes:
        goal: "P1" to "P16"; empty for a figure that no goal speaks of.
        what: what was measured, and against what.
        value, low, high: the figure and its spread; None if it could not be taken, and then `note` says why.
        unit: "x" for a ratio, else "us", "ms", "MiB", "k/s", "".
        limit: what the goal allows; None for peers and floors, which only stand beside.
        at_least: the goal is a lower limit.
        rounds: how many rounds the median is of.
    """

    goal: str
    what: str
    value: float | None
    unit: str = "x"
    low: float | None = None
    high: float | None = None
    limit: float | None = None
    at_least: bool = False
    rounds: int = 1
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None if there is no goal or no figure."""
        if self.value is None or self.limit is None:
            return None
        return self.value >= self.limit if self.at_least else self.value <= self.limit


def row(
    goal: str,
    what: str,
    ratio: Ratio,
    unit: str = "x",
    *,
    limit: float | None = None,
    at_least: bool = False,
    rounds: int = 1,
    note: str = "",
) -> Row:
    """The row of a measured figure."""
    return Row(goal, what, ratio.value, unit, ratio.low, ratio.high, limit, at_least, rounds, note)


def absent(goal: str, what: str, package: str) -> Row:
    """The row of a peer that is not installed."""
    return Row(goal, what, None, note=f"{package} is not installed")


# -- the page --------------------------------------------------------------------------------------------------------


def page(rows: Sequence[Row], profiles: Sequence[tuple[str, str]], command: str, seconds: float) -> str:
    """The page RESULTS.md."""
    goals = [row for row in rows if row.limit is not None]
    beside = [row for row in rows if row.limit is None and row.goal]
    cold = [row for row in rows if not row.goal]
    missed = [row for row in goals if not row.met]
    parts = [
        "# Results of the benchmarks\n",
        f"Made by `{command}` in {seconds:.0f} s; see [README.md](README.md) for what is measured, and how.\n",
        f"{datetime.now(timezone.utc):%Y-%m-%d}, {machine()}\n\n{packages()}\n",
        f"## Goals: {len(goals) - len(missed)} of {len(goals)} met\n",
        *_table(("goal", "what", "measured", "min – max", "rounds", "goal is", "met?"), map(_goal_cells, goals)),
        "\n## Floors and peers, from the same run\n",
        *_table(("goal", "what", "measured", "min – max", "rounds", "remark"), map(_beside_cells, beside)),
        "\n## What is paid once\n",
        "No goal speaks of these; a test suite pays each once per process, or once per circuit.\n",
        *_table(("what", "measured", "min – max", "rounds", "remark"), (_beside_cells(row)[1:] for row in cold)),
    ]
    if missed:
        parts.append("\n## What is missed, and where its time goes\n")
        parts += [f"- {row.goal}: {row.what}: {shown(row)}, the goal is {_limit(row)}" for row in missed]
        parts += [f"\n### {title}\n\n```text\n{text}\n```" for title, text in profiles]
    return "\n".join(parts).rstrip() + "\n"


def as_json(rows: Sequence[Row], seconds: float) -> str:
    """The same as JSON."""
    document = {
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "machine": machine(),
        "seconds": round(seconds, 1),
        "versions": dict(_versions()),
        "rows": [{**asdict(row), "met": row.met} for row in rows],
    }
    return json.dumps(document, indent=1) + "\n"


def from_json(text: str) -> list[Row]:
    """The rows of such a document."""
    return [Row(**{name: value for name, value in row.items() if name != "met"}) for row in json.loads(text)["rows"]]


def shown(row: Row) -> str:
    """The figure with its unit."""
    return row.note if row.value is None else _figure(row.value, row.unit)


def line(row: Row) -> str:
    """A row for the terminal."""
    met = {None: "", True: "  met", False: "  MISSED"}[row.met]
    limit = f"  (goal {_limit(row)})" if row.limit is not None else ""
    return f"{row.goal or '--':3} {row.what:78} {shown(row):>12}  {_spread(row):22}{limit}{met}"


def machine() -> str:
    """The interpreter and the kind of machine."""
    name = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{name}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores"


def packages() -> str:
    """The versions of everything that takes part."""
    return ", ".join(f"{name} {found}" for name, found in _versions()) + "."


def _versions() -> Iterable[tuple[str, str]]:
    for name in PACKAGES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            yield name, "not installed"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [_cells(head), _cells(["---"] * len(head)), *map(_cells, rows)]


def _cells(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _goal_cells(row: Row) -> list[str]:
    met = {None: "not measured", True: "yes", False: "**no**"}[row.met]
    return [row.goal, row.what, shown(row), _spread(row), str(row.rounds), _limit(row), met]


def _beside_cells(row: Row) -> list[str]:
    measured, remark = ("–", row.note) if row.value is None else (shown(row), row.note)
    return [row.goal, row.what, measured, _spread(row), str(row.rounds), remark]


def _limit(row: Row) -> str:
    return "" if row.limit is None else f"{'≥' if row.at_least else '≤'} {_figure(row.limit, row.unit)}"


def _spread(row: Row) -> str:
    if row.low is None or row.high is None or row.rounds < 2:
        return ""
    return f"{_figure(row.low, row.unit)} – {_figure(row.high, row.unit)}"


def _figure(value: float, unit: str) -> str:
    digits = (
        f"{value:.0f}" if unit == "" or abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
    )
    return f"{digits} ×" if unit == "x" else f"{digits} {unit}".rstrip()
