"""`world()`: a service in virtual time for the length of a ``with`` block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from pytest_qruntime import arguments
from pytest_qruntime.arguments import DurationsFunction
from pytest_qruntime.client.errors import hidden
from pytest_qruntime.client.turns import InTurn
from pytest_qruntime.model import Plan, Policy, World, estimate
from pytest_qruntime.model.world import DEFAULT_LANES, DEFAULT_START_UNIX_US
from pytest_qruntime.runtime.premises import DEFAULT_BACKEND
from pytest_qruntime.runtime.qruntime import QRuntime
from pytest_qruntime.sdk import ModelNews, accommodated
from pytest_qruntime.transport import Interception

__tracebackhide__ = hidden


@contextmanager
def world(
    *,
    plan: str | Plan = "premium",
    seed: int = 0,
    lanes: int = DEFAULT_LANES,
    policy: Policy | Mapping[str, Any] | None = None,
    start: datetime | str | None = None,
    freeze: bool = True,
    backend: str = DEFAULT_BACKEND,
    qpu_contention: bool = True,
    engine: str = "ideal",
    durations: DurationsFunction = estimate,
    label: str = "this program",
) -> Iterator[QRuntime]:
    """A world for the length of a ``with`` block, without pytest: in a script or a notebook.

    Code that uses `qiskit_ibm_runtime` reaches it too, whether it imports that client before or during the world: the
    client's account file and its environment variables lead here, and its waits cost virtual time.

    Worlds may be nested. The innermost one answers, unless a request carries the CRN of an outer one; give them
    different seeds, or their CRNs are the same.

    Args:
        plan: ``"open"``, ``"payg"``, ``"flex"``, ``"premium"`` or a `Plan`.
        seed: from which every id and every random number comes.
        lanes: jobs that a backend runs at once.
        policy: a `Policy`, or a mapping of the knobs that differ from the default.
        start: the date and time at which the world begins, a datetime or ISO 8601 text; UTC unless it has a zone. By
            default it is noon of 15 January 2026.
        freeze: whether ``datetime.now()`` and ``time.time()`` show virtual time too; sleeping is virtual in any case.
        backend: name of the one backend that exists from the beginning.
        qpu_contention: whether the QPU runs one job at a time.
        engine: what computes the results of circuits: ``"ideal"``, ``"aer"``, ``"aer-noisy"`` or ``"schema"``.
        durations: how long a job takes, from its `JobRequest`: `Durations`, or (classical, quantum) seconds.
        label: what a refused network connection names as its origin.

    Raises `ConfigurationError` for a value that cannot be used, before anything is patched.
    """
    qruntime = build(
        plan=plan,
        seed=seed,
        lanes=lanes,
        policy=policy,
        start=start,
        freeze=freeze,
        backend=backend,
        qpu_contention=qpu_contention,
        engine=engine,
        durations=durations,
    )
    with (
        qruntime.clock.hold(),
        Interception(InTurn(qruntime.network, qruntime.clock), label=label),
        accommodated(qruntime.service, qruntime.clock, ModelNews(qruntime.world, qruntime.clock).of),
    ):
        yield qruntime


def build(
    *,
    plan: str | Plan = "premium",
    seed: int = 0,
    lanes: int = DEFAULT_LANES,
    policy: Policy | Mapping[str, Any] | None = None,
    start: datetime | str | None = None,
    freeze: bool = True,
    backend: str = DEFAULT_BACKEND,
    qpu_contention: bool = True,
    engine: str = "ideal",
    durations: DurationsFunction = estimate,
) -> QRuntime:
    """What `world` opens, with the same arguments; its clock is not held, and nothing in this process leads to it."""
    freeze, engine = arguments.freeze(freeze), arguments.engine(engine)
    model = World(
        plan=arguments.plan(plan),
        seed=arguments.seed(seed),
        lanes=arguments.lanes(lanes),
        policy=arguments.policy(policy),
        qpu_contention=arguments.qpu_contention(qpu_contention),
        durations=arguments.durations(durations),
        start_unix_us=DEFAULT_START_UNIX_US if start is None else arguments.start(start),
    )
    return QRuntime(model, backend=backend, freeze=freeze, engine=engine)
