"""The blocks of the page "Execution modes changes"."""

from __future__ import annotations

from functools import partial

from tests.documented.blocks import Block, Edit

block = partial(Block, "execution-mode-changes")

QPU_TIME = block(
    "query a job's QPU time",
    """\
job.metrics()["usage"]["quantum_seconds"]
""",
    (
        Edit(
            "quantum_seconds",
            "qpu_charge_time_seconds",
            "what the service answers clients that ask for version 2026-03-15 of its API or a later one",
        ),
    ),
    refused="KeyError: 'quantum_seconds'",
)

THREADS = block(
    "two VQE algorithms in threads",
    """\
from concurrent.futures import ThreadPoolExecutor
from qiskit_ibm_runtime import  Session, EstimatorV2 as Estimator

def minimize_thread(estimator, method):
    minimize(cost_func, x0, args=(ansatz, hamiltonian, estimator), method=method)

with Session(backend=backend), ThreadPoolExecutor() as executor:
    # Add tags to differentiate jobs from different workloads.
    estimator1.options.environment.job_tags = "cobyla"
    estimator1.options.environment.job_tags = "nelder-mead"

    cobyla_result = executor.submit(minimize_thread, estimator1, "cobyla").result()
    nelder_mead_result = executor.submit(minimize_thread, estimator2, "nelder-mead").result()
""",
    (
        Edit(
            'estimator1.options.environment.job_tags = "nelder-mead"',
            'estimator2.options.environment.job_tags = ["nelder-mead"]',
            "the second estimator is meant; tags are a list",
        ),
        Edit('= "cobyla"', '= ["cobyla"]', "tags are a list"),
        Edit(
            " as executor:\n",
            " as executor:\n    estimator1, estimator2 = Estimator(), Estimator()\n",
            "they are defined nowhere",
        ),
    ),
    refused="NameError: name 'estimator1' is not defined",
)

PARTITION = block(
    "500 circuits in five jobs",
    """\
from qiskit_ibm_runtime import Batch, SamplerV2 as Sampler

max_circuits = 100
jobs = []
start_idx = 0

with Batch(backend):
    sampler = Sampler()
    while start_idx < len(circuits):
        end_idx = start_idx + max_circuits
        jobs.append(sampler.run([(circuits[start_ids:end_idx],)]))
        start_idx = end_idx
""",
    (
        Edit("start_ids", "start_idx", "a misprint"),
        Edit("[(circuits[start_idx:end_idx],)]", "circuits[start_idx:end_idx]", "each pub has one circuit"),
    ),
    refused="NameError: name 'start_ids' is not defined",
)

BLOCKS = (QPU_TIME, THREADS, PARTITION)
