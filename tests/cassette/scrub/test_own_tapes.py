"""What the project's own service says, to httpx and to the real client: scrubbed, intact, and free of alarms."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import pytest
from qiskit import QuantumCircuit
from qiskit_ibm_runtime import QiskitRuntimeService, RuntimeDecoder, SamplerV2, Session

from pytest_qruntime import QRuntime, world
from pytest_qruntime.cassette.scrub import Scrubber, leaks
from pytest_qruntime.cassette.tape import Exchange, Tape
from pytest_qruntime.cassette.taping import Taping
from pytest_qruntime.rest.conformance import problems
from pytest_qruntime.rest.http import Request, Response

BELL = 'OPENQASM 3.0; include "stdgates.inc"; qubit[2] q; bit[2] c; h q[0]; cx q[0], q[1]; c = measure q;'
RAW = ("id", "session_id", "backend", "backend_name", "__value__", "status", "created")


def recorded(play: Callable[[QRuntime], None]) -> Tape:
    """A tape of a play in a world of its own."""
    with world(backend="fake_manila") as qruntime:
        service = qruntime.service
        own: Any = SimpleNamespace(handle=service.handle)
        taping = Taping(own, service.world)
        with mock.patch.object(service, "handle", taping.handle):
            play(qruntime)
        return taping.tape()


def by_httpx(qruntime: QRuntime) -> None:
    """Sessions, jobs, lists, errors and backends."""
    with qruntime.session(backend="fake_manila") as session:
        job = session.run("sampler", {"pubs": [[BELL]]})
        job.result()
        job.metrics()
        session.details()
    http = qruntime.http
    for path in ("/v1/jobs", "/v1/workloads", "/v1/instances/usage", "/v1/backends", "/v1/jobs/none"):
        http.get(path)
    for path in ("configuration", "properties", "status"):
        http.get(f"/v1/backends/fake_manila/{path}")


def by_the_real_client(qruntime: QRuntime) -> None:
    """The client's own requests, with its circuits, arrays and results."""
    service = QiskitRuntimeService(channel="ibm_cloud", token=qruntime.api_key, instance=qruntime.crn)
    backend = service.backend("fake_manila")
    backend.properties()
    circuit = QuantumCircuit(1)
    circuit.x(0)
    circuit.measure_all()
    with warnings.catch_warnings(), Session(backend) as session:
        warnings.simplefilter("ignore", DeprecationWarning)
        SamplerV2(mode=session).run([circuit]).result()


@pytest.fixture(scope="module", params=[by_httpx, by_the_real_client])
def tape(request: pytest.FixtureRequest) -> Tape:
    return recorded(request.param)


@pytest.fixture(scope="module")
def scrubbed(tape: Tape) -> Tape:
    return Scrubber().tape(tape)


def documents(tape: Tape) -> list[Any]:
    """The JSON bodies of the answers."""
    return [json.loads(exchange.response_body) for exchange in tape.exchanges if exchange.response_body]


def values(document: Any, names: tuple[str, ...]) -> list[Any]:
    """What stands under these keys, anywhere."""
    if isinstance(document, list):
        return [value for inner in document for value in values(inner, names)]
    if not isinstance(document, dict):
        return []
    own = [value for name, value in document.items() if name in names and isinstance(value, str)]
    return own + values(list(document.values()), names)


def test_the_project_speaks_of_identities(tape: Tape) -> None:
    kinds = {leak.kind for leak in leaks(tape)}

    assert {"jwt", "account", "instance id", "user"} <= kinds


def test_no_alarm_is_raised_by_what_is_scrubbed(scrubbed: Tape) -> None:
    assert leaks(scrubbed) == []


def test_scrubbing_twice_is_scrubbing_once(scrubbed: Tape) -> None:
    assert Scrubber().tape(scrubbed) == scrubbed


def test_references_and_payloads_stay_as_they_were(tape: Tape, scrubbed: Tape) -> None:
    assert values(documents(scrubbed), RAW) == values(documents(tape), RAW)
    assert [urlsplit(one.url).path for one in scrubbed.exchanges] == [urlsplit(one.url).path for one in tape.exchanges]


def test_what_is_scrubbed_conforms_to_the_schemas_as_well_as_before(tape: Tape, scrubbed: Tape) -> None:
    for before, after in zip(tape.exchanges, scrubbed.exchanges, strict=True):
        assert list(problems(*_parts(after))) == list(problems(*_parts(before)))


def _parts(exchange: Exchange) -> tuple[Request, Response]:
    address = urlsplit(exchange.url)
    request = Request(
        exchange.method,
        address.netloc,
        address.path,
        address.query,
        exchange.request_headers,
        exchange.request_body,
    )
    return request, Response(exchange.status, tuple(exchange.response_headers.items()), exchange.response_body)


def test_the_client_still_reads_its_results() -> None:
    scrubbed = Scrubber().tape(recorded(by_the_real_client))
    [results] = [one.response_body for one in scrubbed.exchanges if one.url.endswith("/results")]

    read = json.loads(results, cls=RuntimeDecoder)

    assert set(read[0].data.meas.get_counts()) == {"1"}
