"""`accommodated`: the client at home in a world, for the length of a ``with`` block."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib import import_module
from importlib.metadata import version
from types import ModuleType
from typing import Final

from pytest_qruntime.client import Account, NewsOf
from pytest_qruntime.clock import Clock
from pytest_qruntime.model.errors import QRuntimeError
from pytest_qruntime.sdk.arrival import CLIENT, Arrival
from pytest_qruntime.sdk.environment import leading_here
from pytest_qruntime.sdk.worlds import OpenWorld, OpenWorlds, Renaming
from pytest_qruntime.transport.patches import Patch


@contextmanager
def accommodated(
    service: Account | None, clock: Clock, news: NewsOf, *, renaming: Renaming | None = None
) -> Iterator[None]:
    """Make the client at home in the world of `service`, on `clock`: now if it is loaded, else when it is imported.

    May be nested, as worlds are: the innermost one counts, and leaving it restores the one around it. What is patched
    belongs to the whole process and is there for all threads; the last world that leaves puts everything back.

    A service beyond this process in virtual time, such as a server of our own whose world is moved from here, needs the
    waits and the tokens alone: ``accommodated(None, clock, AnyEvent(clock).of)`` leaves the account file and the
    environment to whoever set them. The clock must be held. A service in real time needs nothing of this.

    Args:
        service: who answers, and as whom the client asks; None: the client keeps its account, wherever that leads.
        clock: the time of the world.
        news: when there may be something new to be seen of a job.
        renaming: what the instances of the account are called, if not as the service calls them.

    Raises `QRuntimeError` if the client lacks something that has to be replaced, rather than let it past the world.
    """
    guest = _Guest(partial(OpenWorld, service, clock, news, renaming))
    if CLIENT in sys.modules:
        import_module(CLIENT)  # waits until another thread that is importing it has done so
    try:
        with _lock:
            _guests.append(guest)
            _welcome(loaded=_is_loaded())
        yield
    finally:
        with _lock:
            _guests.remove(guest)
            guest.leave()


class _Guest:
    """A world, and what it takes to leave again once it has been made ready for the client."""

    def __init__(self, make: Callable[[], OpenWorld]) -> None:
        self._make = make
        self._undo: ExitStack | None = None

    def enter(self) -> None:
        """Make ready, unless it is."""
        if self._undo is not None:
            return
        with ExitStack() as undo:
            world = self._make()
            if world.accounts is not None:
                undo.callback(world.accounts.vanish)
            if not _worlds.all:
                undo.callback(_remove)
                _install()
            undo.callback(setattr, _worlds, "all", _worlds.all)
            _worlds.all = (*_worlds.all, world)
            if world.service is not None:
                undo.enter_context(leading_here(world.service))
            self._undo = undo.pop_all()

    def leave(self) -> None:
        """Put everything back."""
        undo, self._undo = self._undo, None
        if undo is not None:
            undo.close()
        if not _guests:
            _arrival.dismiss()


def _welcome(*, loaded: bool) -> None:
    """Make all worlds ready for the client if it is there, the outermost first; else wait for it."""
    if not loaded:
        _arrival.expect()
        return
    _arrival.dismiss()
    for guest in _guests:
        guest.enter()


def _arrived() -> None:
    """The client has just been imported."""
    with _lock:
        _welcome(loaded=True)


def _is_loaded() -> bool:
    """Whether the client has been imported. One that another thread is importing will tell when it is done."""
    spec = getattr(sys.modules.get(CLIENT), "__spec__", None)
    return spec is not None and not getattr(spec, "_initializing", False)


def _install() -> None:
    """All patches or none. They are made once for the client that is loaded; a test run may load it anew."""
    client = sys.modules[CLIENT]
    try:
        if _patched[-1:] != [client]:
            _patches[:] = _all_patches()
            _patched[:] = [client]
        for patch in _patches:
            patch.install()
    except (ImportError, AttributeError) as error:
        raise QRuntimeError(
            f"qiskit-ibm-runtime {version('qiskit-ibm-runtime')} is not built as the versions that pytest-qruntime "
            f"knows: {error}. Install one of those in docs/reference/clients.md, or a newer pytest-qruntime"
        ) from error


def _remove() -> None:
    for patch in reversed(_patches):
        patch.remove()


def _all_patches() -> list[Patch]:
    """Every replacement."""
    from pytest_qruntime.sdk import accounts, platform, tokens, waiting

    return [patch for room in (accounts, waiting, tokens, platform) for patch in room.patches(_worlds)]


# What is patched is one for the whole process, so there is one of each of these.
_lock: Final = threading.RLock()
_guests: Final[list[_Guest]] = []
_worlds: Final = OpenWorlds()
_patches: Final[list[Patch]] = []
_patched: Final[list[ModuleType]] = []
_arrival: Final = Arrival(_arrived)
