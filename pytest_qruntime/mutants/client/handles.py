"""Clients with a fault in their handles on sessions and batches: which are made, which submit, which do not."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from weakref import WeakSet

from pytest_qruntime.mutants.client.blocks import client
from pytest_qruntime.mutants.mutant import Faults, Patches

HANDLES = Faults()


def _taking_up(patches: Patches, deviate: Any) -> None:
    """Another `from_id`: given the client's own, as a function of the class, the id and the service."""
    session = client("session").Session
    original = vars(session)["from_id"].__func__

    def from_id(cls: Any, session_id: str, service: Any) -> Any:
        return deviate(original, cls, session_id, service)

    patches.set(session, "from_id", classmethod(from_id))


def _submits_by(patches: Patches, deviate: Any) -> None:
    """Another way to submit in a session: given the client's own, and that without its guard."""
    session = client("session").Session
    guarded = session._run
    patches.set(session, "_run", lambda self, **job: deviate(self, guarded, guarded.__wrapped__, job))


@HANDLES.fault("SUB-05", "SUB-07")
def submits_by_a_closed_handle(patches: Patches) -> None:
    """SUB-05"""
    _submits_by(patches, lambda self, guarded, free, job: free(self, **job))


@HANDLES.fault("SUB-05")
def does_not_say_that_the_handle_is_closed(patches: Patches) -> None:
    """SUB-05"""
    _submits_by(patches, lambda self, guarded, free, job: guarded(self, **job) if self._active else None)


@HANDLES.fault("SUB-06", "SUB-07")
def hides_that_a_job_was_refused(patches: Patches) -> None:
    """SUB-06"""

    def deviate(self: Any, guarded: Any, free: Any, job: Any) -> Any:
        with suppress(client("exceptions").IBMRuntimeError):
            return guarded(self, **job)

    _submits_by(patches, deviate)


@HANDLES.fault("SUB-07")
def takes_up_what_is_closed_as_if_it_were_open(patches: Patches) -> None:
    """SUB-07"""

    def deviate(original: Any, *asked: Any) -> Any:
        session = original(*asked)
        session._active = True
        return session

    _taking_up(patches, deviate)


@HANDLES.fault("SUB-07")
def takes_up_what_drains_as_if_it_were_closed(patches: Patches) -> None:
    """SUB-07"""

    def deviate(original: Any, *asked: Any) -> Any:
        session = original(*asked)
        session._active = bool(session.details()["accepting_jobs"])
        return session

    _taking_up(patches, deviate)


@HANDLES.fault("SDK-07")
def opens_another_session_when_one_is_taken_up(patches: Patches) -> None:
    """SDK-07"""
    session = client("session").Session
    create = session._create_session
    patches.set(session, "_create_session", lambda self, create_new=True: create(self))


@HANDLES.fault("SDK-07")
def does_not_say_that_a_session_is_not_found(patches: Patches) -> None:
    """SDK-07"""

    def deviate(original: Any, *asked: Any) -> Any:
        with suppress(client("exceptions").IBMInputValueError):
            return original(*asked)

    _taking_up(patches, deviate)


@HANDLES.fault("SDK-07")
def believes_the_first_look_at_what_it_takes_up(patches: Patches) -> None:
    """SDK-07"""
    api = client("api.client").RuntimeClient
    look = api.session_details
    seen: dict[str, Any] = {}

    def once(self: Any, session_id: str) -> Any:
        if session_id in seen:
            return seen.pop(session_id)
        seen[session_id] = look(self, session_id)
        return seen[session_id]

    patches.set(api, "session_details", once)


@HANDLES.fault("SDK-08")
def takes_up_batches_as_sessions(patches: Patches) -> None:
    """SDK-08"""

    def deviate(original: Any, cls: Any, *asked: Any) -> Any:
        try:
            return original(cls, *asked)
        except client("exceptions").IBMInputValueError as error:
            if "execution mode" not in str(error):
                raise
            other = client("batch").Batch if cls is client("session").Session else client("session").Session
            return original(other, *asked)

    _taking_up(patches, deviate)


@HANDLES.fault("SDK-08")
def takes_up_no_batches(patches: Patches) -> None:
    """SDK-08"""

    def deviate(original: Any, cls: Any, *asked: Any) -> Any:
        original(cls, *asked)
        if cls is client("batch").Batch:
            raise client("exceptions").IBMInputValueError("a batch has no handle")
        return original(cls, *asked)

    _taking_up(patches, deviate)


@HANDLES.fault("SDK-09")
def closes_all_handles_with_one(patches: Patches) -> None:
    """SDK-09"""
    session = client("session").Session
    make, close = session.__init__, session.close
    handles: WeakSet[Any] = WeakSet()

    def making(self: Any, *args: Any, **how: Any) -> None:
        handles.add(self)
        make(self, *args, **how)

    def closing(self: Any) -> None:
        for other in list(handles):
            if other._session_id == self._session_id:
                other._active = False
        close(self)

    patches.set(session, "__init__", making)
    patches.set(session, "close", closing)


@HANDLES.fault("OPN-15")
def makes_up_an_id_for_a_session_on_a_local_backend(patches: Patches) -> None:
    """OPN-15"""
    session = client("session").Session
    make = session.__init__

    def making(self: Any, *args: Any, **how: Any) -> None:
        make(self, *args, **how)
        self._session_id = self._session_id or "local"

    patches.set(session, "__init__", making)


@HANDLES.fault("OPN-15", "STS-04")
def tells_a_status_where_there_is_no_session(patches: Patches) -> None:
    """OPN-15 STS-04"""
    session = client("session").Session
    status = session.status
    patches.set(session, "status", lambda self: status(self) or "Closed")
