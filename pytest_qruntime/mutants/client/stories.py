"""Stories that exercise every rule of the client."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib import import_module
from typing import Any, Final

from pytest_qruntime.mutants.client.stage import OTHER, ClientStage, ClientStories, ClientStory, given_up

STORIES = ClientStories()


@STORIES.story(lanes=1)
def what_with_blocks_do(stage: ClientStage) -> None:
    """A session and a batch within each other; primitives of all modes, made inside, outside and in a thread."""
    outside = stage.primitive(stage.backend)
    other = stage.service.backend(OTHER)
    with suppress(ZeroDivisionError), stage.session(max_time="1h 30m") as session:
        session.status()
        given_up(stage.submit)
        session.status()
        given_up(lambda: stage.submit(stage.backend))
        given_up(lambda: stage.primitive(other))
        given_up(lambda: stage.run(outside))
        with ThreadPoolExecutor(1) as pool:
            given_up(pool.submit(stage.primitive).result)
        with stage.batch():
            given_up(stage.submit)
        given_up(stage.primitive)
        given_up(lambda: stage.primitive(stage.backend))
        raise ZeroDivisionError
    session.status()
    session.details()
    stage.passes(3600)
    session.status()
    session.usage()


@STORIES.story(lanes=1)
def what_is_cancelled_in_its_block(stage: ClientStage) -> None:
    """A session that is cancelled in its block; one that is closed twice; one on a backend that is none."""
    with suppress(Exception), stage.session(max_time=600) as session:
        stage.submit()
        session.cancel()
        given_up(lambda: stage.submit(session))
    given_up(session.close)
    session = stage.session(max_time=0)
    stage.submit(session)
    stage.passes(120)
    session.status()
    session.close()
    given_up(lambda: stage.submit(session))
    given_up(lambda: stage.session(max_time="90"))
    local = stage.session(import_module("qiskit_ibm_runtime.fake_provider").FakeManilaV2())
    for ask in (local.status, local.details, local.usage, local.close):
        given_up(ask)


@STORIES.story(lanes=1)
def what_several_handles_do(stage: ClientStage) -> None:
    """Sessions and batches that are taken up, by other handles and other classes, before and after they are closed."""
    session = stage.session()
    stage.submit(session)
    taken_up, service = stage.client.Session.from_id, stage.service
    before = taken_up(session.session_id, service)
    session.close()
    given_up(lambda: stage.submit(before))
    draining = given_up(lambda: taken_up(session.session_id, service))
    given_up(lambda: stage.submit(draining))
    stage.passes(600)
    after = given_up(lambda: taken_up(session.session_id, service))
    given_up(lambda: stage.submit(after))
    given_up(lambda: stage.client.Batch.from_id(session.session_id, service))
    given_up(lambda: stage.client.Batch.from_id(stage.batch().session_id, service))
    given_up(lambda: taken_up("nowhere", service))


@STORIES.story(lanes=1)
def what_an_outage_does(stage: ClientStage) -> None:
    """A service that is out of order, or does not know the user."""
    session: Any = stage.session()
    stage.fails("GET /sessions", 503, times=3)
    given_up(session.status)
    stage.fails("GET /sessions", 502, times=6)
    given_up(session.details)
    stage.fails("POST /jobs", 500)
    job = given_up(lambda: stage.submit(session))
    stage.fails("GET /jobs", 401)
    given_up(job.status)
    stage.fails("PATCH", 500, times=3)
    given_up(session.close)


@STORIES.story(lanes=1, policy={"ran_too_long": "status_string"})
def what_becomes_of_jobs(stage: ClientStage) -> None:
    """Jobs that are waited for, that are cancelled, that ran too long; and one more than the usage allows."""
    stage.qruntime.http.put("/v1/instances/configuration", json={"instance_limit": 1})
    stage.qruntime.next_jobs(3, classical=0.02, quantum=0.03)
    stage.qruntime.next_jobs(runs_too_long=True)
    for mode in (stage.backend, stage.batch()):
        given_up(stage.submit(mode).result)
    cancelled = stage.submit(stage.backend)
    given_up(cancelled.cancel)
    given_up(cancelled.status)
    given_up(cancelled.result)
    again = stage.service.job(cancelled.job_id())
    given_up(lambda: again.result(timeout=5))
    long = stage.submit(stage.backend)
    stage.passes(30_000)
    given_up(long.status)
    given_up(lambda: long.result(timeout=5))
    given_up(lambda: stage.submit(stage.backend))  # the usage limit is reached


CLIENT_STORIES: Final[tuple[ClientStory, ...]] = tuple(STORIES.all)
