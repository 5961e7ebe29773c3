"""Every endpoint of the service, in one table: routing, the JSON Schemas and the reference page are made from it."""

from __future__ import annotations

from typing import Final, NamedTuple

from pytest_qruntime.rest import (
    backends,
    instances,
    jobs,
    listing,
    results,
    sessions,
    submit,
    tags,
    versions,
    workloads,
)
from pytest_qruntime.rest.call import Endpoint

TEXT: Final = "text"
"""Stands for plain text where the name of a schema could be."""

ENDPOINTS: Final = (
    Endpoint(
        "POST",
        "/v1/sessions",
        sessions.create,
        "Open a session or a batch",
        {200: "Session"},
        body="CreateSession",
        errors=(400, 404, 409),
    ),
    Endpoint("GET", "/v1/sessions/{id}", sessions.get, "Read a session or batch", {200: "Session"}, errors=(404,)),
    Endpoint(
        "PATCH",
        "/v1/sessions/{id}",
        sessions.update,
        "Close gracefully, or take jobs again",
        {204: None},
        body="UpdateSession",
        errors=(400, 404),
        note="Closing twice, or after the end, changes nothing.",
    ),
    Endpoint(
        "DELETE",
        "/v1/sessions/{id}/close",
        sessions.cancel,
        "Cancel: queued jobs will not run",
        {204: None},
        errors=(404, 409),
        note="The REST guide calls this a close (X-03). On a closed session: the policy knob cancel_closed.",
    ),
    Endpoint(
        "POST",
        "/v1/jobs",
        submit.create,
        "Submit a job",
        {200: "CreatedJob"},
        body="CreateJob",
        errors=(400, 404, 409, 413, 429),
        note="Bad circuits or parameters are accepted, and the job fails.",
    ),
    Endpoint("GET", "/v1/jobs", listing.get, "List jobs", {200: "Jobs"}, errors=(400,)),
    Endpoint("GET", "/v1/jobs/{id}", jobs.get, "Read a job", {200: "Job"}, errors=(400, 404)),
    Endpoint("DELETE", "/v1/jobs/{id}", jobs.delete, "Delete a job that has ended", {204: None}, errors=(400, 404)),
    Endpoint("POST", "/v1/jobs/{id}/cancel", jobs.cancel, "Cancel a job", {204: None}, errors=(404, 409)),
    Endpoint(
        "GET",
        "/v1/jobs/{id}/results",
        results.get,
        "Read the results",
        {200: "Results", 204: None},
        errors=(404,),
        note="204 unless the job completed. Results of a private job can be read once.",
    ),
    Endpoint(
        "GET",
        "/v1/jobs/{id}/interim_results",
        jobs.interim_results,
        "Read interim results",
        {204: None},
        errors=(404,),
        note="Always empty: today's programs have none.",
    ),
    Endpoint(
        "GET", "/v1/jobs/{id}/metrics", jobs.metrics, "Read timestamps and usage", {200: "Metrics"}, errors=(404,)
    ),
    Endpoint(
        "GET",
        "/v1/jobs/{id}/logs",
        jobs.logs,
        "Read the log",
        {200: TEXT},
        errors=(404,),
        note="Exists once a job has run.",
    ),
    Endpoint(
        "GET",
        "/v1/jobs/{id}/transpiled_circuits",
        jobs.transpiled_circuits,
        "Where the transpiled circuits are",
        {200: "TranspiledCircuits"},
        errors=(404,),
        note="The address leads nowhere.",
    ),
    Endpoint(
        "PUT",
        "/v1/jobs/{id}/tags",
        jobs.replace_tags,
        "Replace the tags of a job",
        {204: None},
        body="ReplaceTags",
        errors=(400, 404),
    ),
    Endpoint("GET", "/v1/backends", backends.get_all, "List backends", {200: "Devices"}),
    Endpoint(
        "GET",
        "/v1/backends/{id}/configuration",
        backends.configuration,
        "Read the configuration",
        {200: "ConfigurationAnswer"},
        errors=(404,),
        note="A made-up device, a heavy-hexagonal lattice with id, rz, sx, x, cz, rx, rzz and dynamic circuits; or a "
        "snapshot of the Python client. Any calibration_id will do.",
    ),
    Endpoint(
        "GET",
        "/v1/backends/{id}/properties",
        backends.properties,
        "Read the properties",
        {200: "PropertiesAnswer"},
        errors=(400, 404),
        note="Figures from the seed, or those of a snapshot. An empty object before the world's first instant.",
    ),
    Endpoint(
        "GET",
        "/v1/backends/{id}/defaults",
        backends.defaults,
        "Read pulse defaults",
        {200: "BackendDefaults"},
        errors=(404,),
    ),
    Endpoint(
        "GET",
        "/v1/backends/{id}/status",
        backends.status,
        "Read status and queue",
        {200: "BackendStatus"},
        errors=(404,),
    ),
    Endpoint(
        "GET", "/v1/workloads", workloads.get, "List jobs, sessions and batches", {200: "Workloads"}, errors=(400,)
    ),
    Endpoint("GET", "/v1/tags", tags.get, "Search tags", {200: "Tags"}, errors=(400,)),
    Endpoint("GET", "/v1/instance", instances.get, "Read the instance", {200: "Instance"}),
    Endpoint("GET", "/v1/instances/usage", instances.usage, "Read the usage of 28 days", {200: "InstanceUsage"}),
    Endpoint(
        "GET",
        "/v1/instances/configuration",
        instances.get_configuration,
        "Read the limit",
        {200: "InstanceConfiguration"},
    ),
    Endpoint(
        "PUT",
        "/v1/instances/configuration",
        instances.update_configuration,
        "Set or remove the limit",
        {204: None},
        body="UpdateInstance",
        errors=(400, 409),
    ),
    Endpoint(
        "GET",
        "/v1/versions",
        versions.get,
        "List API versions",
        {200: "Versions"},
        public=True,
        note="Needs no credentials.",
    ),
)
"""What needs the header Service-CRN and a token, and `/v1/versions`, which does not."""


class Route(NamedTuple):
    """The endpoints of one path, by method."""

    endpoints: dict[str, Endpoint]

    @property
    def allowed(self) -> str:
        """The value of the header Allow."""
        return ", ".join(sorted(self.endpoints))


BASE: Final = "/api"


def _table() -> dict[tuple[str, str], Route]:
    """Routes by what stands before and after the id; a route without an id has None for what stands after."""
    table: dict[tuple[str, str], Route] = {}
    for endpoint in ENDPOINTS:
        before, brace, after = (BASE + endpoint.route).partition("{id}")
        route = table.setdefault((before, after if brace else "-"), Route({}))
        route.endpoints[endpoint.method] = endpoint
    return table


_ROUTES: Final = _table()
_FIXED: Final = {before: route for (before, after), route in _ROUTES.items() if after == "-"}


def match(path: str) -> tuple[Route, str] | None:
    """The route of a raw path and the id in it, still percent-encoded; None if there is no such route."""
    fixed = _FIXED.get(path)
    if fixed is not None:
        return fixed, ""
    parts = path.split("/", 5)
    if len(parts) < 5 or not parts[4]:
        return None
    before = f"/{parts[1]}/{parts[2]}/{parts[3]}/"
    after = f"/{parts[5]}" if len(parts) == 6 else ""
    route = _ROUTES.get((before, after))
    return None if route is None else (route, parts[4])
