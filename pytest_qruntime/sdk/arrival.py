"""Noticing that the client is imported while a world is open, in the moment in which its import ends.

Code under test may import the client only when it runs. Until then a world has nothing to do for it, and a look into
`sys.modules` is all that it costs; when the import ends, the world is made ready before anybody can use the client.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Final

CLIENT: Final = "qiskit_ibm_runtime"


class Arrival(MetaPathFinder):
    """A finder that finds the client as the others would, and calls `arrived` when it has been imported."""

    def __init__(self, arrived: Callable[[], None]) -> None:
        self._arrived = arrived
        self._looking = False

    def expect(self) -> None:
        """Watch the imports from now on."""
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)

    def dismiss(self) -> None:
        """Watch no longer."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The others' finding of the client, with a loader that tells; nothing for any other module."""
        if fullname != CLIENT or self._looking:
            return None
        self._looking = True
        try:
            spec = importlib.util.find_spec(fullname)
        finally:
            self._looking = False
        if spec is not None and spec.loader is not None:
            spec.loader = _TellingLoader(spec.loader, self._arrived)
        return spec


class _TellingLoader(Loader):
    """Another loader, until the module is loaded: then the module has that one, and somebody is told."""

    def __init__(self, loader: Any, arrived: Callable[[], None]) -> None:
        self._loader = loader
        self._arrived = arrived

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """As the other loader does."""
        module: ModuleType | None = self._loader.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        """As the other loader does; then tell."""
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        module.__loader__ = self._loader
        self._loader.exec_module(module)
        self._arrived()
