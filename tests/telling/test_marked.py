"""What the timeline of a failing test marks and tells: assertions, contracts, faults, and what a client raised."""

from __future__ import annotations

import re

from tests.plugin.conftest import Project
from tests.plugin.conftest import project as project  # a fixture
from tests.telling.test_failing import sections, shown


def test_what_an_assertion_and_a_broken_contract_are_about_is_marked(project: Project) -> None:
    project.write(
        test_it="""
        import pytest
        from pytest_qruntime import ServiceError
        from pytest_qruntime.mutants import MUTANTS, Patches

        def test_assertion(qruntime, qruntime_contracts):
            with qruntime.session() as session:
                session.run()
            qruntime.clock.tick("20s")
            with pytest.raises(ServiceError):
                session.run()
            qruntime.clock.tick("1h")
            qruntime_contracts.assert_no_submits_after_close(session)

        @pytest.mark.qruntime(lanes=1)
        def test_contract(qruntime):
            with Patches() as patches:
                next(one for one in MUTANTS if one.name == "a_close_fails_queued_jobs").put(patches)
                with qruntime.session() as session:
                    session.run(), session.run()
                qruntime.clock.tick("1h")

        off = pytest.mark.qruntime(contracts="off")

        @pytest.mark.parametrize("judged", [True, pytest.param(False, marks=off)])
        @pytest.mark.qruntime(lanes=1)
        def test_asked(qruntime, qruntime_contracts, judged):
            with Patches() as patches:
                next(one for one in MUTANTS if one.name == "a_close_fails_queued_jobs").put(patches)
                with qruntime.session() as session:
                    session.run(), session.run()
                qruntime.clock.tick("1h")
            qruntime_contracts.assert_holds("CLS-01")
    """
    )
    broken, asserted, *both = sections(project.run().stdout.str())
    assert re.search(r"^ +\^ what the assertion found\n +the test fails \^$", asserted, re.MULTILINE)
    assert "+20s THE ASSERTION FOUND: a job was submitted after its session" in asserted
    assert re.search(r"^ +\^ [A-Z]{3}-\d\d is broken$", broken, re.MULTILINE)
    assert re.search(r"\+0s [A-Z]{3}-\d\d BROKEN: expected ", broken)
    assert len(both) == 2
    for asked in both:
        assert re.search(r"^ +\^ CLS-01 is broken$", asked, re.MULTILINE)
        assert len(re.findall("CLS-01 BROKEN: expected", asked)) == 1


def test_what_the_test_arranged_to_go_wrong_is_told_to_be_that(project: Project) -> None:
    project.write(
        test_it="""
        import time
        import httpx

        def test_twice(qruntime):
            qruntime.fail("lost", "submit")
            qruntime.fail(503, "close", retry_after=30)
            session = qruntime.session()
            for _ in range(2):
                try:
                    session.run()
                except httpx.TransportError:
                    time.sleep(5)
            session.close()
    """
    )
    text = shown(project.run())
    assert re.search(r"^> submit  \* +1$", text, re.MULTILINE)
    assert re.search(r"^> close    +\*$", text, re.MULTILINE)
    assert "* a fault that the test arranged" in text
    assert "FAULT arranged by the test: submit (session 1) -- lost: the service" in text
    assert "FAULT arranged by the test: close (session 1) is answered 503 (Retry-After 30)," in " ".join(text.split())


def test_what_the_official_client_raised_is_told(project: Project) -> None:
    project.write(
        test_it="""
        import pytest
        from qiskit_ibm_runtime import Session

        @pytest.mark.qruntime(plan="open")
        def test_open(qiskit_runtime_service):
            with pytest.raises(Exception):
                Session(backend=qiskit_runtime_service.least_busy())
            assert False
    """
    )
    told = " ".join(shown(project.run()).split())
    assert "open REFUSED with 400, code 1352: You are not authorized to run a session" in told
    assert "the client's Session.__init__() RAISED RequestsApiError: " in told


def test_what_the_official_client_is_refused_is_told_once_and_after_what_came_before(project: Project) -> None:
    project.write(
        test_it="""
        import pytest
        from qiskit import QuantumCircuit
        from qiskit_ibm_runtime import SamplerV2, Session

        @pytest.mark.filterwarnings("ignore:The SamplerV2 class is deprecated")
        @pytest.mark.qruntime(backend="fake_manila", leaks="off")
        def test_late(qruntime, qiskit_runtime_service):
            circuit = QuantumCircuit(1)
            circuit.measure_all()
            session = Session(qiskit_runtime_service.backend("fake_manila"))
            sampler = SamplerV2(session)
            qruntime.next_jobs(classical=0, quantum=5)
            job = sampler.run([circuit])
            qruntime.workloads()[0].close()
            job.result()
            sampler.run([circuit])
    """
    )
    told = re.sub(r"\s+", " ", shown(project.run()))
    assert told.count("REFUSED") == 1
    assert told.index("session 1 cost 5s") < told.index("submit (session 1) REFUSED with 400, code 1217")
