"""The document of a run: what its tests showed, added up. The order in which they are given makes no difference."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from math import floor, fsum
from typing import Final

from pytest_qruntime import __version__
from pytest_qruntime.contracts import BROKEN, CATALOGUE, CATALOGUE_VERSION, HOLDS, NOT_EXERCISED, SOURCES, Contract
from pytest_qruntime.report.coverage import TABLES, Cell, Coverage, Table
from pytest_qruntime.report.run.document import (
    FORMAT,
    Broken,
    ContractResult,
    Cost,
    CoverageState,
    CoverageTable,
    Document,
    Generator,
    Left,
    Lifecycle,
    Recordings,
    Totals,
    Unjudged,
)
from pytest_qruntime.report.run.shown import Allowed, Test, World

ALLOWED: Final = "allowed"
UNKNOWN: Final = "unknown"
"""The plan of what has none that is known."""
_DIGITS: Final = 6
"""Of seconds: the services count in microseconds."""
_KNOWN: Final = {contract.id for contract in CATALOGUE}


def document(
    tests: Iterable[Test],
    *,
    strict: bool,
    failures: Sequence[str] = (),
    lost: Sequence[str] = (),
    required: float | None = None,
    recordings: Recordings | None = None,
) -> Document:
    """Sum up tests.

    Args:
        tests: those that used the service, in any order.
        strict: whether every break fails the run.
        failures: why the run fails beyond its tests, in sentences.
        lost: what is missing, in sentences.
        required: the lifecycle coverage that is asked for, from 0 to 100; None: none is.
        recordings: what there is to tell of them; None: nothing.
    """
    ordered = _sorted(tests)
    return Document(
        format=FORMAT,
        generator=Generator(name="pytest-qruntime", version=__version__, catalogue=CATALOGUE_VERSION),
        strict=strict,
        failures=sorted(set(failures)),
        lost=sorted({*lost, *_strange(ordered)}),
        totals=_totals(ordered),
        costs=_costs(ordered),
        contracts=_contracts(ordered),
        unjudged=_unjudged(ordered),
        unbroken=_unbroken(ordered),
        leaks=[leak for test in ordered for leak in _leaks(test)],
        lifecycle=_lifecycle(ordered, required),
        recordings=recordings or _no_recordings(),
        tests=ordered,
    )


def _sorted(tests: Iterable[Test]) -> list[Test]:
    """By where they stand; what has the same name, as on several workers, by what it showed."""
    given = list(tests)
    times = Counter(test["id"] for test in given)

    def place(test: Test) -> tuple[str, int, str, str]:
        tie = json.dumps(test, sort_keys=True) if times[test["id"]] > 1 else ""
        return test["file"], test["line"], test["id"], tie

    return sorted(given, key=place)


def _strange(tests: Sequence[Test]) -> Iterator[str]:
    """Contracts that nobody here knows: a worker may have another version."""
    seen = {name for world in _worlds(tests) for name in (*world["exercised"], *_broken_ids(world))}
    for name in seen - _KNOWN:
        yield (
            f"a worker speaks of the contract {name}, which the catalogue {CATALOGUE_VERSION} does not have; install "
            "the same version of pytest-qruntime everywhere"
        )


def _worlds(tests: Iterable[Test]) -> Iterator[World]:
    return (world for test in tests for world in test["worlds"])


def _broken_ids(world: World) -> list[str]:
    return [one["contract"] for one in world["broken"]]


def _sum(seconds: Iterable[float]) -> float:
    """Exact before it is rounded, so that the order makes no difference."""
    return round(fsum(seconds), _DIGITS)


# -- figures -------------------------------------------------------------------------------------------------------


def _totals(tests: Sequence[Test]) -> Totals:
    worlds = list(_worlds(tests))
    return Totals(
        tests=len(tests),
        outcomes=_counted(test["outcome"] for test in tests),
        worlds=len(worlds),
        sources=_counted(world["source"] for world in worlds),
        workloads=sum(world["workloads"] for world in worlds),
        jobs=sum(world["jobs"] for world in worlds),
        virtual_s=_sum(world["virtual_s"] for world in worlds),
        real_s=_sum(test["real_s"] for test in tests),
    )


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))


def _costs(tests: Sequence[Test]) -> list[Cost]:
    """By plan, the unknown one last. A test costs once, however often it ran."""
    spent: defaultdict[str, list[float]] = defaultdict(list)
    left: defaultdict[str, list[float]] = defaultdict(list)
    for world in (world for test in tests for world in test["worlds"][:1]):
        for plan, seconds in world["usage_s"].items():
            spent[plan].append(seconds)
        for leak in world["leaks"]:
            if leak["cost_s"] is not None:
                left[_plan(world)].append(leak["cost_s"] - (leak["used_s"] or 0.0))
    plans = sorted({*spent, *left}, key=lambda plan: (plan == UNKNOWN, plan))
    costs = [Cost(plan=plan, qpu_s=_sum(spent[plan]), left_s=_sum(left[plan])) for plan in plans]
    return [cost for cost in costs if cost["plan"] != UNKNOWN or cost["qpu_s"] or cost["left_s"]]


def _plan(world: World) -> str:
    """The plan of what was opened in a world, if there is but one."""
    plans = list(world["usage_s"])
    return plans[0] if len(plans) == 1 else UNKNOWN


def _leaks(test: Test) -> Iterator[Left]:
    """What a test left open, each once, however often it ran."""
    seen = set()
    for world in test["worlds"]:
        for leak in world["leaks"]:
            if (leak["kind"], leak["id"]) not in seen:
                seen.add((leak["kind"], leak["id"]))
                yield Left(test=test["id"], **leak)


# -- contracts -----------------------------------------------------------------------------------------------------


def _contracts(tests: Sequence[Test]) -> list[ContractResult]:
    """All of the catalogue, in its order."""
    exercised = Counter(name for world in _worlds(tests) for name in set(world["exercised"]))
    broken = _broken(tests)
    return [_result(contract, exercised[contract.id], broken.get(contract.id, [])) for contract in CATALOGUE]


def _broken(tests: Sequence[Test]) -> dict[str, list[Broken]]:
    """By contract, who broke it; what a test did alike in all its runs, once."""
    found: dict[str, list[Broken]] = {}
    for test in tests:
        for one in (one for world in test["worlds"] for one in world["broken"]):
            entry, entries = Broken(test=test["id"], **one), found.setdefault(one["contract"], [])
            if entry not in entries:
                entries.append(entry)
    return found


def _result(contract: Contract, worlds: int, broken: list[Broken]) -> ContractResult:
    held = HOLDS if worlds else NOT_EXERCISED
    return ContractResult(
        id=contract.id,
        level=contract.level,
        statement=contract.statement,
        sources=[SOURCES[source] for source in contract.sources],
        verdict=_broken_or_allowed(broken) if broken else held,
        worlds=worlds,
        broken=broken,
    )


def _broken_or_allowed(broken: list[Broken]) -> str:
    return ALLOWED if all(one["allowed"] is not None for one in broken) else BROKEN


def _unjudged(tests: Sequence[Test]) -> list[Unjudged]:
    reasons: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for test in tests:
        for world in test["worlds"]:
            if world["unjudged"] is not None:
                reasons[world["unjudged"]][test["id"]] = None
    return [Unjudged(because=because, tests=list(names)) for because, names in sorted(reasons.items())]


def _unbroken(tests: Sequence[Test]) -> list[Allowed]:
    entries: dict[tuple[str, str, str], bool] = {}
    for one in (one for world in _worlds(tests) for one in world["allowed"]):
        entry = one["where"], one["name"], one["reason"]
        entries[entry] = one["used"] or entries.get(entry, False)
    return [
        Allowed(where=where, name=name, reason=reason, used=False)
        for (where, name, reason), used in sorted(entries.items())
        if not used
    ]


# -- the lifecycle -------------------------------------------------------------------------------------------------


def _lifecycle(tests: Sequence[Test], required: float | None) -> Lifecycle:
    coverage = Coverage()
    coverage.merge([cell for world in _worlds(tests) for cell in world["driven"]])
    driven = set(coverage.driven)
    return Lifecycle(
        percent=floor(round(100 * coverage.percent, 6)) / 100,  # not more than it is
        driven=len(driven),
        total=len(driven) + len(coverage.never),
        required=required,
        tables=[_table(table, driven) for table in TABLES],
    )


def _table(table: Table, driven: set[Cell]) -> CoverageTable:
    return CoverageTable(
        name=table.name,
        states=[
            CoverageState(
                state=state,
                cells=[
                    {"event": event, "outcome": outcome, "driven": Cell(table.name, state, event) in driven}
                    for event, outcome in zip(table.events, outcomes, strict=True)
                    if outcome is not None
                ],
            )
            for state, outcomes in table.rows.items()
        ],
    )


def _no_recordings() -> Recordings:
    return Recordings(used=[], old=[], unused=[], unreached=[], recorded=[], dropped=[], spent=[], rescued=[])
