"""The client may be imported before a world is opened or while it is open; the plugin never imports it unasked."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Project

USE = """
    def use():
        from qiskit_ibm_runtime import QiskitRuntimeService
        QiskitRuntimeService.save_account(token="a-key-that-is-not-kept", name="team", overwrite=True)
        return QiskitRuntimeService(name="team")
"""


@pytest.mark.parametrize("freeze", [True, False])
def test_code_that_imports_the_client_for_the_first_time_in_a_test_reaches_the_fake(
    project: Project, monkeypatch: pytest.MonkeyPatch, freeze: bool
) -> None:
    monkeypatch.setenv("HOME", str(project.pytester.mkdir("home")))
    project.write(
        users_code=USE,
        test_it=f"""
        import datetime
        import pathlib
        import sys
        import time

        import pydantic
        import pytest

        from users_code import use

        @pytest.mark.qruntime(freeze={freeze})
        def test_first(qruntime):
            assert "qiskit_ibm_runtime" not in sys.modules
            assert use().backends()
            assert not any(type(finder).__name__ == "Arrival" for finder in sys.meta_path)
            client = sys.modules["qiskit_ibm_runtime"]
            assert "pytest_qruntime" not in type(client.__loader__).__module__
            assert client.__spec__.loader is client.__loader__

        def test_second(qruntime):
            assert use().backends()
            qruntime.clock.tick("9h")
            assert use().backends()

        def test_afterwards():
            from qiskit_ibm_runtime import runtime_job_v2
            assert runtime_job_v2.time is time
            assert not (pathlib.Path.home() / ".qiskit").exists()

            class Model(pydantic.BaseModel):
                at: datetime.datetime

            assert Model(at=datetime.datetime.now()).at
        """,
    )
    project.run_apart("-p", "no:randomly").assert_outcomes(passed=3)


def test_a_job_runs_with_a_client_that_was_imported_while_time_stood_still(project: Project) -> None:
    project.write(
        test_it="""
        import datetime
        import sys
        import warnings

        def test_it(qruntime):
            assert "qiskit" not in sys.modules
            from qiskit import QuantumCircuit
            from qiskit_ibm_runtime import QiskitRuntimeService, SamplerV2

            circuit = QuantumCircuit(1)
            circuit.x(0)
            circuit.measure_all()
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", message="The .* class", category=DeprecationWarning)
                job = SamplerV2(QiskitRuntimeService().backend("fake_backend")).run([circuit], shots=10)
            began = datetime.datetime.now(datetime.timezone.utc)
            assert job.result()[0].data.meas.get_counts() == {"1": 10}
            assert job.creation_date == began
            assert datetime.datetime.now(datetime.timezone.utc) > began
        """
    ).run_apart("-p", "no:randomly").assert_outcomes(passed=1)


def test_worlds_that_wait_for_the_client_are_all_made_ready_when_it_comes(project: Project) -> None:
    project.write(
        test_it="""
        import sys
        import time

        from pytest_qruntime import world

        def test_it():
            with world(seed=1) as outer:
                with world(seed=2) as inner:
                    from qiskit_ibm_runtime import QiskitRuntimeService, runtime_job_v2
                    assert QiskitRuntimeService().active_instance() == inner.crn
                assert QiskitRuntimeService().active_instance() == outer.crn
            assert runtime_job_v2.time is time
            assert not any(type(finder).__name__ == "Arrival" for finder in sys.meta_path)
        """
    ).run_apart().assert_outcomes(passed=1)


def test_an_import_that_fails_may_be_tried_again(project: Project) -> None:
    project.pytester.makepyfile(**{"broken/qiskit_ibm_runtime": "raise RuntimeError('broken')"})
    project.write(
        test_it="""
        import sys

        import pytest

        def test_it(qruntime, monkeypatch):
            with monkeypatch.context() as inner:
                inner.syspath_prepend("broken")
                with pytest.raises(RuntimeError, match="broken"):
                    import qiskit_ibm_runtime
            from qiskit_ibm_runtime import QiskitRuntimeService
            assert QiskitRuntimeService().active_instance() == qruntime.crn
        """
    ).run_apart().assert_outcomes(passed=1)


def test_a_test_that_does_not_use_the_client_does_not_load_it(project: Project) -> None:
    project.write(
        test_it="""
        import sys

        def test_it(qruntime):
            assert qruntime.run().status()
            assert sum(type(finder).__name__ == "Arrival" for finder in sys.meta_path) == 1
            assert not {"qiskit", "qiskit_ibm_runtime", "numpy", "ibm_cloud_sdk_core"} & set(sys.modules)
            assert "pytest_qruntime.sdk.waiting" not in sys.modules

        def test_later():
            assert not any(type(finder).__name__ == "Arrival" for finder in sys.meta_path)
        """
    ).run_apart("-p", "no:randomly").assert_outcomes(passed=2)
