"""The lifecycle of 16 requests: open a session, submit five jobs, close, poll four times until closed, five results.

Everybody runs the same function with the same bodies: our fake, the null transports that are its floors, and the peers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import httpx
import requests
from requests.adapters import BaseAdapter

BASE_URL: Final = "https://quantum.cloud.ibm.com/api"
JOBS: Final = 5
POLLS: Final = 4
REQUESTS: Final = 1 + JOBS + 1 + POLLS + JOBS
SHOTS: Final = 100
HEADERS: Final = {
    "Authorization": "Bearer " + "x" * 400,
    "Service-CRN": "crn:v1:bluemix:public:quantum-computing:us-east:a/" + "f" * 32 + ":" + "e" * 36 + "::",
    "Accept": "application/json",
}
BELL: Final = """\
OPENQASM 3.0;
include "stdgates.inc";
bit[2] c;
qubit[2] q;
h q[0];
cx q[0], q[1];
c[0] = measure q[0];
c[1] = measure q[1];
"""

Send = Callable[[str, str, "dict[str, Any] | None"], Any]
"""Sends one request (method, path, JSON) and returns the parsed answer, None for an empty one."""


def lifecycle(send: Send, pass_time: Callable[[], object], *, circuits: tuple[str, ...] = (BELL,)) -> None:
    """The sixteen requests. `pass_time` is called after each poll; the session must be closed by the fourth."""
    session = send("POST", "/v1/sessions", {"mode": "dedicated", "backend": "fake_backend"})["id"]
    jobs = [send("POST", "/v1/jobs", job(session, circuits[n % len(circuits)]))["id"] for n in range(JOBS)]
    send("PATCH", f"/v1/sessions/{session}", {"accepting_jobs": False})
    for _ in range(POLLS):
        state = send("GET", f"/v1/sessions/{session}", None)["state"]
        pass_time()
    if state != "closed":
        raise RuntimeError(f"the session is {state} after {POLLS} polls")
    for job_id in jobs:
        if not send("GET", f"/v1/jobs/{job_id}/results", None):
            raise RuntimeError(f"job {job_id} has no results")


def job(session: str | None, circuit: str = BELL) -> dict[str, Any]:
    """The body of POST /v1/jobs: a sampler job of one small circuit."""
    body = {"program_id": "sampler", "backend": "fake_backend", "params": {"pubs": [[circuit, None, SHOTS]]}}
    return body if session is None else {**body, "session_id": session}


def other_circuits() -> tuple[str, ...]:
    """Five texts that differ."""
    return tuple(BELL + "".join(f"rz({n + 1}.{k}) q[0];\n" for k in range(2)) for n in range(JOBS))


# -- clients -----------------------------------------------------------------------------------------------------------


def through_httpx(client: httpx.Client) -> Send:
    """Requests through a client of httpx."""

    def send(method: str, path: str, body: dict[str, Any] | None) -> Any:
        response = client.request(method, path, json=body)
        return response.json() if response.content else None

    return send


def through_requests(session: requests.Session) -> Send:
    """Requests through a session of requests."""

    def send(method: str, path: str, body: dict[str, Any] | None) -> Any:
        response = session.request(method, BASE_URL + path, json=body)
        return response.json() if response.content else None

    return send


def httpx_client(transport: httpx.BaseTransport | None = None, headers: Mapping[str, str] = HEADERS) -> httpx.Client:
    """A client of the service; with its own transport it costs 20 ms, most of it for the CA bundle."""
    return httpx.Client(base_url=BASE_URL, headers=dict(headers), transport=transport)


def requests_session(adapter: BaseAdapter | None = None, headers: Mapping[str, str] = HEADERS) -> requests.Session:
    """A session of requests."""
    session = requests.Session()
    session.headers.update(headers)
    if adapter is not None:
        session.mount("https://", adapter)
    return session


# -- floors ------------------------------------------------------------------------------------------------------------

NOTHING: Final = b'{"id":"x","state":"closed"}'
"""What the null transports answer, whatever was asked."""


class NullTransport(httpx.BaseTransport):
    """httpx's floor: every answer is there already. With `answers`, these in turn, as often as they are asked for."""

    def __init__(self, answers: tuple[tuple[int, bytes], ...] = ((200, NOTHING),)) -> None:
        self._answers = answers
        self._next = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The next answer."""
        status, body = self._answers[self._next % len(self._answers)]
        self._next += 1
        return httpx.Response(status, headers=_JSON, stream=httpx.ByteStream(body))


class NullAdapter(BaseAdapter):
    """The floor of requests, likewise."""

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Always the same answer."""
        response = requests.Response()
        response.status_code = 200
        response.headers.update(_JSON)
        response._content = NOTHING
        response.url, response.request, response.encoding = request.url or "", request, "utf-8"
        return response

    def close(self) -> None:
        """Nothing is open."""


_JSON: Final = {"content-type": "application/json; charset=utf-8"}
