"""The fixtures in small projects: a world per test, teardown that holds, nothing left behind."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Project


def test_every_fixture_works_without_a_word_of_configuration(project: Project) -> None:
    project.write(
        test_it="""
        def test_world(qruntime):
            assert qruntime.run().result()

        def test_session(qruntime_session):
            assert qruntime_session.run().result()
            assert qruntime_session.details()["mode"] == "dedicated"

        def test_batch(qruntime_batch):
            assert qruntime_batch.run().result()
            assert qruntime_batch.details()["mode"] == "batch"

        def test_clock(qruntime_clock):
            before = qruntime_clock.now()
            qruntime_clock.tick("25m")
            assert (qruntime_clock.now() - before).total_seconds() == 1500

        def test_all_of_one_test_are_of_one_world(qruntime, qruntime_clock, qruntime_session, qruntime_batch):
            assert qruntime.clock is qruntime_clock
            assert list(qruntime.world.workloads) == [qruntime_session.session_id, qruntime_batch.session_id]
        """
    ).run().assert_outcomes(passed=5)


def test_two_tests_have_two_worlds_with_the_same_ids(project: Project) -> None:
    project.write(
        test_it="""
        import time

        SEEN = []

        def look(qruntime, session):
            assert len(qruntime.world.workloads) == 1
            assert qruntime.world.now_us == 0
            time.sleep(60)
            SEEN.append((session.session_id, session.run().job_id(), qruntime.crn))

        def test_one(qruntime, qruntime_session):
            look(qruntime, qruntime_session)

        def test_two(qruntime, qruntime_session):
            look(qruntime, qruntime_session)
            assert SEEN[0] == SEEN[1]
        """
    ).run().assert_outcomes(passed=2)


# -- teardown ----------------------------------------------------------------------------------------------------------

KEEPS = """
    import pytest

    OPENED = []

    @pytest.fixture(autouse=True)
    def keep(request):
        yield
        for runtime, workload in OPENED:
            assert workload.status() == "Closed", workload.status()
            assert not runtime.world.workloads[workload.session_id].accepting
        OPENED.clear()

    @pytest.fixture(params=["qruntime_session", "qruntime_batch"])
    def workload(request, qruntime, keep):
        # `keep` was set up before the session, so it looks after the session's teardown
        found = request.getfixturevalue(request.param)
        OPENED.append((qruntime, found))
        return found
"""


@pytest.mark.parametrize(
    "body",
    [
        "pass",
        "workload.close()",
        "workload.cancel()",
        "workload.run(); workload.cancel(); qruntime.clock.tick('1h')",
        "workload.run().result()",
        "workload.run().result(); qruntime.clock.tick('9h')",
        "workload.run().result(); qruntime.clock.tick('30d')",
        "qruntime.clock.tick('30d')",
        "qruntime.http.close()",
        "qruntime.backend().set_status('offline')",
        "qruntime.fail(503, times=None)",
        "qruntime.fail('read_timeout', 'close', lasting='30d')",
        "qruntime.before('close', lambda: 1 / 0, times=None)",
    ],
)
def test_teardown_closes_whatever_the_test_did(project: Project, body: str) -> None:
    result = project.write(conftest=KEEPS, test_it=f"def test_it(qruntime, workload): {body}").run()
    result.assert_outcomes(passed=2)


def test_teardown_closes_after_a_failing_test(project: Project) -> None:
    result = project.write(conftest=KEEPS, test_it="def test_it(workload): assert False").run()
    result.assert_outcomes(failed=2)


def test_teardown_lets_finish_what_was_submitted(project: Project) -> None:
    project.write(
        test_it="""
        RUNTIMES = []

        def test_submits(qruntime, qruntime_session):
            RUNTIMES.append((qruntime, qruntime_session.run()))

        def test_later():
            qruntime, job = RUNTIMES[0]
            assert job.status() == "RUNNING"
            qruntime.clock.tick("1h")
            assert job.status() == "DONE"
        """
    ).run("-p", "no:randomly").assert_outcomes(passed=2)


def test_a_session_that_the_plan_refuses_is_told_in_one_line(project: Project) -> None:
    result = project.write(
        test_it="""
        import pytest

        @pytest.mark.qruntime(plan="open")
        def test_it(qruntime_session):
            pass
        """
    ).run("-rN")
    result.assert_outcomes(errors=1)
    lines = [line for line in result.stdout.lines if line.startswith("E ")]
    assert len(lines) == 1
    assert "HTTP 400, code 1352: You are not authorized to run a session when using the open plan." in lines[0]
    result.stdout.no_fnmatch_line("*client*.py*")


def test_an_error_of_ours_is_shown_at_the_line_of_the_test(project: Project) -> None:
    result = project.write(
        test_it="""
        def test_it(qruntime):
            qruntime.run("sampler", [["no qasm"]]).result()
        """
    ).run("-rN")
    result.stdout.fnmatch_lines(
        [
            '>       qruntime.run("sampler", [[][[]"no qasm"]]).result()',
            "E *has no result: error code*",
            "test_it.py:2: JobFailedError",
        ]
    )
    result.stdout.no_fnmatch_line("*client/job.py*")


# -- nothing is left ---------------------------------------------------------------------------------------------------

LOOKS = """
    import asyncio, datetime, socket, time
    import httpx, requests, pytest

    def look():
        return (
            time.sleep, time.time, datetime.datetime, asyncio.sleep, socket.getaddrinfo,
            httpx.HTTPTransport.handle_request, requests.adapters.HTTPAdapter.send,
        )

    BEFORE = look()

    def pytest_runtest_logfinish(nodeid):
        print(nodeid, "left", sum(a is not b for a, b in zip(BEFORE, look())))

    def pytest_unconfigure(config):
        print("finally left", sum(a is not b for a, b in zip(BEFORE, look())))
"""


def test_passing_failing_and_erring_tests_leave_nothing_patched(project: Project) -> None:
    result = project.write(
        conftest=LOOKS,
        test_it="""
        import pytest

        def test_passes(qruntime):
            pass

        def test_fails(qruntime, qruntime_session):
            assert False

        @pytest.fixture
        def broken(qruntime):
            yield
            raise RuntimeError("teardown")

        def test_errs(broken):
            pass

        def test_skips(qruntime):
            pytest.skip("not today")

        def test_exits_by_itself(qruntime):
            raise SystemExit(3)
        """,
    ).run("-s")
    assert result.parseoutcomes()["failed"] == 2
    left = [line.rpartition(" ")[2] for line in result.stdout.lines if " left " in line]
    assert left == ["0"] * 6


def test_a_keyboard_interrupt_leaves_nothing_patched(project: Project) -> None:
    result = project.write(
        conftest=LOOKS,
        test_it="""
        def test_interrupted(qruntime, qruntime_session):
            raise KeyboardInterrupt
        """,
    ).run_apart("-s")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["*finally left 0*"])


def test_a_world_that_a_test_leaves_open_is_told_and_does_not_reach_the_next_test(project: Project) -> None:
    result = project.write(
        test_it="""
        import time
        import pytest_qruntime

        KEPT = []

        def test_leaves_a_world_open(qruntime):
            KEPT.append(pytest_qruntime.world(seed=1))
            KEPT[0].__enter__()

        def test_next(qruntime):
            time.sleep(60)
            assert qruntime.world.now_us == 60_000_000
        """,
    ).run_apart("-rN")
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["E *ClockError: * was held after *; release it first"])
