"""The error catalogue: how each refusal of the model, and each fault of a request, is answered.

One table. Every entry says what is known of it: which parts were seen in public captures, client code, an error
registry or the published description, and which parts are ours. docs/reference/rest.md is generated from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from pytest_qruntime.model.errors import Refusal
from pytest_qruntime.rest.faults import Fault


class Entry(NamedTuple):
    """How one error is answered: HTTP status, code, message and solution (templates), and what is known of it."""

    status: int
    code: int | str
    message: str
    solution: str
    evidence: str


OURS: Final = "not verified: status, code and text are ours"

CATALOGUE: Final[Mapping[Refusal | Fault, Entry]] = {
    # -- submitting ------------------------------------------------------------------------------------------------
    Refusal.WORKLOAD_CLOSED: Entry(
        400,
        1217,
        "Session has been closed.",
        "Create a new session or batch, and submit the job to it.",
        "code and text verified in two public client code bases; the status is ours",
    ),
    Refusal.WORKLOAD_NOT_ACCEPTING: Entry(
        400,
        1217,
        "Session has been closed.",
        "Create a new session or batch, and submit the job to it.",
        "that it is rejected is documented; status, code and text are ours, as for a closed session",
    ),
    Refusal.BACKEND_MISMATCH: Entry(
        400,
        "bad_request",
        "The session runs on backend {expected}, the job asks for backend {found}.",
        "Use the backend of the session.",
        OURS,
    ),
    Refusal.BACKEND_REQUIRED: Entry(
        400,
        "bad_request",
        "The backend is missing.",
        "Name a backend of the list of backends.",
        OURS,
    ),
    Refusal.BACKEND_UNKNOWN: Entry(
        404,
        "not_found",
        "device not found",
        "Name a backend that exists: {known}.",
        "status, code and text verified live; the solution is ours",
    ),
    Refusal.COST_INVALID: Entry(
        400,
        "bad_request",
        "The cost of a job must be at least 1 second.",
        "Set a larger cost, or none.",
        OURS,
    ),
    Refusal.COST_OVER_MAX_TTL: Entry(
        400,
        "bad_request",
        "The cost of the job ({cost_s}) exceeds the maximum time of its session ({max_ttl_s}).",
        "Set a smaller cost, or none.",
        "that it is rejected is reported by a tester of the service; the rest is ours",
    ),
    Refusal.PAYLOAD_TOO_LARGE: Entry(
        413,
        "payload_too_large",
        "The request has {payload_bytes} bytes; at most {largest} are accepted.",
        "Submit fewer circuits in one job.",
        OURS,
    ),
    Refusal.QUOTA_EXHAUSTED: Entry(
        409,
        4317,
        "Job create exceeds open plan job usage limits",
        "Wait until usage leaves the 28-day window, or use another plan.",
        "409 is described as 'usage exceeds instance limit'; code and text from public client code of 2023",
    ),
    Refusal.COST_LIMIT_REACHED: Entry(
        409,
        "conflict",
        "Usage exceeds instance limit",
        "Raise the limit of the instance.",
        "status and text from the published description; the code is ours",
    ),
    Refusal.RATE_LIMITED: Entry(
        429,
        1202,
        "Too many POST jobs requests received: limit is {limit} per {per}",
        "Submit more slowly.",
        "code and text from the error registry (back-translated); the status is ours",
    ),
    Refusal.TOO_MANY_PENDING: Entry(
        400,
        3458,
        "You have reached the limit of {limit} pending jobs. "
        "Please wait for a job to complete or cancel one before submitting anything new.",
        "Wait for a job to complete, or cancel one.",
        "code and text verified; the status is ours",
    ),
    Refusal.TOO_MANY_TAGS: Entry(
        400,
        1204,
        "A job can have at most {largest} tags.",
        "Use fewer tags.",
        "code from the error registry, limit measured live; the status is ours",
    ),
    Refusal.TAG_TOO_LONG: Entry(
        400,
        1205,
        "A tag can have at most {largest} characters.",
        "Use shorter tags.",
        "code from the error registry, limit measured live; the status is ours",
    ),
    Fault.PROGRAM_UNKNOWN: Entry(
        404,
        "not_found",
        "Program not found. Program ID: {program}",
        "Use one of: {known}.",
        "that the client takes every 404 here for a missing program is verified; code and text are ours",
    ),
    # -- sessions and batches --------------------------------------------------------------------------------------
    Refusal.OPEN_PLAN_SESSION: Entry(
        400,
        1352,
        "You are not authorized to run a session when using the open plan.",
        "Create an instance of a different plan type or use a different execution mode.",
        "whole body captured live",
    ),
    Refusal.MODE_INVALID: Entry(400, "bad_request", "The mode must be dedicated or batch.", "Set mode.", OURS),
    Refusal.MAX_TTL_INVALID: Entry(
        400, "bad_request", "max_ttl must be at least 1 second.", "Set a larger max_ttl.", OURS
    ),
    Refusal.MAX_TTL_TOO_LARGE: Entry(
        400,
        "bad_request",
        "max_ttl ({max_ttl_s}) exceeds the maximum of the plan ({largest_s}).",
        "Set a smaller max_ttl.",
        "that it is refused is documented; status, code and text are ours",
    ),
    Refusal.TTL_ORDER: Entry(
        400,
        "bad_request",
        "interactive_ttl must not exceed active_ttl, and active_ttl must not exceed max_ttl.",
        "Set them in that order.",
        "the order is documented; status, code and text are ours",
    ),
    Refusal.WORKLOAD_UNKNOWN: Entry(
        404,
        "not_found",
        "Session not found. Session ID: {workload}",
        "Verify the session ID, and the instance that it belongs to.",
        "status verified; that the message names the id was seen live; code and wording are ours",
    ),
    Refusal.WORKLOAD_CLOSED_NOT_FOUND: Entry(
        404,
        "not_found",
        "Session not found. Session ID: {workload}",
        "The session is closed; nothing is left to cancel.",
        OURS,
    ),
    Refusal.WORKLOAD_CLOSED_CONFLICT: Entry(
        409,
        "conflict",
        "Session is already closed. Session ID: {workload}",
        "Nothing is left to cancel.",
        OURS,
    ),
    # -- jobs ------------------------------------------------------------------------------------------------------
    Refusal.JOB_UNKNOWN: Entry(
        404,
        1291,
        "Job not found. Job ID: {job}",
        "Verify the job ID, and the instance that it belongs to.",
        "status and text verified live; the code is not",
    ),
    Refusal.JOB_TERMINAL: Entry(
        409,
        3208,
        "Job is in a terminal state and cannot be cancelled. Job ID: {job}",
        "Nothing is left to cancel.",
        "status verified by client and description; the code is an old one, the text is ours",
    ),
    Refusal.JOB_NOT_TERMINAL: Entry(
        400,
        "bad_request",
        "Job must be in a terminal state. Job ID: {job}",
        "Cancel the job first, or wait for it.",
        "text from the published description; status and code are ours",
    ),
    Fault.PRIVATE_RESULTS_READ: Entry(
        404,
        "not_found",
        "The results of a private job can be read only once. Job ID: {job}",
        "Keep the results when you read them.",
        "that they can be read once is documented; status, code and text are ours",
    ),
    Fault.LOGS_UNKNOWN: Entry(
        404, "not_found", "logs not found", "Logs exist once a job has run.", "status, code and text verified live"
    ),
    Fault.TRANSPILED_UNKNOWN: Entry(
        404,
        "not_found",
        "transpiled circuits not found",
        "They exist once a job has run.",
        OURS,
    ),
    Fault.TAG_SEARCH: Entry(
        400,
        "bad_request",
        "search must have 3 to 100 characters",
        "Search for a longer part of the tag.",
        "status and limits verified live; code and text are ours",
    ),
    # -- who asks, and for which instance ---------------------------------------------------------------------------
    Fault.CREDENTIALS_MISSING: Entry(
        401,
        1219,
        "Error authenticating user.",
        "Send the header Authorization: Bearer <token>.",
        "status, code and text verified in the registry; which of the codes answers a missing header is ours",
    ),
    Fault.CREDENTIALS_INVALID: Entry(
        401,
        1201,
        "Invalid credentials.",
        "Ask IAM for a token with your API key.",
        "status and code verified in the registry; the text is ours",
    ),
    Fault.TOKEN_EXPIRED: Entry(
        401,
        1219,
        "Token is expired",
        "Ask IAM for a new token.",
        "status and text verified live (gateway); the code is ours",
    ),
    Fault.ACCESS_DENIED: Entry(
        403,
        1200,
        "You are not allowed to do this.",
        "Use credentials of the account that owns the instance.",
        "code from the registry; status and text are ours",
    ),
    Fault.INSTANCE_MISSING: Entry(
        401,
        1219,
        "Error authenticating user.",
        "Send the header Service-CRN with the CRN of the instance.",
        "status, code and text verified in the registry; that it answers a missing header is ours",
    ),
    Fault.INSTANCE_UNKNOWN: Entry(
        404,
        1279,
        "Instance {crn} not found",
        "Verify the CRN, and that the host is that of its region.",
        "status, code and text verified live",
    ),
    Fault.LIMIT_BELOW_USAGE: Entry(
        409,
        "conflict",
        "Usage exceeds instance limit",
        "Set a limit above the usage of the last 28 days.",
        "status and text from the published description; the code is ours",
    ),
    # -- the request itself -------------------------------------------------------------------------------------------
    Fault.API_VERSION_INVALID: Entry(
        400,
        "bad_request",
        "IBM-API-Version is {value!r}; expected a date such as 2026-03-15",
        "Send a date, or no such header.",
        OURS,
    ),
    Fault.BODY_INVALID: Entry(400, "bad_request", "{problem}", "Correct the body of the request.", OURS),
    Fault.QUERY_INVALID: Entry(400, "bad_request", "{problem}", "Correct the query of the request.", OURS),
    Fault.MEDIA_TYPE: Entry(
        415,
        "unsupported_media_type",
        "Content-Type is {value!r}; expected application/json",
        "Send JSON.",
        OURS,
    ),
    Fault.METHOD_NOT_ALLOWED: Entry(
        405,
        "method_not_allowed",
        "{method} is not allowed here",
        "Use one of: {allowed}.",
        OURS,
    ),
    Fault.ENDLESS_LISTING: Entry(
        400,
        "bad_request",
        "The same empty page was asked for {times} times: offset {offset} of {count} jobs.",
        "Skip no more jobs than there are: the Python client's jobs(skip=...) would ask for ever.",
        "the service would answer for ever; that this fake ends the loop is ours",
    ),
    Fault.ROUTE_UNKNOWN: Entry(404, "not_found", "not found", "Verify the path {path}.", OURS),
}
