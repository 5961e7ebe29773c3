"""The program below a test that failed: pasted into a file, it fails in the same way."""

from __future__ import annotations

import re

import pytest

from pytest_qruntime.reproducing.symptoms import FAILS, PASSES
from tests.plugin.conftest import Project
from tests.plugin.conftest import project as project  # a fixture
from tests.telling.conftest import found, telling
from tests.telling.reproduced import programs, sections

FAILING = """
    import unittest

    import pytest

    def train(session):
        losses = []
        for step in range(3):
            losses.append(session.run(shots=100 + step, tags=["train"]).result())
        return losses

    def test_refused(qruntime):
        with qruntime.session(max_time="2h") as session:
            train(session)
            qruntime.clock.tick("3h")
            train(session)

    def test_left_open(qruntime):
        train(qruntime.session())

    @pytest.mark.qruntime(plan="open")
    def test_plan(qruntime):
        train(qruntime.batch())
        train(qruntime.session())

    def test_failed(qruntime_session, qruntime):
        qruntime.next_jobs(code=9707, reason="Temporary Internal Error", blame="system")
        train(qruntime_session)

    @pytest.mark.qruntime(lanes=1)
    def test_timed_out(qruntime, qruntime_batch):
        qruntime.other_users(12, quantum="1h")
        qruntime_batch.run().result(timeout="20m")

    def test_assertion(qruntime, qruntime_contracts):
        with qruntime.session() as session:
            train(session)
        with pytest.raises(Exception):
            session.run()
        qruntime_contracts.assert_no_submits_after_close(session)

    class TestCase(unittest.TestCase):
        @pytest.fixture(autouse=True)
        def _service(self, qruntime):
            self.qruntime = qruntime

        def test_case(self):
            job = self.qruntime.run()
            job.cancel()
            train(self.qruntime.session())
            job.result()

    @pytest.fixture
    def trained(qruntime):
        session = qruntime.session()
        session.close()
        train(session)

    def test_setup(trained):
        pass

    @pytest.fixture
    def trains(qruntime):
        session = qruntime.session()
        session.close()
        yield
        train(session)

    def test_teardown(trains):
        pass
"""


def problems(project: Project) -> list[str]:
    """What was wrong in the last run, without ids and figures, in the order of the tests."""
    told = [str(test["problem"]) for test in sorted(found(project)["tests"], key=lambda test: test["line"])]
    return [re.sub(r"test_\w+\.py:\d+, in \w+|\b[a-z0-9]{20}\b|; .*", "#", text) for text in told]


def pasted(several: dict[str, str]) -> str:
    """A file with all of them."""
    return "\n\n".join(several.values())


def test_what_is_pasted_fails_in_the_same_way(project: Project) -> None:
    result = telling(project, test_it=FAILING).run()
    result.assert_outcomes(passed=2, failed=6, errors=3)
    before, several = problems(project), programs(project)
    assert len(several) == 9
    assert all(len(one.splitlines()) < 15 for one in several.values())
    printed = ["\n".join(section[2:]).strip("\n") for section in sections(result.stdout.str())]
    assert sorted(printed) == sorted(one.strip("\n") for one in several.values())

    (project.pytester.path / "test_it.py").unlink()
    result = project.write(test_pasted=pasted(several)).run()
    result.assert_outcomes(failed=8, passed=1, errors=1)
    assert sorted(problems(project)) == sorted(before)
    assert several["test_left_open"] == (
        "def test_left_open_in_short(qruntime):\n"
        "    session = qruntime.session()\n"
        "    session.run()\n"
        "    # nobody closes it\n"
    )


def test_of_an_assertion_it_shows_what_the_test_was_told(project: Project) -> None:
    result = telling(
        project,
        test_it="""
        def test_closes(qruntime):
            with qruntime.session() as session:
                session.run()
            assert session.status() == "Closed"

        def test_costs(qruntime):
            with qruntime.batch() as batch:
                batch.run(shots=100).result()
            assert batch.usage() <= 2

        def test_sum(qruntime):
            qruntime.run().result()
            assert 1 + 1 == 3
    """,
    ).run()
    result.assert_outcomes(failed=3)
    told = list(sections(result.stdout.str()))
    assert ["\n".join(section[:2]) for section in told] == [PASSES, PASSES]
    several = programs(project)
    assert several.keys() == {"test_closes", "test_costs"}
    assert 'assert session.status() == "In progress, not accepting new jobs"' in several["test_closes"]
    assert "assert batch.usage() == 2.025" in several["test_costs"]
    (project.pytester.path / "test_it.py").unlink()
    project.write(test_pasted=pasted(several)).run().assert_outcomes(passed=2)


BREAKING = """
    from pytest_qruntime.mutants import MUTANTS, Patches

    PATCHES = Patches()

    def pytest_configure():
        PATCHES.__enter__()
        next(one for one in MUTANTS if one.name == "a_close_fails_queued_jobs").put(PATCHES)

    def pytest_unconfigure():
        PATCHES.__exit__(None, None, None)
"""


def test_a_contract_that_the_service_breaks_is_broken_again(project: Project) -> None:
    broken = """
        import pytest

        @pytest.mark.qruntime(lanes=1)
        def test_contract(qruntime):
            for _ in range(3):
                qruntime.run()
                with qruntime.session() as session:
                    session.run(), session.run(), session.run()
                qruntime.clock.tick("1h")
    """
    project.write(conftest=BREAKING, test_it=broken)
    result = project.run()
    result.assert_outcomes(passed=1, errors=1)
    [section] = sections(result.stdout.str())
    assert section[0] == FAILS
    project.write(test_it="\n".join(section[2:]))
    again = project.run()
    again.assert_outcomes(passed=1, errors=1)
    assert "the service broke a contract: CLS-01" in again.stdout.str()
    [same] = sections(again.stdout.str())
    assert same[2:] == [line.replace("_in_short", "_in_short_in_short") for line in section[2:]]


CLIENT = """
    import pytest
    from qiskit import QuantumCircuit
    from qiskit_ibm_runtime import SamplerV2, Session

    pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

    @pytest.fixture
    def backend(qiskit_runtime_service):
        return qiskit_runtime_service.backend("fake_backend")

    def sample(mode):
        circuit = QuantumCircuit(1)
        circuit.measure_all()
        return SamplerV2(mode=mode).run([circuit])

    def test_left_open(backend):
        session = Session(backend=backend, max_time="25m")
        sample(session).result()

    def test_refused(backend, qruntime):
        with Session(backend=backend, max_time="25m") as session:
            sample(session).result()
            qruntime.clock.tick("30m")
            sample(session)

    def test_cancelled(backend):
        job = sample(backend)
        job.cancel()
        job.result()
"""


def test_what_the_official_client_did_is_shown_with_ours(project: Project) -> None:
    pytest.importorskip("qiskit_ibm_runtime")
    telling(project, test_it=CLIENT).run().assert_outcomes(passed=1, failed=2, errors=1)
    several = programs(project)
    assert [several[name].splitlines()[1:] for name in sorted(several)] == [
        ["    job = qruntime.run()", "    job.cancel()", "    job.result()"],
        ["    session = qruntime.session()", "    session.run()", "    # nobody closes it"],
        [
            '    session = qruntime.session(max_time="25m")',
            "    session.run()",
            '    qruntime.clock.tick("30m")',
            "    session.run()  # refused: HTTP 400, code 1217",
        ],
    ]
