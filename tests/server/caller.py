"""A client of the REST API over loopback, as a program in any language would write it, and one of the controls."""

from __future__ import annotations

from typing import Any

import httpx
from typing_extensions import Self

CIRCUIT = 'OPENQASM 3.0; include "stdgates.inc"; qubit[1] q; bit[1] c; h q[0]; c[0] = measure q[0];'


def job(**more: Any) -> dict[str, Any]:
    """What a client sends to submit a job."""
    params = {"pubs": [[CIRCUIT]], "version": 2}
    return {"program_id": "sampler", "backend": "fake_backend", "params": params, **more}


class Caller:
    """One client with a connection of its own."""

    def __init__(self, url: str, token: str, crn: str) -> None:
        self.headers = {"Authorization": f"Bearer {token}", "Service-CRN": crn}
        self.http = httpx.Client(base_url=f"{url}/api", headers=self.headers, trust_env=False)

    def submit(self, **more: Any) -> str:
        return str(self.json("POST", "/v1/jobs", json=job(**more))["id"])

    def open(self, mode: str = "dedicated") -> str:
        return str(self.json("POST", "/v1/sessions", json={"mode": mode, "backend": "fake_backend"})["id"])

    def status(self, job_id: str) -> str:
        return str(self.json("GET", f"/v1/jobs/{job_id}")["state"]["status"])

    def state(self, session_id: str) -> str:
        return str(self.json("GET", f"/v1/sessions/{session_id}")["state"])

    def json(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        response = self.http.request(method, path, **options)
        assert response.is_success, response.text
        found: dict[str, Any] = response.json()
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()


class Control:
    """The control interface of a server; paths begin after ``/qruntime``."""

    def __init__(self, url: str) -> None:
        self.url = f"{url}/qruntime"

    def __call__(self, method: str, path: str, **body: Any) -> httpx.Response:
        return httpx.request(method, self.url + path, json=body or None, trust_env=False)

    def of(self, path: str) -> dict[str, Any]:
        response = self("GET", path)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found
