"""The process's own clock, kept out of reach of every freeze, and who must always see it.

A freeze rewrites names of modules, also in this package; it does not reach class attributes.
"""

from __future__ import annotations

import asyncio
import datetime as datetime_module
import sys
import time as time_module
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar, Final


def _own(module: Any, name: str) -> Any:
    """`module.name`, or what freezegun put aside for it when this is imported during somebody's freeze."""
    value = getattr(module, name)
    if getattr(value, "__module__", None) == "freezegun.api":
        return getattr(sys.modules["freezegun.api"], f"real_{name}")
    return value


class Real:
    """The real functions and classes, whatever is patched at the moment."""

    sleep: ClassVar[Callable[[Any], None]] = time_module.sleep
    asyncio_sleep: ClassVar[Callable[..., Awaitable[Any]]] = asyncio.sleep
    loop_time: ClassVar[Callable[[Any], float]] = asyncio.BaseEventLoop.time
    time: ClassVar[Callable[[], float]] = _own(time_module, "time")
    time_ns: ClassVar[Callable[[], int]] = _own(time_module, "time_ns")
    monotonic: ClassVar[Callable[[], float]] = _own(time_module, "monotonic")
    monotonic_ns: ClassVar[Callable[[], int]] = _own(time_module, "monotonic_ns")
    perf_counter: ClassVar[Callable[[], float]] = _own(time_module, "perf_counter")
    perf_counter_ns: ClassVar[Callable[[], int]] = _own(time_module, "perf_counter_ns")
    localtime: ClassVar[Callable[..., time_module.struct_time]] = _own(time_module, "localtime")
    gmtime: ClassVar[Callable[..., time_module.struct_time]] = _own(time_module, "gmtime")
    strftime: ClassVar[Callable[..., str]] = _own(time_module, "strftime")
    datetime: ClassVar[type[datetime_module.datetime]] = _own(datetime_module, "datetime")
    date: ClassVar[type[datetime_module.date]] = _own(datetime_module, "date")


FREEZABLE: Final = (
    Real.time,
    Real.time_ns,
    Real.monotonic,
    Real.monotonic_ns,
    Real.perf_counter,
    Real.perf_counter_ns,
    Real.localtime,
    Real.gmtime,
    Real.strftime,
    Real.datetime,
    Real.date,
)

# fmt: off
_PACKAGES: Final = frozenset(
    {
        # they measure tests, or are what a person watches them with
        "IPython", "_hypothesis_pytestplugin", "_pydev_bundle", "_pydevd_bundle", "_pytest", "bdb", "cProfile",
        "coverage", "debugpy", "execnet", "hypothesis", "ipykernel", "jupyter_client", "pdb", "pluggy", "pydevd",
        "pytest_benchmark", "pytest_rerunfailures", "pytest_timeout", "timeit", "trace", "xdist", "zmq",
        # event loops, which would wait for ever
        "curio", "eventlet", "gevent", "tornado", "trio", "twisted",
    }
)
_WAITERS: Final = frozenset(
    {
        "asyncio.base_events", "asyncio.windows_events", "asyncore", "concurrent.futures._base",
        "multiprocessing.connection", "multiprocessing.managers", "multiprocessing.queues",
        "multiprocessing.synchronize", "queue", "selectors", "socketserver", "subprocess", "telnetlib",
        "unittest.case", "unittest.runner",
    }
)
# The packages in which saved names are neither looked for nor changed: those below, which must have the real clock, the
# libraries with which they wait, and the two packages that make the virtual clock.
NOT_SEARCHED: Final = _PACKAGES | frozenset(
    {
        "asyncio", "asyncore", "concurrent", "freezegun", "multiprocessing", "pytest_qruntime", "queue", "sched",
        "selectors", "socket", "socketserver", "ssl", "subprocess", "telnetlib", "threading",
    }
)

# fmt: on
_decided: Final[dict[str, bool]] = {}


def keeps_real_time(module_name: str) -> bool:
    """Whether a call straight from this module always gets the real clock.

    Some libraries wait with a timeout, and would wait for ever on a clock that stands still; others measure tests, and
    would report the service's hours. Only the direct caller counts, so code of a test that runs in a thread, a pool or
    a Hypothesis example sees virtual time. For the same reason `threading` is not here, which calls the function of
    `Thread(target=time.sleep)`; it saved the real clock when it was imported.
    """
    decided = _decided.get(module_name)
    if decided is None:
        top = module_name.partition(".")[0]
        decided = _decided[module_name] = top in _PACKAGES or module_name in _WAITERS
    return decided
