"""What a mutant is: a fault, how it is put into the model, and which contracts must see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from pytest_qruntime.model import Policy, World

_MISSING = object()


class Patches:
    """Puts attributes into modules and classes, and takes them back at the end of the ``with`` block.

    A process has one model: nothing else may run in it meanwhile.
    """

    def __init__(self) -> None:
        self._undo: list[tuple[Any, str, object]] = []

    def set(self, target: Any, name: str, value: object) -> None:
        """Replace an attribute. Raises `AttributeError` if there is none, so that no mutant does nothing."""
        getattr(target, name)
        self._undo.append((target, name, vars(target).get(name, _MISSING)))
        setattr(target, name, value)

    def __enter__(self) -> Patches:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        while self._undo:
            target, name, value = self._undo.pop()
            if value is _MISSING:
                delattr(target, name)
            else:
                setattr(target, name, value)


Fault = Callable[[Patches], None]


@dataclass(frozen=True)
class Mutant:
    """A faulty service.

    Attributes:
        name: its name.
        fault: the fault in words.
        breaks: the contracts that it breaks for certain.
        put: brings the fault about.
        of_face: whether only what the REST face says is wrong, and not what happens.
    """

    name: str
    fault: str
    breaks: tuple[str, ...]
    put: Fault
    of_face: bool = False


class Faults:
    """A list of mutants; a fault is a function that is registered with the contracts that must see it."""

    def __init__(self, *, of_face: bool = False) -> None:
        self.mutants: list[Mutant] = []
        self._of_face = of_face

    def fault(self, *breaks: str) -> Callable[[Fault], Fault]:
        """Register a function as a mutant: its name in words is the fault."""

        def register(put: Fault) -> Fault:
            name = put.__name__
            self._add(name, breaks, put)
            return put

        return register

    def policy(self, name: str, *breaks: str, **knobs: Any) -> None:
        """A service that behaves as another policy would, and does not say so."""

        def put(patches: Patches) -> None:
            build = World.__init__

            def deviate(world: World, *, policy: Policy | None = None, **how: Any) -> None:
                build(world, policy=(policy or Policy()).but(**knobs), **how)

            patches.set(World, "__init__", deviate)

        self._add(name, breaks, put)

    def _add(self, name: str, breaks: tuple[str, ...], put: Fault) -> None:
        self.mutants.append(Mutant(name, name.replace("_", " "), breaks, put, self._of_face))


def nothing(*_: object, **__: object) -> None:
    """Do nothing instead."""
