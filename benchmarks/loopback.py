"""P14: a GET over loopback beside a server of the standard library that does nothing; start and stop; a crowd."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from threading import Barrier, Thread
from typing import Final, NamedTuple

import httpx
import requests

from benchmarks.constant import constant
from benchmarks.measure import Ratio, Times, alternate, looped
from benchmarks.options import Options, installed
from benchmarks.report import Row, absent, row
from benchmarks.traffic import HEADERS
from pytest_qruntime import QRuntime, world
from pytest_qruntime.clock.real import Real

CROWD: Final = 100
"""So many clients at once, each with a connection of its own."""

PATIENCE_S: Final = 10.0

Get = Callable[[], bytes]


class Place(NamedTuple):
    """A server, and what is asked of it."""

    netloc: str
    path: str
    headers: Mapping[str, str]

    @property
    def url(self) -> str:
        """The whole address."""
        return f"http://{self.netloc}{self.path}"


def measure(options: Options) -> Iterator[Row]:
    """Servers and clients share a process, as in a test; all of it is wall time."""
    if not installed("uvicorn", "httptools"):
        yield absent("P14", "a server on loopback", "pytest-qruntime[server]")
        return
    with ExitStack() as stack:
        qruntime = stack.enter_context(world())
        places = {"ours": stack.enter_context(ours(qruntime))}
        body = by_http_client(places["ours"])()
        places["floor"] = Place(stack.enter_context(constant(body)), places["ours"].path, places["ours"].headers)
        if installed("localqpu"):
            places["localqpu"] = stack.enter_context(localqpu())
        yield from _one_client(places, options)
        yield from _crowd(places, options)
        yield from _starts(qruntime, options)


def _one_client(places: Mapping[str, Place], options: Options) -> Iterator[Row]:
    cases = {
        f"{name} {client}": looped(ask(place), at_least_s=0.1, clock=Real.perf_counter)
        for client, ask in CLIENTS.items()
        for name, place in places.items()
    }
    times = alternate(cases, options.runs)
    for client in CLIENTS:
        yield from _beside(times, client, f"GET of a session by {client}, connection kept", options.runs, limit=1.3)


def _crowd(places: Mapping[str, Place], options: Options) -> Iterator[Row]:
    """Without localqpu: its server has room for five new connections, and resets the others."""
    crowds = {name: Crowd(places[name], options.size(20, 3)) for name in ("floor", "ours")}
    times = alternate({f"{name} crowd": each for name, each in crowds.items()}, options.runs)
    yield from _beside(times, "crowd", f"one of the GETs of {CROWD} clients at once", options.runs)
    lost = crowds["ours"].lost
    yield Row("P14", f"requests of {CROWD} clients at once that had no answer", lost, "", limit=0)


def _beside(times: Times, case: str, what: str, rounds: int, *, limit: float | None = None) -> Iterator[Row]:
    floor, ours = times[f"floor {case}"], times[f"ours {case}"]
    what = f"{what}, wall time"
    yield row("P14", f"{what} / a threading server's constant", Ratio.of(ours, floor), limit=limit, rounds=rounds)
    yield row("P14", f"floor: {what}, the threading server", Ratio.plain(floor, 1e6), "us", rounds=rounds)
    if (peer := times.get(f"localqpu {case}")) is not None:
        yield row("P14", f"localqpu: {what} / the same floor", Ratio.of(peer, floor), rounds=rounds)


def _starts(qruntime: QRuntime, options: Options) -> Iterator[Row]:
    cases = {
        "start": looped(lambda: start_and_stop(qruntime), clock=Real.perf_counter),
        "command": looped(start_the_command, clock=Real.perf_counter),
    }
    times = alternate(cases, options.runs)
    what = "start and stop of a server on a world, wall time"
    yield row("P14", what, Ratio.plain(times["start"], 1e3), "ms", limit=20, rounds=options.runs)
    what = "`qruntime serve`, from the command to the line that says where it is and to its end, wall time"
    yield row("P14", what, Ratio.plain(times["command"], 1e3), "ms", limit=1000, rounds=options.runs)


# -- the servers -----------------------------------------------------------------------------------------------------


@contextmanager
def ours(qruntime: QRuntime) -> Iterator[Place]:
    """The fixture's server, and a session that is closed: asking for an open one again and again is a poll."""
    from pytest_qruntime.server import serving

    with qruntime.session() as session:
        pass
    with serving(qruntime) as server:
        headers = {"Authorization": f"Bearer {server.token}", "Service-CRN": server.crn, "Accept": "application/json"}
        yield Place(f"127.0.0.1:{server.port}", f"/api/v1/sessions/{session.session_id}", headers)


