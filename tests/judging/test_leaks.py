"""Sessions and batches that a test leaves open."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Project

HELPER = """
    def opened(qruntime, mode):
        return getattr(qruntime, mode)()
"""

LEAKS = """
    from threading import Thread

    import httpx
    import pytest
    from helper import opened

    @pytest.fixture
    def forgotten(qruntime):
        session = qruntime.session()
        session.run().result()
        return session

    def test_of_a_helper(qruntime):
        opened(qruntime, "batch")

    def test_of_a_fixture(forgotten, qruntime):
        qruntime.clock.tick("5s")

    def test_of_a_thread(qruntime):
        thread = Thread(target=qruntime.session)
        thread.start()
        thread.join()

    def test_over_http(qruntime):
        http = httpx.Client(base_url=qruntime.base_url, headers={"Service-CRN": qruntime.crn}, auth=qruntime.http.auth)
        http.post("/v1/sessions", json={"mode": "dedicated", "backend": "fake_backend"})

    def test_reopened(qruntime):
        with qruntime.session() as session:
            session.run()
        qruntime.http.patch(f"/v1/sessions/{session.session_id}", json={"accepting_jobs": True})

    def test_two(qruntime):
        qruntime.session()
        qruntime.batch()
"""

CLEAN = """
    import pytest

    def test_of_our_fixtures(qruntime_session, qruntime_batch):
        qruntime_session.run()

    def test_draining(qruntime):
        with qruntime.session() as session:
            session.run()

    def test_timed_out(qruntime):
        qruntime.session(max_time="1m").run()
        qruntime.clock.tick("2m")

    def test_unused(qruntime):
        qruntime.session()
        qruntime.clock.tick("30m")

    def test_cancelled(qruntime):
        qruntime.batch().cancel()

    @pytest.mark.qruntime(allow={"leak": "it is a demo"})
    def test_allowed(qruntime):
        qruntime.session()

    @pytest.mark.qruntime(leaks="off")
    def test_off(qruntime):
        qruntime.session()

    def test_a_world_of_its_own():
        from pytest_qruntime import world

        with world() as qruntime:
            qruntime.session()
"""


def test_a_leak_fails_the_test_with_where_it_was_opened_and_what_it_would_cost(project: Project) -> None:
    result = project.write(helper=HELPER, test_it=LEAKS).run()
    result.assert_outcomes(passed=6, errors=6)
    result.stdout.fnmatch_lines(
        [
            "*ERROR at teardown of test_of_a_helper*",
            "a batch was left open: helper.py:2, in opened",
            "batch *-*, opened at 0 s; the test ended at 0 s",
            "  opened by helper.py:2, in opened:",
            "      return getattr(qruntime, mode)()",
            "  called from test_it.py:14, in test_of_a_helper:",
            '      opened(qruntime, "batch")',
            "  no job of it was seen to run",
            "  left alone, it would have stayed open: nothing that the service does by itself closes it",
            "Close what a test opens: *",
            "*ERROR at teardown of test_of_a_fixture*",
            "a session was left open: test_it.py:9, in forgotten",
            "  it was active; 10.124 s of QPU time so far",
            "  left alone, it would be closed 7h59m49.876s later, by its max TTL (MAX-03),",
            "  and would have cost 65.124 s of QPU time by then",
            "  kept active until its max TTL, it would have cost up to 28800 s of QPU time",
            "*ERROR at teardown of test_of_a_thread*",
            "a session was left open",
            "  opened in a thread in which no code of yours runs",
            "  left alone, it would be closed 30m later, by the timer for unused ones (AUT-01),",
            "*ERROR at teardown of test_over_http*",
            "a session was left open: test_it.py:26, in test_over_http",
            "*ERROR at teardown of test_reopened*",
            "*ERROR at teardown of test_two*",
            "2 sessions and batches were left open: test_it.py:34, in test_two, and others",
            "ERROR test_it.py::test_of_a_helper - Failed: a batch was left open: *",
        ]
    )


def test_many_leaks_of_one_line_are_told_with_the_first_three(project: Project) -> None:
    result = project.write(
        test_it="""
        def test_it(qruntime):
            sessions = [qruntime.session() for _ in range(50)]
            qruntime.batch()
        """
    ).run()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "51 sessions and batches were left open: test_it.py:2, in *, and others",
            "and 47 sessions more, opened by test_it.py:2, in *",
            "  opened by test_it.py:3, in test_it:",
            "*^ 47 sessions more, left open",
            " +0s 47 sessions more LEFT OPEN, opened by test_it.py:2, in *",
        ]
    )
    told = str(result.stdout).partition("short test summary info")[0]  # with CI set, pytest repeats an error there
    assert told.count("  opened by test_it.py:2, in") == 3
    assert told.count(" LEFT OPEN: ") == 4


def test_leaks_of_one_line_and_kind_are_told_as_such(project: Project) -> None:
    result = project.write(test_it="def test_it(qruntime):\n    for _ in 'ab': qruntime.session()").run()
    result.stdout.fnmatch_lines(["2 sessions were left open: test_it.py:2, in test_it"])


def test_what_is_closed_or_closes_itself_or_is_allowed_is_no_leak(project: Project) -> None:
    project.write(test_it=CLEAN).run().assert_outcomes(passed=8)


def test_a_leak_can_be_a_warning_or_nothing(project: Project) -> None:
    project.write(test_it="def test_it(qruntime): qruntime.session()")
    result = project.run("--qruntime-leaks=warn", "-W", "default::pytest_qruntime.LeakedSessionWarning")
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(["*test_it.py:*: LeakedSessionWarning: a session was left open: test_it.py:1, in *"])
    project.run("--qruntime-leaks=off").assert_outcomes(passed=1)


def test_that_a_test_is_skipped_on_its_way_excuses_no_leak(project: Project) -> None:
    result = project.write(
        test_it="""
        import pytest

        def test_it(qruntime):
            qruntime.session()
            pytest.skip("not today")
        """
    ).run()
    result.assert_outcomes(skipped=1, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at teardown of test_it*", "a session was left open: test_it.py:4, in test_it"])


@pytest.mark.parametrize("workers", [(), ("-n1",)])
def test_a_leak_of_a_test_whose_setup_failed_is_told_below_that(project: Project, workers: tuple[str, ...]) -> None:
    project.write(
        test_it="""
        import pytest

        @pytest.fixture
        def opened(qruntime): return qruntime.session()

        @pytest.fixture
        def broken(opened): raise RuntimeError("this one")

        def test_it(broken): pass
        """
    )
    result = project.run_apart(*workers, plugins=("xdist",)) if workers else project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "*ERROR at setup of test_it*",
            "E*RuntimeError: this one",
            "*told by pytest-qruntime at teardown*",
            "a session was left open: test_it.py:4, in opened",
        ]
    )


def test_a_leak_of_a_test_that_failed_is_told_below_the_failure(project: Project) -> None:
    result = project.write(
        test_it="""
        def test_it(qruntime):
            session = qruntime.session()
            assert session is None
        """
    ).run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E*assert * is None",
            "*told by pytest-qruntime at teardown*",
            "a session was left open: test_it.py:2, in test_it",
        ]
    )


def test_what_a_test_leaves_patched_until_its_service_is_gone_makes_no_difference(project: Project) -> None:
    result = project.write(
        test_it="""
        def test_it(monkeypatch, qruntime):
            monkeypatch.setattr("sys.meta_path", [])  # nothing can be imported
        """
    ).run_apart()
    result.assert_outcomes(passed=1)
