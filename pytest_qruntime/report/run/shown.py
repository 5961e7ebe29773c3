"""What the tests of a run showed, as plain JSON: it travels from whoever ran a test to whoever reports."""

from __future__ import annotations

from typing import TypedDict


class Breaking(TypedDict):
    """A contract that was broken, and how first.

    Attributes:
        contract: its id.
        at_s: seconds since the beginning of the world.
        about: what it is about, such as ``session or batch ...``; empty: the whole service.
        by: the request or event that broke it; empty: it is that nothing happened.
        expected, seen: in words.
        more: how often more in the same world.
        allowed: the reason for which that was to be expected; None: it was not.
    """

    contract: str
    at_s: float
    about: str
    by: str
    expected: str
    seen: str
    more: int
    allowed: str | None


class Leaked(TypedDict):
    """A session or batch that a test left open. Times are seconds since the beginning of the world.

    Attributes:
        kind: ``session`` or ``batch``; `id`: as the service calls it.
        file, line, function: where it was opened, the file from the root of the project on; None: nobody knows.
        served: whether a client of the loopback server opened it.
        opened_s, ended_s: when it was opened, and when the test was over.
        used_s: QPU seconds that it had cost by then; None: unknown.
        closed_s: when the service would have closed it by itself; None: never, or unknown.
        cost_s: QPU seconds that it would have cost until then; None: unknown.
        at_most_s: QPU seconds that it could have cost at most, until its max TTL; None: unknown.
        allowed: the reason for which that was to be expected; None: it was not.
    """

    kind: str
    id: str
    file: str | None
    line: int | None
    function: str | None
    served: bool
    opened_s: float
    ended_s: float
    used_s: float | None
    closed_s: float | None
    cost_s: float | None
    at_most_s: float | None
    allowed: str | None


class Allowed(TypedDict):
    """What the marker of a test, class or module allows to be broken, and whether it was.

    Attributes:
        where: the node id of what is marked; `name`: of the contract, or ``leak``; `reason`: in words.
    """

    where: str
    name: str
    reason: str
    used: bool


class World(TypedDict):
    """One run of a test on one service.

    Attributes:
        source: ``fake``, ``cassette`` or ``live``.
        virtual_s: seconds that its clock went forward.
        usage_s: QPU seconds that were charged, by the name of the plan; ``unknown`` where no plan is known.
        workloads, jobs: how many sessions and batches were opened, and how many jobs submitted.
        exercised: ids of contracts of which something was seen; `broken`: of those, the ones that were broken.
        unjudged: why the contracts were not judged; None: they were.
        leaks: what was left open.
        driven: cells of the state tables: table, state, event; without those that earlier runs of the test drove.
        allowed: what could be broken.
    """

    source: str
    virtual_s: float
    usage_s: dict[str, float]
    workloads: int
    jobs: int
    exercised: list[str]
    broken: list[Breaking]
    unjudged: str | None
    leaks: list[Leaked]
    driven: list[list[str]]
    allowed: list[Allowed]


class Drawn(TypedDict):
    """What is shown of a test that went wrong.

    Attributes:
        timeline: as text of 80 columns; `picture`: as a part of an HTML page; None: nobody asked for it.
        program: the shortest test function that shows the same; None: there is none.
    """

    timeline: str | None
    picture: str | None
    program: str | None


class Test(TypedDict):
    """A test that used the service.

    Attributes:
        id: its node id; `file` and `line` (from 1): where it stands.
        outcome: ``passed``, ``failed``, ``error``, ``skipped``, ``xfailed`` or ``xpassed``.
        problem: the first line of what is wrong with it; None: nothing is.
        real_s: seconds that it took.
        worlds: its runs, in order: a test that is tried in every order of events has many.
        drawn: None for a test that went well.
    """

    id: str
    file: str
    line: int
    outcome: str
    problem: str | None
    real_s: float
    worlds: list[World]
    drawn: Drawn | None
