"""The watch on the client: what is noted of a call, of whom, and that nothing else is different."""

from __future__ import annotations

import inspect
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any

import pytest
from qiskit_ibm_runtime import Batch, QiskitRuntimeService, RuntimeJobV2, SamplerV2, Session
from qiskit_ibm_runtime.base_primitive import BasePrimitiveV2

from pytest_qruntime import QRuntime
from pytest_qruntime.model import Event
from pytest_qruntime.sdk.watching import Calls, watching
from pytest_qruntime.sdk.watching.places import methods, modules_that_warn
from tests.sdk.client import bell, sampler, submit
from tests.sdk.conftest import Asked
from tests.sdk.needs import at_least

pytestmark = pytest.mark.qruntime(engine="schema")


@pytest.fixture
def backend(qruntime: QRuntime) -> Any:
    return QiskitRuntimeService().backend("fake_manila")  # the fixture qiskit_runtime_service watches by itself


@pytest.fixture
def calls(qruntime: QRuntime, backend: Any) -> Iterator[Calls]:
    with watching(lambda: qruntime.world.now_us) as found:
        yield found


def named(calls: Calls, name: str) -> list[Event]:
    return [event for event in calls.events() if event.data["call"] == name]


def given(event: Event) -> Any:
    return event.data["given"]


def requests(event: Event) -> Any:
    return event.data["requests"]


def blocks(event: Event) -> Any:
    found: Any = event.data["blocks"]
    return [session for session, _ in found]


# -- what is noted -----------------------------------------------------------------------------------------------------


def test_the_calls_of_a_life_are_noted_in_order(calls: Calls, backend: Any) -> None:
    with Batch(backend, max_time="10m") as batch:
        job = submit(batch)
        job.result()
        batch.status()
    names = [event.data["call"] for event in calls.events()]
    assert names == [
        *("Session.__init__", "Session.__enter__", "Primitive.__init__", "Primitive.run", "Job.result"),
        *("Session.status", "Session.__exit__"),
    ]
    elsewhere = [event.data["call"] for event in calls.events()[1:] if event.workload != batch.session_id]
    assert elsewhere == ([] if at_least("0.47") else ["Job.result"])  # which did not know its session
    assert named(calls, "Job.result")[0].job == job.job_id()


def test_a_call_tells_its_requests_with_what_was_asked_and_told(calls: Calls, backend: Any) -> None:
    Session(backend, max_time="10m").close()
    [opened], [closed] = named(calls, "Session.__init__"), named(calls, "Session.close")
    [request] = requests(opened)
    assert (request["operation"], request["status"], request["asked"]["max_ttl"]) == ("open", 200, 600)
    [request] = requests(closed)
    assert (request["method"], request["asked"], request["told"]) == ("PATCH", {"accepting_jobs": False}, None)


def test_every_attempt_of_a_retry_is_a_request(calls: Calls, backend: Any, asked: Asked) -> None:
    session = Session(backend)
    asked.fails("GET /v1/sessions", 503, times=2)
    session.status()
    [status] = named(calls, "Session.status")
    assert [one["status"] for one in status.data["requests"]] == [503, 503, 200]  # type: ignore[attr-defined]


def test_a_request_that_a_faulty_network_lost_is_one_without_a_status(
    calls: Calls, qruntime: QRuntime, backend: Any
) -> None:
    session = Session(backend)
    qruntime.fail("reset", "read session")
    session.status()
    [status] = named(calls, "Session.status")
    assert [one["status"] for one in requests(status)] == [0, 200]


def test_what_a_call_raised_is_noted_and_reaches_the_caller(calls: Calls, backend: Any) -> None:
    with pytest.raises(ValueError, match="Invalid backend type"):
        Session("fake_manila")
    [opened] = named(calls, "Session.__init__")
    assert (opened.data["raised"], opened.data["returned"]) == ("ValueError", None)
    assert "Invalid backend type" in str(opened.data["message"])


