"""P9: replaying a recording through httpx, per request, beside the null transport and vcrpy on the same file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import process_time
from typing import Final

import httpx

from benchmarks.cassettes import BLOCK, Peer, recording, written
from benchmarks.measure import Ratio, Timer, alternate
from benchmarks.options import Options
from benchmarks.report import Row, row
from benchmarks.traffic import HEADERS, NullTransport
from pytest_qruntime.cassette.tape import Exchange, Tape
from pytest_qruntime.runtime.replayed import ReplayedRuntime
from pytest_qruntime.transport import FakeTransport

SIZES: Final = (10, 100, 1000, 10_000)
FASTER: Final = {10: 3.0, 100: 8.0, 1000: 50.0}
"""How many times as fast as vcrpy it should be at least."""

_AT_LEAST: Final = 200  # requests of one timing
_OF_VCRPY: Final = 40  # requests that vcrpy is asked, spread over a long file
_ROUNDS_OF_VCRPY: Final = 3  # of a file of 10 000, of which each request costs it a tenth of a second


def measure(options: Options) -> Iterator[Row]:
    """What a request costs, at four lengths of a recording."""
    sizes = SIZES[: options.size(4, 2)]
    tapes = {size: recording(size) for size in sizes}
    cases: dict[str, Timer] = {f"null {size}": _null(tapes[size]) for size in sizes[:2]}
    cases |= {f"ours {size}": _ours(tape) for size, tape in tapes.items()}
    times = alternate(cases, options.runs)
    for size in sizes:
        what = f"a request to a recording of {size} / httpx's null transport"
        ratio = Ratio.of(times[f"ours {size}"], times[f"null {min(size, sizes[1])}"])
        yield row("P9", what, ratio, limit=2.0 if size <= 1000 else None, rounds=options.runs)
    for size in sizes[1:]:
        what = f"a request to a recording of {size} / to one of {sizes[0]}"
        ratio = Ratio.of(times[f"ours {size}"], times[f"ours {sizes[0]}"])
        yield row("P9", what, ratio, limit=1.2 if size <= 1000 else None, rounds=options.runs)
    what = "floor: a request to httpx's null transport"
    yield row("P9", what, _us(times[f"null {sizes[1]}"]), "us", rounds=options.runs)
    for size in sizes:
        yield row("P9", f"a request to a recording of {size}", _us(times[f"ours {size}"]), "us", rounds=options.runs)
        yield from _beside_vcrpy(options, size, tapes[size])


def _beside_vcrpy(options: Options, size: int, tape: Tape) -> Iterator[Row]:
    rounds = options.runs if size <= 1000 else min(options.runs, _ROUNDS_OF_VCRPY)
    place = written(options.folder, size)[1]
    times = alternate({"ours": _ours(tape), "vcrpy": _vcrpy(place, tape), "null": _null(recording(100))}, rounds)
    ratio = Ratio.of(times["vcrpy"], times["ours"])
    what = f"a request to vcrpy, the same file of {size} / to ours"
    yield row("P9", what, ratio, limit=FASTER.get(size), at_least=True, rounds=rounds)
    ratio = Ratio.of(times["vcrpy"], times["null"])
    yield row("P9", f"a request to vcrpy, the same file of {size} / httpx's null transport", ratio, rounds=rounds)
    yield row("P9", f"a request to vcrpy, the same file of {size}", _us(times["vcrpy"]), "us", rounds=rounds)


def _us(seconds: list[float]) -> Ratio:
    return Ratio.plain(seconds, 1e6)


def _ours(tape: Tape) -> Timer:
    return lambda: ours(tape)


def ours(tape: Tape) -> float:
    """Play the whole recording as it was made, time and all, as often as needed; seconds per request."""
    spent, asked = 0.0, 0
    while asked < _AT_LEAST:
        replayed = ReplayedRuntime(tape, freeze=False)
        with httpx.Client(transport=FakeTransport(replayed.account), headers=HEADERS) as client:
            began = process_time()
            for exchange in tape.exchanges:
                replayed.deck.world.advance_to(exchange.at_us)
                send(client, exchange)
            spent += process_time() - began
        asked += len(tape.exchanges)
    return spent / asked


def _null(tape: Tape) -> Timer:
    return lambda: null(tape)


def null(tape: Tape) -> float:
    """The same requests to a transport that has its answer ready, a client for each time; seconds per request."""
    spent, asked = 0.0, 0
    while asked < _AT_LEAST:
        with httpx.Client(transport=NullTransport(), headers=HEADERS) as client:
            began = process_time()
            for exchange in tape.exchanges:
                send(client, exchange)
            spent += process_time() - began
        asked += len(tape.exchanges)
    return spent / asked


def _vcrpy(place: Path, tape: Tape) -> Timer:
    """Requests in order, all of a short recording, of a long one some from everywhere; seconds per request."""
    peer = Peer(place)
    some = tape.exchanges if len(tape.exchanges) <= 100 else list(_spread(tape))

    def timed() -> float:
        with peer.replaying(), httpx.Client(headers=HEADERS) as client:
            send(client, some[0])  # connects
        with peer.replaying(), httpx.Client(headers=HEADERS) as client:
            began = process_time()
            for exchange in some:
                send(client, exchange)
            return (process_time() - began) / len(some)

    return timed


def _spread(tape: Tape) -> Iterator[Exchange]:
    """Some from everywhere, in the same shares as all."""
    step = len(tape.exchanges) // _OF_VCRPY
    for number in range(_OF_VCRPY):
        start = number * step // BLOCK * BLOCK
        yield tape.exchanges[start + number % BLOCK]


def send(client: httpx.Client, exchange: Exchange) -> None:
    """Send a recorded request; it must be answered."""
    response = client.request(exchange.method, exchange.url, content=exchange.request_body or None)
    if response.status_code != 200:
        raise RuntimeError(f"{exchange.method} {exchange.url} was answered with {response.status_code}")
