"""What the ways in raise themselves."""

from __future__ import annotations

from pytest_qruntime.model.errors import QRuntimeError

ADVICE = (
    "Use httpx or requests, or a client that is built on one of them: their calls are answered in process. "
    "A test that must reach the real service does without the fixture qruntime; the option -p no:qruntime turns the "
    "whole plugin off."
)


class NetworkBlockedError(QRuntimeError):
    """A real connection to one of the service's hosts was refused while the fake service was in use.

    Deliberately not an `OSError`: client libraries and the code under test take those for a bad network, and would
    retry, fall back or go on. This one is a mistake in the test, and comes through urllib, urllib3, aiohttp and asyncio
    as it is.

    Attributes:
        host: the host that was to be reached.
        label: on whose behalf the fake service was in use, usually the test's id.
        route: the call that was refused.
    """

    def __init__(self, host: str, label: str, route: str) -> None:
        self.host = host
        self.label = label
        self.route = route
        super().__init__(host, label, route)

    def __str__(self) -> str:
        return (
            f"A real connection to {self.host} was refused ({self.route}): {self.label} uses the fake Qiskit Runtime "
            f"service, and nothing may reach the real one meanwhile. {ADVICE}"
        )
