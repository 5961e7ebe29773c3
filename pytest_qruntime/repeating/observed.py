"""A policy that notes which of its knobs were read: only those can have made a difference."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any, Final

from pytest_qruntime.model import Policy

_KNOBS: Final = frozenset(knob.name for knob in Policy.knobs())


_JUDGES: Final = ("pytest_qruntime.contracts", "pytest_qruntime.judging")


def _judges(reader: FrameType) -> bool:
    """Whether it is a contract that reads: it is told how the service behaves, which changes nothing."""
    return str(reader.f_globals.get("__name__")).startswith(_JUDGES)


class Observed(Policy):
    """The same policy. `read` has the names of the knobs that somebody asked for."""

    read: set[str]

    def __getattribute__(self, name: str) -> Any:
        """What a policy answers."""
        if name in _KNOBS:
            read = object.__getattribute__(self, "__dict__").get("read")
            if read is not None and not _judges(sys._getframe(1)):  # None: the policy is being made
                read.add(name)
        return super().__getattribute__(name)

    @classmethod
    def of(cls, policy: Policy) -> Observed:
        """An observer of a policy that nobody has read so far."""
        observed = cls(**{name: getattr(policy, name) for name in _KNOBS})
        object.__setattr__(observed, "read", set())
        return observed
