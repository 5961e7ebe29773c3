"""`watching`: the watch on the client, for the length of a ``with`` block."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import wraps
from importlib import import_module
from importlib.metadata import version
from itertools import count
from types import ModuleType
from typing import Any, Final, Protocol

from pytest_qruntime.clock import Clock
from pytest_qruntime.model.errors import QRuntimeError
from pytest_qruntime.rest.http import Request, Response
from pytest_qruntime.sdk.arrival import CLIENT
from pytest_qruntime.sdk.fixture import load
from pytest_qruntime.sdk.watching import ears, places
from pytest_qruntime.sdk.watching.blocks import BLOCKS, Block
from pytest_qruntime.sdk.watching.calls import Call, Calls
from pytest_qruntime.sdk.watching.digests import backend_name, number
from pytest_qruntime.sdk.watching.places import Method, Place
from pytest_qruntime.transport import answering, witnessed


class Watched(Protocol):
    """Who keeps the calls that are made to it: what stands behind a test."""

    clock: Clock
    calls: Calls | None


@contextmanager
def watched(surface: Watched) -> Iterator[Calls]:
    """Watch the client until the end of the block, and keep its calls with what stands behind a test.

    Within another watch of the same, that one goes on. Raises `ConfigurationError` if the client is not installed.
    """
    calls = surface.calls
    if calls is not None and calls in _watches.all:
        yield calls
        return
    load()
    world = surface.clock.world
    surface.calls = calls = Calls(lambda: world.now_us) if calls is None else calls
    with _on(calls):
        yield calls


@contextmanager
def watching(
    now: Callable[[], int] = lambda: 0, exchanges: Callable[[], Sequence[object]] | None = None
) -> Iterator[Calls]:
    """Watch the client until the end of the block, in all threads; the calls that are made in it are noted.

    Its methods are wrapped meanwhile, and do what they do. Watches may be nested: each notes everything. Which requests
    a call made is known if pytest-qruntime answers or passes them on: on the fake, on a recording, on a live service.

    Args:
        now: tells the time of the world, in microseconds since its epoch.
        exchanges: gives the exchanges so far, to which every request adds one, if events are to have their numbers.

    Raises `QRuntimeError` if the client lacks what is watched.
    """
    calls = Calls(now, exchanges)
    with _on(calls):
        yield calls


@contextmanager
def _on(calls: Calls) -> Iterator[None]:
    _begin(calls)
    try:
        yield
    finally:
        _end(calls)


class _Watches:
    """The watches that are on. `all` is replaced, never changed: whoever looks at it needs no lock."""

    all: tuple[Calls, ...] = ()


class _Current(threading.local):
    """The call that each thread is in, one for each watch; None while it is in none. And a number for the thread."""

    def __init__(self) -> None:
        self.calls: list[tuple[Calls, Call]] | None = None
        self.number = next(_threads)


def _watched(method: Method) -> Callable[[Any], Any]:
    """Makes the wrapper of a method."""

    def make(original: Any) -> Any:
        @wraps(original)
        def watched(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            calls = None if _current.calls is not None else _called(method, args, kwargs)
            if not calls:
                return original(*args, **kwargs)
            _current.calls = calls
            try:
                returned = original(*args, **kwargs)
            except BaseException as error:
                for _, call in calls:
                    call.failed(error)
                raise
            else:
                _returned(method, calls, args, returned)
                return returned
            finally:
                _current.calls = None
                _ended(method, calls, args)

        return watched

    return make


def _called(method: Method, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[tuple[Calls, Call]] | None:
    """A call begins; None if nobody watches, or it is too odd to be noted. Whoever watches must not disturb."""
    with suppress(Exception):
        watches = _watches.all
        given = method.before(*args, **kwargs) if watches else {}
        return [(calls, _call(calls, method.name, given)) for calls in watches]
    return None


def _call(calls: Calls, name: str, given: dict[str, object]) -> Call:
    call, around = Call(name, given, calls.now()), BLOCKS.here()
    if around.blocks is not None:
        call.blocks = tuple((block.session, block.handle) for block in around.blocks)
    else:
        call.blocks = None
    call.fresh, call.elsewhere = around.fresh, BLOCKS.elsewhere(around)
    call.thread, call.deaf = _current.number, ears.deaf()
    return call


def _returned(method: Method, calls: list[tuple[Calls, Call]], args: tuple[Any, ...], returned: Any) -> None:
    with suppress(Exception):
        digest = method.after(args[0], returned)
        for _, call in calls:
            call.returned = digest


def _ended(method: Method, calls: list[tuple[Calls, Call]], args: tuple[Any, ...]) -> None:
    """A call is over, however."""
    with suppress(Exception):
        if method.name == "Session.__enter__":
            session = args[0]
            backend = getattr(session, "_backend", None)
            BLOCKS.entered(Block(session.session_id, number(session), backend_name(backend), id(backend)))
        elif method.name == "Session.__exit__":
            BLOCKS.left(number(args[0]))
    for watch, call in calls:
        if not call.seen and not answering():
            call.seen = None
        watch.add(call)


def _heard(message: str) -> None:
    """The client warns."""
    for _, call in _current.calls or ():
        call.warned.append(message)


def _answered(request: Request | None, response: Response | None) -> None:
    """A request was answered, or met a faulty network, in the thread that made it; None: one went past us."""
    for calls, call in _current.calls or ():
        if request is None:
            call.seen = None
        elif call.seen is not None:
            call.seen.append(calls.seen(request, response))


# -- on and off --------------------------------------------------------------------------------------------------------


def _begin(calls: Calls) -> None:
    with _lock:
        if not _watches.all:
            _install()
        _watches.all = (*_watches.all, calls)


def _end(calls: Calls) -> None:
    with _lock:
        _watches.all = tuple(one for one in _watches.all if one is not calls)
        if not _watches.all:
            _remove()


def _install() -> None:
    """All of it or nothing. The wrappers are made once for what is loaded of the client, which may be loaded anew."""
    try:
        client = places.modules()
        if _made_for != client:
            _places[:] = [Place(method.owner, method.attribute, _watched(method)) for method in places.methods()]
            _made_for[:] = client
        for place in (*_places, *_telling()):
            place.install()
    except (ImportError, AttributeError) as error:
        _remove()
        raise QRuntimeError(
            f"qiskit-ibm-runtime {version('qiskit-ibm-runtime')} is not built as the versions that pytest-qruntime "
            f"knows: {error}. Install one of those in docs/reference/clients.md, or a newer pytest-qruntime"
        ) from error
    within = import_module(f"{CLIENT}.utils.default_session").get_cm_session() is not None
    BLOCKS.begin(within=within)
    _ear.begin()
    _off.enter_context(witnessed(_answered))


def _remove() -> None:
    for place in reversed([*_places, *_warning.values()]):
        place.remove()
    _ear.end()
    _off.close()


def _telling() -> Iterable[Place]:
    """What tells of warnings: in each module that warns, also in one that was loaded since the last watch."""
    loaded = (len(sys.modules), sys.modules[next(reversed(sys.modules))])  # whatever was loaded since is behind it
    if _loaded != [loaded]:
        telling = ears.Warnings(_heard, __file__)
        for module in places.modules_that_warn():
            if module not in _warning:
                _warning[module] = Place(module, "warnings", telling.instead_of)
        _loaded[:] = [loaded]
    return _warning.values()


# What is wrapped is one for the whole process, so there is one of each of these.
_threads: Final = count(1)
_lock: Final = threading.RLock()
_current: Final = _Current()
_watches: Final = _Watches()
_places: Final[list[Place]] = []
_made_for: Final[list[ModuleType]] = []
_warning: Final[dict[ModuleType, Place]] = {}
_loaded: Final[list[tuple[int, ModuleType]]] = []
_ear: Final = ears.Ear(_heard)
_off: Final = ExitStack()
