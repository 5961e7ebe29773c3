"""What is paid once: imports, the first world, the first freeze, the first look at a circuit."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from benchmarks.measure import Ratio, alternate, each, looped
from benchmarks.options import Options, installed
from benchmarks.projects import OURS, Project
from benchmarks.report import Row, row
from benchmarks.traffic import BELL, job, other_circuits
from pytest_qruntime import programs
from pytest_qruntime.programs.qasm import read

FIRST: Final = "import time; began = time.perf_counter(); {work}; print(time.perf_counter() - began)"
WORLD: Final = "from pytest_qruntime import world\nwith world(freeze={freeze}): pass"
LOADED: Final = "import httpx, requests, pydantic, pytest_qruntime.runtime, pytest_qruntime.transport; "


def measure(options: Options) -> Iterator[Row]:
    """New processes for what happens once in each; wall time."""
    rounds = options.runs
    cases = {
        "import pytest_qruntime, without using it": ("", "import pytest_qruntime"),
        "the first world of a process, its imports with it; clock real": ("", _world(freeze=False)),
        "the first world of a process, its imports with it; clock frozen": ("", _world(freeze=True)),
        "the first world after the imports; clock real": (LOADED, _world(freeze=False)),
        "the first world after the imports; clock frozen": (LOADED, _world(freeze=True)),
        "the first circuit of a process, the parser's import with it": (LOADED, _circuit()),
    }
    if installed("qiskit_ibm_runtime"):
        before = LOADED + "import qiskit_ibm_runtime; "
        cases["the first frozen world with qiskit-ibm-runtime loaded"] = (before, _world(freeze=True))
    times = alternate({name: partial(_seconds, *case) for name, case in cases.items()}, rounds)
    for name in cases:
        yield row("", name, Ratio.plain(times[name], 1e3), "ms", rounds=rounds)
    yield from _warm(options)
    first = Project(options.folder, "first", tests=3, test="def test_{n}(qruntime):\n    pass\n", plugins=[OURS])
    seconds = [first.run().first_s for _ in range(rounds)]
    yield row("", "the first test of a run that uses qruntime", Ratio.plain(seconds, 1e3), "ms", rounds=rounds)


def _warm(options: Options) -> Iterator[Row]:
    texts = [BELL, *other_circuits()]

    def new() -> list[Callable[[], object]]:
        read.cache_clear()
        return [partial(read, text) for text in texts]

    known = partial(programs.verify, "sampler", job(None)["params"])
    times = alternate({"new": each(new), "known": looped(known)}, options.runs)
    yield row("", "a small circuit that is new (8 lines)", Ratio.plain(times["new"], 1e6), "us", rounds=options.runs)
    yield row("", "a job whose circuit is known", Ratio.plain(times["known"], 1e6), "us", rounds=options.runs)


def _world(*, freeze: bool) -> str:
    return f"exec({WORLD.format(freeze=freeze)!r})"


def _circuit() -> str:
    return f"from pytest_qruntime.programs.qasm import read; read({BELL!r})"


def _seconds(before: str, work: str) -> float:
    source = before + FIRST.format(work=work)
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    return float(done.stdout)
