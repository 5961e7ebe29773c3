"""The figures of a run that are seen first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from pytest_qruntime.contracts import BROKEN, HOLDS, NOT_EXERCISED
from pytest_qruntime.report.run.summing import ALLOWED
from pytest_qruntime.report.run.verdict import FAILING, left
from pytest_qruntime.report.run.words import count, length, percent, workloads

if TYPE_CHECKING:
    from pytest_qruntime.report.run.document import Document, Totals

OUTCOMES: Final = ("failed", "error", "passed", "xfailed", "xpassed", "skipped")
"""In the order in which they matter."""
VERDICTS: Final = (BROKEN, ALLOWED, HOLDS, NOT_EXERCISED)
_SAID: Final = {"allowed": "broken where that is allowed", "not exercised": "never exercised"}


class Figure(NamedTuple):
    """A figure: of what, in short, and what else there is to say; `level` as in a verdict.

    `shares` are the parts that it is made of, by name, where it is made of parts.
    """

    name: str
    value: str
    more: str = ""
    level: str = "none"
    shares: tuple[tuple[str, int], ...] = ()


def figures(document: Document) -> list[Figure]:
    """All of them."""
    return [
        _tests(document["totals"]),
        _time(document["totals"]),
        _qpu(document),
        _open(document),
        _contracts(document),
        _lifecycle(document),
    ]


def _tests(totals: Totals) -> Figure:
    shares = tuple((name, totals["outcomes"][name]) for name in OUTCOMES if name in totals["outcomes"])
    bad = any(name in FAILING for name, _ in shares)
    worlds = "" if totals["worlds"] == totals["tests"] else f"; {count(totals['worlds'], 'run')} in all"
    more = ", ".join(f"{number} {name}" for name, number in shares) + worlds
    return Figure("Tests", str(totals["tests"]), more, "bad" if bad else "good", shares)


def _time(totals: Totals) -> Figure:
    real = f"in {length(totals['real_s'])} of real time"
    return Figure("Virtual time", length(totals["virtual_s"]), real)


def _qpu(document: Document) -> Figure:
    costs = document["costs"]
    plans = ", ".join(f"{length(one['qpu_s'])} on {one['plan']}" for one in costs)
    plan = f"plan: {costs[0]['plan']}" if len(costs) == 1 else plans
    return Figure("QPU time it would have cost", length(sum(one["qpu_s"] for one in costs)), plan)


def _open(document: Document) -> Figure:
    leaks, later = left(document), sum(one["left_s"] for one in document["costs"])
    allowed = len(document["leaks"]) - len(leaks)
    told = [
        f"of {workloads(document['totals']['workloads'])}",
        f"{allowed} more where that is allowed" if allowed else "",
        f"{length(later)} of QPU time to come" if later else "",
    ]
    return Figure("Left open", str(len(leaks)), "; ".join(filter(None, told)), "bad" if leaks else "good")


def _contracts(document: Document) -> Figure:
    found = [one["verdict"] for one in document["contracts"]]
    shares = tuple((name, found.count(name)) for name in VERDICTS if name in found)
    unjudged = {name for entry in document["unjudged"] for name in entry["tests"]}
    told = [
        f"of {len(found)}",
        verdicts([name for name in found if name != HOLDS]),
        f"{count(len(unjudged), 'test')} not judged" if unjudged else "",
    ]
    more = "; ".join(filter(None, told))
    level = "bad" if BROKEN in found else "good" if HOLDS in found else "none"
    return Figure("Contracts that held", str(found.count(HOLDS)), more, level, shares)


def verdicts(found: Sequence[str]) -> str:
    """How many there are of each verdict, in words: ``1 broken, 2 hold``."""
    counts = {name: found.count(name) for name in VERDICTS}
    return ", ".join(f"{number} {_said(name, number)}" for name, number in counts.items() if number)


def _said(name: str, number: int) -> str:
    return "hold" if name == HOLDS and number > 1 else _SAID.get(name, name)


def _lifecycle(document: Document) -> Figure:
    lifecycle = document["lifecycle"]
    driven, total, required = lifecycle["driven"], lifecycle["total"], lifecycle["required"]
    asked = "" if required is None else f"; {required:g} % is required"
    level = "none" if required is None else "good" if lifecycle["percent"] >= required else "bad"
    shares = (("driven", driven), ("never", total - driven))
    more = f"{driven} of {total} transitions{asked}"
    return Figure("Lifecycle coverage", percent(lifecycle["percent"]), more, level, shares)
