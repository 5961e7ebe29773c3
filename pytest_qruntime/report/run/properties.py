"""Names and values for JUnit files: of one test, and of a whole run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from pytest_qruntime.contracts import BROKEN, HOLDS, NOT_EXERCISED
from pytest_qruntime.report.run.summing import ALLOWED

if TYPE_CHECKING:
    from pytest_qruntime.report.run.document import Document
    from pytest_qruntime.report.run.shown import World

_PREFIX: Final = "qruntime."
_VERDICTS: Final = (BROKEN, ALLOWED, HOLDS, NOT_EXERCISED)

Properties = list[tuple[str, str]]


def of_test(worlds: Sequence[World]) -> Properties:
    """What the runs of a test showed: figures, and of each contract of which something was seen what became of it.

    Seconds of the clock are those of all runs, seconds of the QPU those of the first: a test costs once.
    """
    left = {(leak["kind"], leak["id"]) for world in worlds for leak in world["leaks"]}
    figures = [
        ("worlds", str(len(worlds))),
        ("virtual_s", _seconds(sum(world["virtual_s"] for world in worlds))),
        ("qpu_s", _seconds(sum(seconds for world in worlds[:1] for seconds in world["usage_s"].values()))),
        ("left_open", str(len(left))),
    ]
    return _named([*figures, *sorted(_verdicts(worlds).items())])


def _verdicts(worlds: Sequence[World]) -> dict[str, str]:
    found = {contract: HOLDS for world in worlds for contract in world["exercised"]}
    breaks = [one for world in worlds for one in world["broken"]]
    found |= {one["contract"]: ALLOWED for one in breaks}
    found |= {one["contract"]: BROKEN for one in breaks if one["allowed"] is None}
    return found


def of_run(document: Document) -> Properties:
    """What a run showed: figures, and of each contract of the catalogue what became of it."""
    return _named(
        [
            *_figures(document),
            *((contract["id"], contract["verdict"]) for contract in document["contracts"]),
        ]
    )


def _figures(document: Document) -> Iterator[tuple[str, str]]:
    totals, costs = document["totals"], document["costs"]
    yield "version", document["generator"]["version"]
    yield "catalogue", document["generator"]["catalogue"]
    yield "strict", "yes" if document["strict"] else "no"
    yield from (("failure", sentence) for sentence in document["failures"])
    yield from (("lost", sentence) for sentence in document["lost"])
    yield "tests", str(totals["tests"])
    yield "worlds", str(totals["worlds"])
    yield "sessions_and_batches", str(totals["workloads"])
    yield "jobs", str(totals["jobs"])
    yield "virtual_s", _seconds(totals["virtual_s"])
    yield from ((f"qpu_s.{cost['plan']}", _seconds(cost["qpu_s"])) for cost in costs)
    yield from ((f"left_s.{cost['plan']}", _seconds(cost["left_s"])) for cost in costs)
    yield "left_open", str(len(document["leaks"]))
    yield "lifecycle_percent", _seconds(document["lifecycle"]["percent"])
    counted = Counter(contract["verdict"] for contract in document["contracts"])
    yield from ((f"contracts.{verdict.replace(' ', '_')}", str(counted[verdict])) for verdict in _VERDICTS)


def in_one(properties: Properties) -> str:
    """Properties as one value, for where there can be but one."""
    return "; ".join(f"{name.removeprefix(_PREFIX)}={value}" for name, value in properties)


def _named(pairs: list[tuple[str, str]]) -> Properties:
    return [(_PREFIX + name, value) for name, value in pairs]


def _seconds(value: float) -> str:
    """Microseconds are as exact as it gets."""
    return f"{value:.6f}".rstrip("0").rstrip(".")
