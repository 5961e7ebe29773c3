"""The blocks of the page "Run jobs in a session"."""

from __future__ import annotations

from functools import partial

from tests.documented.blocks import NO_SERVICE, SERVICE_REFUSED, Block, Edit

block = partial(Block, "run-jobs-session")
V1 = "V1 primitives are gone; the names that are left are those of V2"
RUN = Edit("estimator.run(...)", "estimator.run([estimator_pub])", "the dots stand for the reader's own")

SET_UP = block(
    "set up",
    """\
from qiskit_ibm_runtime import QiskitRuntimeService, Session, Sampler, Estimator

service = QiskitRuntimeService()
""",
)

OPEN = block(
    "open, session class, V2",
    """\
from qiskit_ibm_runtime import Session, Samplerv2 as Sampler, Estimatorv2 as Estimator

backend = service.least_busy(operational=True, simulator=False)
session = Session(service=service, backend=backend)
estimator = Estimator(mode=session)
sampler = Sampler(mode=session)
""",
    (
        Edit("Samplerv2", "SamplerV2", "no such name"),
        Edit("Estimatorv2", "EstimatorV2", "no such name"),
        NO_SERVICE,
    ),
    refused="ImportError: cannot import name 'Samplerv2'",
)

OPEN_V1 = block(
    "open, session class, V1",
    """\
from qiskit_ibm_runtime import Session, Sampler, Estimator

backend = service.least_busy(operational=True, simulator=False)
session = Session(service=service, backend=backend)
estimator = Estimator(session=session)
sampler = Sampler(session=session)
""",
    refused=SERVICE_REFUSED,
    runs=False,
    why=V1,
)

OPEN_CONTEXT = block(
    "open, context manager, V2",
    """\
backend = service.least_busy(operational=True, simulator=False)
with Session(service=service, backend=backend):
  estimatorv2 = EstimatorV2()
  samplerv2 = SamplerV2()
""",
    (NO_SERVICE,),
    refused=SERVICE_REFUSED,
)

OPEN_CONTEXT_V1 = block(
    "open, context manager, V1",
    """\
backend = service.least_busy(operational=True, simulator=False)
with Session(service=service, backend=backend):
  estimator = Estimator()
  sampler = Sampler()
""",
    refused=SERVICE_REFUSED,
    runs=False,
    why=V1,
)

BY_NAME = block(
    "specify a system by name",
    """\
service = QiskitRuntimeService()
with Session(service=service, backend="ibm_sherbrooke"):
    ...
""",
    (
        NO_SERVICE,
        Edit('"ibm_sherbrooke"', 'service.backend("ibm_sherbrooke")', "a name is no backend any more"),
    ),
    refused=SERVICE_REFUSED,
)

BY_OBJECT = block(
    "pass a backend object",
    """\
backend = service.least_busy(operational=True, simulator=False)
with Session(backend=backend):
  ...
""",
)

LENGTH = block(
    "session length",
    """\
with Session(service=service, backend=backend, max_time="25m"):
  ...
""",
    (NO_SERVICE, Edit('"25m"):', '"25m") as session:', "so that it can be asked for its details")),
    refused=SERVICE_REFUSED,
)

CLOSE_CONTEXT = block(
    "close, context manager",
    """\
with Session(service=service, backend=backend) as session:
    estimator = Estimator()
    job1 = estimator.run(...)
    job2 = estimator.run(...)

# The session is no longer accepting jobs but the submitted job will run to completion.
result = job1.result()
result2 = job2.result()
""",
    (NO_SERVICE, RUN),
    refused=SERVICE_REFUSED,
)

CLOSE = block(
    "close, session class",
    """\
session = Session(backend=backend)

# If using qiskit-ibm-runtime earlier than 0.24.0, change `mode=` to `session=`
estimator = Estimator(mode=session)
job1 = estimator.run(...)
job2 = estimator.run(...)
print(f"Result1: {job1.result()}")
print(f"Result2: {job2.result()}")

# Manually close the session. Running and queued jobs will run to completion.
session.close()
""",
    (RUN,),
)

