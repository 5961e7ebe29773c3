"""The real client, recorded over the loopback: what is saved has no secret, and replays with the client itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import vcr
from qiskit_ibm_runtime import QiskitRuntimeService, Session

from pytest_qruntime.cassette.files import load, save
from pytest_qruntime.cassette.scrub import Scrubber, leaks
from pytest_qruntime.cassette.tape import Tape
from pytest_qruntime.runtime.replayed import replaying
from tests.cassette.capture.served import SERVICE, Place
from tests.sdk.client import submit
from tests.sdk.conftest import USERS
from tests.server.caller import Control

OURS = ("QISKIT_IBM_", "IAM_URL", "GLOBAL_")


@pytest.fixture
def small(server: str) -> Iterator[Place]:
    """A world with a backend that is quickly read."""
    control = Control(server)
    world = control("POST", "/worlds", time="manual", backend="fake_manila").json()
    yield Place(server, world, control)
    control("DELETE", f"/worlds/{world['world']}")


@pytest.fixture
def at_home(small: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The client is led to the server, and no account of the machine is read."""
    for name in list(os.environ):
        if name.startswith(USERS):
            monkeypatch.delenv(name)
    for name, value in small.world["environment"].items():
        if name.startswith(OURS):
            monkeypatch.setenv(name, value)


def two_jobs_in_a_session(advance: Callable[[str], Any]) -> tuple[Any, ...]:
    service = QiskitRuntimeService()
    backend = service.backend("fake_manila")
    with Session(backend) as session:
        first, second = submit(session), submit(session)
        seen = [str(first.status())]
        advance("30m")
        seen += [str(first.status()), str(second.status())]
        counts = [job.result()[0].data.meas.get_counts() for job in (first, second)]
    seen.append(str(session.status()))
    return session.session_id, [first.job_id(), second.job_id()], seen, counts, session.details()["closed_at"]


def known(place: Place) -> dict[str, str]:
    return {name: place.world[name] for name in ("api_key", "token", "crn")}


@pytest.fixture
def recorded(small: Place, at_home: None) -> tuple[tuple[Any, ...], Tape]:
    with small.capture() as capture:
        story = two_jobs_in_a_session(small.advance)
    return story, capture.tape()


def test_every_host_of_the_service_is_recorded(recorded: tuple[Any, Tape]) -> None:
    _, tape = recorded
    hosts = {urlsplit(one.url).hostname for one in tape.exchanges}
    assert {"quantum.cloud.ibm.com", "iam.cloud.ibm.com"} <= hosts
    assert not any("127.0.0.1" in one.url for one in tape.exchanges)
    assert [one.at_us for one in tape.exchanges] == sorted(one.at_us for one in tape.exchanges)
    assert tape.exchanges[-1].at_us == 1_800_000_000


def test_it_replays_scrubbed_with_the_client_itself(
    recorded: tuple[Any, Tape], small: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story, tape = recorded
    scrubbed = Scrubber(known=known(small)).tape(tape)
    assert leaks(scrubbed, known(small)) == []
    save(scrubbed, tmp_path / "it.yaml")
    for name in small.world["environment"]:
        monkeypatch.delenv(name, raising=False)

    with replaying(load(tmp_path / "it.yaml"), label="it") as replayed:
        assert two_jobs_in_a_session(replayed.clock.tick) == story
        assert replayed.deck.unused() == []
        assert replayed.deck.unmatched == []


def test_vcrpy_reads_it(recorded: tuple[Any, Tape], small: Place, tmp_path: Path) -> None:
    (_, (job, _), *_), tape = recorded
    save(Scrubber(known=known(small)).tape(tape), tmp_path / "it.yaml")
    with vcr.use_cassette(str(tmp_path / "it.yaml"), record_mode="none"):
        found = requests.get(f"{SERVICE}/api/v1/jobs/{job}", params={"exclude_params": "true"}, timeout=30)
    assert found.json()["id"] == job
