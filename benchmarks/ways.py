"""The session of five jobs in several ways, each in a process of its own that runs it whenever it is told to.

Some of these ways change the process for good: one sets its environment, another must not find qiskit-aer.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final

from benchmarks.client_work import SMALL, circuit_for, client, session_of_five
from benchmarks.traffic import lifecycle
from pytest_qruntime.clock.real import Real  # its clocks are out of a freeze's reach

Session = Callable[[], None]


@contextmanager
def ours() -> Iterator[Session]:
    """This package: nothing but the client is real."""
    with client() as opened:
        circuit = circuit_for(opened.backend)
        yield lambda: session_of_five(opened.backend, circuit)


@contextmanager
def loopback() -> Iterator[Session]:
    """The 16 requests by http.client to the server of a test in this process. Nothing but its polls moves its time."""
    from http.client import HTTPConnection

    from pytest_qruntime import world
    from pytest_qruntime.server import serving

    with world() as qruntime, serving(qruntime) as server:
        headers = {"Authorization": f"Bearer {server.token}", "Service-CRN": server.crn}
        connection = HTTPConnection("127.0.0.1", server.port)

        def send(method: str, path: str, body: dict[str, Any] | None) -> Any:
            content = None if body is None else json.dumps(body)
            connection.request(method, f"/api{path}", content, {**headers, "Content-Type": "application/json"})
            response = connection.getresponse()
            answer = response.read()
            if response.status >= 400:
                raise RuntimeError(f"{method} {path} answered {response.status}: {answer!r}")
            return json.loads(answer) if answer else None

        yield lambda: lifecycle(send, lambda: qruntime.clock.tick(6))


@contextmanager
def client_over_loopback() -> Iterator[Session]:
    """The real client, and the server of a test in another process, found by nothing but environment variables.

    The client waits between two polls as it always does; the first poll that is asked again finds the job done.
    """
    import os

    command = [sys.executable, "-c", _SERVER.format(backend=SMALL)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        os.environ.update(json.loads(_pipe(process.stdout).readline()))
        import qiskit_ibm_runtime

        backend = qiskit_ibm_runtime.QiskitRuntimeService().backend(SMALL)
        circuit = circuit_for(backend)
        yield lambda: session_of_five(backend, circuit)


_SERVER: Final = """\
import json, sys
from pytest_qruntime import world
from pytest_qruntime.server import serving
with world(backend={backend!r}) as qruntime, serving(qruntime) as server:
    print(json.dumps(dict(server.environment)), flush=True)
    sys.stdin.read()
"""


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
    "ours over loopback": client_over_loopback,
    "loopback": loopback,
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
        wanted, answers = _pipe(self._process.stdin), _pipe(self._process.stdout)
        try:
            print(file=wanted, flush=True)
            return float(answers.readline())
        except (BrokenPipeError, ValueError) as error:
            said = self._log.read_text(encoding="utf-8")[-2000:]
            raise RuntimeError(f"the session by {self._name} failed\n{said}") from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        _pipe(self._process.stdin).close()
        self._process.wait()
        _pipe(self._process.stdout).close()


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
