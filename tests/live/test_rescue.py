"""What runs that ended in a crash left open is closed, and what is somebody else's is left alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from pytest_qruntime.live import Journal, Target, rescue
from pytest_qruntime.live.journal import FOLDER, Entry
from pytest_qruntime.live.target import digest
from tests.live.places import as_a_host, control, serving, somebody


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / FOLDER


@pytest.fixture
def host(real_time_url: str) -> Target:
    """Somebody's service, in real time."""
    return as_a_host(real_time_url)


@pytest.fixture
def http(host: Target) -> Iterator[httpx.Client]:
    """A client of that service."""
    token = control(host.url.removesuffix("/api"), "/worlds/1")["token"]
    headers = {"Authorization": f"Bearer {token}", "Service-CRN": host.crn}
    with httpx.Client(base_url=host.url, headers=headers, trust_env=False) as client:
        yield client


def opened(http: httpx.Client) -> str:
    answer = http.post("/v1/sessions", json={"mode": "dedicated", "backend": "fake_backend"})
    return str(answer.json()["id"])


def crashed(folder: Path, *entries: Entry) -> None:
    """A process that had these open, and is no more."""
    journal = Journal(folder)
    for entry in entries:
        journal.opened(entry)
    journal.end()


def entry_of(host: Target, session: str, **other: str) -> Entry:
    return dataclasses.replace(Entry(session, host.service, host.account, test="test_a.py::test"), **other)


def test_an_open_session_is_closed_and_doing_it_again_does_nothing(
    folder: Path, host: Target, http: httpx.Client
) -> None:
    session = opened(http)
    crashed(folder, entry_of(host, session))
    (told,) = rescue(folder, host)
    assert told.outcome == "closed"
    assert str(told) == f"session {session} (unknown, of test_a.py::test): closed: it was still open"
    assert http.get(f"/v1/sessions/{session}").json()["state"] == "closed"
    assert rescue(folder, host) == []
    assert list(folder.glob("*.jsonl")) == []


def test_what_is_closed_closes_by_itself_or_is_unknown_needs_nothing(
    folder: Path, host: Target, http: httpx.Client
) -> None:
    closed, draining = opened(http), opened(http)
    http.delete(f"/v1/sessions/{closed}/close")
    http.post(
        "/v1/jobs",
        json={
            "program_id": "sampler",
            "backend": "fake_backend",
            "session_id": draining,
            "params": {"pubs": [["OPENQASM 3.0; bit[1] c; qubit[1] q; c[0] = measure q[0];"]]},
        },
    )
    http.patch(f"/v1/sessions/{draining}", json={"accepting_jobs": False})
    crashed(folder, *(entry_of(host, name) for name in (closed, draining, "no-such-session")))
    assert [told.outcome for told in rescue(folder, host)] == ["gone"] * 3
    assert list(folder.glob("*.jsonl")) == []


def test_what_belongs_to_another_service_or_account_is_left_alone_and_named(
    folder: Path, host: Target, http: httpx.Client
) -> None:
    mine = opened(http)
    crashed(
        folder,
        entry_of(host, "of-ibm", service="IBM Quantum Platform"),
        entry_of(host, "of-another", account=digest("crn:another")),
        entry_of(host, mine),
    )
    assert [told.outcome for told in rescue(folder, host)] == ["left", "left", "closed"]
    again = rescue(folder, host)
    assert [(told.entry.session, told.outcome) for told in again] == [("of-ibm", "left"), ("of-another", "left")]
    assert "it belongs to another service or to another account" in str(again[0])
    assert [told.outcome for told in rescue(folder, None)] == ["left", "left"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"url": "http://127.0.0.1:1/api"}, "http://127.0.0.1:1 does not answer"),
        ({"iam_url": "http://127.0.0.1:1/iam"}, "http://127.0.0.1:1 does not answer"),
        ({"api_key": "short"}, "gives no token for the API key: status 400, BXNIM0415E"),
        ({"api_key": "a-key-of-nobody-0123456789"}, ""),
    ],
)
def test_what_cannot_be_closed_stays_and_says_why(
    folder: Path, host: Target, http: httpx.Client, change: dict[str, str], says: str
) -> None:
    session = opened(http)
    crashed(folder, entry_of(host, session))
    (told,) = rescue(folder, dataclasses.replace(host, **change))  # type: ignore[arg-type]
    if says:
        assert (told.outcome, says in told.why) == ("left", True)
        assert host.crn not in str(told)
        assert http.get(f"/v1/sessions/{session}").json()["state"] == "open"
        (told,) = rescue(folder, host)
    assert told.outcome == "closed"


# -- a server of our own ----------------------------------------------------------------------------------------------


def test_on_a_server_of_our_own_the_world_of_the_test_goes(folder: Path, server_url: str) -> None:
    made = control(server_url, "/worlds", own_account=True)
    entry = Entry("s", "pytest-qruntime", digest(made["crn"]), server=server_url)
    crashed(folder, entry)
    (told,) = rescue(folder, None)
    assert (told.outcome, told.why) == ("closed", "the world that was made for its test is removed")
    assert made["world"] not in control(server_url, "")["worlds"]
    crashed(folder, entry)
    assert [told.outcome for told in rescue(folder, None)] == ["gone"]


@pytest.mark.parametrize("successor", [None, 200, 404])
def test_what_was_on_a_server_that_has_ended_is_gone_with_it(folder: Path, successor: int | None) -> None:
    """Another program may have its port by now."""
    if successor is not None:
        with somebody(successor, b"hello") as url:
            crashed(folder, Entry("s", "pytest-qruntime", "a", server=url))
            assert [told.outcome for told in rescue(folder, None)] == ["gone"]
        return
    with serving() as url:
        pass
    crashed(folder, Entry("s", "pytest-qruntime", "a", server=url))
    assert [(told.outcome, told.why) for told in rescue(folder, None)] == [
        ("gone", "the server that held it has ended")
    ]


def test_a_folder_without_journals_needs_nothing(folder: Path) -> None:
    assert rescue(folder, None) == []
