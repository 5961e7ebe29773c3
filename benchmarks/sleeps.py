"""P13: nobody really sleeps. A process counts its calls of the real `time.sleep` from its first line on."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any, Final, NamedTuple

from benchmarks.options import Options, installed
from benchmarks.report import Row, absent

OURS: Final = {
    "ours": ("a session of 5 jobs by the real client in process", ("qiskit_ibm_runtime",)),
    "loopback": ("the 16 requests over loopback, server and client in one process", ("uvicorn", "httptools")),
}
"""What is done, and what that needs."""

PEERS: Final = {
    "ours over loopback": ("qiskit_ibm_runtime", "uvicorn", "httptools"),
    "localqpu": ("qiskit_ibm_runtime", "localqpu"),
    "local mode without Aer": ("qiskit_ibm_runtime",),
}
"""Clients that sleep as they always do: the first one in a process of its own, whose clock is nobody's but its own."""


class Slept(NamedTuple):
    """What one process did: how often it really slept, for how long, and how long it waited for whatever else.

    `waited_s` is the time that passed in the second session without use of a processor; on a busy machine the
    neighbours' share is in it.
    """

    calls: int
    seconds: float
    waited_s: float


def measure(options: Options) -> Iterator[Row]:
    """Everything twice, with the world, the client and what it imports."""
    for way, (how, needed) in OURS.items():
        what = f"calls of the real time.sleep, twice {how}"
        if not installed(*needed):
            yield absent("P13", what, needed[0])
            continue
        slept = count(way)
        yield Row("P13", what, slept.calls, "", limit=0)
        note = "the neighbours' share on a busy machine is in it"
        yield Row("P13", f"time that passed without a processor's work, {how}", slept.waited_s * 1e3, "ms", note=note)
    for way, needed in PEERS.items():
        what = f"time really slept, twice a session of 5 jobs by {way}"
        if installed(*needed):
            slept = count(way)
            yield Row("P13", what, slept.seconds * 1e3, "ms", note=f"{slept.calls} calls")
        else:
            yield absent("P13", what, needed[-1])


def count(way: str) -> Slept:
    """Run it twice in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.sleeps", way]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the session by {way} failed\n{done.stderr[-2000:]}")
    return Slept(**json.loads(done.stdout.splitlines()[-1]))


def main(arguments: Sequence[str]) -> None:
    """Count in this process. Whatever is imported from here on finds the counting function in place of the real one."""
    slept: list[float] = []
    really = time.sleep

    def sleep(seconds: Any) -> None:
        slept.append(seconds)
        really(seconds)

    time.sleep = sleep
    ways = import_module("benchmarks.ways")
    now = import_module("pytest_qruntime.clock.real").Real.perf_counter
    with ways.WAYS[arguments[0]]() as session:
        session()
        began, used = now(), time.process_time()
        session()
        waited_s = now() - began - (time.process_time() - used)
    print(json.dumps(Slept(len(slept), sum(slept), waited_s)._asdict()))


if __name__ == "__main__":
    main(sys.argv[1:])
