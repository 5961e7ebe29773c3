"""A batch that partitions a list of circuits into jobs, tested.

`partition.py` opens a batch with an `httpx.Client`, submits a few circuits in each job, closes the batch at once and
collects the results. `qruntime.http` is such a client: base URL, token and CRN are set. To close is not to cancel, and
the difference shows only if jobs are still queued at that moment: so there are more jobs here than lanes, which on the
real service depends on who else is there. `partition_cancels.py` calls the wrong endpoint;
`tests/examples/test_planted_bugs.py` runs this file against it, and it fails.
"""

from __future__ import annotations

import httpx
import pytest

from partition import run_in_batch
from pytest_qruntime import Plan, QRuntime


def circuit(qubits: int) -> str:
    return (
        f'OPENQASM 3.0; include "stdgates.inc"; qubit[{qubits}] q; bit[{qubits}] c; h q[0]; '
        + " ".join(f"cx q[0], q[{target}];" for target in range(1, qubits))
        + " c = measure q;"
    )


CIRCUITS = [circuit(qubits) for qubits in range(1, 9)]


@pytest.mark.qruntime(lanes=2)
def test_every_circuit_has_its_result_in_order_though_most_jobs_are_queued_at_the_close(qruntime: QRuntime) -> None:
    results = run_in_batch(qruntime.http, "fake_backend", CIRCUITS, size=2)
    assert [result["data"]["c"]["num_bits"] for result in results] == [1, 2, 3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize(("size", "jobs"), [(1, 8), (2, 4), (3, 3), (8, 1), (100, 1)])
def test_the_circuits_are_spread_over_as_few_jobs_as_they_fit_in(qruntime: QRuntime, size: int, jobs: int) -> None:
    assert len(run_in_batch(qruntime.http, "fake_backend", CIRCUITS, size=size)) == len(CIRCUITS)
    assert len(qruntime.jobs()) == jobs


def test_the_batch_is_closed_once_its_last_job_has_run_and_costs_quantum_time_only(qruntime: QRuntime) -> None:
    qruntime.next_jobs(None, classical="1m", quantum="10s")
    run_in_batch(qruntime.http, "fake_backend", CIRCUITS, size=2)
    [batch] = qruntime.workloads()
    assert (batch.status(), batch.usage()) == ("Closed", 40)


@pytest.mark.qruntime(plan=Plan.named("premium").but(submits_per_minute=5))
def test_the_batch_is_closed_when_a_submit_is_refused(qruntime: QRuntime) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="429"):
        run_in_batch(qruntime.http, "fake_backend", CIRCUITS, size=1)
    assert len(qruntime.jobs()) == 5
    qruntime.clock.tick("1h")
    assert [batch.status() for batch in qruntime.workloads()] == ["Closed"]


@pytest.mark.qruntime(plan="open")
def test_the_open_plan_has_batches_too(qruntime: QRuntime) -> None:
    assert len(run_in_batch(qruntime.http, "fake_backend", CIRCUITS[:2], size=1)) == 2
