"""What of a run is told at the lines of code that it is about, the most important first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pytest_qruntime.report.run.words import opened_by

if TYPE_CHECKING:
    from pytest_qruntime.report.run.document import Broken, ContractResult, Document, Left
    from pytest_qruntime.report.run.shown import Test

ERROR: Final = "error"
WARNING: Final = "warning"
_FAILING: Final = ("failed", "error")
_NO_FILE: Final = "<"
"""So begins what Python calls code that stands in no file."""
_ADVICE: Final = (
    "Close it with a `with` block, or in a `finally`; if it is deliberate, say why: "
    '@pytest.mark.qruntime(allow={"leak": "..."})'
)

Place = tuple[str, "int | None"]
"""A file, from the root of the project on, and a line, from 1; None: all of the file."""


class Annotation(NamedTuple):
    """What is told, and where.

    Attributes:
        level: `ERROR` or `WARNING`.
        title: a few words; `message`: sentences, one in a line.
        places: where it may be told, the best one first; empty: it is about the run.
    """

    level: str
    title: str
    message: str
    places: tuple[Place, ...] = ()


def annotated(document: Document, *, failing: bool = True) -> list[Annotation]:
    """What is to be told of a run: all errors, then all warnings.

    Args:
        document: the run.
        failing: whether tests that failed are told, too; what was left open and broken is in any case.
    """
    tests = {test["id"]: test for test in document["tests"]}
    found = [
        *_contracts(document, tests),
        *_leaks(document, tests),
        *(Annotation(ERROR, "the run fails", sentence) for sentence in document["failures"]),
        *(_failing(document["tests"]) if failing else ()),
        *(Annotation(WARNING, "something is missing", sentence) for sentence in document["lost"]),
        *_recordings(document, tests),
        *_unbroken(document, tests),
    ]
    return sorted(found, key=lambda one: one.level != ERROR)  # stable


def _contracts(document: Document, tests: dict[str, Test]) -> Iterator[Annotation]:
    """One for each contract, at the first test that shows it."""
    for contract in document["contracts"]:
        broken = [one for one in contract["broken"] if one["allowed"] is None]
        if broken:
            bad = [one for one in broken if document["strict"] or tests[one["test"]]["outcome"] in _FAILING]
            yield _contract(contract, bad or broken, ERROR if bad else WARNING, tests)


def _contract(contract: ContractResult, broken: list[Broken], level: str, tests: dict[str, Test]) -> Annotation:
    first = broken[0]
    about = f" ({first['about']})" if first["about"] else ""
    lines = [
        f"{_who([one['test'] for one in broken])}: {contract['statement']}",
        f"expected: {first['expected']}",
        f"seen: {first['seen']}{about}, {first['at_s']:g} s after the beginning",
    ]
    return Annotation(level, f"{contract['id']} broken", "\n".join(lines), (_of(tests[first["test"]]),))


def _leaks(document: Document, tests: dict[str, Test]) -> Iterator[Annotation]:
    """One for each line that opened something that was left open."""
    by_line: defaultdict[object, list[Left]] = defaultdict(list)
    for leak in document["leaks"]:
        if leak["allowed"] is None:
            by_line[(leak["file"], leak["line"]) if leak["file"] else leak["test"]].append(leak)
    for leaks in by_line.values():
        bad = [leak for leak in leaks if tests[leak["test"]]["outcome"] in _FAILING]
        yield _leak(bad or leaks, ERROR if bad else WARNING, tests)


def _leak(leaks: list[Left], level: str, tests: dict[str, Test]) -> Annotation:
    first, test = leaks[0], _of(tests[leaks[0]["test"]])
    file = first["file"]
    here = file is not None and not file.startswith(_NO_FILE) and not Path(file).is_absolute()
    opened = "opened here" if here else f"opened by {opened_by(first)}"
    several = f", and {len(leaks) - 1} more" if len(leaks) > 1 else ""
    lines = [f"{first['kind']} {first['id']}{several}, {opened} and left open: {_who([one['test'] for one in leaks])}"]
    if (cost := _cost(first)) is not None:
        lines.append(cost)
    places = (test,) if file is None or file.startswith(_NO_FILE) else ((file, first["line"]), test)
    return Annotation(level, f"{first['kind']} left open", "\n".join([*lines, _ADVICE]), places)


def _cost(leak: Left) -> str | None:
    if leak["cost_s"]:  # what costs nothing now has had no job yet
        return f"Left alone, it would have cost {leak['cost_s']:g} s of QPU time."
    return None if leak["at_most_s"] is None else f"It could have cost up to {leak['at_most_s']:g} s of QPU time."


def _failing(tests: Iterable[Test]) -> Iterator[Annotation]:
    """Those that are not told of already: what fails when a test is over is what it left open, or what was broken."""
    for test in tests:
        if test["outcome"] == "failed" or (test["outcome"] == "error" and not _is_told(test)):
            title = "test failed" if test["outcome"] == "failed" else "error at setup or teardown of a test"
            message = test["id"] if test["problem"] is None else f"{test['id']}: {test['problem']}"
            yield Annotation(ERROR, title, message, (_of(test),))


def _is_told(test: Test) -> bool:
    told: list[Any] = [one for world in test["worlds"] for one in (*world["leaks"], *world["broken"])]
    return any(one["allowed"] is None for one in told)


def _recordings(document: Document, tests: dict[str, Test]) -> Iterator[Annotation]:
    recordings = document["recordings"]
    of_file: dict[str, Place] = {file: (file, None) for file in recordings["used"]}
    of_test = {name: _of(test) for name, test in tests.items()}
    for sentence in recordings["old"]:
        yield Annotation(WARNING, "old recording", sentence, _about(sentence, of_file))
    for sentence in recordings["unreached"]:
        yield Annotation(WARNING, "recording not played to its end", sentence, _about(sentence, of_test))
    for sentence in recordings["dropped"]:
        yield Annotation(WARNING, "not recorded", sentence, _about(sentence, of_test))
    for file in recordings["unused"]:
        yield Annotation(WARNING, "unused recording", f"no test of this run uses {file}", ((file, None),))


def _about(sentence: str, known: dict[str, Place]) -> tuple[Place, ...]:
    """The place of what a sentence begins with."""
    return tuple(place for name, place in known.items() if sentence.startswith((f"{name}: ", f"{name} ")))


def _unbroken(document: Document, tests: dict[str, Test]) -> Iterator[Annotation]:
    for entry in document["unbroken"]:
        where = entry["where"]
        place = _of(tests[where]) if where in tests else (where.partition("::")[0], None)
        message = f"{where} allows {entry['name']} ({entry['reason']}), and no test broke it"
        yield Annotation(WARNING, "allowed for nothing", message, (place,))


def _of(test: Test) -> Place:
    return test["file"], test["line"]


def _who(names: list[str]) -> str:
    """Tests, each once."""
    first, *others = dict.fromkeys(names)
    return first if not others else f"{first} and {len(others)} other test{'s' if len(others) > 1 else ''}"