CANCEL = block(
    "cancel",
    """\
with Session(service=service, backend=backend) as session:
    estimator = Estimator()
    job1 = estimator.run(...)
    job2 = estimator.run(...)
    # You can use session.cancel() to fail all pending jobs, for example,
    # if you realize you made a mistake.
    session.cancel()
""",
    (NO_SERVICE, RUN),
    refused=SERVICE_REFUSED,
)

SEVERAL_PRIMITIVES = block(
    "several primitives, V2",
    """\
from qiskit_ibm_runtime import Session, SamplerV2 as Sampler, EstimatorV2 as Estimator

with Session(backend=backend):
    sampler = Sampler()
    estimator = Estimator()

    job = sampler.run([sampler_circuit])
    result = job.result()
    print(f" > Counts: {result[0].data.meas.get_counts()}")

    job = estimator.run([(circuit, observable)])
    result = job.result()
    print(f" > Expectation value: {result[0].data.evs}")
    print(f" > Metadata: {result[0].metadata}")
""",
)

SEVERAL_PRIMITIVES_V1 = block(
    "several primitives, V1",
    """\
from qiskit_ibm_runtime import Session, Sampler, Estimator

with Session(backend=backend):
    sampler = Sampler()
    estimator = Estimator()

    result = sampler.run(sampler_circuit).result()
    print(f">>> Quasi-probability distribution from the sampler job: {result.quasi_dists[0]}")

    result = estimator.run(circuit, observable).result()
    print(f">>> Expectation value from the estimator job: {result.values[0]}")
""",
    refused="ValueError: An invalid Sampler pub-like was given",
    runs=False,
    why=V1,
)

THREADS = block(
    "two VQE algorithms in threads",
    """\
from concurrent.futures import ThreadPoolExecutor
from qiskit_ibm_runtime import EstimatorV2 as Estimator

def minimize_thread(estimator, method):
    return minimize(cost_func, x0, args=(ansatz, hamiltonian, estimator), method=method)

with Session(backend=backend), ThreadPoolExecutor() as executor:
    estimator1 = Estimator()
    estimator2 = Estimator()

    # Use different tags to differentiate the jobs.
    estimator1.options.environment.job_tags = ["cobyla"]
    estimator2.options.environment.job_tags = ["nelder-mead"]

    # Submit the two workloads.
    cobyla_future = executor.submit(minimize_thread, estimator1, "cobyla")
    nelder_mead_future = executor.submit(minimize_thread, estimator2, "nelder-mead")

    # Get workload results.
    cobyla_result = cobyla_future.result()
    nelder_mead_result = nelder_mead_future.result()
""",
)

DETAILS = block(
    "details, V2",
    """\
from qiskit_ibm_runtime import QiskitRuntimeService, EstimatorV2 as Estimator

service = QiskitRuntimeService()
backend = service.least_busy(operational=True, simulator=False)

with Session(service=service, backend="backend") as session:
    estimator = Estimator()
    job = estimator.run([(circuit, observable)])
    print(session.details())
""",
    (NO_SERVICE, Edit('"backend"', "backend", "the name of the variable is meant")),
    refused=SERVICE_REFUSED,
)

DETAILS_V1 = block(
    "details, V1",
    """\
from qiskit_ibm_runtime import QiskitRuntimeService

service = QiskitRuntimeService()
backend = service.least_busy(operational=True, simulator=False)

with Session(service=service, backend=backend) as session:
    estimator = Estimator()
    job = estimator.run(circuit, observable)
    print(session.details())
""",
    refused=SERVICE_REFUSED,
    runs=False,
    why=V1,
)

BLOCKS = (
    SET_UP,
    OPEN,
    OPEN_V1,
    OPEN_CONTEXT,
    OPEN_CONTEXT_V1,
    BY_NAME,
    BY_OBJECT,
    LENGTH,
    CLOSE_CONTEXT,
    CLOSE,
    CANCEL,
    SEVERAL_PRIMITIVES,
    SEVERAL_PRIMITIVES_V1,
    THREADS,
    DETAILS,
    DETAILS_V1,
)
