"""What users give and the REST API does not take: a backend in place of its name, durations as text, single tags."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Final, Protocol

from pytest_qruntime.clock import seconds_of
from pytest_qruntime.model import ConfigurationError

__tracebackhide__ = True  # what is wrong with an argument is told where it is given

_PROGRAM: Final = re.compile(r"[\w.-]+")


class Named(Protocol):
    """A backend: of this package, of Qiskit, or any object with its name."""

    @property
    def name(self) -> str:
        """What the service calls it."""


BackendLike = str | Named
"""A backend, or its name."""

Duration = str | float | timedelta
"""``"25m"``, a number of seconds, or a timedelta."""


def backend_name(backend: BackendLike) -> str:
    """The name of a backend. Raises `ConfigurationError` for what has none."""
    name = backend if isinstance(backend, str) else getattr(backend, "name", None)
    if not isinstance(name, str):
        raise ConfigurationError(f"backend is {backend!r}; expected its name, or a backend")
    return name


def whole_seconds(duration: Duration | None, *, what: str) -> int:
    """Whole seconds of a duration, 0 for None. Raises `ConfigurationError` for a part of a second."""
    seconds = 0.0 if duration is None else seconds_of(duration, what=what)
    if seconds != int(seconds):
        raise ConfigurationError(f"{what} is {duration!r}; expected whole seconds, such as 1500 or '25m'")
    return int(seconds)


def check_program(program: object) -> None:
    """Raise `ConfigurationError` for a circuit, or anything else that is given where the program's name belongs."""
    if not isinstance(program, str) or not _PROGRAM.fullmatch(program):
        shown = f"{program!r:.40}"
        raise ConfigurationError(
            f"program is {shown}; expected a name such as 'sampler'. Circuits belong to the parameters: "
            "run('sampler', [[qasm]])"
        )


def check_tags(tags: Sequence[str]) -> None:
    """Raise `ConfigurationError` for one text in place of a list of them."""
    if isinstance(tags, str):
        raise ConfigurationError(f"tags is {tags!r}; expected a list of texts, such as [{tags!r}]")
