"""However often a test looks, it sees what was so at that moment: with handles, plain HTTP, and the real client."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from pytest_qruntime import QRuntime
from pytest_qruntime.client.submit import MEASURED_BELL
from pytest_qruntime.runtime.surface import Surface
from tests.runtime.recordings import recorded, replayed

EVERY_S = 10.0
CLASSICAL_S, QUANTUM_S = 137, 268
NOTICED_US = 410 * 10**6  # the first poll at which the job was seen to have ended, when it was recorded
BODY = {"program_id": "sampler", "params": {"pubs": [[MEASURED_BELL]]}}
WORDS = {"Queued": "QUEUED", "Running": "RUNNING", "Completed": "DONE"}


class Handles:
    """Jobs of the fixtures' own handles."""

    def __init__(self, qruntime: Surface) -> None:
        self.session = qruntime.session(max_time="2h")

    def submit(self, tag: str) -> Callable[[], str]:
        job = self.session.run(tags=[tag])
        self.result = job.result
        return job.status

    def end(self) -> Any:
        self.session.close()
        return self.result(), self.session.status()


class Plain:
    """Requests as anybody writes them."""

    def __init__(self, qruntime: Surface) -> None:
        self._qruntime = qruntime
        body = {"mode": "batch", "backend": qruntime.default_backend}
        self.session = self.ask("POST", "/sessions", body).json()["id"]

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        token, url = self._qruntime.token, self._qruntime.base_url
        headers = {"Authorization": f"Bearer {token}", "Service-CRN": self._qruntime.crn}
        return requests.request(method, f"{url}/v1{path}", json=body, headers=headers, timeout=5)

    def submit(self, tag: str) -> Callable[[], str]:
        body = {**BODY, "backend": self._qruntime.default_backend, "tags": [tag]}
        job = self.last = self.ask("POST", "/jobs", {**body, "session_id": self.session}).json()["id"]
        return lambda: WORDS[self.ask("GET", f"/jobs/{job}").json()["state"]["status"]]

    def end(self) -> Any:
        self.ask("PATCH", f"/sessions/{self.session}", {"accepting_jobs": False})
        return self.ask("GET", f"/jobs/{self.last}/metrics").json()


class Real:
    """The real client."""

    def __init__(self, qruntime: Surface) -> None:
        from qiskit_ibm_runtime import QiskitRuntimeService, Session

        service = QiskitRuntimeService(token=qruntime.api_key, instance=qruntime.crn)
        self.session = Session(service.backend("fake_manila"))

    def submit(self, tag: str) -> Callable[[], str]:
        from tests.sdk.client import submit

        self.job = submit(self.session, environment={"job_tags": [tag]})
        return lambda: str(self.job.status())

    def end(self) -> Any:
        self.session.close()
        return self.job.result()[0].data.meas.get_counts(), self.job.usage()


def story(client: Any, every_s: float) -> Callable[[Surface], Any]:
    """A job from its submission to its end: what was seen of it when, and what came of it."""

    def played(qruntime: Surface) -> Any:
        by, seen = client(qruntime), {}
        status = by.submit("only")
        while (now := status()) != "DONE":
            seen[qruntime.clock.world.now_us] = now
            time.sleep(every_s)
        seen[qruntime.clock.world.now_us] = now
        return seen, by.end()

    return played


def hours(qruntime: QRuntime) -> None:
    qruntime.next_jobs(None, classical=CLASSICAL_S, quantum=QUANTUM_S)


@pytest.fixture(autouse=True, params=[Handles, Plain, Real])
def client(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("QISKIT_IBM_TOKEN", "QISKIT_IBM_INSTANCE", "QISKIT_IBM_CHANNEL", "QISKIT_IBM_URL"):
        monkeypatch.delenv(name, raising=False)
    return request.param


@pytest.mark.parametrize("times", [0.1, 0.37, 1, 3.3, 10])
def test_ten_times_more_or_less_often(client: Any, times: float) -> None:
    (seen, ended), tape = recorded(story(client, EVERY_S), prepare=hours, backend="fake_manila")
    (seen_again, ended_again), _ = replayed(story(client, EVERY_S / times), tape)
    assert ended_again == ended
    assert {at: seen_again[at] for at in seen_again if at in seen} == {at: seen[at] for at in seen if at in seen_again}
    assert NOTICED_US <= max(seen_again) < NOTICED_US + EVERY_S / times * 1e6
