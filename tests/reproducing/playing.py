"""Tests that fail, as functions of a world, and the programs that are found for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pytest_qruntime import ContractChecker, QRuntime, world
from pytest_qruntime.contracts import Terms, check
from pytest_qruntime.judging.leaks import leaked
from pytest_qruntime.judging.openings import Opening
from pytest_qruntime.reproducing import judged
from pytest_qruntime.reproducing.finding import found_in
from pytest_qruntime.reproducing.program import Program
from pytest_qruntime.reproducing.shortest import Shortest, settings_of, shortest
from pytest_qruntime.reproducing.story import Story
from pytest_qruntime.reproducing.symptoms import Found

Play = Callable[[QRuntime], object]


def played(play: Play, **settings: Any) -> tuple[Story, BaseException | None]:
    """What happened in a world that is over, and what was raised in it."""
    error: BaseException | None = None
    with world(**settings) as qruntime:
        try:
            play(qruntime)
        except Exception as raised:
            error = raised
    return Story(qruntime), error


def contracts(qruntime: QRuntime) -> ContractChecker:
    """The fixture `qruntime_contracts` of a world."""
    return ContractChecker(lambda: qruntime.trace, lambda: Terms.of(qruntime.world))


def whole(story: Story) -> Program:
    """Everything that happened, as a program."""
    return Program(settings_of(story.world, ()), story.steps(story.ended_us))


def found(play: Play, said: Mapping[str, Any] | None = None, **settings: Any) -> Shortest | None:
    """The program for a test that raises something."""
    story, error = played(play, **settings)
    assert error is not None
    symptom = found_in(story, error)
    return None if symptom is None else shortest(symptom, story.world, "it", said or {})


def found_after(play: Play, said: Mapping[str, Any] | None = None, **settings: Any) -> Shortest | None:
    """The program for a test that is judged when it is over."""
    story, error = played(play, **settings)
    assert error is None
    return shortest(_judged(story), story.world, "it", said or {})


def _judged(story: Story) -> Found:
    terms = Terms.of(story.world)
    broken = check(story.qruntime.trace, terms=terms).broken
    if broken:
        return judged.broken(story, broken[0])
    opened = {name: Opening(None, None, False) for name, var in story.names.items() if var.stem != "job"}
    return judged.left(story, leaked(story.qruntime.trace, terms, opened, story.ended_us, {})[0])


def body(shortest: Shortest | None) -> list[str]:
    """The lines of a function, without its head."""
    assert shortest is not None
    _, _, text = shortest.text.partition("):\n")
    return [line.removeprefix("    ") for line in text.splitlines()]


def marker(shortest: Shortest | None) -> str:
    """The arguments of its marker."""
    assert shortest is not None
    line = next((one for one in shortest.text.splitlines() if one.startswith("@")), "")
    return line.removeprefix("@pytest.mark.qruntime(").removesuffix(")")


def loop(qruntime: QRuntime) -> Any:
    """A small library: three jobs, one after the other, in a session that nobody closes."""
    session = qruntime.session(max_time="2h")
    for _ in range(3):
        session.run(shots=100, tags=["loop"]).result()
    return session


def refused_after_close(qruntime: QRuntime) -> None:
    session = loop(qruntime)
    session.close()
    session.run()


def refused_by_the_plan(qruntime: QRuntime) -> None:
    qruntime.run().result()
    qruntime.session()


def failed(qruntime: QRuntime) -> None:
    qruntime.next_jobs(2, quantum="7m")
    qruntime.next_jobs(code=1517, reason="bad input", blame="system")
    loop(qruntime)
