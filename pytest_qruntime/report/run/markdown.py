"""The report for the summary of a job, or for a pull request: Markdown as GitHub reads it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from pytest_qruntime.report.run.columns import columns
from pytest_qruntime.report.run.escaping import code, fenced
from pytest_qruntime.report.run.escaping import markdown as text
from pytest_qruntime.report.run.figures import Figure, figures
from pytest_qruntime.report.run.places import Place, places
from pytest_qruntime.report.run.verdict import Level, broken, failing, left, verdict
from pytest_qruntime.report.run.words import count, instant, length, percent, workloads

if TYPE_CHECKING:
    from pytest_qruntime.report.run.document import CoverageTable, Document
    from pytest_qruntime.report.run.shown import Test

ROWS: Final = 50
"""So many rows has a table at most."""
CHARACTERS: Final = 60_000
"""So long it may be; GitHub takes 65 536 in a comment."""
_FAILING: Final = "failing test"
_SIGNS: Final[dict[Level, str]] = {"good": "✅", "odd": "⚠️", "bad": "❌", "none": "⚪"}


class Block(NamedTuple):
    """A part of the report, and what is said to be missing if there is no room for it."""

    name: str
    text: str


def markdown(document: Document) -> str:
    """The report. Of what is many, the first are told, and how many there are."""
    report = "\n".join(_head(document))
    missing: list[str] = []
    for block in _blocks(document):
        if len(report) + len(block.text) >= CHARACTERS:
            missing.append(block.name)
        elif block.text:
            report += f"\n{block.text}"
    return report + _no_room(missing)


def _blocks(document: Document) -> Iterator[Block]:
    """What matters most comes first."""
    for name, parts in (
        ("what was left open", _left(document)),
        ("broken contracts", _broken(document)),
        ("the costs", _costs(document)),
        ("recordings", _recordings(document)),
        ("lifecycle coverage", _lifecycle(document)),
    ):
        if text := "\n".join(parts):
            yield Block(name, text)
    yield from _failing(document)
    yield Block("contracts that were never exercised", "\n".join(_never(document)))


def _no_room(missing: list[str]) -> str:
    counts = Counter(missing)
    told = [count(number, name) if name == _FAILING else name for name, number in counts.items()]
    return f"\nThere is no room for {', '.join(told)}.\n" if told else ""


def _head(document: Document) -> Iterator[str]:
    level, headline = verdict(document)
    yield f"## {_SIGNS[level]} pytest-qruntime: {headline[0].lower()}{headline[1:]}\n"
    yield from (f"- **{text(sentence)}**" for sentence in document["failures"])
    yield from (f"- missing: {text(sentence)}" for sentence in document["lost"])
    if document["failures"] or document["lost"]:
        yield ""
    if document["totals"]["tests"]:
        yield _table(("", ""), (_figure(figure) for figure in figures(document)))


def _figure(figure: Figure) -> tuple[str, str]:
    more = f" ({figure.more})" if figure.more else ""
    return figure.name, text(f"{figure.value}{more}")


def _left(document: Document) -> Iterator[str]:
    if leaks := left(document):
        yield f"### Left open: {len(leaks)}\n"
        heads = ("what", "opened by", "in the test", "cost so far", "left alone, it would have cost")
        yield _table(heads, map(_leak, places(leaks)))
    if allowed := len(document["leaks"]) - len(leaks):
        yield f"Left open where that is allowed: {workloads(allowed)}.\n"


def _leak(place: Place) -> tuple[str, ...]:
    closed, others = place.first["closed_s"], len(place.tests) - 1
    until = f" by {instant(closed)}" if closed is not None and place.times == 1 else ""
    return (
        f"{place.what} {code(place.first['id'])}" if place.times == 1 else place.what,
        code(place.opened_by),
        code(place.tests[0]) + (f" and {count(others, 'other')}" if others else ""),
        "unknown" if place.used_s is None else length(place.used_s),
        "unknown" if place.cost_s is None else f"{length(place.cost_s)}{until}",
    )


def _broken(document: Document) -> Iterator[str]:
    if rules := broken(document):
        yield f"### Broken contracts: {len(rules)}\n"
        rows = [
            (
                f"**{rule['id']}** ({rule['level']}): {text(rule['statement'])}",
                code(one["test"]),
                code(one["by"]) if one["by"] else "nothing happened",
                text(one["expected"]),
                text(one["seen"]),
            )
            for rule in rules
            for one in rule["broken"]
            if one["allowed"] is None
        ]
        yield _table(("contract", "in the test", "by", "expected", "seen"), rows)


def _costs(document: Document) -> Iterator[str]:
    if document["costs"]:
        yield "### What it would have cost\n"
        rows = [(text(one["plan"]), length(one["qpu_s"]), length(one["left_s"])) for one in document["costs"]]
        yield _table(("plan", "QPU time", "later, for what was left open"), rows)


def _recordings(document: Document) -> Iterator[str]:
    told = document["recordings"]
    sentences = [
        *told["old"],
        *(f"{file} is used by no test" for file in told["unused"]),
        *told["unreached"],
        *told["dropped"],
        *told["recorded"],
        *told["spent"],
        *told["rescued"],
    ]
    if sentences:
        yield "### Recordings\n"
        yield "".join(f"- {text(sentence)}\n" for sentence in sentences[:ROWS])
        yield from _more(len(sentences))


def _lifecycle(document: Document) -> Iterator[str]:
    lifecycle = document["lifecycle"]
    if document["totals"]["tests"]:
        share = percent(lifecycle["percent"])
        yield f"### Lifecycle coverage: {lifecycle['driven']} of {lifecycle['total']} ({share})\n"
        tables = "\n".join(_states(table) for table in lifecycle["tables"])
        yield _folded("What can happen in each state, and what the tests made happen", tables)


def _states(table: CoverageTable) -> str:
    """What cannot happen has an empty place."""
    events = columns(table)
    rows = []
    for state in table["states"]:
        marks = {cell["event"]: "✓ driven" if cell["driven"] else "never" for cell in state["cells"]}
        rows.append((f"**{text(state['state'])}**", *(marks.get(event, "") for event in events)))
    return _table((table["name"], *events), rows)


def _never(document: Document) -> Iterator[str]:
    never = [one for one in document["contracts"] if one["verdict"] == "not exercised"]
    if never and document["totals"]["tests"]:
        told = "".join(f"- **{one['id']}**: {text(one['statement'])}\n" for one in never)
        yield _folded(f"{count(len(never), 'contract')} never exercised", told)


def _failing(document: Document) -> Iterator[Block]:
    """Each in a fold of its own."""
    tests = failing(document)
    if tests:
        yield Block("a heading", f"### Failing tests: {len(tests)}\n")
    for test in tests:
        yield Block(_FAILING, _folded(*_failed(test)))


def _failed(test: Test) -> tuple[str, str]:
    problem = "" if test["problem"] is None else f": {text(test['problem'])}"
    drawn = test["drawn"]
    timeline = drawn["timeline"] if drawn else None
    program = drawn["program"] if drawn else None
    parts = [
        fenced(timeline, "text") if timeline else "",
        f"The same in short, as a test:\n\n{fenced(program, 'python')}" if program else "",
    ]
    return f"{code(test['id'])} {test['outcome']}{problem}", "\n".join(filter(None, parts))


# -- pieces --------------------------------------------------------------------------------------------------------


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads, rows = tuple(heads), list(rows)
    lines = [_row(heads), _row("---" for _ in heads), *map(_row, rows[:ROWS])]
    return "\n".join([*lines, "", *_more(len(rows))])


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _more(number: int) -> Iterator[str]:
    if number > ROWS:
        yield f"And {number - ROWS} more.\n"


def _folded(summary: str, told: str) -> str:
    return f"<details><summary>{summary}</summary>\n\n{told}\n</details>\n"
