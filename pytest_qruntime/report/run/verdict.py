"""What became of a run, in a headline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from pytest_qruntime.report.run.words import count

if TYPE_CHECKING:
    from pytest_qruntime.report.run.document import ContractResult, Document, Left
    from pytest_qruntime.report.run.shown import Test

Level = Literal["good", "odd", "bad", "none"]
FAILING: Final = ("failed", "error")


class Verdict(NamedTuple):
    """What became of a run.

    Attributes:
        level: ``bad``: it fails; ``odd``: something was broken or left open, but failed nothing, or is missing;
            ``good``; ``none``: no test used the service.
        text: a headline.
    """

    level: Level
    text: str


def verdict(document: Document) -> Verdict:
    """What became of a run."""
    tests, failed = document["totals"]["tests"], len(failing(document))
    found = [
        f"{failed} of {count(tests, 'test')} failed" if failed else "",
        f"{count(len(broken(document)), 'contract')} broken" if broken(document) else "",
        f"{_opened(left(document))} left open" if left(document) else "",
    ]
    text = ", ".join(filter(None, found))
    if failed or document["failures"]:
        return Verdict("bad", text or "The run fails, though no test did")
    if text or document["lost"]:
        return Verdict("odd", text or f"{count(tests, 'test')} went well, but something is missing")
    if not tests:
        return Verdict("none", "No test used pytest-qruntime")
    return Verdict("good", f"{count(tests, 'test')}, and nothing failed, was broken or left open")


def failing(document: Document) -> list[Test]:
    """The tests that failed, or whose setup or teardown did."""
    return [test for test in document["tests"] if test["outcome"] in FAILING]


def broken(document: Document) -> list[ContractResult]:
    """The contracts that were broken where that is not allowed."""
    return [one for one in document["contracts"] if one["verdict"] == "broken"]


def left(document: Document) -> list[Left]:
    """What was left open where that is not allowed."""
    return [one for one in document["leaks"] if one["allowed"] is None]


def _opened(leaks: list[Left]) -> str:
    """``2 sessions and 1 batch``."""
    kinds = {kind: sum(leak["kind"] == kind for leak in leaks) for kind in ("session", "batch")}
    return " and ".join(count(number, kind) for kind, number in kinds.items() if number)
