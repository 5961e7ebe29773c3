"""Nothing that a test opens on a real service stays open, and until it is closed the journal has it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pytest_qruntime.cassette.capture import Capture
from pytest_qruntime.live import Journal, LiveRuntime, Target, connected
from pytest_qruntime.live.api import Api
from pytest_qruntime.live.quiet import Answer
from pytest_qruntime.live.target import digest
from tests.live.places import SETTINGS, capturing, control, pass_time


def state_of(host: Target, session_id: str) -> str:
    """The state of a session, asked by somebody else."""
    with connected(host, label="a look", settings={}) as qruntime:
        return str(qruntime.http.get(f"/v1/sessions/{session_id}").json()["state"])


def test_what_a_test_left_open_is_closed(host: Target, journal: Journal) -> None:
    opened: list[str] = []

    def interrupted() -> None:
        with connected(host, label="t", settings=SETTINGS, journal=journal) as qruntime, capturing(qruntime):
            opened.append(qruntime.session().session_id)
            opened.append(qruntime.batch().session_id)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [state_of(host, one) for one in opened] == ["closed", "closed"]
    assert journal.entries == []


def test_what_cannot_be_closed_is_told_and_stays_in_the_journal(
    host: Target, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def left_open() -> None:
        with connected(host, label="t", settings=SETTINGS, journal=journal) as qruntime, capturing(qruntime):
            opened.append(qruntime.session().session_id)
            monkeypatch.setattr(Api, "_ask", lambda *_: Answer(503, b""))

    with pytest.warns(UserWarning, match="may still be open: .*status 503, code none. Close it with `qruntime rescue`"):
        left_open()
    assert [(entry.session, entry.test) for entry in journal.entries] == [(opened[0], "t")]


def test_the_journal_has_a_session_before_the_test_has_its_id(
    host: Target, journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_disk: list[str] = []

    def noting(runtime: LiveRuntime) -> Capture:
        def after(exchange: Any) -> None:
            runtime.observe(exchange)
            on_disk.extend(path.read_text(encoding="utf-8") for path in journal.folder.glob("*.jsonl"))

        return Capture(canonical=host.canonical, service=host.service, before=runtime.before, after=after)

    with connected(host, label="tests/t.py::t", settings=SETTINGS, journal=journal) as qruntime, noting(qruntime):
        session = qruntime.session().session_id
    assert session in on_disk[0]
    assert "tests/t.py::t" in on_disk[0]
    for secret in (host.crn, host.api_key, host.crn.split(":")[7], str(tmp_path)):
        assert secret not in on_disk[0]


def test_a_journal_that_cannot_be_written_ends_it_before_the_session_is_used(host: Target, tmp_path: Path) -> None:
    (tmp_path / "occupied").write_text("a file where the folder should be")
    journal = Journal(tmp_path / "occupied")
    with connected(host, label="t", settings=SETTINGS, journal=journal) as qruntime, capturing(qruntime):
        with pytest.raises(Exception, match="was opened and is closed again: the journal in occupied cannot be"):
            qruntime.session()
        (session,) = qruntime.http.get("/v1/workloads").json()["workloads"]
        assert session["status"] == "canceled"


@pytest.mark.parametrize("way", ["close", "cancel", "look"])
def test_what_the_test_closed_itself_is_not_in_the_journal_any_more(host: Target, journal: Journal, way: str) -> None:
    with connected(host, label="t", settings=SETTINGS, journal=journal) as qruntime, capturing(qruntime):
        session = qruntime.session()
        assert [entry.session for entry in journal.entries] == [session.session_id]
        if way == "look":
            qruntime._way.api.close(session.session_id)
            session.status()
        else:
            getattr(session, way)()
        assert journal.entries == []


def test_what_closes_by_itself_is_left_to_do_so(slow_host: Target, journal: Journal) -> None:
    """Somebody else told it to take no more jobs; nobody here saw that."""
    with connected(slow_host, label="t", settings=SETTINGS, journal=journal) as qruntime:
        with capturing(qruntime):
            session = qruntime.session()
            jobs = [session.run() for _ in range(2)]
        session.close()
        assert len(journal.entries) == 1
    assert journal.entries == []
    pass_time(slow_host, "1m")
    with connected(slow_host, label="a look", settings={}) as qruntime:
        assert [qruntime.job(job.job_id()).status() for job in jobs] == ["DONE", "DONE"]


def test_a_close_that_was_refused_closes_nothing(host: Target, journal: Journal) -> None:
    with connected(host, label="t", settings=SETTINGS, journal=journal) as qruntime, capturing(qruntime):
        session = qruntime.session()
        refused = qruntime.http.delete(
            f"/v1/sessions/{session.session_id}/close", headers={"Authorization": "Bearer x"}
        )
        assert (refused.status_code, len(journal.entries)) == (401, 1)


def test_a_session_of_another_instance_is_closed_there(host: Target, journal: Journal, real_time_url: str) -> None:
    number = next(one["world"] for one in control(real_time_url, "/worlds")["worlds"] if one["crn"] == host.crn)
    other = control(real_time_url, f"/worlds/{number}/instances", name="lab")["instances"][1]["crn"]
    body = {"mode": "batch", "backend": "fake_backend"}
    with connected(host, label="t", settings=SETTINGS, journal=journal) as qruntime:
        with capturing(qruntime):
            qruntime.http.post("/v1/sessions", json=body, headers={"Service-CRN": other})
            (batch,) = qruntime.workloads()
        assert [entry.account for entry in journal.entries] == [digest(other)] != [host.account]
    with connected(host, label="a look", settings={}) as qruntime:
        answer = qruntime.http.get(f"/v1/sessions/{batch.session_id}", headers={"Service-CRN": other})
        assert answer.json()["state"] == "closed"
    assert journal.entries == []
