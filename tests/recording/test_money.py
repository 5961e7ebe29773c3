"""What a service that charges may cost: the budget, the prediction, and what a crash leaves open.

The service here is a world of a server of our own in real time, taken for somebody else's.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_qruntime.live import Target
from tests.live.places import as_a_host, control, serving
from tests.recording.conftest import Studio

RUNS = """
    import pytest

    pytestmark = pytest.mark.qruntime(source="cassette", backend="fake_backend")

    def test_one(qruntime):
        with qruntime.session() as session:
            session.run().result()
            session.run().result()

    def test_two(qruntime):
        qruntime.run().result()
"""


@pytest.fixture(scope="session")
def real_time_url() -> Iterator[str]:
    """A server whose time is that of the wall clock."""
    with serving("--time", "real") as url:
        yield url


@pytest.fixture
def host(real_time_url: str, monkeypatch: pytest.MonkeyPatch) -> Target:
    """A world whose jobs are over at once, as somebody else's service; whoever looks for a service finds it."""
    number = control(real_time_url, "/worlds", time="real", own_account=True)["world"]
    control(real_time_url, f"/worlds/{number}/next-jobs", times=None, classical=0, quantum=0)
    target = as_a_host(real_time_url, number)
    monkeypatch.setattr("pytest_qruntime.live.find", lambda url, environ, *, bearer: target)
    return target


def submissions(host: Target, url: str) -> int:
    """How many jobs the service was given."""
    worlds = control(url, "/worlds")["worlds"]
    number = next(world["world"] for world in worlds if world["crn"] == host.crn)
    return sum(event["kind"] == "job.queued" for event in control(url, f"/worlds/{number}/trace")["trace"])


def test_a_service_that_is_somebody_elses_is_recorded_and_replayed(studio: Studio, host: Target) -> None:
    result = studio.write(test_it=RUNS).run("--qruntime-record", "--qruntime-budget=1h")
    result.assert_outcomes(passed=2)
    result.stdout.re_match_lines([r"recordings   QPU time: [\d.]+ s used of 3600 s granted; [\d.]+ s predicted$"])
    text = studio.file("test_one").read_text(encoding="utf-8")
    assert "  service: unknown\n" in text
    assert "  settings:" not in text
    for secret in (host.crn, host.api_key, host.url):
        assert secret not in text
    studio.run("--qruntime-lanes=1").assert_outcomes(passed=2)


def test_what_the_rehearsals_predict_must_fit_into_the_budget(studio: Studio, host: Target, real_time_url: str) -> None:
    result = studio.write(test_it=RUNS).run("--qruntime-record", "--qruntime-budget=12.5", "-p", "no:randomly")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "the rehearsal predicts 1 submissions and * s of QPU time, and of the budget of 12.5 s there are * s *",
            "This happened in the rehearsal. Nothing was sent to the live service; *test_two.yaml was not made.",
        ]
    )
    assert submissions(host, real_time_url) == 2
    assert studio.files() == ["test_it/test_one.yaml"]


def test_a_test_that_fails_in_its_rehearsal_costs_nothing(studio: Studio, host: Target, real_time_url: str) -> None:
    failing = RUNS + "        assert False\n"
    studio.write(test_it=failing).run("--qruntime-record", "--qruntime-budget=1h", "-k", "two").assert_outcomes(
        failed=1
    )
    assert submissions(host, real_time_url) == 0


def test_nothing_is_sent_once_the_service_says_that_the_budget_is_used(
    studio: Studio, host: Target, real_time_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pytest_qruntime.live.api.Api.session_usage_s", lambda self, session_id: (7200.0, False))
    result = studio.write(test_it=RUNS).run("--qruntime-record", "--qruntime-budget=1h", "-k", "one")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*BudgetExceededError: this run has used 7200 s of QPU time, and 3600 s were granted;*"]
    )
    assert submissions(host, real_time_url) == 0
    assert studio.files() == []


CRASH = """
    import os

    import pytest

    @pytest.mark.qruntime(source="cassette")
    def test_it(qruntime):
        with qruntime.session():
            if qruntime.source == "live":
                os._exit(1)
"""


def test_what_a_crash_left_open_is_closed_by_the_next_run(studio: Studio) -> None:
    studio.write(test_it=CRASH).record_apart()
    journals = list(Path(studio.path, ".qruntime").glob("open-*.jsonl"))
    assert len(journals) == 1
    result = studio.write(test_it=CRASH.replace("os._exit(1)", "pass")).record()
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["recordings   session * (pytest-qruntime, of*"])
    assert not list(Path(studio.path, ".qruntime").glob("open-*.jsonl"))
    studio.write(test_it=CRASH).record_apart("--qruntime-record-mode=rewrite")
    studio.write(test_it="def test_it(): pass").record().stdout.fnmatch_lines(["recordings   session *"])


def test_what_is_recorded_after_a_crash_replays(studio: Studio) -> None:
    studio.write(test_it=CRASH.replace("os._exit(1)", "pass")).record().assert_outcomes(passed=1)
    studio.run().assert_outcomes(passed=1)
