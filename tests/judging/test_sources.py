"""What is judged on recordings, on a live server, and of clients in other processes."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_qruntime import ContractChecker, QRuntime
from tests.plugin.conftest import Project
from tests.recording.conftest import Studio
from tests.recording.conftest import studio as studio  # fixtures
from tests.recording.conftest import url as url
from tests.sdk.client import submit

LIVE = """
    import pytest

    @pytest.mark.qruntime(lanes=1, policy={"queued_on_end": "cancelled"}, plan="flex")
    def test_contracts(qruntime, qruntime_contracts):
        with qruntime.session() as session:
            jobs = [session.run() for _ in range(2)]
            session.cancel()
        jobs[0].result()
        qruntime_contracts.assert_queued_jobs_fail_on_cancel(session)
        qruntime_contracts.assert_usage(session, seconds=session.usage())
        qruntime_contracts.assert_holds("ORD-01")  # which takes the number of lanes
        assert qruntime_contracts.check().broken == []

    def test_leak(qruntime):
        session = qruntime.session(max_time="10m")
        session.run().result()

    def test_timed_out(qruntime):
        qruntime.session()
        qruntime.clock.tick("31m")
"""


def test_a_live_server_of_our_own_tells_everything_and_its_terms_are_known(studio: Studio) -> None:
    result = studio.write(test_it=LIVE).run("--qruntime-source=live", "--qruntime-url", studio.url, "--qruntime-strict")
    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(
        [
            "a session was left open: test_it.py:15, in test_leak",
            "  it was active",
            "  kept active until its max TTL, it would have cost up to * s of QPU time",
            "    *, ORD-01 (1), *",
        ]
    )
    result.stdout.no_fnmatch_line("*left alone*")


def test_a_recording_is_judged_as_far_as_it_shows_anything(studio: Studio) -> None:
    studio.write(
        test_it="""
        import time

        import pytest

        pytestmark = pytest.mark.qruntime(source="cassette")

        def test_leak(qruntime):
            session = qruntime.session(max_time="10m")
            session.run().result()

        def test_timed_out_unseen(qruntime):
            qruntime.session()
            time.sleep(1801)

        def test_timed_out_unseen_after_a_job(qruntime):
            qruntime.session(max_time="10m").run().result()
            time.sleep(601)
        """
    )
    studio.record("--qruntime-leaks=off").assert_outcomes(passed=3)
    result = studio.run()
    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at teardown of test_leak*", "a session was left open: test_it.py:8, *"])


def test_a_leak_is_told_before_anything_is_sent_to_be_recorded(studio: Studio) -> None:
    studio.write(
        test_it="""
        import pytest

        @pytest.mark.qruntime(source="cassette")
        def test_it(qruntime):
            qruntime.session()
        """
    )
    result = studio.record()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        ["a session was left open: *", "This happened in the rehearsal on the fake. Nothing was sent*"]
    )
    assert studio.files() == []


def test_a_recorded_service_that_broke_a_contract_is_not_taken_for_the_fake(studio: Studio) -> None:
    studio.write(
        test_it="""
        import pytest

        @pytest.mark.qruntime(source="cassette")
        def test_it(qruntime_session):
            pass
        """
    )
    studio.record().assert_outcomes(passed=1)
    text = studio.file().read_text(encoding="utf-8")
    studio.file().write_text(text.replace('"accepting_jobs":true', '"accepting_jobs":false'), encoding="utf-8")
    result = studio.run()
    result.stdout.fnmatch_lines(
        [
            "the service broke a contract: OPN-03",
            "  at * s, session or batch *, exchange *",
            "This is about the service that was recorded, not about the code under test: *",
        ]
    )


def test_a_client_in_another_process_leaves_something_open(project: Project) -> None:
    result = project.write(
        test_it="""
        import subprocess
        import sys

        OPENS = '''
        import os, httpx
        url, crn, token = (os.environ[f"QRUNTIME_{name}"] for name in ("URL", "CRN", "TOKEN"))
        headers = {"Authorization": f"Bearer {token}", "Service-CRN": crn}
        body = {"mode": "batch", "backend": "fake_backend"}
        httpx.post(f"{url}/api/v1/sessions", json=body, headers=headers).raise_for_status()
        '''

        def test_it(qruntime_server):
            subprocess.run([sys.executable, "-c", OPENS], env=qruntime_server.environment, check=True)
        """
    ).run()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "a batch was left open: a client of the loopback server",
            "  opened by a client of the loopback server, in whatever process that is",
        ]
    )


@pytest.mark.qruntime(lanes=1, backend="fake_manila", leaks="fail")
@pytest.mark.parametrize("mode", ["Session", "Batch"])
def test_sessions_of_the_official_client_can_be_asked_about(
    qruntime: QRuntime, qiskit_runtime_service: Any, qruntime_contracts: ContractChecker, mode: str
) -> None:
    import qiskit_ibm_runtime

    backend = qiskit_runtime_service.backend("fake_manila")
    qruntime.session().close()  # another one, which nobody asks about
    with getattr(qiskit_ibm_runtime, mode)(backend) as session:
        jobs = [submit(session) for _ in range(2)]
        session.cancel()
    jobs[0].result()
    qruntime_contracts.assert_queued_jobs_fail_on_cancel(session)
    qruntime_contracts.assert_running_jobs_finish_on_cancel(session)
    qruntime_contracts.assert_usage(session, seconds=session.usage())
    with pytest.raises(AssertionError, match=f"{session.session_id} was not closed automatically"):
        qruntime_contracts.assert_closed_automatically(session)