def test_what_the_client_does_by_itself_is_not_a_call(calls: Calls, backend: Any) -> None:
    with Session(backend):
        pass  # leaving the block calls close()
    assert named(calls, "Session.close") == []


def test_a_call_is_at_the_instant_at_which_it_ended(calls: Calls, qruntime: QRuntime, backend: Any) -> None:
    qruntime.next_jobs(classical=0, quantum=30)
    submit(backend).result()
    [result] = named(calls, "Job.result")
    assert result.data["began_us"] == 0
    assert result.at_us == qruntime.world.now_us >= 30_000_000


def test_two_handles_of_one_session_have_numbers_of_their_own(calls: Calls, backend: Any) -> None:
    session = Session(backend)
    again = Session.from_id(session.session_id, backend.service)
    session.status()
    again.status()
    one, other = named(calls, "Session.status")
    assert one.workload == other.workload == session.session_id
    assert given(one)["handle"] != given(other)["handle"]


def test_the_events_are_plain_json_without_the_account(calls: Calls, qruntime: QRuntime, backend: Any) -> None:
    with Session(backend) as session:
        submit(session).result()
        session.details()
    text = "".join(event.to_json() for event in calls.events())
    assert all(json.loads(event.to_json()) for event in calls.events())
    assert qruntime.crn not in text
    assert "user_id" not in text


# -- blocks ------------------------------------------------------------------------------------------------------------


def test_the_blocks_around_a_call(calls: Calls, backend: Any) -> None:
    with Session(backend) as outer:
        with Batch(backend) as inner:
            inner.status()
        outer.status()
    outer.status()
    innermost, middle, after = named(calls, "Session.status")
    assert blocks(innermost) == [outer.session_id, inner.session_id]
    assert (blocks(middle), middle.data["fresh"]) == ([outer.session_id], False)
    assert blocks(after) == []


def test_a_block_does_not_surround_another_thread_but_is_elsewhere(calls: Calls, backend: Any) -> None:
    with Session(backend) as session, ThreadPoolExecutor(1) as pool:
        pool.submit(session.status).result()
        session.status()
    there, here = named(calls, "Session.status")
    assert (there.data["blocks"], there.data["elsewhere"]) == ((), True)
    assert here.data["elsewhere"] is False
    assert there.data["thread"] != here.data["thread"]


def test_a_block_that_was_entered_before_the_watch_is_not_known(qruntime: QRuntime, backend: Any) -> None:
    with Session(backend) as session, watching() as calls:
        session.status()
    assert named(calls, "Session.status")[0].data["blocks"] is None


# -- warnings ----------------------------------------------------------------------------------------------------------


def test_what_the_client_warns_of_in_its_log_is_noted(calls: Calls, backend: Any) -> None:
    outside = sampler(backend)
    with Session(backend):
        outside.run([bell()])
    [run] = named(calls, "Primitive.run")
    assert "Even though a session/batch context manager is open" in run.data["warned"][0]  # type: ignore[index]
    assert run.data["deaf"] is False


def test_a_log_that_drops_warnings_is_known_to_be_deaf(calls: Calls, backend: Any) -> None:
    logger = logging.getLogger("qiskit_ibm_runtime")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        Session(backend)
    finally:
        logger.setLevel(level)
    assert named(calls, "Session.__init__")[0].data["deaf"] is True


def test_a_warning_is_blamed_on_the_same_line_as_without_a_watch(backend: Any) -> None:
    def warned() -> list[tuple[str, int, type[Warning]]]:
        with warnings.catch_warnings(record=True) as found:
            warnings.simplefilter("always")
            SamplerV2(backend).run([bell()]).wait_for_final_state()
        return [(one.filename, one.lineno, one.category) for one in found]

    without = warned()
    with watching():
        assert warned() == without
    assert without or not at_least("0.50")  # since then the client deprecates it


