"""The REST face of a world: one request in, one response out, under the world's lock."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from random import Random
from typing import Final
from urllib.parse import unquote
from uuid import UUID

from pytest_qruntime.model.errors import RefusedError
from pytest_qruntime.model.instance import Instance
from pytest_qruntime.model.world import World
from pytest_qruntime.rest import iam, platform, routes, timestamps, versions
from pytest_qruntime.rest.accounts import Accounts
from pytest_qruntime.rest.answers import json_answer
from pytest_qruntime.rest.call import DEFAULT_VERSION, Call
from pytest_qruntime.rest.devices import Devices
from pytest_qruntime.rest.errors import error_document
from pytest_qruntime.rest.faults import Fault, RestError
from pytest_qruntime.rest.http import Request, Response
from pytest_qruntime.rest.listing import Listings
from pytest_qruntime.rest.mocks import Mocks
from pytest_qruntime.rest.regions import answered_by
from pytest_qruntime.rest.results import Results
from pytest_qruntime.rest.wire.requests import RemoteStorage

IAM_PATH: Final = "/identity/token"
BASE_URL: Final = "https://quantum.cloud.ibm.com/api"


class Service:
    """Answers the requests of clients of one world.

    A request sees the world at its present instant and never moves time. Hosts of every region, IAM's hosts, other
    hosts of the platform and a loopback address may all lead here. What a client can send never raises; a bug in the
    service does, so that a test shows it.

    Attributes:
        engine: what computes the results of circuits: a name of `programs.engines`.
        on_open: is called with the id of each session or batch that a client opened, in the thread that answers; None:
            nobody asks.
    """

    base_url: Final = BASE_URL

    def __init__(self, world: World, *, engine: str = "ideal") -> None:
        self.world = world
        self.engine = engine
        self.on_open: Callable[[str], None] | None = None
        self.accounts = Accounts(world)
        self.devices = Devices(world)
        self.mocks = Mocks(world, self.devices)
        self.listings = Listings()
        self.results = Results(world, engine)
        self.remote_storage: dict[str, RemoteStorage] = {}
        self._versions: set[str] = set(versions.VERSIONS)

    # -- credentials -------------------------------------------------------------------------------------------------

    def crn(self, instance: Instance | None = None) -> str:
        """The CRN of an instance, of the default one if none is given."""
        return self.accounts.crn(instance or self.world.instance)

    def knows_crn(self, crn: str) -> bool:
        """Whether the CRN is that of an instance of this world."""
        return any(self.crn(instance) == crn for instance in self.world.instances.values())

    def token(self, instance: Instance | None = None, *, fresh: bool = False) -> str:
        """A bearer token that is valid now: for every instance of the account, or for the given one alone."""
        with self.world.lock:
            return self.accounts.token(instance, fresh=fresh)

    def api_key(self, instance: Instance | None = None) -> str:
        """An API key: of the account, or good for the given instance alone."""
        return self.accounts.api_key(instance)

    # -- requests ----------------------------------------------------------------------------------------------------

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        with self.world.lock:
            try:
                return self._answer(request)
            except (RefusedError, RestError) as error:
                status, document = error_document(error, self.next_trace())
                return _without_body_for_head(request, json_answer(document, status, _allow(error)))

    def _answer(self, request: Request) -> Response:
        path, answers = request.path, answered_by(request.host)
        if path == IAM_PATH and answers.iam:
            return _without_body_for_head(request, iam.token(self, request))
        found = routes.match(path)
        if found is None or not answers.runtime:
            if answers.platform is not None:
                return _without_body_for_head(request, platform.answer(self, request, answers.platform))
            raise RestError(Fault.ROUTE_UNKNOWN, path=path)
        route, raw_id = found
        endpoint = route.endpoints.get(request.method)
        if endpoint is None:
            raise RestError(Fault.METHOD_NOT_ALLOWED, method=request.method, allowed=route.allowed)
        if endpoint.public:
            return endpoint.handler(Call(self, request, self.world.instance, DEFAULT_VERSION), "")
        instance = self.accounts.authorize(request.headers, request.host)
        call = Call(self, request, instance, self._version(request))
        return endpoint.handler(call, unquote(raw_id) if "%" in raw_id else raw_id)

    def _version(self, request: Request) -> str:
        version = request.headers.get("ibm-api-version")
        if version is None:
            return DEFAULT_VERSION
        if version not in self._versions:
            try:
                timestamps.parse_date(version)
            except ValueError:
                raise RestError(Fault.API_VERSION_INVALID, value=version) from None
            self._versions.add(version)
        return version

    @cached_property
    def _traces(self) -> Random:
        return self.world.random("trace ids")

    def next_trace(self) -> str:
        """The id of a request that is answered with an error."""
        return str(UUID(int=self._traces.getrandbits(128), version=4))


def _allow(error: RefusedError | RestError) -> tuple[tuple[str, str], ...]:
    if isinstance(error, RestError) and error.fault is Fault.METHOD_NOT_ALLOWED:
        return (("allow", str(error.details["allowed"])),)
    return ()


def _without_body_for_head(request: Request, response: Response) -> Response:
    return response._replace(body=b"") if request.method == "HEAD" else response
