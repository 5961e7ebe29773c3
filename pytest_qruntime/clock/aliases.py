"""Where the loaded modules keep the functions of the clock under names of their own (`from time import sleep`).

freezegun looks through every attribute of every module at each freeze, and its `getattr` wakes packages that load
themselves lazily: half a second and three hundred modules with qiskit loaded. This looks only into the modules'
dictionaries, so it imports nothing, and it looks into each module once; but `__main__`, where a notebook or a prompt
imports at any time, at the beginning and the end of every hold.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any, Final, NamedTuple

from pytest_qruntime.clock.real import NOT_SEARCHED

_MAIN: Final = "__main__"


class Alias(NamedTuple):
    """`module.name` is (or was, before it was patched) `real`."""

    loaded_as: str
    module: ModuleType
    name: str
    real: Any


class Aliases:
    """The aliases found so far. `looked_through` counts modules searched for good, for whoever watches the cost."""

    def __init__(self) -> None:
        self.looked_through = 0
        self._loaded: dict[str, Any] = {}
        self._in_order: list[Any] = []
        self._found: list[Alias] = []

    def _nothing_new(self) -> bool:
        """Whether the loaded modules are those of the last `refresh`.

        Two lists of the same objects are compared by identity: a few microseconds for a thousand modules, a tenth of
        what two dictionaries take.
        """
        return list(sys.modules.values()) == self._in_order

    def refresh(self, reals: Mapping[int, Any]) -> list[Alias]:
        """Search `__main__`, and the modules that were not loaded last time, for objects whose id is in `reals`.

        Returns every alias that stands for one now: a test may have put something of its own in that place.
        """
        if not self._nothing_new():
            fresh = list(self._not_searched())
            self._loaded = dict(sys.modules)
            self._in_order = list(self._loaded.values())
            self._found = [alias for alias in self._found if self._loaded.get(alias.loaded_as) is alias.module]
            for name, module in fresh:
                self.looked_through += 1
                self._found += aliases_in(name, module, reals)
        found = [alias for alias in self._found if id(alias.module.__dict__.get(alias.name)) in reals]
        for name, module in _growing():
            found += aliases_in(name, module, reals)
        return found

    def fresh(self) -> Iterator[tuple[str, ModuleType]]:
        """The searchable modules that may have got names since the last `refresh`: `__main__`, and the new ones."""
        yield from _growing()
        if not self._nothing_new():
            yield from self._not_searched()

    def _not_searched(self) -> Iterator[tuple[str, ModuleType]]:
        known = self._loaded
        modules: list[tuple[str, Any]] = list(sys.modules.items())  # a module may put any object there
        for name, module in modules:
            if (
                name != _MAIN
                and known.get(name) is not module
                and isinstance(module, ModuleType)
                and is_searched(name, module)
            ):
                yield name, module


def _growing() -> Iterator[tuple[str, ModuleType]]:
    """The module that goes on importing, whenever the person in front of it likes."""
    module: Any = sys.modules.get(_MAIN)
    if isinstance(module, ModuleType) and is_searched(_MAIN, module):
        yield _MAIN, module


def is_searched(name: str, module: ModuleType) -> bool:
    """Whether saved names in this module are looked for."""
    return name.partition(".")[0] not in NOT_SEARCHED and module.__dict__.get("__name__") not in (
        None,
        "time",
        "datetime",
    )


def aliases_in(loaded_as: str, module: ModuleType, reals: Mapping[int, Any]) -> list[Alias]:
    """The names in the module's dictionary that stand for one of `reals` (id to real object)."""
    names = module.__dict__
    if reals.keys().isdisjoint(map(id, list(names.values()))):
        return []
    return [
        Alias(loaded_as, module, name, reals[id(value)]) for name, value in list(names.items()) if id(value) in reals
    ]
