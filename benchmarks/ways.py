"""The session of five jobs in several ways, each in a process of its own that runs it whenever it is told to.

Some of these ways change the process for good: one sets its environment, another must not find qiskit-aer.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Final

from benchmarks.client_work import SMALL, circuit_for, client, session_of_five
from pytest_qruntime.clock.real import Real  # its clocks are out of a freeze's reach

Session = Callable[[], None]


@contextmanager
def ours() -> Iterator[Session]:
    """This package: nothing but the client is real."""
    with client() as opened:
        circuit = circuit_for(opened.backend)
        yield lambda: session_of_five(opened.backend, circuit)


@contextmanager
def localqpu() -> Iterator[Session]:
    """localqpu: a server of loopback, whose client really waits, and Aer."""
    from localqpu import ServerConfig, connect, start_server

    name = SMALL.replace("fake_", "ibm_")
    server = start_server(ServerConfig(port=0, backends=(name,)))
    try:
        backend = connect(port=server.port, host=server.host).backend(name)
        circuit = circuit_for(backend)
        yield lambda: session_of_five(backend, circuit)
    finally:
        server.stop()


@contextmanager
def local_mode() -> Iterator[Session]:
    """The client's own local mode, with Aer if that is installed: no REST, and no rules of sessions."""
    from qiskit_ibm_runtime.fake_provider import FakeManilaV2

    backend = FakeManilaV2()
    circuit = circuit_for(backend)
    yield lambda: session_of_five(backend, circuit)


def local_mode_without_aer() -> AbstractContextManager[Session]:
    """The same where Aer cannot be imported."""
    sys.modules["qiskit_aer"] = None  # type: ignore[assignment]
    return local_mode()


WAYS: Final = {
    "ours": ours,
    "localqpu": localqpu,
    "local mode with Aer": local_mode,
    "local mode without Aer": local_mode_without_aer,
}


# -- the process ---------------------------------------------------------------------------------------------------


class Way:
    """A process that runs the session in one way. Calling it runs it once and gives the seconds that passed.

    Use it in a ``with`` block. Raises `RuntimeError` with what the process wrote if it ended.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self._name = name
        self._log = folder / f"{name}.log"

    def __enter__(self) -> Way:
        command = [sys.executable, "-m", "benchmarks.ways", self._name]
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
            )
        return self

    def __call__(self) -> float:
        wanted, answers = self._pipe(self._process.stdin), self._pipe(self._process.stdout)
        try:
            print(file=wanted, flush=True)
            return float(answers.readline())
        except (BrokenPipeError, ValueError) as error:
            said = self._log.read_text(encoding="utf-8")[-2000:]
            raise RuntimeError(f"the session by {self._name} failed\n{said}") from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._pipe(self._process.stdin).close()
        self._process.wait()
        self._pipe(self._process.stdout).close()

    @staticmethod
    def _pipe(pipe: IO[str] | None) -> IO[str]:
        if pipe is None:
            raise RuntimeError("the process has no pipes")
        return pipe


def main(arguments: Sequence[str]) -> None:
    """Run the session once for every line of the input, and answer each with the seconds that passed."""
    with WAYS[arguments[0]]() as session:
        session()  # the first one imports
        for _ in sys.stdin:
            began = Real.perf_counter()
            session()
            print(Real.perf_counter() - began, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