# -- nothing else is different -----------------------------------------------------------------------------------------


def everything() -> dict[str, object]:
    here = {f"{one.owner.__qualname__}.{one.attribute}": vars(one.owner)[one.attribute] for one in methods()}
    names = [name for name, module in sys.modules.items() if name.startswith("qiskit_ibm_runtime.")]
    modules = {name: vars(sys.modules[name]).get("warnings") for name in names}
    return {**here, **modules, "handlers": list(logging.getLogger("qiskit_ibm_runtime").handlers)}


def test_a_watch_takes_everything_back_whatever_happens(backend: Any) -> None:
    list(methods())  # loads what is loaded late
    before = everything()

    def disturbed() -> None:
        with watching(), watching():
            during = everything()
            assert [name for name, one in before.items() if one is not None and during[name] is one] == []
            raise ZeroDivisionError

    before = {name: one for name, one in before.items() if one is not None}
    with pytest.raises(ZeroDivisionError):
        disturbed()
    assert {name: one for name, one in everything().items() if one is not None} == before
    assert modules_that_warn()


def test_a_module_that_the_client_loads_later_tells_of_its_warnings_too(backend: Any) -> None:
    with watching():
        pass
    late = ModuleType("qiskit_ibm_runtime.loaded_late")
    late.warnings = warnings  # type: ignore[attr-defined]
    sys.modules[late.__name__] = late
    try:
        with watching():
            assert vars(late)["warnings"] is not warnings
        assert vars(late)["warnings"] is warnings
    finally:
        del sys.modules[late.__name__]


def test_what_others_put_over_a_watched_method_stays_and_passes_through_afterwards(backend: Any) -> None:
    raw = vars(Session)["usage"]
    with pytest.MonkeyPatch.context() as theirs:
        with watching() as calls:
            ours = Session.usage
            theirs.setattr(Session, "usage", lambda self: ours(self))
            Session(backend).usage()
        Session(backend).usage()
        assert len(named(calls, "Session.usage")) == 1
    assert vars(Session)["usage"] is not raw  # their undo put ours back
    with watching() as again:
        Session(backend).usage()
    assert len(named(again, "Session.usage")) == 1
    assert vars(Session)["usage"] is raw


def test_a_watched_method_looks_like_itself(calls: Calls) -> None:
    assert inspect.signature(Session.__init__).parameters.keys() >= {"backend", "max_time"}
    assert Session.close.__name__ == "close"
    assert RuntimeJobV2.result.__doc__
    assert BasePrimitiveV2.__init__.__qualname__ == "BasePrimitiveV2.__init__"


def test_what_a_version_of_the_client_lacks_is_not_watched(backend: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    [one] = [method for method in methods() if method.name == "Job.update_tags"]
    monkeypatch.delattr(one.owner, one.attribute)
    assert "Job.update_tags" not in [method.name for method in methods()]


def test_no_watch_notes_nothing(backend: Any) -> None:
    with watching() as calls:
        pass
    Session(backend).close()
    assert len(calls) == 0


def test_each_of_two_watches_notes_everything(calls: Calls, backend: Any) -> None:
    with watching() as inner:
        session = Session(backend)
    session.close()
    assert len(named(calls, "Session.__init__")) == len(named(inner, "Session.__init__")) == 1
    assert (len(named(calls, "Session.close")), len(named(inner, "Session.close"))) == (1, 0)


def test_the_calls_of_many_threads_have_each_their_own_requests(calls: Calls, backend: Any) -> None:
    sessions = [Session(backend) for _ in range(8)]
    ready = threading.Barrier(8)

    def close(session: Session) -> None:
        ready.wait()
        session.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(close, sessions))
    closed = named(calls, "Session.close")
    assert {event.workload for event in closed} == {session.session_id for session in sessions}
    for event in closed:
        assert [one["path"] for one in requests(event)] == [f"/v1/sessions/{event.workload}"]
