"""The figures of a run that are seen first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from pytest_qruntime.report.run.verdict import left
from pytest_qruntime.report.run.words import count, length, percent, workloads

if TYPE_CHECKING:
    from pytest_qruntime.report.run.document import Document, Totals

OUTCOMES: Final = ("failed", "error", "passed", "xfailed", "xpassed", "skipped")
"""In the order in which they matter."""
VERDICTS: Final = ("broken", "allowed", "holds", "not exercised")
_SAID: Final = {"broken": "broken", "allowed": "broken where that is allowed", "not exercised": "never exercised"}


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
    bad = any(name in ("failed", "error") for name, _ in shares)
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
    verdicts = [one["verdict"] for one in document["contracts"]]
    shares = tuple((name, verdicts.count(name)) for name in VERDICTS if name in verdicts)
    others = [f"{number} {_SAID[name]}" for name, number in shares if name != "holds"]
    more = f"of {len(verdicts)}; {', '.join(others)}"
    level = "bad" if "broken" in verdicts else "good" if "holds" in verdicts else "none"
    return Figure("Contracts that held", str(verdicts.count("holds")), more, level, shares)


def _lifecycle(document: Document) -> Figure:
    lifecycle = document["lifecycle"]
    driven, total, required = lifecycle["driven"], lifecycle["total"], lifecycle["required"]
    asked = "" if required is None else f"; {percent(required)} is required"
    level = "none" if required is None else "good" if lifecycle["percent"] >= required else "bad"
    shares = (("driven", driven), ("never", total - driven))
    more = f"{driven} of {total} transitions{asked}"
    return Figure("Lifecycle coverage", percent(lifecycle["percent"]), more, level, shares)
