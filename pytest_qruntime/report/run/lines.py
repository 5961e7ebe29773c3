"""The end of a run for people who read a terminal: a section, or one line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from pytest_qruntime.report.run.listing import contracts, wrapped
from pytest_qruntime.report.run.verdict import broken, left
from pytest_qruntime.report.run.words import count, length, opened_by

if TYPE_CHECKING:
    from pytest_qruntime.report.run.document import ContractResult, Cost, Document, Left, Lifecycle, Recordings

Tone = Literal["plain", "good", "odd", "bad"]

WIDTH: Final = 80
MOST: Final = 10
"""Of every list so many are shown, if not all are asked for."""
_LABEL: Final = 13
_SOURCES: Final = {"fake": "on the fake", "cassette": "on recordings", "live": "on a live service"}


class Line(NamedTuple):
    """A line of text, and how it is meant."""

    text: str
    tone: Tone


def lines(document: Document, *, width: int = WIDTH, full: bool = False) -> list[str]:
    """What a run showed, in as many lines as that takes; the arguments are those of `told`."""
    return [one.text for one in told(document, width=width, full=full)]


def line(document: Document) -> str:
    """What a run showed, in one line: what is nothing is left out."""
    totals, recordings = document["totals"], document["recordings"]
    cost = sum(one["qpu_s"] for one in document["costs"])
    parts = [
        count(totals["tests"], "test"),
        f"{length(totals['virtual_s'])} in {length(totals['real_s'])}",
        f"{count(len(broken(document)), 'contract')} broken" if broken(document) else "",
        f"{len(left(document))} left open" if left(document) else "",
        f"{cost:,.1f} QPU s" if cost else "",
        f"lifecycle {int(document['lifecycle']['percent'])} %",
        f"{count(len(recordings['old']), 'old recording')}" if recordings["old"] else "",
        f"{count(len(recordings['unused']), 'unused recording')}" if recordings["unused"] else "",
    ]
    return f"pytest-qruntime: {', '.join(filter(None, parts))}"


def in_short(document: Document, *, full: bool = False) -> Iterator[Line]:
    """One line, and what nobody may miss: what a recording has cost, and why the run fails.

    Args:
        document: of the run.
        full: whether each contract is told by name, too.
    """
    yield Line(line(document), "plain")
    recordings = document["recordings"]
    for text in (*_made(recordings), *(f"not recorded: {one}" for one in recordings["dropped"])):
        yield Line(text, "plain")
    yield from _end(document, WIDTH, full=full)


def told(
    document: Document, *, width: int = WIDTH, full: bool = False, more: Iterable[tuple[str, Sequence[str]]] = ()
) -> Iterator[Line]:
    """What a run showed, and how each line is meant.

    Args:
        document: of the run.
        width: in columns.
        full: whether every list is told to its end, and each contract by name.
        more: what else there is to tell, before it is said why the run fails: labels, and sentences.
    """
    for label, tone, sentences in _parts(document, full=full, more=more):
        for number, sentence in enumerate(sentences):
            head = label if number == 0 else ""
            for text in wrapped(f"{head:{_LABEL}}{sentence}", width, indent=_LABEL + 2, keep=_LABEL):
                yield Line(text, tone)
    yield from _end(document, width, full=full)


def _end(document: Document, width: int, *, full: bool) -> Iterator[Line]:
    """Each contract by name, and why the run fails."""
    for text in contracts(document, width) if full else ():
        yield Line(text, "plain")
    for never in _never(document["lifecycle"]):
        for text in wrapped(never, width, indent=7):
            yield Line(text, "bad")
    yield from why(document, width)


def why(document: Document, width: int = WIDTH) -> Iterator[Line]:
    """Why the run fails beyond its tests, which nobody may miss."""
    for failure in document["failures"]:
        for text in wrapped(f"the run fails: {failure}", width, indent=2):
            yield Line(text, "bad")


Part = tuple[str, Tone, Sequence[str]]


def _parts(document: Document, *, full: bool, more: Iterable[tuple[str, Sequence[str]]]) -> Iterator[Part]:
    if document["tests"]:
        yield "tests", "plain", [_tests(document)]
        totals = document["totals"]
        yield "time", "plain", [f"{length(totals['virtual_s'])} of virtual time in {length(totals['real_s'])}"]
        yield "contracts", _tone_of_contracts(document), list(_contracts(document, full=full))
        yield from _left_open(document["leaks"], full=full)
        yield "QPU time", "plain", [_qpu_time(document["costs"])]
    else:
        yield "tests", "plain", ["none used a fixture of pytest-qruntime, so nothing was judged"]
    if document["tests"] or document["lifecycle"]["required"] is not None:
        yield _lifecycle(document["lifecycle"])
    yield from _recordings(document, full=full)
    for label, sentences in more:
        yield label, "plain", sentences
    if document["lost"]:
        yield "lost", "odd", document["lost"]


def _tests(document: Document) -> str:
    """How many, and how often they ran on what."""
    totals = document["totals"]
    sources = [f"{number} {_SOURCES[source]}" for source, number in totals["sources"].items()]
    where = f": {', '.join(sources)}" if set(totals["sources"]) - {"fake"} else ""
    opened = f"{count(totals['workloads'], 'session')} or batches" if totals["workloads"] != 1 else "1 session or batch"
    return f"{totals['tests']:,} in {count(totals['worlds'], 'world')}{where}; {opened}, {count(totals['jobs'], 'job')}"


# -- contracts ---------------------------------------------------------------------------------------------------------


def _tone_of_contracts(document: Document) -> Tone:
    if broken(document):
        return "bad"
    return "good" if any(one["verdict"] == "holds" for one in document["contracts"]) else "plain"


def _contracts(document: Document, *, full: bool) -> Iterator[str]:
    verdicts = [one["verdict"] for one in document["contracts"]]
    allowed = verdicts.count("allowed")
    figures = [
        f"{verdicts.count('broken') or 'none'} broken",
        *([f"{allowed} allowed"] if allowed else []),
        f"{verdicts.count('holds')} hold",
        f"{verdicts.count('not exercised')} never exercised",
    ]
    yield ", ".join(figures)
    if not full:
        yield from _shortened([_broken(one) for one in broken(document)])
        for unjudged in document["unjudged"]:
            yield f"not judged in {count(len(unjudged['tests']), 'test')}: {unjudged['because']}"


def _broken(contract: ContractResult) -> str:
    tests = list(dict.fromkeys(one["test"] for one in contract["broken"] if one["allowed"] is None))
    more = f", and by {count(len(tests) - 1, 'other test')}" if len(tests) > 1 else ""
    return f"{contract['id']} by {tests[0]}{more}"


# -- what was left open ------------------------------------------------------------------------------------------------


def _left_open(leaks: Sequence[Left], *, full: bool) -> Iterator[Part]:
    """What is allowed is counted, and told if everything is."""
    wrong = [leak for leak in leaks if leak["allowed"] is None]
    allowed = f"{len(leaks) - len(wrong)} where that is allowed" if len(leaks) > len(wrong) else ""
    alike = Counter(_opening(leak) for leak in (leaks if full else wrong))
    told = [opening.told(number) for opening, number in alike.items()]
    figures = ", and ".join(filter(None, [_kinds(wrong), allowed])) or "nothing"
    yield "left open", "bad" if wrong else "good", [figures, *_shortened(told, full=full)]


class _Opening(NamedTuple):
    """What a test opened at one line."""

    test: str
    kind: str
    where: str
    reason: str

    def told(self, number: int) -> str:
        what = f"a {self.kind}" if number == 1 else count(number, self.kind)
        return f"{self.test}: {what}, opened {self.where}{self.reason}"


def _opening(leak: Left) -> _Opening:
    reason = "" if leak["allowed"] is None else f"; allowed: {leak['allowed']}"
    where = f"{'by' if leak['file'] is None else 'at'} {opened_by(leak)}"
    return _Opening(leak["test"], leak["kind"], where, reason)


def _kinds(leaks: Sequence[Left]) -> str:
    """``2 sessions and 1 batch``."""
    numbers = {kind: sum(leak["kind"] == kind for leak in leaks) for kind in ("session", "batch")}
    return " and ".join(count(number, kind) for kind, number in numbers.items() if number)


def _shortened(sentences: Sequence[str], *, full: bool = False) -> Sequence[str]:
    """Not all of a long list."""
    if full or len(sentences) <= MOST:
        return sentences
    return [*sentences[: MOST - 1], f"and {len(sentences) - MOST + 1} more, which -v tells"]


# -- what it would have cost -------------------------------------------------------------------------------------------


def _qpu_time(costs: Sequence[Cost]) -> str:
    told = []
    for one in (one for one in costs if one["qpu_s"] or one["left_s"]):
        plan = "plan not known" if one["plan"] == "unknown" else f"plan {one['plan']}"
        later = f", and {_figure(one['left_s'])} s more for what was left open" if one["left_s"] else ""
        told.append(f"{plan}: {_figure(one['qpu_s'])} s{later}")
    return "; ".join(told) or "none"


def _figure(number: float) -> str:
    """To the millisecond."""
    return f"{number:,.3f}".rstrip("0").rstrip(".")


# -- the lifecycle -----------------------------------------------------------------------------------------------------


def _lifecycle(found: Lifecycle) -> Part:
    required = found["required"]
    figures = f"{percent(found['percent'])} %: {found['driven']} of {found['total']} transitions driven"
    if required is None:
        return "lifecycle", "plain", [figures]
    tone: Tone = "bad" if found["percent"] < required else "good"
    return "lifecycle", tone, [f"{figures}; {required:g} % required"]


def percent(number: float) -> str:
    """Rounded down, so that too little never looks like enough."""
    return f"{int(number * 10) / 10:g}"


def _never(found: Lifecycle) -> Iterator[str]:
    """What never happened, if that is too much."""
    if found["required"] is None or found["percent"] >= found["required"]:
        return
    for table in found["tables"]:
        for state in table["states"]:
            events = [cell["event"] for cell in state["cells"] if not cell["driven"]]
            if events:
                yield f"never: {table['name']} {state['state']}: {', '.join(events)}"


# -- recordings --------------------------------------------------------------------------------------------------------


def _recordings(document: Document, *, full: bool) -> Iterator[Part]:
    told = document["recordings"]
    good = _made(told)
    odd = [
        *(f"not recorded: {one}" for one in told["dropped"]),
        *_shortened([f"never reached: {one}" for one in told["unreached"]], full=full),
        *_shortened([f"old: {one}" for one in told["old"]], full=full),
        *_shortened([f"not used by this run: {one}" for one in told["unused"]], full=full),
    ]
    if good:
        yield "recordings", "plain", good
    if odd:
        yield "" if good else "recordings", "odd", odd


def _made(recordings: Recordings) -> list[str]:
    """What a run has to tell that recorded something."""
    recorded = (f"recorded {one}" for one in recordings["recorded"])
    return [*recordings["rescued"], *recordings["spent"], *recorded]
