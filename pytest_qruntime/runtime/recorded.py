"""A recording as an account of the service: who answers, and what a client has to send to be let in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from pytest_qruntime.cassette.replay import Deck
from pytest_qruntime.cassette.replay.likeness import Likeness
from pytest_qruntime.cassette.replay.meaning import document
from pytest_qruntime.cassette.tape import Exchange, Provenance, Tape
from pytest_qruntime.client import News
from pytest_qruntime.client.errors import hidden
from pytest_qruntime.clock import Clock
from pytest_qruntime.clock.watch import alone
from pytest_qruntime.model import NothingPendingError
from pytest_qruntime.rest import Request, Response
from pytest_qruntime.rest.credentials import TOKEN_LIFETIME_S
from pytest_qruntime.rest.regions import host_of, region_of_crn
from pytest_qruntime.runtime.observed import Observed
from pytest_qruntime.runtime.premises import DEFAULT_BACKEND

__tracebackhide__ = hidden

OWN_SERVER: Final = "pytest-qruntime"
# Both are what scrubbing takes for pseudonyms.
API_KEY: Final = f"scrubbed_api_key_{1:027d}"
NO_CRN: Final = (
    "crn:v1:bluemix:public:quantum-computing:us-east:"
    "a/acc00000000000000000000000000001:00000000-0000-4000-8000-000000000001::"
)
_CRN: Final = "service-crn"
_REFRESH_AFTER_US: Final = TOKEN_LIFETIME_S * 1_000_000 * 4 // 5


class RecordedAccount:
    """The account of a recording: its credentials are pseudonyms, and anybody's are good for it.

    Attributes:
        observed: what the code under test did so far.
        default_backend: the backend of whoever named none when it was recorded.
    """

    def __init__(self, tape: Tape, deck: Deck, likeness: Likeness) -> None:
        self._deck = deck
        self._likeness = likeness
        self._crns = list(dict.fromkeys(_crns(tape.exchanges))) or [NO_CRN]
        self._named: dict[str, str] = {}
        self._token: tuple[str, int] | None = None
        self.default_backend = _default_backend(tape)
        self.observed = Observed()

    @property
    def base_url(self) -> str:
        """The root of the REST API of the default instance."""
        return f"https://{host_of(region_of_crn(self.crn()))}/api"

    def crn(self) -> str:
        """The CRN of the instance in which the first recorded session or job was; of any, if there was none."""
        return self._crns[0]

    def api_key(self) -> str:
        """An API key as recordings have them. Which one it is, nobody asks."""
        return API_KEY

    def token(self) -> str:
        """A bearer token that is valid now, and for a fifth of its hour at least."""
        now_us = self._deck.world.now_us
        if self._token is None or now_us > self._token[1]:
            self._token = self._deck.token(), now_us + _REFRESH_AFTER_US
        return self._token[0]

    def knows_crn(self, crn: str) -> bool:
        """Whether the recording speaks of an instance with this CRN."""
        return self._deck.knows_crn(crn)

    def handle(self, request: Request) -> Response:
        """Answer from the recording. Raises `UnexpectedRequestError` for what was not recorded."""
        world = self._deck.world
        with world.lock:
            at_us = world.now_us
            response = self._deck.handle(request)
            self.observed.note(_exchange(at_us, request, response))
        return response

    def renamed(self, instances: list[dict[str, Any]], called: str | None) -> list[dict[str, Any]]:
        """The recorded instances, of which one goes by the CRN or the name that the code under test gave for it.

        Names do not come in requests. So the first name that the code gives is that of the instance in which the first
        recorded session or job was, and so on.
        """
        if called is None or any(called in (one.get("crn"), one.get("name")) for one in instances):
            return instances
        is_crn = called.startswith("crn:")
        crn = self._likeness.text(called) if is_crn else self._crn_of(called)
        return [{**one, ("crn" if is_crn else "name"): called} if one.get("crn") == crn else one for one in instances]

    def _crn_of(self, name: str) -> str | None:
        if name not in self._named and len(self._named) < len(self._crns):
            self._named[name] = self._crns[len(self._named)]
        return self._named.get(name)


class RecordedNews:
    """The news of the jobs of a recording."""

    def __init__(self, deck: Deck, clock: Clock) -> None:
        self._deck = deck
        self._clock = clock

    def of(self, job_id: str) -> News | None:
        """Of one job; None if the recording speaks of none with this id."""
        return _OfAJob(self._deck, self._clock, job_id) if self._deck.knows_job(job_id) else None


class _OfAJob:
    """Another recorded answer about it is news."""

    def __init__(self, deck: Deck, clock: Clock, job_id: str) -> None:
        self._deck = deck
        self._clock = clock
        self._job_id = job_id

    def wait(self, until_us: int | None) -> None:
        """Let time pass until the recording tells something else of it."""
        deck, job_id = self._deck, self._job_id
        seen = deck.state_of(job_id)
        if until_us is None and alone() and not deck.awaits(job_id):
            raise NothingPendingError(self._hopeless())  # before time moves to what does not concern the job
        try:
            self._clock.wait_for_event(until_us, over=lambda: deck.state_of(job_id) != seen)
        except NothingPendingError:
            raise NothingPendingError(self._hopeless()) from None

    def _hopeless(self) -> str:
        return (
            f"a client waits for job {self._job_id}, and the recording tells nothing new of it from here: either it "
            "ends before the job does, or a request has to come before. Expected next: "
            f"{self._deck.next_request}. Record the test again, wait with a timeout, or make that request first"
        )


def _exchange(at_us: int, request: Request, response: Response) -> Exchange:
    query = f"?{request.query}" if request.query else ""
    return Exchange(
        at_us=at_us,
        method=request.method,
        url=f"https://{request.host}{request.path}{query}",
        request_headers=request.headers,
        request_body=request.body,
        status=response.status,
        response_headers={name.lower(): value for name, value in response.headers},
        response_body=response.body,
    )


def _crns(exchanges: Iterable[Exchange]) -> Iterator[str]:
    """The instances that requests speak of, those first in which something was created."""
    told = [one for one in exchanges if one.request_headers.get(_CRN)]
    for one in sorted(told, key=lambda one: one.method != "POST"):
        yield one.request_headers[_CRN]


def _default_backend(tape: Tape) -> str:
    """As the world of our own server had it; elsewhere the one that was decided, or the first that was asked for."""
    where: Provenance | None = tape.provenance
    settings: Mapping[str, Any] | None = None if where is None else where.settings
    if settings is not None and "backend" in settings:
        return str(settings["backend"])
    if where is not None and where.service == OWN_SERVER and settings is not None:
        return DEFAULT_BACKEND
    named = (document(one.request_body).get("backend") for one in tape.exchanges if one.method == "POST")
    return next((name for name in named if isinstance(name, str)), DEFAULT_BACKEND)
