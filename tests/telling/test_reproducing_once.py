"""Which tests have a program below them: those that fail, and each has one, whatever runs several times."""

from __future__ import annotations

import pytest

from pytest_qruntime.reproducing.shortest import Shortest
from pytest_qruntime.reproducing.symptoms import FAILS
from tests.plugin.conftest import Project
from tests.plugin.conftest import project as project  # a fixture
from tests.repeating.test_every_order import FRAGILE
from tests.telling.conftest import telling
from tests.telling.reproduced import programs, sections


@pytest.mark.parametrize("sweep", [False, True])
def test_of_several_runs_the_one_that_failed_counts(project: Project, sweep: bool) -> None:
    policy = """
        import pytest

        @pytest.mark.qruntime(policy="sweep")
        def test_policies(qruntime):
            qruntime.run()
            session = qruntime.session()
            session.close()
            assert session.status() == "Closed"
    """
    result = telling(project, test_it=policy if sweep else FRAGILE).run()
    result.assert_outcomes(failed=1)
    [program] = programs(project).values()
    assert ('policy={"idle_close": "lazy"}' if sweep else 'interleavings="') in program
    (project.pytester.path / "test_it.py").unlink()
    again = project.write(test_pasted=program).run()
    again.assert_outcomes(passed=1)


def test_of_many_failing_runs_one_is_looked_at_and_nothing_is_kept(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[object] = []

    def find(*given: object) -> Shortest:
        looked.append(given)
        return Shortest(FAILS, "def test_it(): ...")

    monkeypatch.setattr("pytest_qruntime.reproducing.shortest.shortest", find)
    project.write(
        conftest="""
        import pytest
        from pytest_qruntime.telling import reproducing

        @pytest.hookimpl(wrapper=True, tryfirst=True)
        def pytest_runtest_protocol(item):
            result = yield
            assert reproducing._ERROR not in item.stash
            return result
        """,
        test_it="""
        import pytest

        @pytest.mark.qruntime(policy="sweep")
        def test_policies(qruntime):
            qruntime.session().close()
            assert qruntime.workloads()[0].status()
            assert (qruntime.policy.idle_close, qruntime.policy.queue_order) == ("immediate", "fifo")

        def test_once(qruntime):
            qruntime.session().close()
            assert qruntime.workloads()[0].status() == "Open"
    """,
    ).run().assert_outcomes(failed=2)
    assert len(looked) == 2


def test_where_settings_have_other_defaults_the_marker_says_so(project: Project) -> None:
    ini = "[pytest]\nqruntime_lanes = 2\nqruntime_leaks = off\nqruntime_policy = idle_close=lazy\n"
    project.pytester.path.joinpath("pytest.ini").write_text(ini, encoding="utf-8")
    config = """
    @pytest.fixture(scope="session")
    def qruntime_config():
        return {"plan": "flex"}
    """
    leaks = """
        import pytest

        pytestmark = pytest.mark.qruntime(lanes=3, qpu_contention=False)

        @pytest.mark.qruntime(leaks="fail", lanes=1)
        def test_left_open(qruntime):
            qruntime.session()
    """
    telling(project, config, test_it=leaks).run().assert_outcomes(passed=1, errors=1)
    program = programs(project)["test_left_open"]
    assert '(plan="flex", lanes=1, qpu_contention=False, policy={"idle_close": "lazy"}, leaks="fail")' in program
    project.write(test_it=program).run().assert_outcomes(passed=1, errors=1)


def test_only_what_fails_has_one(project: Project) -> None:
    result = project.write(
        test_it="""
        import pytest

        @pytest.mark.xfail(strict=True)
        def test_expected(qruntime):
            session = qruntime.session()
            session.close()
            session.run()

        @pytest.mark.qruntime(allow={"leak": "why"})
        def test_allowed(qruntime):
            qruntime.session()

        def test_skipped(qruntime):
            pytest.skip("not today")

        def test_of_something_else(qruntime):
            qruntime.run().result()
            raise KeyError("x")

        @pytest.mark.xfail(strict=True)
        def test_passes(qruntime):
            qruntime.run()
    """
    ).run()
    result.assert_outcomes(xfailed=1, passed=1, skipped=1, failed=2)
    assert list(sections(result.stdout.str())) == []


def test_a_test_that_passes_does_not_pay_for_it(project: Project) -> None:
    project.write(
        test_it="""
        import sys

        def test_passes(qruntime):
            with qruntime.session() as session:
                session.run().result()

        def test_afterwards():
            assert not [name for name in sys.modules if name.startswith("pytest_qruntime.reproducing")]
    """
    ).run_apart().assert_outcomes(passed=2)


def test_a_mistake_of_ours_hides_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("a mistake")

    monkeypatch.setattr("pytest_qruntime.reproducing.shortest.shortest", fail)
    result = project.write(test_it="def test_left_open(qruntime): qruntime.session()").run()
    result.assert_outcomes(passed=1, errors=1)
    assert "a session was left open: test_it.py:1, in test_left_open" in result.stdout.str()
    assert list(sections(result.stdout.str())) == [
        ["no program could be written, please report it: ZeroDivisionError: a mistake"]
    ]


def test_of_several_attempts_it_is_shown_once(project: Project) -> None:
    pytest.importorskip("pytest_rerunfailures")
    refused = """
        def test_refused(qruntime):
            session = qruntime.session()
            session.close()
            session.run()
    """
    result = telling(project, test_it=refused).run("--reruns=2", plugins=("pytest_rerunfailures",))
    assert len(list(sections(result.stdout.str()))) == 1
    assert list(programs(project)) == ["test_refused"]
