"""What a run of a test shows: what happened at the service, and in a strict run what clients asked and were told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_qruntime.contracts import Terms
from pytest_qruntime.judging.terms import terms_of

if TYPE_CHECKING:
    from pytest_qruntime.model import Trace
    from pytest_qruntime.rest import Service
    from pytest_qruntime.runtime import QRuntime
    from pytest_qruntime.runtime.surface import Surface


class Evidence(NamedTuple):
    """A trace, and what is known of the service besides."""

    trace: Trace
    terms: Terms


class Listening:
    """Keeps the exchanges with the fake while a test runs, so that contracts can be judged that are about them.

    Of recordings and live services they are known anyway.
    """

    def __init__(self, qruntime: QRuntime) -> None:
        from pytest_qruntime.cassette.taping import Taping

        self._qruntime = qruntime
        self._service: Service = qruntime.service
        self._taping = Taping(_Answering(self._service.handle), qruntime.world)
        self._service.handle = self._taping.handle  # type: ignore[method-assign]

    def end(self) -> None:
        """Stop listening."""
        vars(self._service).pop("handle", None)

    def heard(self) -> Evidence:
        """What the exchanges show. No answer names an instance, so its plan is known if there is but one.

        The policy is that of the world: a sweep gives it one that no setting says.
        """
        from pytest_qruntime.cassette.derive import derive

        world = self._qruntime.world
        only = len(world.instances) == _INSTANCES
        terms = Terms(
            policy=world.policy,
            plans={"": world.instance.plan} if only else {},
            alone=True,
        )
        return Evidence(derive(self._taping.tape()), terms)


_INSTANCES = 2  # that of the test, and that of other users


class _Answering:
    """The service's own way to answer, behind the tape."""

    def __init__(self, handle: Any) -> None:
        self.handle = handle


def evidence(surface: Surface, decided: Mapping[str, Any], listening: Listening | None) -> list[Evidence]:
    """What a run of a test shows. Raises `QRuntimeError` for a live server that is gone."""
    own = Evidence(surface.evidence, terms_of(surface, decided))
    return [own] if listening is None else [own, listening.heard()]
