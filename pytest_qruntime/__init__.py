"""pytest-qruntime: test code that uses Qiskit Runtime sessions and batches, without a QPU and without waiting.

The public names are imported on first use, so that importing this package costs nothing; type checkers read them from
`__init__.pyi`.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "cassette.errors": ("CassetteError",),
    "cassette.replay": ("UnexpectedRequestError",),
    "client": (
        "Batch",
        "Job",
        "JobCancelledError",
        "JobFailedError",
        "JobMaxTimeError",
        "JobTimeoutError",
        "ServiceError",
        "Session",
    ),
    "clock": ("Clock", "ClockTimeoutError", "Pending"),
    "contracts": ("ContractChecker",),
    "judging.errors": ("ContractWarning", "LeakedSessionWarning"),
    "machine": ("RuntimeMachine",),
    "model": (
        "ClockError",
        "ConfigurationError",
        "Durations",
        "Event",
        "JobRequest",
        "NothingPendingError",
        "Plan",
        "Policy",
        "QRuntimeError",
        "Trace",
    ),
    "network": ("Fault", "NeverAnsweredError", "RequestAssertionError", "RequestRecord", "Requests"),
    "rest": ("ServiceInstance",),
    "runtime": ("QRuntime", "SourceError", "world"),
    "transport": ("NetworkBlockedError",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

_OF_EXTRAS = {"RuntimeMachine"}

__all__ = sorted(_HOME_OF.keys() - _OF_EXTRAS)  # `import *` works without the extras


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*_HOME_OF, "__version__"]