@contextmanager
def localqpu() -> Iterator[Place]:
    """localqpu's server, and a session of its own."""
    from localqpu import ServerConfig, start_server

    server = start_server(ServerConfig(port=0, backends=("ibm_manila",)))
    try:
        asked = {"mode": "dedicated", "backend": "ibm_manila"}
        with httpx.Client(base_url=server.url, headers=HEADERS, trust_env=False) as client:
            session = client.post("/api/v1/sessions", json=asked).raise_for_status().json()["id"]
        yield Place(f"{server.host}:{server.port}", f"/api/v1/sessions/{session}", HEADERS)
    finally:
        server.stop()


def start_and_stop(qruntime: QRuntime) -> None:
    """A server that nobody asks anything."""
    from pytest_qruntime.server import serving

    with serving(qruntime):
        pass


def start_the_command() -> None:
    """The command, as somebody starts it in a shell, and Ctrl+C as soon as it serves."""
    command = [sys.executable, "-m", "pytest_qruntime.cli", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        serves = process.stdout.readline()
        process.send_signal(signal.SIGINT)
    if process.returncode or not serves:
        raise RuntimeError(f"the command ended with {process.returncode}")


# -- the clients -----------------------------------------------------------------------------------------------------


def by_http_client(place: Place) -> Get:
    """The standard library."""
    connection = HTTPConnection(place.netloc, timeout=PATIENCE_S)

    def get() -> bytes:
        connection.request("GET", place.path, headers=place.headers)
        response = connection.getresponse()
        return _checked(response.read(), response.status)

    return get


def by_httpx(place: Place) -> Get:
    """httpx, with one client."""
    client = httpx.Client(headers=place.headers, trust_env=False)

    def get() -> bytes:
        response = client.get(place.url)
        return _checked(response.content, response.status_code)

    return get


def by_requests(place: Place) -> Get:
    """requests, with one session."""
    session = requests.Session()
    session.trust_env = False
    session.headers.update(place.headers)

    def get() -> bytes:
        response = session.get(place.url)
        return _checked(response.content, response.status_code)

    return get


CLIENTS: Final[dict[str, Callable[[Place], Get]]] = {
    "http.client": by_http_client,
    "httpx": by_httpx,
    "requests": by_requests,
}


class Crowd:
    """Many clients by http.client, begun at once. Calling it gives seconds per request that was answered.

    Attributes:
        lost: how many had no answer within `PATIENCE_S`, so far.
    """

    def __init__(self, place: Place, each: int) -> None:
        self.lost = 0
        self._place = place
        self._each = each

    def __call__(self) -> float:
        together, answers = Barrier(CROWD + 1), list[bytes]()
        threads = [Thread(target=self._ask, args=(together, answers)) for _ in range(CROWD)]
        for thread in threads:
            thread.start()
        together.wait()
        began = Real.perf_counter()
        for thread in threads:
            thread.join()
        seconds = Real.perf_counter() - began
        self.lost += CROWD * self._each - len(answers)
        return seconds / len(answers)

    def _ask(self, together: Barrier, answers: list[bytes]) -> None:
        get = by_http_client(self._place)
        together.wait()
        with suppress(OSError, HTTPException):  # the rest of this client's requests are lost
            for _ in range(self._each):
                answers.append(get())


def _checked(body: bytes, status: int) -> bytes:
    if status != 200:
        raise RuntimeError(f"the server answered {status}: {body!r}")
    return body
