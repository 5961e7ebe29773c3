"""The document that every report is made of; as JSON it is described by ``report.schema.json``."""

from __future__ import annotations

from typing import Final, TypedDict

from pytest_qruntime.report.run.shown import Allowed, Breaking, Leaked, Test

FORMAT: Final = 1
"""Of the document. It changes when something that stood there means something else, or is gone."""


class Generator(TypedDict):
    """Who made a report: the version of the package, and the catalogue of contracts."""

    name: str
    version: str
    catalogue: str


class Totals(TypedDict):
    """Counts over all tests that used the service.

    Attributes:
        tests: how many; `outcomes`: how many by outcome, those that occurred.
        worlds: how often they ran; `sources`: on what, by source.
        workloads, jobs: how many sessions and batches were opened, and how many jobs submitted.
        virtual_s: seconds that the clocks went forward; `real_s`: seconds that the tests took.
    """

    tests: int
    outcomes: dict[str, int]
    worlds: int
    sources: dict[str, int]
    workloads: int
    jobs: int
    virtual_s: float
    real_s: float


class Cost(TypedDict):
    """What the tests would have cost on a plan, had each run once.

    Attributes:
        plan: its name; ``unknown`` where none is known.
        qpu_s: QPU seconds that were charged in the first run of each test.
        left_s: QPU seconds that would have been charged later for what was left open.
    """

    plan: str
    qpu_s: float
    left_s: float


class Broken(Breaking):
    """A contract that was broken, and by which test."""

    test: str


class ContractResult(TypedDict):
    """What became of a contract.

    Attributes:
        id, level, statement: of the contract; `sources`: the titles of the documents that it stands in.
        verdict: ``broken``, ``allowed`` (broken, but only where that is allowed), ``holds`` or ``not exercised``.
        worlds: in how many runs of tests something was seen of it.
        broken: by whom.
    """

    id: str
    level: str
    statement: str
    sources: list[str]
    verdict: str
    worlds: int
    broken: list[Broken]


class Left(Leaked):
    """A session or batch that was left open, and by which test."""

    test: str


class CoverageCell(TypedDict):
    """What can happen in a state.

    Attributes:
        event: what happens; `outcome`: what becomes of it.
        driven: whether a test made it happen.
    """

    event: str
    outcome: str
    driven: bool


class CoverageState(TypedDict):
    """A state, and what can happen in it."""

    state: str
    cells: list[CoverageCell]


class CoverageTable(TypedDict):
    """A state table: of sessions and batches, or of jobs."""

    name: str
    states: list[CoverageState]


class Lifecycle(TypedDict):
    """Lifecycle coverage: how much of what can happen was driven, from 0 to 100, and the tables.

    `required` is what ``--qruntime-cov-fail-under`` asks for; None: nothing was.
    """

    percent: float
    driven: int
    total: int
    required: float | None
    tables: list[CoverageTable]


class Recordings(TypedDict):
    """What there is to tell of recordings, files from the root of the project on, each list sorted.

    Attributes:
        used: files that this run used, or would use; `old`: sentences on those that are older than they may be.
        unused: files that no test of this run uses; `unreached`: sentences on tests that did not come to everything.
        recorded, dropped: sentences on what was recorded, and on what was to be and was not.
        spent, rescued: sentences on QPU time that a service charged, and on sessions of an earlier run.
    """

    used: list[str]
    old: list[str]
    unused: list[str]
    unreached: list[str]
    recorded: list[str]
    dropped: list[str]
    spent: list[str]
    rescued: list[str]


class Unjudged(TypedDict):
    """Tests whose contracts were not judged, and why."""

    because: str
    tests: list[str]


class Document(TypedDict):
    """A run of tests. Everything in it is sorted, so that it does not depend on who ran which test, or when.

    Attributes:
        format: `FORMAT`.
        strict: whether every break fails the run.
        failures: why the run fails beyond its tests, in sentences.
        lost: what is missing here, in sentences, such as a worker that crashed.
        unbroken: entries of markers that allow what no test broke.
    """

    format: int
    generator: Generator
    strict: bool
    failures: list[str]
    lost: list[str]
    totals: Totals
    costs: list[Cost]
    contracts: list[ContractResult]
    unjudged: list[Unjudged]
    unbroken: list[Allowed]
    leaks: list[Left]
    lifecycle: Lifecycle
    recordings: Recordings
    tests: list[Test]
