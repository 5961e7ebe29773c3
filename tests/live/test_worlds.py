"""A test on a server of our own: a new world for each, whose time this process moves."""

from __future__ import annotations

import asyncio
import datetime
import os
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
import requests

from pytest_qruntime import ConfigurationError, NothingPendingError, Plan, Policy, QRuntimeError
from pytest_qruntime.live import Journal, Target, connected, find
from pytest_qruntime.live.wire import world_of
from tests.live.places import control, serving


def test_each_test_gets_a_world_that_is_removed_afterwards(own: Target) -> None:
    before = control(own.url, "")["worlds"]
    with connected(own, label="a test", settings={"seed": 7}) as first:
        during = control(own.url, "")["worlds"]
        with connected(own, label="another test", settings={"seed": 7}) as second:
            assert first.crn != second.crn
            assert first.run().job_id() == second.run().job_id()
            assert len(second.jobs()) == 0  # nobody observed them: that is what recording does
    assert len(during) == len(before) + 1
    assert control(own.url, "")["worlds"] == before


def test_the_world_is_made_of_the_settings_of_the_test(own: Target) -> None:
    settings = {
        "backend": "ibm_mine",
        "plan": "open",
        "seed": 3,
        "lanes": 2,
        "start": "2031-01-02T03:04:05Z",
        "policy": Policy(batch_autoend=5),
        "engine": "schema",
        "qpu_contention": False,
        "freeze": True,
    }
    with connected(own, label="t", settings=settings) as qruntime:
        world = control(own.url, "/worlds")["worlds"][-1]
        assert (world["plan"], world["seed"], world["time"]["mode"]) == ("open", 3, "manual")
        assert [(one["name"], one["lanes"]) for one in world["backends"]] == [("ibm_mine", 2)]
        assert (qruntime.default_backend, qruntime.source) == ("ibm_mine", "live")
        assert qruntime.clock.now().isoformat() == "2031-01-02T03:04:05+00:00"
        assert qruntime.http.get("/v1/backends").json()["devices"][0]["name"] == "ibm_mine"


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"lanes": 0}, "lanes is 0; expected a whole number, at least 1"),
        ({"durations": len}, "durations cannot be told to a server"),
        ({"freeze": "yes"}, "freeze is 'yes'; expected True or False"),
    ],
)
def test_a_setting_that_cannot_be_told_is_refused_before_anything_is_made(
    own: Target, settings: dict[str, object], says: str
) -> None:
    before = control(own.url, "")["worlds"]
    with pytest.raises(ConfigurationError, match=says), connected(own, label="t", settings=settings):
        pass
    assert control(own.url, "")["worlds"] == before


def test_a_policy_is_told_by_the_knobs_that_are_turned() -> None:
    policy = Policy(batch_autoend=5, unused_autoclose={"batch": 60})
    assert world_of({"policy": policy})["policy"] == {"batch_autoend": 5, "unused_autoclose": {"batch": 60}}


def test_a_plan_with_limits_of_its_own_cannot_be_told() -> None:
    assert world_of({"plan": Plan.named("flex")})["plan"] == "flex"
    with pytest.raises(ConfigurationError, match="plan is flex with limits of its own; a server takes one of open"):
        world_of({"plan": Plan.named("flex").but(pending_limit=1)})


def test_sleeping_moves_the_time_of_the_server(own: Target) -> None:
    with connected(own, label="t", settings={}) as qruntime:
        began = datetime.datetime.now(datetime.timezone.utc)
        time.sleep(3600)
        assert (datetime.datetime.now(datetime.timezone.utc) - began).total_seconds() == 3600
        assert control(own.url, "/worlds")["worlds"][-1]["time"]["now_us"] == 3_600_000_000
        qruntime.clock.tick("30m")
        assert qruntime.clock.now().isoformat() == "2026-01-15T13:30:00+00:00"


def test_a_wait_for_a_job_jumps_and_polls_a_few_times(own: Target) -> None:
    with connected(own, label="t", settings={"seed": 1}) as qruntime:
        before = control(own.url, "")["requests"]
        with qruntime.session(max_time="8h") as session:
            jobs = [session.run() for _ in range(3)]
            results = [job.result() for job in jobs]
        assert all("results" in result for result in results)
        assert control(own.url, "")["requests"] - before < 80
        assert qruntime.clock.now() > datetime.datetime(2026, 1, 15, 12, tzinfo=datetime.timezone.utc)


