"""Values as Python text: variables for what has a name, and for anything else what one would write."""

from __future__ import annotations

import ast
import pickle
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from math import isfinite
from typing import Any, Final

from pytest_qruntime.client import Job, Workload
from pytest_qruntime.model.plan import PLANS, PREMIUM, Plan

PLAIN: Final = (type(None), bool, int, str, bytes, complex)
_BRACKETS: Final[Mapping[type, tuple[str, str]]] = {
    list: ("[", "]"),
    tuple: ("(", ")"),
    set: ("{", "}"),
    frozenset: ("frozenset({", "})"),
}


class Spelling:
    """Writes values as Python text, and remembers what has to be imported for it.

    Attributes:
        imports: the import statements that the texts so far need.
        unwritable: what could not be written; ``...`` stands in its place.
    """

    def __init__(self) -> None:
        self.imports: set[str] = set()
        self.unwritable: list[str] = []
        self._names: dict[int, tuple[object, str]] = {}
        self._counts: Counter[str] = Counter()

    def call(self, value: object, text: str) -> None:
        """Write this very object so from now on."""
        self._names[id(value)] = (value, text)

    def name(self, value: object, stem: str) -> str:
        """A new variable for a value, such as ``session_2``. Plain data is written as such nevertheless."""
        self._counts[stem] += 1
        name = f"{stem}_{self._counts[stem]}"
        if type(value) not in PLAIN and type(value) is not float:
            self._names.setdefault(id(value), (value, name))
        return name

    def of(self, value: Any) -> str:
        """The text of a value."""
        if id(value) in self._names:
            return self._names[id(value)][1]
        kind = type(value)
        if kind is str:
            return _quoted(value)
        if kind in PLAIN:
            return repr(value)
        if kind is float:
            return repr(value) if isfinite(value) else f'float("{value}")'
        if kind in _BRACKETS:
            return self._collection(value, *_BRACKETS[kind])
        if kind is dict:
            return "{" + ", ".join(f"{self.of(key)}: {self.of(one)}" for key, one in value.items()) + "}"
        if kind is Plan:
            return self._plan(value)
        return self._handle(value) or self._object(value)

    def arguments(self, *positional: Any, **named: Any) -> str:
        """The arguments of a call."""
        return ", ".join([*map(self.of, positional), *(f"{name}={self.of(value)}" for name, value in named.items())])

    def _collection(self, values: Any, before: str, after: str) -> str:
        if not values and not isinstance(values, list):
            return f"{type(values).__name__}()"
        texts = [self.of(value) for value in values]
        if isinstance(values, (set, frozenset)):
            texts.sort()
        comma = "," if isinstance(values, tuple) and len(texts) == 1 else ""
        return f"{before}{', '.join(texts)}{comma}{after}"

    def _handle(self, value: Any) -> str | None:
        """A handle that the code under test made for itself."""
        if isinstance(value, Job):
            return f"qruntime.job({value.job_id()!r})"
        if isinstance(value, Workload):
            return f"{self.reference(type(value))}.from_id(qruntime.http, {value.session_id!r})"
        return None

    def _plan(self, plan: Plan) -> str:
        """The nearest plan that has a name, and what is different."""
        known = PLANS.get(plan.name, PREMIUM)
        changed = {one.name: getattr(plan, one.name) for one in fields(plan)}
        changed = {name: value for name, value in changed.items() if value != getattr(known, name)}
        self.imports.add("from pytest_qruntime import Plan")
        but = f".but({self.arguments(**changed)})" if changed else ""
        return f"Plan.named({self.of(known.name)}){but}"

    def _object(self, value: Any) -> str:
        kind = type(value)
        if isinstance(value, Enum) and (owner := self.reference(kind)):
            return f"{owner}.{value.name}" if value.name in kind.__members__ else f"{owner}({self.of(value.value)})"
        if callable(value) and hasattr(value, "__qualname__") and (found := self.reference(value)):
            return found
        if is_dataclass(value) and all(field.init for field in fields(value)) and (owner := self.reference(kind)):
            named = {field.name: getattr(value, field.name) for field in fields(value)}
            return f"{owner}({self.arguments(**named)})"
        return self._by_its_repr(value) or self._pickled(value)

    def _by_its_repr(self, value: Any) -> str | None:
        """Its `repr`, if that is a call of its own class: ``Decimal('1')``, ``datetime.timedelta(seconds=1)``."""
        kind, text = type(value), repr(value)
        try:
            node: ast.AST = ast.parse(text, mode="eval").body
        except SyntaxError:
            return None
        names = [one.id for one in ast.walk(node) if isinstance(one, ast.Name)]
        if names and set(names) == {kind.__module__}:
            self.imports.add(f"import {kind.__module__}")
            return text
        if isinstance(node, ast.Call) and set(names) == {kind.__name__} and self.reference(kind) == kind.__name__:
            return text
        return None

    def _pickled(self, value: Any) -> str:
        try:
            text = f"pickle.loads({pickle.dumps(value)!r})"
        except Exception:  # whatever its class does
            self.unwritable.append(repr(value))
            return "..."
        self.imports.add("import pickle")
        return text

    def reference(self, owner: Any) -> str | None:
        """How a class or a function is called in a file that imports it; None if it cannot be imported."""
        module, path = owner.__module__, owner.__qualname__
        found: Any = sys.modules.get(module)
        for part in path.split("."):
            found = getattr(found, part, None)
        if found is not owner or module == "__main__":
            return None
        if module != "builtins":
            public = "pytest_qruntime" if module.startswith("pytest_qruntime.") and _is_public(path) else module
            self.imports.add(f"from {public} import {path.partition('.')[0]}")
        return str(path)


def _quoted(text: str) -> str:
    """A string as a formatter would write it."""
    found = repr(text)
    return found if "'" in text or '"' in text else f'"{found[1:-1]}"'


def _is_public(name: str) -> bool:
    return name in sys.modules["pytest_qruntime"]._HOME_OF
