"""A service of the real client on a world, and the client itself, loaded in time."""

from __future__ import annotations

import sys
from contextlib import ExitStack, redirect_stderr
from importlib import import_module
from typing import TYPE_CHECKING

from pytest_qruntime.model.errors import ConfigurationError
from pytest_qruntime.sdk.accounts import OWN
from pytest_qruntime.sdk.arrival import CLIENT

if TYPE_CHECKING:
    from qiskit_ibm_runtime import QiskitRuntimeService

EXTRA = "pip install 'pytest-qruntime[qiskit]'"


def load() -> None:
    """Import the client. Raises `ConfigurationError` if it is not installed.

    Its log handler keeps the stderr that it finds. That one must not be pytest's, which captures a test and is closed.
    """
    if CLIENT in sys.modules:
        return
    with ExitStack() as undo:
        if sys.__stderr__ is not None:
            undo.enter_context(redirect_stderr(sys.__stderr__))
        try:
            import_module(CLIENT)
        except ModuleNotFoundError as error:
            raise ConfigurationError(
                f"the fixture qiskit_runtime_service needs the client qiskit-ibm-runtime, and {error.name} is not "
                f"installed; expected the extra that brings it: {EXTRA}"
            ) from error


def own_service() -> QiskitRuntimeService:
    """A service with the account of the innermost world. The client must have been loaded."""
    service: QiskitRuntimeService = import_module(CLIENT).QiskitRuntimeService(name=OWN)
    return service


def led_service() -> QiskitRuntimeService:
    """A service with the account that the environment variables lead to. The client must have been loaded."""
    service: QiskitRuntimeService = import_module(CLIENT).QiskitRuntimeService()
    return service
