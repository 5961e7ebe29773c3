"""What is held of the process while a recording is replayed, and that nothing is left of it."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import httpx
import pytest

from pytest_qruntime import ClockError, ConfigurationError, QRuntime, world
from pytest_qruntime.cassette.errors import CassetteError
from pytest_qruntime.runtime.replayed import replaying
from pytest_qruntime.runtime.surface import Surface
from pytest_qruntime.transport import NetworkBlockedError
from tests.runtime.recordings import left, recorded, replayed


def hours(qruntime: QRuntime) -> None:
    qruntime.next_jobs(None, classical="10m", quantum="20m")


def one_job(qruntime: Surface) -> Any:
    return qruntime.run().result()


def test_nothing_is_left_of_it(patched: Callable[[], list[str]]) -> None:
    _, tape = recorded(one_job)
    environment = dict(os.environ)
    with replaying(tape, label="a test"):
        assert patched()
    assert (patched(), dict(os.environ)) == ([], environment)


def test_a_recording_that_cannot_be_replayed_is_refused_before_anything_is_patched(
    patched: Callable[[], list[str]],
) -> None:
    _, tape = recorded(one_job)
    with pytest.raises(CassetteError, match="provenance"), replaying(replace(tape, provenance=None), label="a test"):
        pass
    with pytest.raises(ConfigurationError, match="freeze"), replaying(tape, label="a test", freeze="no"):  # type: ignore[arg-type]
        pass
    assert patched() == []


def test_the_process_shows_the_recorded_time_unless_it_is_not_to() -> None:
    _, tape = recorded(one_job, start="2030-06-01T08:00:00Z", prepare=hours)

    def clocks(qruntime: Surface) -> Any:
        qruntime.run().wait_for_final_state()
        return datetime.now(timezone.utc).year, qruntime.clock.now().isoformat()

    assert replayed(clocks, tape)[0] == (2030, "2030-06-01T08:30:00+00:00")
    (year, virtual), _ = replayed(clocks, tape, freeze=False)
    assert (year != 2030, virtual) == (True, "2030-06-01T08:30:00+00:00")


def test_nothing_else_reaches_the_service() -> None:
    _, tape = recorded(one_job)

    def elsewhere(_: Surface) -> None:
        with pytest.raises(NetworkBlockedError, match="a replay"):
            socket.create_connection(("quantum.cloud.ibm.com", 443))

    replayed(elsewhere, tape)


def test_threads_submit_and_wait_as_they_did() -> None:
    def threads(qruntime: Surface) -> Any:
        session, ends = qruntime.session(max_time="2h"), {}

        def work(number: int) -> None:
            job = session.run(tags=[f"job-{number}"])
            job.wait_for_final_state()
            ends[number] = job.job_id(), qruntime.clock.world.now_us, job.status()

        workers = [threading.Thread(target=work, args=(number,)) for number in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return ends

    seen, tape = recorded(threads, prepare=hours)
    again, runtime = replayed(threads, tape)
    assert (again, left(runtime)) == (seen, [])


def test_asynchronous_code_is_answered_too() -> None:
    async def polls(qruntime: Surface) -> Any:
        headers = {"Authorization": f"Bearer {qruntime.token}", "Service-CRN": qruntime.crn}
        job, seen = qruntime.run().job_id(), []
        async with httpx.AsyncClient(base_url=qruntime.base_url, headers=headers) as client:
            for _ in range(4):
                state = (await client.get(f"/v1/jobs/{job}")).json()["state"]["status"]
                seen.append((qruntime.clock.world.now_us, state))
                await asyncio.sleep(600)
        return seen

    def story(qruntime: Surface) -> Any:
        return asyncio.run(polls(qruntime))

    seen, tape = recorded(story, prepare=hours)
    assert replayed(story, tape)[0] == seen
    assert seen[-1][1] == "Completed"


def test_a_world_inside_of_it_answers_for_itself() -> None:
    seen, tape = recorded(one_job)

    def nested(outer: Surface) -> Any:
        with world(seed=7) as inner:
            inner_job = inner.run()
            inner_job.wait_for_final_state()
        return outer.run().result()

    assert replayed(nested, tape)[0] == seen


def test_polling_without_a_pause_is_an_error_as_on_the_fake() -> None:
    _, tape = recorded(one_job, prepare=hours)

    def story(qruntime: Surface) -> None:
        job = qruntime.run()
        with pytest.raises(ClockError, match="was read 20000 times in a row"):
            any(iter(job.in_final_state, True))

    replayed(story, tape)
