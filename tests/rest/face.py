"""A world and its REST face, asked as a client asks. Every exchange is held to the JSON Schemas, in both directions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from pydantic_core import from_json, to_json

from pytest_qruntime.model import Durations, JobRequest, Policy, World
from pytest_qruntime.model.plan import Plan
from pytest_qruntime.rest import Request, Response, Service
from pytest_qruntime.rest.conformance import check

HOST = "quantum.cloud.ibm.com"
PLATFORM = ("api.global-search-tagging.", "globalcatalog.", "resource-controller.")
BELL = 'OPENQASM 3.0; include "stdgates.inc"; qubit[2] q; bit[2] c; h q[0]; cx q[0], q[1]; c = measure q;'
SAMPLER = {"program_id": "sampler", "backend": "fake_backend", "params": {"pubs": [[BELL]]}}


class Answer:
    """A response, with its JSON parsed on demand."""

    def __init__(self, response: Response) -> None:
        self.status = response.status
        self.headers = dict(response.headers)
        self.body = response.body

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> Any:
        """The one error of an error answer."""
        document = self.json
        assert len(document["errors"]) == 1, document
        return document["errors"][0]

    @property
    def code(self) -> int | str:
        code: int | str = self.error["code"]
        return code


class Face:
    """One world with one backend; jobs take 20 s on their lane and 10 s on the QPU."""

    def __init__(self, *, plan: str | Plan = "premium", policy: Policy | None = None, seed: int = 0) -> None:
        self.world = World(plan=plan, policy=policy, seed=seed, durations=_thirty_seconds)
        self.backend = self.world.add_backend("fake_backend")
        self.service = Service(self.world)

    def ask(
        self,
        method: str,
        path: str,
        json: Any = None,
        *,
        query: Mapping[str, Any] | list[tuple[str, Any]] | str = "",
        headers: Mapping[str, str | None] | None = None,
        body: bytes | None = None,
        host: str = HOST,
    ) -> Answer:
        """One request with valid credentials; a header of None is not sent."""
        sent: dict[str, str | None] = {
            "authorization": f"Bearer {self.service.token()}",
            "service-crn": self.service.crn(),
            "content-type": "application/json" if json is not None else None,
            **(headers or {}),
        }
        request = Request(
            method,
            host,
            path if path.startswith("/identity") or host.startswith(PLATFORM) else "/api" + path,
            query if isinstance(query, str) else urlencode(query, doseq=True),
            {name: value for name, value in sent.items() if value is not None},
            body if body is not None else b"" if json is None else to_json(json),
        )
        response = self.service.handle(request)
        check(request, response)
        if dict(response.headers).get("content-type", "").startswith("application/json") and response.body:
            assert response.body == to_json(from_json(response.body)), "JSON is compact (RST-05)"
        return Answer(response)

    def at(self, seconds: float) -> Face:
        """Move time to so many seconds after the start."""
        self.world.advance_to(round(seconds * 1_000_000))
        return self

    def open(self, mode: str = "dedicated", **fields: Any) -> str:
        answer = self.ask("POST", "/v1/sessions", {"mode": mode, "backend": "fake_backend", **fields})
        assert answer.status == 200, answer.body
        session_id: str = answer.json["id"]
        return session_id

    def submit(self, **fields: Any) -> str:
        answer = self.ask("POST", "/v1/jobs", {**SAMPLER, **fields})
        assert answer.status == 200, answer.body
        job_id: str = answer.json["id"]
        return job_id

    def job(self, job_id: str) -> Any:
        return self.ask("GET", f"/v1/jobs/{job_id}").json

    def session(self, session_id: str) -> Any:
        return self.ask("GET", f"/v1/sessions/{session_id}").json


def _thirty_seconds(_: JobRequest) -> Durations:
    return Durations.of(20, 10)
