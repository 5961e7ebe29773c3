"""P6: the lifecycle with both bodies of every exchange held to their JSON Schemas; validators are built once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from benchmarks.fake import Engine, headers, service
from benchmarks.lifecycle import null_httpx
from benchmarks.measure import Ratio, alternate, looped
from benchmarks.options import Options, installed
from benchmarks.report import Row, absent, row
from benchmarks.traffic import httpx_client, lifecycle, through_httpx
from pytest_qruntime.rest import conformance, routes, schema
from pytest_qruntime.rest.http import Request, Response
from pytest_qruntime.transport import FakeTransport

Check = Callable[[Request, Response], None]
PURE = "16 requests, each exchange validated by jsonschema / httpx's null transport, unvalidated"
COMPILED = "the same validated by fastjsonschema's compiled validators / the null transport"


class Checked:
    """A service whose every exchange is checked."""

    def __init__(self, fake: Engine, check: Check) -> None:
        self._handle = fake.service.handle
        self._check = check

    def handle(self, request: Request) -> Response:
        """Answer, and check."""
        response = self._handle(request)
        self._check(request, response)
        return response


def measure(options: Options) -> Iterator[Row]:
    """The floor is that of P5."""
    cases = {"floor": null_httpx(), "pure": lambda: checked(conformance.check)}
    if installed("fastjsonschema"):
        cases["compiled"] = lambda: checked(check_compiled)
    times = alternate({name: looped(case) for name, case in cases.items()}, options.runs)
    rounds = options.runs
    yield row("P6", PURE, Ratio.of(times["pure"], times["floor"]), limit=4.5, rounds=rounds)
    if "compiled" in times:
        yield row("P6", COMPILED, Ratio.of(times["compiled"], times["floor"]), limit=2.0, rounds=rounds)
    else:
        yield absent("P6", COMPILED, "fastjsonschema")


def checked(check: Check) -> None:
    """The lifecycle with a check of each exchange."""
    fake = Engine(service())
    with httpx_client(FakeTransport(Checked(fake, check)), headers(fake.service)) as client:
        lifecycle(through_httpx(client), fake.pass_time)


def check_compiled(request: Request, response: Response) -> None:
    """What conformance.check does, with another library; raises on the first problem."""
    found = routes.match(request.path)
    if found is None:
        raise ValueError(request.path)
    endpoint = found[0].endpoints[request.method]
    name = conformance.declared(endpoint)[response.status]
    if name is not None and name != routes.TEXT:
        compiled(name)(json.loads(response.body))
    if endpoint.body is not None and response.status < 400:
        compiled(endpoint.body)(json.loads(request.body))


@cache
def compiled(name: str) -> Callable[[Any], Any]:
    """A validator of one document. fastjsonschema knows draft 7, which these schemas keep to but for their `$defs`."""
    import fastjsonschema

    document = json.loads(json.dumps(schema.load(name)).replace("#/$defs/", "#/definitions/"))
    document["definitions"] = document.pop("$defs", {})
    document["$schema"] = "http://json-schema.org/draft-07/schema"
    validate: Callable[[Any], Any] = fastjsonschema.compile(document)
    return validate
