"""What is noted of a call: of its arguments, and of what it returned. Plain JSON-able values, and no references.

A `Before` gets the object or class that a method was called on, and the arguments; an `After` gets that object and what
was returned.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from importlib import import_module
from itertools import count
from typing import Any, Final
from weakref import WeakKeyDictionary

from pytest_qruntime.sdk.watching.blocks import BLOCKS

Digest = dict[str, object]
Before = Callable[..., Digest]
After = Callable[[Any, Any], object]

_lock: Final = threading.Lock()
_numbers: Final[WeakKeyDictionary[object, int]] = WeakKeyDictionary()
_next: Final = count(1)


def number(one: object) -> int:
    """A number for an object, the same as long as it lives, and nobody else's."""
    with _lock:
        found = _numbers.get(one)
        if found is None:
            found = _numbers[one] = next(_next)
        return found


# -- sessions and batches ----------------------------------------------------------------------------------------------


def opening(self: Any, backend: Any = None, max_time: Any = None, **_: Any) -> Digest:
    """A session or batch that is made."""
    return {
        "kind": type(self).__name__,
        "handle": number(self),
        "backend": backend_name(backend),
        "local": not _is_of_the_service(backend),
        "max_time": max_time if isinstance(max_time, int | str) else None,
    }


def handle(self: Any, *_: Any, **__: Any) -> Digest:
    """A method of one."""
    return {"kind": type(self).__name__, "handle": number(self), "session": getattr(self, "_session_id", None)}


def leaving(self: Any, error: Any = None, *_: Any, **__: Any) -> Digest:
    """Its with block ends."""
    return {**handle(self), "error": getattr(error, "__name__", None)}


def taking(cls: Any, session_id: Any = None, *_: Any, **__: Any) -> Digest:
    """One that is taken up by its id."""
    return {"kind": cls.__name__, "session": session_id if isinstance(session_id, str) else None}


def opened(self: Any, _: Any) -> object:
    """One has been made."""
    return {"session": getattr(self, "_session_id", None)}


def a_handle(_: Any, returned: Any) -> object:
    """It returned a session or batch."""
    return handle(returned)


# -- jobs --------------------------------------------------------------------------------------------------------------


def job(self: Any, *_: Any, **__: Any) -> Digest:
    """A method of a job."""
    return {
        "handle": number(self),
        "job": getattr(self, "_job_id", None),
        "session": getattr(self, "_session_id", None),
    }


def waiting(self: Any, timeout: Any = None, decoder: Any = None, poll_interval: Any = None) -> Digest:
    """Its result is asked for."""
    interval = poll_interval if isinstance(poll_interval, int | float) else None
    return {**job(self), "timeout": timeout if isinstance(timeout, int | float) else None, "poll_interval": interval}


def a_job(_: Any, returned: Any) -> object:
    """It returned a job."""
    return {"handle": number(returned), "job": getattr(returned, "_job_id", None)}


# -- primitives --------------------------------------------------------------------------------------------------------


def building(self: Any, mode: Any = None, *_: Any, **__: Any) -> Digest:
    """A primitive that is made, with a mode."""
    return {"kind": type(self).__name__, "primitive": number(self), **_mode(mode)}


def _mode(mode: Any) -> Digest:
    if mode is None:
        return {"mode": "none"}
    if isinstance(mode, import_module("qiskit_ibm_runtime.session").Session):
        return {"mode": "session", "session": getattr(mode, "_session_id", None)}
    blocks = BLOCKS.here().blocks or ()
    same = blocks[-1].backend_id == id(mode) if blocks else None
    named = {"backend": backend_name(mode), "same": same, "block_backend": blocks[-1].backend if blocks else None}
    return {"mode": "backend" if _is_of_the_service(mode) else "local", **named}


def running(self: Any, *_: Any, **__: Any) -> Digest:
    """A job is submitted by a primitive."""
    runs_in = _runs_in(self)
    return {"kind": type(self).__name__, "primitive": number(self), "session": runs_in["in_session"], **runs_in}


def built(self: Any, _: Any) -> object:
    """A primitive has been made."""
    return _runs_in(self)


def _runs_in(self: Any) -> Digest:
    """In which session or batch a primitive runs: its id, and the number of the handle."""
    mode = getattr(self, "_mode", getattr(self, "_session", None))
    if mode is None:
        return {"in_session": None, "in_handle": None}
    return {"in_session": getattr(mode, "_session_id", None), "in_handle": number(mode)}


# -- the service -------------------------------------------------------------------------------------------------------


def service(_: Any, *__: Any, **___: Any) -> Digest:
    """A method of the service."""
    return {}


def of_a_job(_: Any, job_id: Any = None) -> Digest:
    """The same, about a job."""
    return {"job": job_id if isinstance(job_id, str) else None}


# -- values ------------------------------------------------------------------------------------------------------------


def nothing(_: Any, __: Any) -> object:
    """Whatever it returned is of no account."""
    return None


def plain(_: Any, returned: Any) -> object:
    """A number, a text, nothing, or a mapping of such."""
    if isinstance(returned, dict):
        return dict(returned)
    return returned if returned is None or isinstance(returned, bool | int | float | str) else None


def backend_name(backend: Any) -> str | None:
    """The name of a backend."""
    name = getattr(backend, "name", None)
    return name if isinstance(name, str) else None


def _is_of_the_service(backend: Any) -> bool:
    return isinstance(backend, import_module("qiskit_ibm_runtime.ibm_backend").IBMBackend)
