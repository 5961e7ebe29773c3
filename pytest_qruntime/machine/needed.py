"""What the extra `pytest-qruntime[hypothesis]` brings. Importing this raises `HypothesisMissingError` without it."""

from __future__ import annotations

from importlib import import_module

from pytest_qruntime.model import QRuntimeError


class HypothesisMissingError(QRuntimeError, ImportError):
    """`RuntimeMachine` is asked for, and Hypothesis is not installed."""


try:
    import_module("hypothesis")
except ModuleNotFoundError as error:
    raise HypothesisMissingError(
        f"RuntimeMachine is a state machine of Hypothesis, and {error.name} is not installed; expected the extra that "
        "brings it: pip install 'pytest-qruntime[hypothesis]'",
        name=error.name,
    ) from error
