"""The files of `cassettes/` themselves: fit to be kept, and as the fake would answer today."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_qruntime.cassette.drift import drift
from pytest_qruntime.cassette.files import load
from pytest_qruntime.cassette.lint import check

ROOT = Path(__file__).parents[2]
CASSETTES = sorted((ROOT / "cassettes").rglob("*.yaml"))
LIFECYCLES = {
    "batch_of_three_jobs", "cancel_with_queued_jobs", "error_in_a_session", "failed_job", "graceful_close",
    "interactive_ttl", "max_ttl", "open_plan", "private_job", "unused_session",
}  # fmt: skip

every_cassette = pytest.mark.parametrize("path", CASSETTES, ids=lambda path: f"{path.parent.name}/{path.stem}")


@pytest.mark.parametrize("client", ["httpx", "client"])
def test_every_lifecycle_is_recorded(client: str) -> None:
    assert {path.stem for path in CASSETTES if path.parent.name == client} == LIFECYCLES


@every_cassette
def test_a_cassette_is_fit_to_be_kept(path: Path) -> None:
    assert [str(finding) for finding in check([str(path)])] == []


@every_cassette
def test_the_fake_answers_as_it_was_recorded(path: Path) -> None:
    result = drift(load(path))

    assert result.findings == ()
    assert result.staged == ()  # else a job now takes another time, or ends otherwise, than when it was recorded


@every_cassette
def test_a_cassette_says_that_it_is_from_the_server_of_this_project(path: Path) -> None:
    provenance = load(path).provenance
    assert provenance is not None
    assert (provenance.service, provenance.clock) == ("pytest-qruntime", "virtual")
    client = {"httpx": "httpx", "client": "qiskit-ibm-runtime"}[path.parent.name]
    assert {client, "pytest-qruntime"} <= provenance.versions.keys()