def test_tokens_grow_old_and_are_renewed_in_the_time_of_the_world(own: Target) -> None:
    with connected(own, label="t", settings={}) as qruntime:
        first = qruntime.http.get("/v1/backends").request.headers["Authorization"]
        qruntime.clock.tick("5h")
        own_token = {"Authorization": "Bearer of-the-sender"}
        assert qruntime.http.get("/v1/backends", headers=own_token).status_code == 401
        again = qruntime.http.get("/v1/backends")
        assert (again.status_code, again.request.headers["Authorization"] != first) == (200, True)
        assert (
            httpx.get(
                f"{qruntime.base_url}/v1/backends",
                headers={"Authorization": f"Bearer {qruntime.token}", "Service-CRN": qruntime.crn},
                trust_env=False,
            ).status_code
            == 200
        )


def test_a_wait_that_nothing_can_end_is_an_error(own: Target) -> None:
    with connected(own, label="t", settings={}) as qruntime, pytest.raises(NothingPendingError):
        qruntime.clock.run_until(lambda: False)


def test_pending_events_and_the_trace_are_those_of_the_server(own: Target) -> None:
    with connected(own, label="t", settings={}) as qruntime:
        job = qruntime.run()
        assert job.job_id() in {due.subject for due in qruntime.clock.pending()}
        job.wait_for_final_state()
        assert [event.kind for event in qruntime.trace][-1] == "job.completed"


def test_names_of_the_service_lead_to_the_server(own: Target) -> None:
    with connected(own, label="t", settings={}) as qruntime:
        headers = {"Service-CRN": qruntime.crn, "Authorization": f"Bearer {qruntime.token}"}
        for get in (httpx.get, requests.get):
            answer = get("https://quantum.cloud.ibm.com/api/v1/backends?x=1", headers=headers)
            assert (answer.status_code, "devices" in answer.json()) == (200, True)
        form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": qruntime.api_key}
        assert "access_token" in httpx.post("https://iam.cloud.ibm.com/identity/token", data=form).json()


def test_a_host_of_the_service_that_has_no_place_here_is_refused(own: Target) -> None:
    with connected(own, label="my test", settings={}), pytest.raises(QRuntimeError, match="my test"):
        httpx.get("https://private.api.global-search-tagging.cloud.ibm.com/v3/resources/search")


def test_the_variables_of_the_process_lead_to_the_world_and_are_put_back(
    own: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QISKIT_IBM_TOKEN", "the-key-of-the-user")
    monkeypatch.setenv("IAM_APIKEY", "another-way")
    before = dict(os.environ)
    with connected(own, label="t", settings={}) as qruntime:
        assert os.environ["QISKIT_IBM_TOKEN"] == qruntime.api_key
        assert os.environ["QISKIT_IBM_URL"] == f"{own.url}/experimental/api/v1"
        assert "IAM_APIKEY" not in os.environ
        os.environ["QISKIT_IBM_INSTANCE"] = "changed by the test"
    assert dict(os.environ) == before


def test_nothing_is_left_when_the_test_fails(own: Target) -> None:
    before, worlds = dict(os.environ), control(own.url, "")["worlds"]
    sleep = time.sleep

    def interrupted() -> None:
        with connected(own, label="t", settings={}) as qruntime:
            qruntime.session()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert (dict(os.environ), time.sleep, control(own.url, "")["worlds"]) == (before, sleep, worlds)


def test_with_freeze_off_the_process_keeps_its_clock_and_the_sleeps_are_virtual(own: Target) -> None:
    with connected(own, label="t", settings={"freeze": False}) as qruntime:
        now_s = time.time()
        time.sleep(86_400)
        assert time.time() - now_s < 600
        assert qruntime.clock.now().isoformat() == "2026-01-16T12:00:00+00:00"


def test_threads_and_tasks_share_the_time_that_passes(own: Target) -> None:
    with connected(own, label="t", settings={}) as qruntime:
        threads = [threading.Thread(target=time.sleep, args=(seconds,)) for seconds in (60, 3600)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert qruntime.clock.now().isoformat() == "2026-01-15T13:00:00+00:00"

        async def both() -> None:
            await asyncio.gather(asyncio.sleep(60), asyncio.sleep(3600))

        asyncio.run(both())
        assert qruntime.clock.now().isoformat() == "2026-01-15T14:00:00+00:00"


def test_jobs_of_several_threads_are_waited_for(own: Target) -> None:
    with connected(own, label="t", settings={"seed": 5}) as qruntime, qruntime.batch() as batch:
        done: list[str] = []

        def work() -> None:
            job = batch.run()
            job.result()
            done.append(job.job_id())

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(done)) == 4


def test_a_server_that_ends_meanwhile_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    before, sleep = dict(os.environ), time.sleep
    journal = Journal(tmp_path)

    def broken() -> None:
        with ExitStack() as server:
            target = find(server.enter_context(serving()), {})
            with connected(target, label="t", settings={}, journal=journal):
                server.close()
                time.sleep(60)

    with pytest.raises(QRuntimeError, match="does not answer"):
        broken()
    assert (dict(os.environ), time.sleep, journal.entries) == (before, sleep, [])
