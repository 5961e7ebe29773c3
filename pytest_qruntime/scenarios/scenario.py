"""`Scenario`: a name, what happens, who reported it, and how it is staged on the fake."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Stage: TypeAlias = Any
"""A `pytest_qruntime.QRuntime`, which is above this floor."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """Something that goes wrong.

    Attributes:
        name: what a marker calls it.
        happens: what happens, in a sentence.
        report: where that was seen, measured or documented.
        look: what there is to look at in the code under test.
        stage: arranges it on a `QRuntime`, before the test begins.
        settings: what the world of the test is made of, unless the test decides that itself.
    """

    name: str
    happens: str
    report: str
    look: str
    stage: Callable[[Stage], object]
    settings: Mapping[str, Any] = field(default_factory=dict)


def nothing(_: Stage) -> None:
    """The settings are all that there is to it."""
