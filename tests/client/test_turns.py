"""Threads that submit at one instant are served in the order in which they began, whichever client they use."""

from __future__ import annotations

import threading
from collections.abc import Callable

import httpx
import pytest
import requests

import pytest_qruntime
from pytest_qruntime import QRuntime

Submit = Callable[[QRuntime, str], None]


def with_the_built_in_client(qruntime: QRuntime, tag: str) -> None:
    qruntime.run(tags=[tag])


def with_httpx(qruntime: QRuntime, tag: str) -> None:
    with httpx.Client(base_url=qruntime.base_url, headers=headers(qruntime)) as client:
        client.post("/v1/jobs", json=job(tag)).raise_for_status()


def with_requests(qruntime: QRuntime, tag: str) -> None:
    requests.post(f"{qruntime.base_url}/v1/jobs", json=job(tag), headers=headers(qruntime)).raise_for_status()


def headers(qruntime: QRuntime) -> dict[str, str]:
    return {"Authorization": f"Bearer {qruntime.token}", "Service-CRN": qruntime.crn}


def job(tag: str) -> dict[str, object]:
    return {"program_id": "sampler", "backend": "fake_backend", "params": {"pubs": []}, "tags": [tag]}


@pytest.mark.parametrize("submit", [with_the_built_in_client, with_httpx, with_requests])
def test_the_older_thread_submits_first_though_it_computes_longer(submit: Submit) -> None:
    younger_submits = threading.Event()

    def older() -> None:
        while not younger_submits.is_set():
            pass
        sum(range(2_000_000))  # long enough for the younger one to be done with it
        submit(qruntime, "older")

    def younger() -> None:
        younger_submits.set()
        submit(qruntime, "younger")

    with pytest_qruntime.world() as qruntime:
        threads = [threading.Thread(target=older), threading.Thread(target=younger)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [job.tags for job in qruntime.jobs()] == [["older"], ["younger"]]


@pytest.mark.parametrize(
    ("method", "path", "in_turn"),
    [
        ("POST", "/api/v1/jobs", True),
        ("PUT", "/api/v1/jobs/none/tags", True),
        ("GET", "/api/v1/jobs", False),
        ("POST", "/identity/token", False),  # clients hold a lock meanwhile: who waits for it would lose a turn
        ("POST", "/v3/resources/search", False),
    ],
)
def test_who_changes_nothing_takes_no_turn(
    method: str, path: str, in_turn: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[str] = []
    with pytest_qruntime.world() as qruntime:
        monkeypatch.setattr(qruntime.clock, "take_turn", lambda: turns.append(path))
        httpx.request(method, f"https://quantum.cloud.ibm.com{path}", headers=headers(qruntime), json={})
    assert turns == ([path] if in_turn else [])
