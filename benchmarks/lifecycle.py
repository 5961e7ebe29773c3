"""P5: the lifecycle of 16 requests in process, against the same 16 requests through transports that do nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmarks import lifecycle_peers
from benchmarks.fake import Engine, headers, service
from benchmarks.measure import Ratio, Times, alternate, looped
from benchmarks.options import Options
from benchmarks.report import Row, row
from benchmarks.traffic import (
    BELL,
    REQUESTS,
    NullAdapter,
    NullTransport,
    httpx_client,
    lifecycle,
    other_circuits,
    requests_session,
    through_httpx,
    through_requests,
)
from pytest_qruntime.programs.qasm import read
from pytest_qruntime.transport import FakeTransport, Interception

Lifecycle = Callable[[], None]


def measure(options: Options) -> Iterator[Row]:
    """Each lifecycle has a new world, and its own client where that costs nothing."""
    cases = {
        "httpx floor": null_httpx(),
        "httpx, own transport": own_transport,
        "httpx, intercepted": intercepted_httpx(),
        "httpx floor, same answers": null_httpx(recorded_answers()),
        "requests floor": null_requests(),
        "requests, intercepted": intercepted_requests(),
        "engine": engine,
    }
    times = alternate({name: looped(case) for name, case in cases.items()}, options.runs)
    yield from _rows(times, options.runs)
    # Apart from the others, because it leaves them nothing of what they had read.
    apart = alternate({"floor": looped(null_httpx()), "new": looped(new_circuits)}, options.runs)
    what = "FakeTransport, five circuits never seen before / httpx's null transport"
    yield row("P5", what, Ratio.of(apart["new"], apart["floor"]), rounds=options.runs)
    yield from lifecycle_peers.measure(options)


def _rows(times: Times, rounds: int) -> Iterator[Row]:
    floor, other = times["httpx floor"], times["requests floor"]
    what = "16 requests through httpx, {} / through httpx's null transport"
    intercepted = Ratio.of(times["httpx, intercepted"], floor)
    yield row("P5", what.format("intercepted"), intercepted, limit=1.5, rounds=rounds)
    own = Ratio.of(times["httpx, own transport"], floor)
    yield row("P5", what.format("FakeTransport, new client"), own, limit=1.5, rounds=rounds)
    what = "16 requests through requests, intercepted / through its null adapter"
    yield row("P5", what, Ratio.of(times["requests, intercepted"], other), limit=1.5, rounds=rounds)
    what = "FakeTransport / a null transport that answers the same bytes"
    same = Ratio.of(times["httpx, own transport"], times["httpx floor, same answers"])
    yield row("P5", what, same, rounds=rounds)
    what = "the 16 requests without HTTP, JSON both ways / httpx's null transport"
    yield row("P5", what, Ratio.of(times["engine"], floor), rounds=rounds)
    for name, seconds in (("httpx's null transport", floor), ("requests' null adapter", other)):
        yield row("P5", f"floor: 16 requests through {name}", Ratio.plain(seconds, 1e3), "ms", rounds=rounds)
        per_request = Ratio.plain(seconds, 1e6 / REQUESTS)
        yield row("P5", f"floor: one request through {name}", per_request, "us", rounds=rounds)


# -- ours ------------------------------------------------------------------------------------------------------------


def own_transport(circuits: tuple[str, ...] = (BELL,)) -> None:
    """A client made for the fake; nothing is patched."""
    fake = Engine(service())
    with httpx_client(FakeTransport(fake.service), headers(fake.service)) as client:
        lifecycle(through_httpx(client), fake.pass_time, circuits=circuits)


def new_circuits() -> None:
    """The same with five circuits that are read for the first time."""
    read.cache_clear()
    own_transport(other_circuits())


def intercepted_httpx() -> Lifecycle:
    """A user's own client, made once; every world of the same seed gives out the same token."""
    client = httpx_client(None, headers(service()))
    send = through_httpx(client)

    def run() -> None:
        fake = Engine(service())
        with Interception(fake.service, label="a benchmark"):
            lifecycle(send, fake.pass_time)

    return run


def intercepted_requests() -> Lifecycle:
    """The same with a session of requests."""
    send = through_requests(requests_session(None, headers(service())))

    def run() -> None:
        fake = Engine(service())
        with Interception(fake.service, label="a benchmark"):
            lifecycle(send, fake.pass_time)

    return run


def engine() -> None:
    """Without an HTTP client."""
    fake = Engine(service())
    lifecycle(fake.send, fake.pass_time)


def recorded_answers() -> tuple[tuple[int, bytes], ...]:
    """What the fake answers to the sixteen requests."""
    return tuple((answer["status"], answer["text"].encode()) for answer in lifecycle_peers.recorded())


# -- floors ----------------------------------------------------------------------------------------------------------


def null_httpx(answers: tuple[tuple[int, bytes], ...] | None = None) -> Lifecycle:
    """httpx alone."""
    transport = NullTransport() if answers is None else NullTransport(answers)
    send = through_httpx(httpx_client(transport))
    return lambda: lifecycle(send, _nothing)


def null_requests() -> Lifecycle:
    """requests alone."""
    send = through_requests(requests_session(NullAdapter()))
    return lambda: lifecycle(send, _nothing)


def _nothing() -> None:
    """Time does not pass for a floor."""
