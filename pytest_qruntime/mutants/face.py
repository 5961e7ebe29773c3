"""A stage on which a story is played to the REST face of a service, faulty or not: the evidence is its recording."""

from __future__ import annotations

from typing import Any, Final

import httpx
from pydantic_core import from_json, to_json

from pytest_qruntime.cassette.derive import derive
from pytest_qruntime.cassette.taping import Taping
from pytest_qruntime.client import Session
from pytest_qruntime.contracts.terms import Terms
from pytest_qruntime.model import Durations, Failure, JobRequest, JobScript, Plan, Policy, Trace, World
from pytest_qruntime.mutants.stage import BACKEND, pass_time
from pytest_qruntime.rest import Service
from pytest_qruntime.rest.http import Request
from pytest_qruntime.transport.fake_transport import FakeTransport

HOST: Final = "quantum.cloud.ibm.com"
VERSION: Final = "2026-04-15"
_CIRCUIT: Final = "OPENQASM 3.0; qubit[1] q; bit[1] c; c = measure q;"
PARAMS: Final = {"sampler": {"pubs": [[_CIRCUIT]]}, "estimator": {"pubs": [["OPENQASM 3.0; qubit[1] q;", "Z"]]}}


class Face:
    """A world with one backend, and a client of it, in seconds. What is refused is refused, and the story goes on.

    A job takes 10 seconds, 5 of them on the QPU, or as many as its first tag says; one with the tag "fails" fails.

    Args:
        lanes, plan: of the world.
        knobs: of the policy that the service is said to have.
    """

    def __init__(self, *, lanes: int = 2, plan: str | Plan = "premium", **knobs: Any) -> None:
        self.policy = Policy(**knobs)
        self.world = World(policy=self.policy, lanes=lanes, plan=plan, durations=_as_tagged)
        self.world.add_backend(BACKEND)
        self.world.script(JobScript(times=None, tag="fails", failure=Failure(code=1517, reason="not supported")))
        self.service = Service(self.world)
        self.taping = Taping(self.service, self.world)
        self.headers = {
            "authorization": f"Bearer {self.service.token()}",
            "service-crn": self.service.crn(),
            "ibm-api-version": VERSION,
        }

    # -- what happens --------------------------------------------------------------------------------------------

    def at(self, seconds: float) -> Face:
        """Let time pass until so many seconds after the beginning."""
        pass_time(self.world, seconds)
        return self

    def ask(
        self, method: str, path: str, body: Any = None, query: str = "", *, without: str = "", host: str = HOST
    ) -> Any:
        """The JSON document of the answer, None if there is none; `without` names a header that is left out."""
        headers = {name: value for name, value in self.headers.items() if name != without}
        sent = b"" if body is None else to_json(body)
        answer = self.taping.handle(Request(method, host, f"/api/v1{path}", query, headers, sent))
        return from_json(answer.body) if answer.body[:1] in (b"{", b"[") else None

    def open(self, mode: str = "dedicated", **fields: Any) -> str:
        """The id of a new session or batch; one of nobody's if it was refused."""
        return str(self.ask("POST", "/sessions", {"mode": mode, "backend": BACKEND, **fields}).get("id", "none"))

    def open_for(self, max_time: str) -> None:
        """Let the client of this package open a session."""
        with httpx.Client(
            transport=FakeTransport(self.taping), base_url=f"https://{HOST}/api", headers=self.headers, trust_env=False
        ) as http:
            Session(http, backend=BACKEND, max_time=max_time)

    def run(self, session: str | None, seconds: float = 10, *, program: str = "sampler", **fields: Any) -> str:
        """The id of a new job that takes so many seconds; one of nobody's if it was refused."""
        asked = {"program_id": program, "backend": BACKEND, "params": PARAMS[program], "tags": [f"{seconds}"]}
        asked |= fields if session is None else {"session_id": session, **fields}
        return str(self.ask("POST", "/jobs", asked).get("id", "none"))

    def close(self, session: str, *, accepting: bool = False) -> None:
        """Close it gracefully, or let it take jobs again."""
        self.ask("PATCH", f"/sessions/{session}", {"accepting_jobs": accepting})

    def cancel(self, session: str) -> None:
        """Cancel a session or batch."""
        self.ask("DELETE", f"/sessions/{session}/close")

    def look(self, *sessions: str) -> None:
        """Read sessions, and what is said of workloads and of usage."""
        for session in sessions:
            self.ask("GET", f"/sessions/{session}")
        self.ask("GET", "/workloads")
        self.ask("GET", "/instances/usage")

    def look_at(self, *jobs: str) -> None:
        """Read jobs, their metrics and their results."""
        for job in jobs:
            for part in ("", "/metrics", "/results"):
                self.ask("GET", f"/jobs/{job}{part}")

    def list(self, query: str = "") -> None:
        """List jobs."""
        self.ask("GET", "/jobs", query=query)

    # -- what is left --------------------------------------------------------------------------------------------

    def evidence(self) -> object:
        """All exchanges, and the terms."""
        return self.taping.tape().exchanges, self.terms()

    def trace(self) -> Trace:
        """What the exchanges show."""
        return derive(self.taping.tape())

    def terms(self) -> Terms:
        """The terms on which the service is said to run; nobody else uses it."""
        plans = {name: one.plan for name, one in self.world.instances.items()}
        return Terms(policy=self.policy, lanes={BACKEND: self.world.backends[BACKEND].lanes}, plans=plans, alone=True)


def _as_tagged(request: JobRequest) -> Durations:
    try:
        whole = float(request.tags[0])
    except (IndexError, ValueError):
        whole = 10
    return Durations.of(whole - min(whole / 2, 5), min(whole / 2, 5))
