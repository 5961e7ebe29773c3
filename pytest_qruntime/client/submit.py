"""Submitting a job over httpx, in job mode or to a session or batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import httpx
from typing_extensions import TypedDict

from pytest_qruntime.client.errors import hidden, resource
from pytest_qruntime.client.given import BackendLike, Duration, backend_name, check_program, check_tags, whole_seconds
from pytest_qruntime.client.job import Job
from pytest_qruntime.client.patience import Patience
from pytest_qruntime.model import ConfigurationError

__tracebackhide__ = hidden

MEASURED_BELL: Final = """\
OPENQASM 3.0;
include "stdgates.inc";
bit[2] c;
qubit[2] q;
h q[0];
cx q[0], q[1];
c[0] = measure q[0];
c[1] = measure q[1];
"""

BELL: Final = """\
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
h q[0];
cx q[0], q[1];
"""

_DEFAULT_PUBS: Final[dict[str, list[Any]]] = {"sampler": [[MEASURED_BELL]], "estimator": [[BELL, "ZZ"]]}


class JobOptions(TypedDict, total=False):
    """The keyword arguments that every `run` hands on; see `run_job`."""

    shots: int | None
    max_execution_time: Duration | None
    tags: Sequence[str]
    private: bool


def run_job(
    http: httpx.Client,
    program: str = "sampler",
    params: Any = None,
    *,
    backend: BackendLike,
    session_id: str | None = None,
    shots: int | None = None,
    max_execution_time: Duration | None = None,
    tags: Sequence[str] = (),
    private: bool = False,
    patience: Patience | None = None,
) -> Job:
    """Submit a job, in job mode unless `session_id` is given. Raises `ServiceError` if the service refuses it.

    Wrong content is not refused: the service accepts the job, and it fails.

    Args:
        http: a client with base URL, authorisation and Service-CRN, such as `qruntime.http`.
        program: ``"sampler"`` or ``"estimator"``.
        params: the program's parameters as the REST API takes them; a list is taken as the PUBs; None is one PUB with
            a Bell circuit.
        backend: its name, or the backend.
        shots: shots of each PUB that does not say.
        max_execution_time: limit of QPU time, in seconds or as ``"5m"`` (MXT-01).
        tags: at most 8, of at most 86 characters (PLN-10).
        private: its parameters are not shown, and its results can be read once (JOB-09).
        patience: how to wait for it; by default, as the client does.
    """
    check_program(program)
    check_tags(tags)
    inputs = _inputs(program, params, shots)
    cost = whole_seconds(max_execution_time, what="max_execution_time")
    body: dict[str, Any] = {"program_id": program, "backend": backend_name(backend), "params": inputs}
    optional = {"session_id": session_id, "cost": cost, "tags": list(tags), "private": private}
    body.update({name: value for name, value in optional.items() if value})
    return Job(http, resource(http.post("/v1/jobs", json=body), "id")["id"], patience=patience)


def _inputs(program: str, params: Any, shots: int | None) -> dict[str, Any]:
    if params is None:
        params = _DEFAULT_PUBS.get(program, [])
    if not isinstance(params, (Mapping, list, tuple)):
        raise ConfigurationError(
            f"params is {params!r:.40}; expected the program's parameters as a mapping, or a list of PUBs, each a list "
            "that begins with a circuit: [[qasm]]"
        )
    inputs: dict[str, Any] = dict(params) if isinstance(params, Mapping) else {"pubs": list(params)}
    if shots is not None and program == "estimator":
        inputs["options"] = {**inputs.get("options", {}), "default_shots": shots}
    elif shots is not None:
        inputs["shots"] = shots
    return inputs
