"""The worlds of the examples that run, which are closed whatever happens to their machines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final

from hypothesis.stateful import RuleBasedStateMachine

if TYPE_CHECKING:
    from hypothesis.stateful import StateMachineMeta as MetaOfMachines
else:
    MetaOfMachines = type(RuleBasedStateMachine)

_OPEN: Final[list[ExitStack]] = []
"""One as a rule: virtual time belongs to the process."""


def begin() -> ExitStack:
    """Something to close."""
    _OPEN.append(ExitStack())
    return _OPEN[-1]


def end(stack: ExitStack) -> None:
    """Close it, once."""
    if stack in _OPEN:
        _OPEN.remove(stack)
    stack.close()


@contextmanager
def ended(*, on_success: bool = True) -> Iterator[None]:
    """Close at the end of this ``with`` block what was begun in it; or only if it fails."""
    before = len(_OPEN)
    try:
        yield
    except BaseException:
        _close(before)
        raise
    if on_success:
        _close(before)


def _close(before: int) -> None:
    for stack in reversed(_OPEN[before:]):
        end(stack)


class Opening(MetaOfMachines):
    """The class of classes of machines whose worlds are closed if they cannot be made."""

    def __call__(cls, *given: Any, **named: Any) -> Any:  # noqa: N805  # of a class
        """Make a machine."""
        with ended(on_success=False):
            return super().__call__(*given, **named)
