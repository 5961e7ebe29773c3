"""What happened in one example, as the lines of a test function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from hypothesis import strategies as st

from pytest_qruntime.client import ServiceError
from pytest_qruntime.machine.drawn import Drawing
from pytest_qruntime.reproducing.function import refusal, suppressed
from pytest_qruntime.reproducing.spelling import Spelling

MACHINE: Final = "machine"
"""The variable of the machine itself."""


@dataclass
class Line:
    """One call.

    Attributes:
        call: what is called, with its arguments.
        check: whether it is an invariant: it changes nothing, unless its author means it to.
        names: the variables that its result is assigned to.
        unpacked: whether each variable gets one of several results.
        passed: what it may raise, and why that is to be expected.
        comment: what could not be written.
    """

    call: Callable[[], str]
    check: bool = False
    names: list[str] = field(default_factory=list)
    unpacked: bool = False
    passed: tuple[str, str] | None = None
    comment: str = ""

    def lines(self) -> Iterator[str]:
        """The line, or lines, of Python."""
        if self.comment:
            yield f"# cannot be written down: {self.comment}"
        target = ", ".join(self.names) + ("," if self.unpacked and len(self.names) == 1 else "")
        text = f"{target} = {self.call()}" if target else self.call()
        if self.passed is None:
            yield text
        else:
            yield from suppressed(text, *self.passed)


class Script:
    """The lines of an example, in the order in which they were run; what a line calls in turn has none of its own."""

    def __init__(self) -> None:
        self.spelling = Spelling()
        self.lines: list[Line] = []
        self._inside = False

    @property
    def writes(self) -> bool:
        """Whether what is called now stands in the script."""
        return not self._inside

    def act(self, receiver: object, path: str, given: tuple[Any, ...], named: Mapping[str, Any]) -> Line:
        """What the machine itself does: a call of a method of something that has a name."""
        text = f"{self.spelling.of(receiver)}.{path}({self.spelling.arguments(*given, **named)})"
        return self._add(Line(lambda: text))

    @contextmanager
    def calling(self, name: str, named: Mapping[str, Any], *, check: bool = False) -> Iterator[Line]:
        """A call of a method of the machine, which does what it does in this ``with`` block."""
        parts = {key: value if isinstance(value, Drawing) else self.spelling.of(value) for key, value in named.items()}
        line = Line(lambda: f"{MACHINE}.{name}({', '.join(f'{key}={one}' for key, one in parts.items())})", check)
        self._add(line)
        self._inside = True
        try:
            yield line
        finally:
            self._inside = False

    def assign(self, line: Line, results: Iterable[tuple[object, str]], *, unpacked: bool) -> None:
        """Name the results of a line by a stem each."""
        line.names = [self.spelling.name(value, stem) for value, stem in results]
        line.unpacked = unpacked

    def check(self, text: str) -> None:
        """A check by somebody else than the machine."""
        self._add(Line(lambda: text, check=True))

    def drawing(self, data: st.DataObject) -> Drawing:
        """An argument that draws while the rule runs."""
        return Drawing(data, self.spelling)

    def _add(self, line: Line) -> Line:
        line.comment, self.spelling.unwritable = "; ".join(self.spelling.unwritable), []
        self.lines.append(line)
        return line


def passed(error: Exception) -> tuple[str, str]:
    """The name of an error that is no failure, and why it came."""
    if not isinstance(error, ServiceError):
        return type(error).__name__, "no failure"
    return "ServiceError", refusal(error.status, error.code)
