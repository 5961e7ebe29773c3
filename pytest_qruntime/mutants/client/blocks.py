"""Clients with a fault in what with blocks do, and in which session a primitive runs."""

from __future__ import annotations

from contextvars import ContextVar
from importlib import import_module
from typing import Any

from pytest_qruntime.mutants.mutant import Faults, Patches, nothing

BLOCKS = Faults()


def client(module: str) -> Any:
    """A module of the client."""
    return import_module(f"qiskit_ibm_runtime.{module}")


def _modes(patches: Patches, deviate: Any) -> None:
    """Another choice of session, service and backend: given the client's own, the open block and the mode."""
    base = client("base_primitive")
    choose, block = base.get_mode_service_backend, base.get_cm_session
    patches.set(base, "get_mode_service_backend", lambda mode=None: deviate(choose, block(), mode))


@BLOCKS.fault("SDK-01")
def ignores_the_block_if_a_primitive_has_no_mode(patches: Patches) -> None:
    """SDK-01"""

    def deviate(choose: Any, block: Any, mode: Any) -> Any:
        return (None, block.service, block._backend) if mode is None and block else choose(mode)

    _modes(patches, deviate)


@BLOCKS.fault("SDK-01")
def refuses_a_primitive_without_a_mode_in_a_block(patches: Patches) -> None:
    """SDK-01"""

    def deviate(choose: Any, block: Any, mode: Any) -> Any:
        if mode is None:
            raise ValueError("A backend or session must be specified.")
        return choose(mode)

    _modes(patches, deviate)


@BLOCKS.fault("SDK-02")
def runs_in_job_mode_if_the_backend_is_given_in_a_block(patches: Patches) -> None:
    """SDK-02"""
    local = client("ibm_backend").IBMBackend

    def deviate(choose: Any, block: Any, mode: Any) -> Any:
        return (None, mode.service, mode) if isinstance(mode, local) else choose(mode)

    _modes(patches, deviate)


@BLOCKS.fault("SDK-02", "SDK-04")
def does_not_warn_which_mode_a_job_runs_in(patches: Patches) -> None:
    """SDK-02 SDK-04"""
    patches.set(client("base_primitive").logger, "warning", nothing)


@BLOCKS.fault("SDK-03")
def takes_another_backend_for_that_of_the_block(patches: Patches) -> None:
    """SDK-03"""

    def deviate(choose: Any, block: Any, mode: Any) -> Any:
        if block and mode is not None and not isinstance(mode, client("session").Session):
            return block, mode.service, block._backend
        return choose(mode)

    _modes(patches, deviate)


@BLOCKS.fault("SDK-04")
def moves_primitives_from_outside_into_the_block(patches: Patches) -> None:
    """SDK-04"""
    base = client("base_primitive")
    run = base.BasePrimitiveV2._run

    def join(self: Any, *args: Any, **how: Any) -> Any:
        self._mode = self._mode or base.get_cm_session()
        return run(self, *args, **how)

    patches.set(base.BasePrimitiveV2, "_run", join)


@BLOCKS.fault("SDK-05")
def remembers_the_outer_block(patches: Patches) -> None:
    """SDK-05"""
    session, outer = client("session"), []
    enter, leave = session.Session.__enter__, session.Session.__exit__

    def entering(self: Any) -> Any:
        outer.append(client("utils.default_session").get_cm_session())
        return enter(self)

    def leaving(self: Any, *error: Any) -> Any:
        try:
            return leave(self, *error)
        finally:
            session.set_cm_session(outer.pop())

    patches.set(session.Session, "__enter__", entering)
    patches.set(session.Session, "__exit__", leaving)


class _Shared:
    """A context variable that is the same everywhere."""

    def __init__(self) -> None:
        self._value: object = None

    def get(self) -> object:
        """The value."""
        return self._value

    def set(self, value: object) -> None:
        """Set it."""
        self._value = value


@BLOCKS.fault("SDK-06")
def shares_the_block_with_other_threads(patches: Patches) -> None:
    """SDK-06"""
    patches.set(client("utils.default_session"), "_DEFAULT_SESSION", _Shared())


@BLOCKS.fault("CLS-05")
def does_not_close_the_outer_block(patches: Patches) -> None:
    """CLS-05"""
    session = client("session")
    current: ContextVar[Any] = client("utils.default_session")._DEFAULT_SESSION
    leave = session.Session.__exit__

    def leaving(self: Any, *error: Any) -> Any:
        return leave(self, *error) if current.get() is self else None

    patches.set(session.Session, "__exit__", leaving)


def _leaves(patches: Patches, leave: Any) -> None:
    """Another way to leave a block."""
    session = client("session")

    def leaving(self: Any, kind: Any, error: Any, where: Any) -> Any:
        session.set_cm_session(None)
        return leave(self, kind)

    patches.set(session.Session, "__exit__", leaving)


@BLOCKS.fault("CLS-05")
def does_not_close_after_an_error(patches: Patches) -> None:
    """CLS-05"""
    _leaves(patches, lambda session, error: session.close() if error is None else None)


@BLOCKS.fault("CLS-05")
def cancels_when_the_block_is_left(patches: Patches) -> None:
    """CLS-05"""
    _leaves(patches, lambda session, error: session.cancel())


@BLOCKS.fault("CLS-05")
def swallows_the_error_of_a_block(patches: Patches) -> None:
    """CLS-05"""
    _leaves(patches, lambda session, error: session.close() or True)


@BLOCKS.fault("CLS-11")
def is_not_silent_if_a_block_is_left_after_a_cancel(patches: Patches) -> None:
    """CLS-11"""
    error = client("exceptions").IBMRuntimeError

    def leave(session: Any, _: Any) -> None:
        was_closed = not session._active
        session.close()
        if was_closed:
            raise error("Error closing session: it is closed")

    _leaves(patches, leave)
