"""`pytest --qruntime-record`, and then `pytest` without a network: what is recorded passes, however often it asks."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from pytest_qruntime.cassette.files import load
from tests.recording.conftest import Studio

HANDLES = """
    import pytest

    @pytest.mark.qruntime(source="cassette")
    def test_it(qruntime):
        with qruntime.session() as session:
            job = session.run()
            assert job.result()["results"]
            assert job.status() == "DONE"
        assert session.status() == "Closed"
        assert [one.session_id for one in qruntime.workloads()] == [session.session_id]
        assert [one.job_id() for one in qruntime.jobs()] == [job.job_id()]
"""

FIXTURES = """
    import pytest

    @pytest.mark.qruntime(source="cassette")
    def test_it(qruntime_session, qruntime_batch, qruntime_clock):
        before = qruntime_clock.now()
        qruntime_session.run().result()
        qruntime_batch.run().result()
        assert qruntime_clock.now() > before
        qruntime_clock.tick("1m")
        assert qruntime_batch.details()["mode"] == "batch"
"""

REQUESTS = """
    import time

    import pytest
    import requests

    def wait(url, headers):
        body = {"program_id": "sampler", "backend": "fake_backend", "params": {"pubs": [[
            'OPENQASM 3.0; bit[1] c; qubit[1] q; c[0] = measure q[0];', None, 10]], "version": 2}}
        job = requests.post(f"{url}/v1/jobs", json=body, headers=headers).json()["id"]
        while requests.get(f"{url}/v1/jobs/{job}", headers=headers).json()["state"]["status"] != "Completed":
            time.sleep(POLL)
        return requests.get(f"{url}/v1/jobs/{job}/results", headers=headers).json()

    @pytest.mark.qruntime(source="cassette")
    def test_it(qruntime):
        token = requests.post("https://iam.cloud.ibm.com/identity/token", data={
            "grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": qruntime.api_key}).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}", "Service-CRN": qruntime.crn}
        assert wait("https://us-east.quantum.cloud.ibm.com/api", headers)["results"]
"""

CLIENT = """
    import time

    import pytest
    from qiskit import QuantumCircuit
    from qiskit.transpiler import generate_preset_pass_manager
    from qiskit_ibm_runtime import SamplerV2, Session

    @pytest.mark.filterwarnings("ignore:The SamplerV2 class:DeprecationWarning")
    @pytest.mark.qruntime(source="cassette", backend="fake_backend")
    def test_it(qiskit_runtime_service):
        backend = qiskit_runtime_service.backend("fake_backend")
        circuit = QuantumCircuit(2)
        circuit.h(0)
        circuit.cx(0, 1)
        circuit.measure_all()
        circuit = generate_preset_pass_manager(backend=backend, optimization_level=0).run(circuit)
        with Session(backend) as session:
            job = SamplerV2(mode=session).run([circuit])
            while job.status() not in ("DONE", "ERROR"):
                time.sleep(POLL)
            assert job.result()[0].data.meas.get_counts()
        assert session.status() == "Closed"
"""


@pytest.mark.parametrize("test", [HANDLES, FIXTURES], ids=["handles", "fixtures"])
def test_what_is_recorded_passes_without_a_service(studio: Studio, test: str) -> None:
    recorded = studio.write(test_it=test).record()
    recorded.assert_outcomes(passed=1)
    recorded.stdout.fnmatch_lines(["recordings   recorded cassettes/test_it/test_it.yaml: * interactions with*"])
    assert studio.files() == ["test_it/test_it.yaml"]
    replayed = studio.run()
    replayed.assert_outcomes(passed=1)
    replayed.stdout.no_fnmatch_line("recordings *")


@pytest.mark.parametrize("test", [REQUESTS, CLIENT], ids=["requests", "client"])
def test_it_passes_however_often_the_program_polls(studio: Studio, test: str) -> None:
    studio.write(test_it=test.replace("POLL", "0.5")).record().assert_outcomes(passed=1)
    for poll in ("0.5", "0.05", "5"):
        studio.write(test_it=test.replace("POLL", poll)).run().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("test", "packages"),
    [
        (HANDLES, ["httpx", "pytest-qruntime"]),
        (REQUESTS, ["pytest-qruntime", "requests"]),
        (CLIENT, ["pytest-qruntime", "qiskit", "qiskit-ibm-runtime", "requests"]),
    ],
    ids=["handles", "requests", "client"],
)
def test_a_recording_names_the_versions_of_who_made_it(studio: Studio, test: str, packages: list[str]) -> None:
    studio.write(test_it=test.replace("POLL", "0.5")).record().assert_outcomes(passed=1)
    provenance = load(studio.file()).provenance
    assert provenance is not None
    assert sorted(provenance.versions) == packages
    assert provenance.versions[packages[-1]] == version(packages[-1])


def test_recording_anew_gives_the_same_file(studio: Studio) -> None:
    studio.write(test_it=REQUESTS.replace("POLL", "0.5")).record().assert_outcomes(passed=1)
    before = studio.file().read_text(encoding="utf-8")
    studio.record("--qruntime-record-mode=rewrite").assert_outcomes(passed=1)
    assert studio.file().read_text(encoding="utf-8") == before
