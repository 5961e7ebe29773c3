"""Assertions of `qruntime_contracts` that failed."""

from __future__ import annotations

from typing import Any

from pytest_qruntime.contracts import ContractChecker
from pytest_qruntime.reproducing.steps import Step
from pytest_qruntime.reproducing.story import Story
from pytest_qruntime.reproducing.symptoms import Found, NotHeld, first_line


def not_held(story: Story, error: BaseException) -> Found | None:
    """An assertion of `qruntime_contracts` failed: it is called again at the end."""
    called = _called(error) if isinstance(error, AssertionError) else None
    if called is None:
        return None
    name, given = called
    named = tuple((key, _argument(story, value)) for key, value in given.items() if value is not None)
    if any(value is None for _, value in named):
        return None
    place = tuple(value for key, value in named if key == "contract_id")
    rest = tuple(one for one in named if one[0] != "contract_id")
    ending = Step(None, name, place, rest, of="qruntime_contracts")
    return Found(NotHeld((ending,), first_line(error)), story.steps(story.ended_us))


def _called(error: BaseException) -> tuple[str, dict[str, Any]] | None:
    """The method of a checker that raised an error, and its arguments."""
    trace = error.__traceback__
    while trace is not None:
        frame = trace.tb_frame
        names = frame.f_code.co_varnames[: frame.f_code.co_argcount + frame.f_code.co_kwonlyargcount]
        name, owner = frame.f_code.co_name, frame.f_locals.get(names[0]) if names else None
        if isinstance(owner, ContractChecker) and name.startswith("assert_"):
            return name, {one: frame.f_locals.get(one) for one in names[1:]}
        trace = trace.tb_next
    return None


def _argument(story: Story, value: Any) -> Any:
    """An argument of an assertion; a session or batch as that of the program, None if it has none."""
    session_id = getattr(value, "session_id", value)
    if isinstance(session_id, str) and session_id in story.names:
        return story.names[session_id]
    return value if isinstance(value, (str, int, float)) else None
