"""Where the calls of the client stand in a trace."""

from __future__ import annotations

from typing import Any

import pytest
from qiskit_ibm_runtime import QiskitRuntimeService, Session

from pytest_qruntime import QRuntime
from pytest_qruntime.cassette.derive import derive
from pytest_qruntime.cassette.taping import Taping
from pytest_qruntime.contracts import Terms, check
from pytest_qruntime.model import Trace
from pytest_qruntime.model.trace import CLIENT_CALLED, REQUEST_ANSWERED
from pytest_qruntime.sdk.watching import Calls, merged, watching
from pytest_qruntime.sdk.watching.calls import Call
from tests.sdk.client import submit

pytestmark = pytest.mark.qruntime(engine="schema", lanes=1)


def lived(service: QiskitRuntimeService) -> None:
    with Session(service.backend("fake_manila")) as session:
        submit(session).result()
        session.status()


def test_among_the_events_of_exchanges_a_call_comes_right_after_its_own(
    qruntime: QRuntime, monkeypatch: pytest.MonkeyPatch
) -> None:
    taping = Taping(qruntime.service, qruntime.world)
    monkeypatch.setattr(qruntime.service, "handle", _through(taping, qruntime.service.handle))
    with watching(lambda: qruntime.world.now_us, lambda: taping.tape().exchanges) as calls:
        lived(QiskitRuntimeService())
    derived = derive(taping.tape())
    both = merged(derived, calls)

    assert [event for event in both if event.kind != CLIENT_CALLED] == list(derived)
    assert [event for event in both if event.kind == CLIENT_CALLED] == calls.events()
    assert both.complete is False
    for place, event in enumerate(both):
        if event.kind == CLIENT_CALLED and event.data["last"] is not None:
            before = [one for one in both[:place] if one.kind == REQUEST_ANSWERED]
            assert before[-1].data["exchange"] == event.data["last"]
            requests: Any = event.data["requests"]
            assert [one["operation"] for one in requests][-1] == before[-1].data["operation"]
    assert check(both, terms=Terms(alone=True)).verdict("CLS-05") == "holds"


def _through(taping: Taping, handle: Any) -> Any:
    class Service:
        def handle(self, request: Any) -> Any:
            return handle(request)

    taping.handler = Service()
    return taping.handle


def test_in_the_trace_of_a_world_a_call_comes_after_what_happened_in_its_instant(qruntime: QRuntime) -> None:
    with watching(lambda: qruntime.world.now_us) as calls:
        lived(QiskitRuntimeService())
    both = merged(qruntime.trace, calls)
    kinds = [event.kind if event.kind != CLIENT_CALLED else str(event.data["call"]) for event in both]
    assert kinds.index("workload.opened") < kinds.index("Session.__init__")
    assert kinds.index("job.completed") < kinds.index("Job.result") < kinds.index("Session.__exit__")
    assert both.complete
    assert len(both) == len(qruntime.trace) + len(calls)


def test_no_calls_leave_the_trace_as_it_is() -> None:
    trace = Trace()
    assert merged(trace, None) is trace
    assert merged(trace, Calls()) is trace


def test_an_order_that_goes_back_in_time_stays_as_it_is() -> None:
    trace = Trace(complete=False)
    for at_us, exchange in ((5, 4), (3, 1), (9, 2)):
        trace.record(at_us, "job.queued", data={"exchange": exchange})
    calls = Calls(lambda: 5)
    calls.add(Call("Session.close", {}, 0))
    both = merged(trace, calls)
    assert [(event.at_us, event.kind) for event in both] == [
        *((5, "job.queued"), (3, "job.queued"), (5, CLIENT_CALLED), (9, "job.queued")),
    ]
