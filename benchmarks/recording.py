"""P11: what recording adds to requests over loopback: the capture, scrubbing, the search for leaks, and saving."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import httpx
import vcr

from benchmarks.loopback import ours
from benchmarks.measure import Ratio, alternate, looped
from benchmarks.options import Options, installed
from benchmarks.report import Row, absent, row
from benchmarks.traffic import REQUESTS, lifecycle, through_httpx
from pytest_qruntime import QRuntime, world
from pytest_qruntime.cassette.capture import Capture
from pytest_qruntime.cassette.files import load, save
from pytest_qruntime.cassette.scrub import Scrubber, leaks
from pytest_qruntime.cassette.tape import Tape
from pytest_qruntime.clock.real import Real


def measure(options: Options) -> Iterator[Row]:
    """The same requests unrecorded, captured, captured and saved, and recorded by vcrpy alone; all wall time."""
    if not installed("uvicorn", "httptools"):
        yield absent("P11", "recording from a server on loopback", "pytest-qruntime[server]")
        return
    with ExitStack() as stack:
        qruntime = stack.enter_context(world())
        place = stack.enter_context(ours(qruntime))
        client = stack.enter_context(httpx.Client(base_url=f"http://{place.netloc}/api", headers=place.headers))
        known = {"TOKEN": place.headers["Authorization"].removeprefix("Bearer "), "CRN": place.headers["Service-CRN"]}
        runs = Runs(qruntime, client, f"http://{place.netloc}", known, options.folder)
        cases: dict[str, Callable[[], object]] = {
            "unrecorded": runs.unrecorded,
            "captured": runs.captured,
            "recorded, scrubbed, searched and saved": runs.saved,
            "vcrpy alone": runs.by_vcrpy,
        }
        times = alternate({name: looped(case, clock=Real.perf_counter) for name, case in cases.items()}, options.runs)
    plain = times["unrecorded"]
    what = f"{REQUESTS} requests over loopback, {{}}, wall time / unrecorded"
    for name, limit in (("recorded, scrubbed, searched and saved", 2.0), ("captured", None), ("vcrpy alone", None)):
        yield row("P11", what.format(name), Ratio.of(times[name], plain), limit=limit, rounds=options.runs)
    floor = Ratio.plain(plain, 1e6 / REQUESTS)
    yield row("P11", "floor: a request, unrecorded, wall time", floor, "us", rounds=options.runs)
    for name in ("recorded, scrubbed, searched and saved", "captured", "vcrpy alone"):
        added = Ratio.added(times[name], plain, 1e6 / REQUESTS)
        yield row("P11", f"{name}: added to a request, wall time", added, "us", rounds=options.runs)


class Runs:
    """The same sixteen requests to our own server, recorded in one way or another."""

    def __init__(
        self, qruntime: QRuntime, client: httpx.Client, root: str, known: Mapping[str, str], folder: Path
    ) -> None:
        self._qruntime, self._send = qruntime, through_httpx(client)
        self._root, self._known, self._folder = root, known, folder

    def unrecorded(self) -> None:
        """Nobody looks on."""
        lifecycle(self._send, lambda: self._qruntime.clock.tick(6))

    def captured(self) -> Tape:
        """What was said, as it was said."""
        with Capture(canonical=self._canonical, service="pytest-qruntime") as capture:
            self.unrecorded()
        return capture.tape()

    def saved(self) -> None:
        """As `pytest --qruntime-record` saves it."""
        place = self._folder / "ours.yaml"
        save(Scrubber(self._known).tape(self.captured()), place)
        if leaks(load(place), self._known):
            raise RuntimeError("a secret is left")

    def by_vcrpy(self) -> None:
        """A cassette of vcrpy, saved as it is."""
        with vcr.use_cassette(str(self._folder / "vcrpy.yaml"), record_mode="all"):
            self.unrecorded()

    def _canonical(self, url: str) -> str | None:
        return "https://quantum.cloud.ibm.com" + url[len(self._root) :] if url.startswith(self._root) else None
