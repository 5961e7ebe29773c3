"""What the worlds of a machine are made of: what its class says, and what pytest was told about all tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pytest_qruntime import settings as known
from pytest_qruntime.contracts import Report, Terms
from pytest_qruntime.model import ConfigurationError

if TYPE_CHECKING:
    import pytest

    from pytest_qruntime.runtime import QRuntime

FAKE: Final = "fake"
_LEAKS: Final = "leaks"
_CONTRACTS: Final = "contracts"


@dataclass(frozen=True)
class Premises:
    """What is decided about a machine.

    Attributes:
        world: arguments of `pytest_qruntime.world`.
        marker: what the marker of a test says that is to have the same world.
        contracts: what becomes of an example that breaks a contract: ``"fail"``, ``"warn"`` or ``"off"``.
        tell: is told of the service of each example that came to its end, and of the report on its contracts, or None
            if nobody judged them; None: nobody asks.
    """

    world: Mapping[str, Any]
    marker: Mapping[str, Any]
    contracts: str
    tell: Callable[[QRuntime, Report | None], None] | None = None

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Premises:
        """What a class says by itself."""
        return cls(known.of_world(settings), _marker(settings), settings.get(_CONTRACTS, "fail"))

    @classmethod
    def decided(cls, settings: Mapping[str, Any], request: pytest.FixtureRequest) -> Premises:
        """The same in a run of pytest, where command line, marker, `qruntime_config` and ini file count too.

        A class says it like `qruntime_config`, knob by knob, and outranks that.
        """
        config = known.merged(request.getfixturevalue("qruntime_config"), settings)
        found = known.decided(request, config)
        marked = known.merged(settings, *known.from_markers(request.node))
        if found.get("source", FAKE) != FAKE:
            marked["source"] = FAKE
        return cls(known.of_world(found), _marker(marked), found.get(_CONTRACTS, "fail"), _teller(request))


def _teller(request: pytest.FixtureRequest) -> Callable[[QRuntime, Report | None], None]:
    """Every example counts as a run of its test."""
    from pytest_qruntime.judging import showing
    from pytest_qruntime.judging.shown import add

    def tell(qruntime: QRuntime, report: Report | None) -> None:
        unjudged = f"{_CONTRACTS}=off" if report is None else None
        world = showing.happened(qruntime, qruntime.trace, Terms.of(qruntime.world), unjudged)
        showing.judged(world, [] if report is None else [report], {})
        add(request.node, world)

    return tell


def _marker(said: Mapping[str, Any]) -> dict[str, Any]:
    """Sessions that a machine leaves open are no mistake of anybody's."""
    return {**said, _LEAKS: "off"} if _LEAKS in known.NAMES else dict(said)


def check(settings: Any, where: str) -> None:
    """Raise `ConfigurationError`, which begins with `where`, for settings that cannot be used for a machine."""
    known.check(settings, where)
    usable = {*(setting.name for setting in known.SETTINGS), _CONTRACTS}
    for name in settings:
        if name not in usable:
            raise ConfigurationError(f"{where} has {name!r}; a machine is on the fake, expected some of {usable}")


_DECIDED: Final[ContextVar[Premises | None]] = ContextVar("what pytest decided about the machine", default=None)


@contextmanager
def having(premises: Premises | None) -> Iterator[None]:
    """Let machines be made on these premises in the ``with`` block."""
    token = _DECIDED.set(premises)
    try:
        yield
    finally:
        _DECIDED.reset(token)


def current(settings: Mapping[str, Any]) -> Premises:
    """The premises of a machine that is made now."""
    return _DECIDED.get() or Premises.of(settings)
