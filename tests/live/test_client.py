"""The real client on a live service: led there by its environment variables, and patient on the world's clock."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import qiskit_ibm_runtime

from pytest_qruntime.cassette.capture import Capture
from pytest_qruntime.live import Target, connected
from tests.live.places import as_a_host, control, jobs_take

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def bell(backend: Any) -> Any:
    """A circuit that a backend takes as it is."""
    from qiskit import QuantumCircuit, transpile

    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure_all()
    return transpile(circuit, backend, optimization_level=0, seed_transpiler=1)


@pytest.mark.parametrize("freeze", [True, False])
def test_an_hours_long_session_of_the_real_client_costs_few_requests(own: Target, freeze: bool) -> None:
    settings = {"freeze": freeze, "start": "2033-05-06T07:08:09Z"}
    with connected(own, label="t", settings=settings) as qruntime:
        number = control(own.url, "/worlds")["worlds"][-1]["world"]
        control(own.url, f"/worlds/{number}/other-users", jobs=3, quantum="2h")
        with Capture(
            canonical=own.canonical, service=own.service, before=qruntime.before, after=qruntime.observe
        ) as capture:
            service = qiskit_ibm_runtime.QiskitRuntimeService()
            backend = service.backend(qruntime.default_backend)
            with qiskit_ibm_runtime.Session(backend=backend, max_time="8h") as session:
                job = qiskit_ibm_runtime.SamplerV2(mode=session).run([bell(backend)], shots=16)
                counts = job.result()[0].data.meas.get_counts()
        assert sum(counts.values()) == 16
        assert qruntime.clock.now() > datetime.datetime(2033, 5, 6, 13, tzinfo=datetime.timezone.utc)
        assert [one.job_id() for one in qruntime.jobs()] == [job.job_id()]
        assert [one.session_id for one in qruntime.workloads()] == [session.session_id]
        exchanges = capture.tape().exchanges
    assert len(exchanges) < 60
    assert all(exchange.url.startswith("https://") and "cloud.ibm.com" in exchange.url for exchange in exchanges)
    asked_iam = [one for one in exchanges if "/identity/token" in one.url]
    assert 1 <= len(asked_iam) <= 12
    assert all(exchange.status < 400 for exchange in exchanges)


def test_it_finds_a_real_service_by_the_account_of_the_target(real_time_url: str) -> None:
    number = control(real_time_url, "/worlds", time="real", own_account=True)["world"]
    host = as_a_host(real_time_url, number)
    jobs_take(real_time_url, number, quantum=0.0)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in control(real_time_url, f"/worlds/{number}")["environment"].items():
            if name in ("IAM_URL", "GLOBAL_SEARCH_URL", "GLOBAL_CATALOG_URL"):
                patch.setenv(name, value)
        with connected(host, label="t", settings={"backend": "fake_backend"}) as qruntime:
            service = qiskit_ibm_runtime.QiskitRuntimeService()
            backend = service.backend(qruntime.default_backend)
            job = qiskit_ibm_runtime.SamplerV2(mode=backend).run([bell(backend)], shots=16)
            assert len(job.result()) == 1
            assert service.active_account()["instance"] == host.crn
