"""The blocks of the page "Run jobs in a batch"."""

from __future__ import annotations

from functools import partial

from tests.documented.blocks import Block, Edit

block = partial(Block, "run-jobs-batch")

SET_UP = block(
    "set up",
    """\
from qiskit_ibm_runtime import (
    QiskitRuntimeService,
    Batch,
    SamplerV2 as Sampler,
    EstimatorV2 as Estimator,
)


service = QiskitRuntimeService()
""",
)

OPEN = block(
    "open, batch class",
    """\
backend = service.least_busy(operational=True, simulator=False)
batch = Batch(backend=backend)
estimator = Estimator(mode=batch)
sampler = Sampler(mode=batch)
# Close the batch because no context manager was used.
batch.close()
""",
)

OPEN_CONTEXT = block(
    "open, context manager",
    """\
from qiskit_ibm_runtime import (
    Batch,
    SamplerV2 as Sampler,
    EstimatorV2 as Estimator,
)

backend = service.least_busy(operational=True, simulator=False)
with Batch(backend=backend):
    estimator = Estimator()
    sampler = Sampler()
""",
)

LENGTH = block(
    "batch length",
    """\
with Batch(backend=backend, max_time="25m"):
  ...
""",
    (Edit('"25m"):', '"25m") as batch:', "so that it can be asked for its details"),),
)

CLOSE_CONTEXT = block(
    "close, context manager",
    """\
with Batch(backend=backend) as batch:
    estimator = Estimator()
    sampler = Sampler()
    job1 = estimator.run([estimator_pub])
    job2 = sampler.run([sampler_pub])

# The batch is no longer accepting jobs but the submitted job will run to completion.
result = job1.result()
result2 = job2.result()
""",
)

CLOSE = block(
    "close, batch class",
    """\
batch = Batch(backend=backend)

# If using qiskit-ibm-runtime earlier than 0.24.0, change `mode=` to `batch=`
estimator = Estimator(mode=batch)
sampler = Sampler(mode=batch)
job1 = estimator.run([estimator_pub])
job2 = sampler.run([sampler_pub])
print(f"Result1: {job1.result()}")
print(f"Result2: {job2.result()}")

# Manually close the batch. Running and queued jobs will run to completion.
batch.close()
""",
)

DETAILS = block(
    "details",
    """\
from qiskit_ibm_runtime import (
    QiskitRuntimeService,
    batch,
    SamplerV2 as Sampler,
)

service = QiskitRuntimeService()
backend = service.least_busy(operational=True, simulator=False)

with Batch(backend=backend) as batch:
    print(batch.details())
""",
)

RECONFIGURE = block(
    "partition circuits into jobs",
    """\
from qiskit_ibm_runtime import SamplerV2 as Sampler, Batch
from qiskit.circuit.random import random_circuit

max_circuits = 100
circuits = [pm.run(random_circuit(5, 5)) for _ in range(5 * max_circuits)]
for circuit in circuits:
    circuit.measure_active()
all_partitioned_circuits = []
for i in range(0, len(circuits), max_circuits):
    all_partitioned_circuits.append(circuits[i : i + max_circuits])
jobs = []
start_idx = 0

with Batch(backend=backend):
    sampler = Sampler()
    for partitioned_circuits in all_partitioned_circuits:
        job = sampler.run(partitioned_circuits)
        jobs.append(job)
""",
)

BLOCKS = (SET_UP, OPEN, OPEN_CONTEXT, LENGTH, CLOSE_CONTEXT, CLOSE, DETAILS, RECONFIGURE)
