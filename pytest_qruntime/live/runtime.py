"""`LiveRuntime`: what a test meets when a live service stands behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar, Final
from urllib.parse import urlsplit

import httpx

from pytest_qruntime.cassette.replay.meaning import place
from pytest_qruntime.cassette.tape import Exchange
from pytest_qruntime.client import Patience
from pytest_qruntime.client.errors import hidden
from pytest_qruntime.clock import Clock
from pytest_qruntime.live.api import Api
from pytest_qruntime.live.ledger import Ledger
from pytest_qruntime.live.target import Target
from pytest_qruntime.live.tokens import TokenAuth
from pytest_qruntime.model import Trace
from pytest_qruntime.model.errors import ConfigurationError
from pytest_qruntime.network import Requests
from pytest_qruntime.rest.regions import host_of, region_of_crn
from pytest_qruntime.runtime.observed import Observed
from pytest_qruntime.runtime.surface import Opened, Source, Submitted, Surface
from pytest_qruntime.runtime.wire import requests_of

__tracebackhide__ = hidden

TIMEOUT_S: Final = 60.0
_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Way:
    """How a live service is reached and waited for.

    Attributes:
        api: its REST API, outside of recordings.
        base_url: the root for the clients of a test; paths begin with ``/v1``.
        patience: how these wait for a job.
        default_backend: the backend that is used when none is named; empty: nobody said.
        trace: everything that happened, from what was observed or from whoever knows better.
    """

    api: Api
    base_url: str
    patience: Patience
    default_backend: str
    trace: Callable[[Observed], Trace]


class LiveRuntime(Surface):
    """A live Qiskit Runtime service: a new world on a server of our own, or a real one.

    Args:
        target: the service.
        clock: its time: virtual on a server of our own, else real.
        way: how it is reached.
        ledger: who keeps account of what is opened and spent.
    """

    source: ClassVar[Source] = "live"

    def __init__(self, target: Target, clock: Clock, way: Way, ledger: Ledger) -> None:
        self.target = target
        self.clock = clock
        self._way = way
        self._ledger = ledger
        self._observed = Observed()
        self._clients: list[httpx.Client] = []

    def __repr__(self) -> str:
        return f"<LiveRuntime of {self.target.service}, {self.clock!r}>"

    # -- what stands behind ------------------------------------------------------------------------------------------

    @property
    def default_backend(self) -> str:  # type: ignore[override]
        """The backend that is used when none is named. Raises `ConfigurationError` if nobody said which one that is."""
        if not self._way.default_backend:
            raise ConfigurationError(
                "no backend was named, and a real service has no default one; name it with "
                "@pytest.mark.qruntime(backend=...) or --qruntime-backend, or where it is used"
            )
        return self._way.default_backend

    @property
    def trace(self) -> Trace:
        """Everything that happened so far, in order: as a server of our own tells, else as far as it was seen."""
        return self._way.trace(self._observed)

    @property
    def requests(self) -> Requests:
        """Every request so far, in order, and what was answered."""
        return requests_of(self._observed.exchanges, self.clock.world.start_unix_us)

    @property
    def crn(self) -> str:
        """The CRN of the instance, for the header Service-CRN."""
        return self._way.api.crn

    @property
    def token(self) -> str:
        """A bearer token that was given now, for the header Authorization. It expires after an hour of `clock`."""
        return self._way.api.tokens.fresh()

    @property
    def api_key(self) -> str:
        """The API key, for code that asks the IAM endpoint for its own tokens."""
        return self._way.api.api_key

    @property
    def base_url(self) -> str:
        """The root of the service's REST API; its paths begin with ``/v1``."""
        return self._way.base_url

    @property
    def known(self) -> dict[str, str]:
        """The secrets of this run of the test, by what they are called."""
        return {**self.target.known, "QISKIT_IBM_TOKEN": self.api_key, "QISKIT_IBM_INSTANCE": self.crn}

    def _client(self, crn: str | None) -> httpx.Client:
        client = LiveClient(self._way, own=self.target.own, crn=crn)
        self._clients.append(client)
        return client

    def _opened(self) -> Iterable[Opened]:
        return self._observed.opened

    def on_open(self, tell: Callable[[str], None]) -> None:
        """Have `tell` called with the id of each session or batch from now on, in the thread that opened it."""
        self._observed.on_open = tell

    def _submitted(self) -> Iterable[Submitted]:
        return self._observed.submitted

    # -- what is seen of it ------------------------------------------------------------------------------------------

    def before(self, method: str, url: str) -> None:
        """A request is about to be sent. Raises `BudgetExceededError` if it may cost what is not there any more.

        Threads that would change something at one and the same virtual instant come one by one, as on the fake.
        """
        address = None if method in _READS else self.target.canonical(url)
        where = None if address is None else place(urlsplit(address).path)
        if where is None or not where.kind:
            return
        self.clock.take_turn()
        if method == "POST" and not where.id:
            self._ledger.check()

    def observe(self, exchange: Exchange) -> None:
        """A request was answered, and its sender does not know yet."""
        self._ledger.note(exchange)
        self._observed.note(exchange)

    def hang_up(self) -> None:
        """Close every connection of the clients that came from here."""
        for client in self._clients:
            client.close()
        self._way.api.hang_up()


class LiveClient(httpx.Client):
    """An `httpx.Client` with base URL, bearer token and Service-CRN set, that talks to a live service.

    Args:
        way: to the service.
        own: whether that is a server of our own, which answers for every region.
        crn: the instance that it speaks of, at the host of its region; None: the default one.
    """

    def __init__(self, way: Way, *, own: bool, crn: str | None = None) -> None:
        self.patience = way.patience
        elsewhere = crn is not None and crn != way.api.crn and not own
        super().__init__(
            base_url=f"https://{host_of(region_of_crn(crn))}/api" if crn and elsewhere else way.base_url,
            auth=TokenAuth(way.api.tokens),
            headers={"Service-CRN": crn or way.api.crn, "Accept": "application/json"},
            timeout=TIMEOUT_S,
        )
