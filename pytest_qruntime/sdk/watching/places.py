"""Which methods of the client are watched, and how one is replaced and put back."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from types import ModuleType
from typing import Any, Final, NamedTuple

from pytest_qruntime.sdk.watching import digests
from pytest_qruntime.sdk.watching.digests import After, Before

_PACKAGE: Final = "qiskit_ibm_runtime"
_MISSING: Final = object()


class Method(NamedTuple):
    """A method that is watched: what calls of it are called, and what is noted before and after."""

    owner: Any
    attribute: str
    name: str
    before: Before
    after: After


_SESSION: Final[dict[str, tuple[Before, After]]] = {
    "__init__": (digests.opening, digests.opened),
    "__enter__": (digests.handle, digests.nothing),
    "__exit__": (digests.leaving, digests.plain),
    "close": (digests.handle, digests.nothing),
    "cancel": (digests.handle, digests.nothing),
    "status": (digests.handle, digests.plain),
    "details": (digests.handle, digests.plain),
    "usage": (digests.handle, digests.plain),
    "from_id": (digests.taking, digests.a_handle),
}
_JOB: Final[dict[str, tuple[Before, After]]] = {
    "status": (digests.job, digests.plain),
    "result": (digests.waiting, digests.nothing),
    "cancel": (digests.job, digests.nothing),
    "metrics": (digests.job, digests.nothing),
    "usage": (digests.job, digests.plain),
    "error_message": (digests.job, digests.plain),
    "logs": (digests.job, digests.nothing),
    "update_tags": (digests.job, digests.nothing),
}
_SERVICE: Final[dict[str, tuple[Before, After]]] = {
    "job": (digests.of_a_job, digests.a_job),
    "jobs": (digests.service, digests.nothing),
    "delete_job": (digests.of_a_job, digests.nothing),
    "usage": (digests.service, digests.nothing),
}
# NoiseLearner is not among them: the client deprecates it, and it does not keep the rules of the others.
_MADE: Final = (
    ("base_primitive", "BasePrimitiveV2"),
    ("executor", "Executor"),
    ("executor_sampler", "Sampler"),
    ("executor_sampler", "SamplerV2"),
    ("executor_estimator", "Estimator"),
    ("executor_estimator", "EstimatorV2"),
    ("noise_learner_v3", "NoiseLearnerV3"),
)
_RUN: Final = (("sampler", "SamplerV2"), ("estimator", "EstimatorV2"), *_MADE[1:])


_CALLED: Final = (
    ("session", "Session", "Session", _SESSION),
    ("runtime_job_v2", "RuntimeJobV2", "Job", _JOB),
    ("qiskit_runtime_service", "QiskitRuntimeService", "Service", _SERVICE),
)
_MODULES: Final = tuple(dict.fromkeys([*(entry[0] for entry in _CALLED), *(name for name, _ in (*_MADE, *_RUN))]))


def modules() -> list[ModuleType]:
    """The client's modules that have them. Each may be loaded anew by itself, as after a test run within another."""
    return [module for name in _MODULES if (module := _module(name)) is not None]


def _module(name: str) -> ModuleType | None:
    """A module of the client; None if it came with a later version."""
    try:
        return import_module(f"{_PACKAGE}.{name}")
    except ModuleNotFoundError:
        return None


def methods() -> Iterator[Method]:
    """All of them that the client has which is loaded: what a version lacks nobody can call."""
    for module, owner, called, table in _CALLED:
        found = getattr(import_module(f"{_PACKAGE}.{module}"), owner)
        for attribute, (before, after) in table.items():
            for base in _having(found, attribute):
                yield Method(base, attribute, f"{called}.{attribute}", before, after)
    for primitive in _primitives(_MADE):
        if "__init__" in vars(primitive):
            yield Method(primitive, "__init__", "Primitive.__init__", digests.building, digests.built)
    for primitive in _primitives(_RUN):
        for base in _having(primitive, "run"):
            yield Method(base, "run", "Primitive.run", digests.running, digests.a_job)


def _having(owner: Any, attribute: str) -> list[Any]:
    """The class among its bases that has a method, if it is the client's."""
    found = next((base for base in owner.__mro__ if attribute in vars(base)), None)
    return [found] if found is not None and found.__module__.startswith(_PACKAGE) else []


def _primitives(names: tuple[tuple[str, str], ...]) -> list[Any]:
    """The classes that this version of the client has, each once: it calls some of them by two names."""
    found: dict[Any, None] = {}
    for module, name in names:
        owner = getattr(_module(module), name, None)
        if owner is not None:
            found[owner] = None
    return list(found)


def modules_that_warn() -> list[Any]:
    """The client's modules that use `warnings` by that name."""
    loaded = [module for name, module in list(sys.modules.items()) if name.startswith(f"{_PACKAGE}.")]
    return [module for module in loaded if vars(module).get("warnings") is sys.modules["warnings"]]


class Place:
    """An attribute that a class or module itself has, and what stands in its place while a watch is on.

    What others put over ours in the meantime stays, and ours stays below it: it passes everything through once the
    watch is off. Raises `AttributeError` if there is no such attribute.
    """

    def __init__(self, owner: Any, name: str, make: Callable[[Any], Any]) -> None:
        if name not in vars(owner):
            raise AttributeError(f"{owner.__name__} has no {name}")
        self._owner = owner
        self._name = name
        self._make = make
        self._raw: Any = None
        self._ours: Any = None

    def install(self) -> None:
        """Put ours in place. It is made once for what is there, so this costs an assignment."""
        found = vars(self._owner)[self._name]
        if found is self._ours:
            return  # somebody's undo has put it back
        if found is not self._raw:
            is_of_the_class = isinstance(found, classmethod)
            self._raw, made = found, self._make(found.__func__ if is_of_the_class else found)
            self._ours = classmethod(made) if is_of_the_class else made
        setattr(self._owner, self._name, self._ours)

    def remove(self) -> None:
        """Put back what was there, unless others have put something over ours."""
        if vars(self._owner).get(self._name) is self._ours:
            setattr(self._owner, self._name, self._raw)
