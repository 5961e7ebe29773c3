"""The control interface: what a test in any language decides about the worlds of a server, as JSON over HTTP.

Every path is a row of `ROUTES`. A body is a JSON object, whose names are those of the methods of `QRuntime`; what
cannot be used is answered with 400 and the sentence that Python would show.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pytest_qruntime.model.errors import ClockError, ConfigurationError
from pytest_qruntime.rest import Response
from pytest_qruntime.rest.answers import json_answer
from pytest_qruntime.server import deeds, reports
from pytest_qruntime.server.bodies import Field, read
from pytest_qruntime.server.roads import CONTROL
from pytest_qruntime.server.worlds import UnknownWorldError

if TYPE_CHECKING:
    from pytest_qruntime.server.gateway import Gateway

Handler = Callable[["Gateway", str, Mapping[str, Any]], Response]


class Route(NamedTuple):
    """One method of one path; `{world}` in it stands for the number of a world."""

    method: str
    path: str
    handler: Handler
    summary: str
    fields: Mapping[str, Field]


def _route(method: str, path: str, handler: Handler, summary: str, /, **fields: Field) -> Route:
    return Route(method, path, handler, summary, fields)


TEXT: Final = Field((str,), "text")
NUMBER: Final = Field((int,), "a whole number")
SWITCH: Final = Field((bool,), "true or false")
MAPPING: Final = Field((dict,), "an object")
LIST: Final = Field((list,), "a list")
DURATION: Final = Field((str, int, float), 'seconds, or text such as "25m"')

NAME: Final = TEXT._replace(required=True)
_BACKEND: Final = {
    "name": NAME, "snapshot": TEXT, "qubits": NUMBER, "lanes": NUMBER, "qpu_contention": SWITCH, "region": TEXT,
}  # fmt: skip
_INSTANCE: Final = {"name": NAME, "plan": TEXT, "region": TEXT, "crn": TEXT, "tags": LIST}
_OF_BACKENDS: Final = LIST._replace(each=_BACKEND)
_OF_INSTANCES: Final = LIST._replace(each=_INSTANCE)

ROUTES: Final = (
    _route("GET", "", reports.server, "what the server has counted, and its worlds"),
    _route("GET", "/worlds", reports.worlds, "every world"),
    _route(
        "POST", "/worlds", deeds.create, "a new world; an empty body makes one with every default",
        plan=TEXT, policy=MAPPING, backend=TEXT, lanes=NUMBER, qpu_contention=SWITCH, seed=NUMBER, start=TEXT,
        engine=TEXT, time=TEXT, own_account=SWITCH, token_dates=TEXT, backends=_OF_BACKENDS, instances=_OF_INSTANCES,
    ),
    _route("GET", "/worlds/{world}", reports.world, "addresses, credentials, backends, instances and time"),
    _route("DELETE", "/worlds/{world}", deeds.remove, "remove it"),
    _route("POST", "/worlds/{world}/reset", deeds.reset, "begin it anew, made as it was"),
    _route("GET", "/worlds/{world}/time", reports.time, "what time it is, and when the next event is due"),
    _route(
        "POST", "/worlds/{world}/time", deeds.move, "move time, or change how it moves: exactly one of these",
        advance_by=DURATION, advance_to=TEXT, next_event=SWITCH, mode=TEXT,
    ),
    _route("GET", "/worlds/{world}/pending", reports.pending, "every pending event, in order"),
    _route("GET", "/worlds/{world}/trace", reports.trace, "everything that happened, in order"),
    _route(
        "POST", "/worlds/{world}/next-jobs", deeds.next_jobs, "`QRuntime.next_jobs`: what becomes of the next jobs",
        times=NUMBER._replace(none=True), classical=DURATION, quantum=DURATION, code=NUMBER, reason=TEXT,
        solution=TEXT, blame=TEXT, runs_too_long=SWITCH, backend=TEXT, session=TEXT, program=TEXT, tag=TEXT,
    ),
    _route(
        "POST", "/worlds/{world}/other-users", deeds.other_users, "`QRuntime.other_users`: others submit jobs",
        jobs=NUMBER, classical=DURATION, quantum=DURATION, after=DURATION, backend=TEXT,
    ),
    _route(
        "POST", "/worlds/{world}/calibrations", deeds.calibrate, "`QRuntime.calibrate`: a backend is calibrated",
        lasting=DURATION, after=DURATION, backend=TEXT,
    ),
    _route(
        "POST", "/worlds/{world}/maintenances", deeds.maintain, "`QRuntime.maintenance`: a backend goes and comes back",
        lasting=DURATION, after=DURATION, backend=TEXT, status=TEXT,
    ),
    _route(
        "POST", "/worlds/{world}/faults", deeds.fail, "`QRuntime.fail`: something goes wrong with requests to come",
        what=Field((int, str), "a status, or what goes wrong", required=True), operation=TEXT, method=TEXT, path=TEXT,
        times=NUMBER._replace(none=True), after=NUMBER, rate=Field((int, float), "a number"), lasting=DURATION,
        delay=DURATION, retry_after=Field((int, str), "seconds, or a date"), effect=SWITCH,
        body=Field((str, dict), "text, or an object"),
    ),
    _route("DELETE", "/worlds/{world}/faults", deeds.heal, "nothing goes wrong any more"),
    _route("POST", "/worlds/{world}/scenarios", deeds.play, "`QRuntime.play`: a scenario begins", name=NAME),
    _route(
        "POST", "/worlds/{world}/usage-limits", deeds.limit_usage, "`QRuntime.limit_usage`: the quota is another one",
        limit=DURATION._replace(required=True, none=True), after=DURATION,
    ),
    _route("GET", "/worlds/{world}/requests", reports.requests, "every request so far, in order"),
    _route(
        "POST", "/worlds/{world}/backend-status", deeds.set_status, "a backend is online, paused or offline",
        backend=TEXT, status=NAME, reason=TEXT,
    ),
    _route("POST", "/worlds/{world}/backends", deeds.add_backend, "`QRuntime.backend`: one more backend", **_BACKEND),
    _route(
        "POST", "/worlds/{world}/instances", deeds.add_instance, "`QRuntime.instance`: one more service instance",
        **_INSTANCE,
    ),
)  # fmt: skip


def answer(gateway: Gateway, method: str, path: str, body: bytes) -> Response:
    """Answer a request of the control interface; `path` is what follows its prefix."""
    here, number = _match(path.rstrip("/"))
    if not here:
        known = ", ".join(dict.fromkeys(CONTROL + route.path for route in ROUTES))
        return error(404, f"there is no {CONTROL}{path}; there are {known}")
    route = next((route for route in here if route.method == method), None)
    if route is None:
        allowed = ", ".join(route.method for route in here)
        return error(405, f"{method} does not go with {CONTROL}{path}; expected {allowed}", (("allow", allowed),))
    try:
        return route.handler(gateway, number, read(body, route.fields))
    except UnknownWorldError as unknown:
        return error(404, str(unknown))
    except (ConfigurationError, ClockError) as wrong:
        return error(400, str(wrong))


def error(status: int, text: str, headers: tuple[tuple[str, str], ...] = ()) -> Response:
    """The answer to a request that cannot be served."""
    return json_answer({"error": text}, status, headers)


def _match(path: str) -> tuple[list[Route], str]:
    """The routes of a path, one for each method, and the number of the world in it."""
    parts = path.split("/")
    number = parts[2] if len(parts) > 2 else ""
    if number:
        parts[2] = "{world}"
    pattern = "/".join(parts)
    return [route for route in ROUTES if route.path == pattern], number
