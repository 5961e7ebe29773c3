"""A stage on which the official client meets the fake, and what is left: the trace of both."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any, Final

from pytest_qruntime.contracts.terms import Terms
from pytest_qruntime.model import Trace
from pytest_qruntime.rest import Request, Response
from pytest_qruntime.runtime import QRuntime, world
from pytest_qruntime.sdk import load
from pytest_qruntime.sdk.watching import merged, watching

BACKEND: Final = "fake_manila"
OTHER: Final = "ibm_other"


class ClientStage:
    """A world, the client in it, and its user, whom no exception stops."""

    def __init__(self, qruntime: QRuntime) -> None:
        self.qruntime = qruntime
        self.client = import_module("qiskit_ibm_runtime")
        qruntime.backend(OTHER, qubits=2)
        self.service = self.client.QiskitRuntimeService()
        self.backend = self.service.backend(BACKEND)
        self._trouble: list[tuple[str, int]] = []
        handle = qruntime.service.handle
        qruntime.service.handle = lambda request: self._in_trouble(request) or handle(request)  # type: ignore[method-assign]

    # -- what the service does -----------------------------------------------------------------------------------------

    def fails(self, words: str, status: int, times: int = 1) -> None:
        """The next so many requests that begin with these words, as ``"GET /sessions"``, are answered like this."""
        self._trouble += [(words, status)] * times

    def _in_trouble(self, request: Request) -> Response | None:
        asked = f"{request.method} {request.path.removeprefix('/api/v1')}"
        for number, (words, status) in enumerate(self._trouble):
            if asked.startswith(words):
                del self._trouble[number]
                return Response(status, (("Content-Type", "text/plain"),), b"oh dear")
        return None

    def passes(self, seconds: float) -> None:
        """Time passes."""
        self.qruntime.clock.tick(seconds)

    # -- what the user does --------------------------------------------------------------------------------------------

    def session(self, backend: Any = None, **how: Any) -> Any:
        """A session."""
        return self.client.Session(backend or self.backend, **how)

    def batch(self, backend: Any = None, **how: Any) -> Any:
        """A batch."""
        return self.client.Batch(backend or self.backend, **how)

    def primitive(self, mode: Any = None) -> Any:
        """A primitive for a mode."""
        return self.client.SamplerV2(mode)

    def run(self, primitive: Any) -> Any:
        """Submit a job with it."""
        return primitive.run([self._circuit])

    def submit(self, mode: Any = None) -> Any:
        """Submit a job with a primitive that is made for it."""
        return self.run(self.primitive(mode))

    @cached_property
    def _circuit(self) -> Any:
        circuit = import_module("qiskit").QuantumCircuit(1)
        circuit.sx(0)
        circuit.measure_all()
        return circuit


def given_up(do: Callable[[], Any]) -> Any:
    """What it gives; None if it raises."""
    with suppress(Exception):
        return do()
    return None


@dataclass(frozen=True)
class ClientStory:
    """A name, the settings of the world, and what happens there."""

    name: str
    settings: dict[str, Any]
    tell: Callable[[ClientStage], None]

    def play(self) -> tuple[Trace, Terms]:
        """The trace of the world with the calls of the client in it, and the terms. A faulty client may break down."""
        load()
        settings = {"backend": BACKEND, "engine": "schema", "freeze": False, **self.settings}
        with _quiet(), world(**settings) as qruntime, watching(lambda: qruntime.world.now_us) as calls:
            with suppress(Exception):
                self.tell(ClientStage(qruntime))
            return merged(qruntime.trace, calls), Terms.of(qruntime.world)


@contextmanager
def _quiet() -> Iterator[None]:
    """The client deprecates what these stories use, and what they do it logs."""
    logger = logging.getLogger("qiskit_ibm_runtime")
    handlers, logger.handlers = logger.handlers, [logging.NullHandler()]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.handlers = handlers


class ClientStories:
    """A list of stories."""

    def __init__(self) -> None:
        self.all: list[ClientStory] = []

    def story(self, **settings: Any) -> Callable[[Callable[[ClientStage], None]], Callable[[ClientStage], None]]:
        """Register a function as a story of its name; `settings` are those of the world."""

        def register(tell: Callable[[ClientStage], None]) -> Callable[[ClientStage], None]:
            self.all.append(ClientStory(tell.__name__.replace("_", " "), settings, tell))
            return tell

        return register
