"""`world()` in a script: one block, and nothing of it outside."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
import pytest
import requests

import pytest_qruntime
from pytest_qruntime import ConfigurationError, Durations, JobRequest, Plan, Policy, QRuntime, ServiceError
from pytest_qruntime.model.plan import PREMIUM

Patched = Callable[[], list[str]]

BACKENDS = "https://quantum.cloud.ibm.com/api/v1/backends"


def headers(qruntime: QRuntime) -> dict[str, str]:
    return {"Authorization": f"Bearer {qruntime.token}", "Service-CRN": qruntime.crn}


def test_a_script_has_a_whole_service() -> None:
    with pytest_qruntime.world(plan="premium", seed=1, lanes=2) as qruntime:
        with qruntime.session(max_time="25m") as session:
            assert session.run().result() is not None
        assert session.status() == "Closed"
        assert [device["name"] for device in requests.get(BACKENDS, headers=headers(qruntime)).json()["devices"]] == [
            "fake_backend"
        ]


def test_any_well_formed_api_key_is_good_for_a_token() -> None:
    with pytest_qruntime.world() as qruntime:
        form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": "any-key-of-your-own-0123456789"}
        token = httpx.post("https://iam.cloud.ibm.com/identity/token", data=form).json()["access_token"]
        answer = httpx.get(BACKENDS, headers={"Authorization": f"Bearer {token}", "Service-CRN": qruntime.crn})
        assert answer.status_code == 200


def test_the_block_begins_at_its_start_and_time_is_virtual() -> None:
    with pytest_qruntime.world(start="2030-06-01T08:00:00+02:00") as qruntime:
        assert qruntime.clock.now() == datetime(2030, 6, 1, 6, tzinfo=timezone.utc)
        time.sleep(3600)
        assert datetime.now(timezone.utc) == datetime(2030, 6, 1, 7, tzinfo=timezone.utc)


@pytest.mark.parametrize("start", ["2030-06-01T08:00:00", "2030-06-01T08:00:00Z", datetime(2030, 6, 1, 8)])
def test_a_start_without_a_zone_is_utc(start: str | datetime) -> None:
    with pytest_qruntime.world(start=start) as qruntime:
        assert qruntime.clock.now() == datetime(2030, 6, 1, 8, tzinfo=timezone.utc)


def test_without_freezing_only_sleeps_are_virtual(patched: Patched) -> None:
    with pytest_qruntime.world(freeze=False) as qruntime:
        began = time.time()
        time.sleep(3600)
        assert time.time() - began < 60
        assert qruntime.world.now_us == 3_600_000_000
    assert patched() == []


# -- nothing is left -------------------------------------------------------------------------------------------------


def test_nothing_is_patched_after_the_block(patched: Patched) -> None:
    with pytest_qruntime.world() as qruntime:
        assert "time.sleep" in patched()
        qruntime.run().result()
    assert patched() == []


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_nothing_is_patched_after_an_exception(patched: Patched, error: type[BaseException]) -> None:
    with pytest.raises(error), pytest_qruntime.world():
        raise error
    assert patched() == []


def test_nothing_is_patched_after_a_block_that_is_abandoned(patched: Patched) -> None:
    def values() -> Iterator[int]:
        with pytest_qruntime.world():
            yield 1
            yield 2

    iterator = values()
    next(iterator)
    iterator.close()  # type: ignore[attr-defined]
    assert patched() == []


BAD: list[tuple[dict[str, Any], str]] = [
    ({"plan": "platinum"}, "plan is 'platinum'; expected one of open, payg, flex, premium or a Plan"),
    ({"plan": ["open"]}, "plan is ['open']; expected one of open, payg, flex, premium or a Plan"),
    ({"plan": None}, "plan is None; expected one of open"),
    ({"seed": -1}, "seed is -1; expected a whole number, at least 0"),
    ({"seed": "7"}, "seed is '7'; expected a whole number"),
    ({"lanes": 0}, "lanes is 0; expected a whole number, at least 1"),
    ({"lanes": True}, "lanes is True; expected a whole number"),
    ({"policy": {"lazy": True}}, "unknown policy knob lazy; the knobs are queued_on_end, "),
    ({"policy": {"idle_close": "never"}}, "policy knob idle_close is 'never'; expected one of 'immediate', 'lazy'"),
    ({"policy": {1: 2}}, "unknown policy knob 1; the knobs are"),
    ({"policy": "lazy"}, "policy is 'lazy'; expected a Policy or a mapping of knobs to values, such as "),
    (
        {"start": "tomorrow"},
        "start is 'tomorrow'; expected ISO 8601 text such as '2026-01-15T12:00:00Z', or a datetime",
    ),
    ({"start": 1_768_478_400}, "start is 1768478400; expected ISO 8601 text"),
    ({"engine": "real"}, "engine is 'real'; expected one of ideal, aer, aer-noisy, schema"),
    ({"freeze": "no"}, "freeze is 'no'; expected True or False"),
    ({"qpu_contention": 1}, "qpu_contention is 1; expected True or False"),
    ({"backend": ""}, "backend is ''; expected a name such as 'ibm_fez', without spaces"),
    ({"backend": "my backend"}, "backend is 'my backend'; expected a name"),
    ({"backend": None}, "backend is None; expected a name"),
    ({"durations": 30}, "durations is 30; expected a function from a JobRequest"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD, ids=[f"{arguments}" for arguments, _ in BAD])
def test_a_value_that_cannot_be_used_is_refused_before_anything_is_patched(
    patched: Patched, arguments: dict[str, Any], message: str
) -> None:
    with ExitStack() as stack:
        with pytest.raises(ConfigurationError) as caught:
            stack.enter_context(pytest_qruntime.world(**arguments))
        assert str(caught.value).startswith(message)
        assert patched() == []


# -- what it is made of ------------------------------------------------------------------------------------------------


def test_the_arguments_are_the_worlds() -> None:
    with pytest_qruntime.world(
        plan="flex",
        seed=7,
        lanes=1,
        policy={"idle_close": "lazy"},
        backend="ibm_fez",
        qpu_contention=False,
        engine="aer",
    ) as qruntime:
        assert qruntime.service.engine == "aer"
        assert (qruntime.plan.name, qruntime.world.seed, qruntime.policy.idle_close) == ("flex", 7, "lazy")
        assert (qruntime.default_backend, qruntime.backend().name, qruntime.backend().lanes) == (
            "ibm_fez",
            "ibm_fez",
            1,
        )
        assert qruntime.session().details()["backend_name"] == "ibm_fez"
        assert repr(qruntime) == "<QRuntime at 2026-01-15T12:00:00Z, plan flex, seed 7>"


def test_a_plan_and_a_policy_may_be_objects() -> None:
    plan = PREMIUM.but(usage_limit_s=600)
    with pytest_qruntime.world(plan=plan, policy=Policy(batch_autoend=0)) as qruntime:
        assert (qruntime.plan, qruntime.policy.batch_autoend) == (plan, 0)
        assert isinstance(qruntime.plan, Plan)


@pytest.mark.parametrize("answer", [(10, 20), Durations.of(10, 20)])
def test_durations_may_be_a_function_of_the_job(answer: tuple[float, float]) -> None:
    def durations(request: JobRequest) -> Durations | tuple[float, float]:
        return answer if request.program == "sampler" else (1, 1)

    with pytest_qruntime.world(durations=durations) as qruntime:
        qruntime.run().result()
        assert qruntime.world.now_us == 30_000_000
        qruntime.run("estimator").result()
        assert qruntime.world.now_us == 32_000_000


@pytest.mark.parametrize("answer", [None, 30, (1, 2, 3)])
def test_a_durations_function_that_answers_nonsense_is_told_so(answer: Any) -> None:
    message = "the durations function answered .*; expected Durations or"
    with (
        pytest_qruntime.world(durations=lambda request: answer) as qruntime,
        pytest.raises(ConfigurationError, match=message),
    ):
        qruntime.run()


def test_the_same_seed_gives_the_same_ids_results_and_trace() -> None:
    def run(seed: int) -> tuple[str, str, str, str]:
        with pytest_qruntime.world(seed=seed) as qruntime:
            session = qruntime.session()
            result = session.run(shots=16).result()
            return session.session_id, qruntime.crn, str(result), qruntime.trace.to_jsonl()

    first, again, other = run(3), run(3), run(4)
    assert first == again
    assert all(one != two for one, two in zip(first, other, strict=True))


# -- worlds in worlds --------------------------------------------------------------------------------------------------


def test_worlds_can_be_nested_and_the_inner_one_answers(patched: Patched) -> None:
    with pytest_qruntime.world(seed=1) as outer:
        with pytest_qruntime.world(seed=2, start="2040-01-01") as inner:
            assert datetime.now().year == 2040
            time.sleep(60)
            inner.session()
            outer.batch()
            assert [len(world.world.workloads) for world in (inner, outer)] == [1, 1]
            assert httpx.get(BACKENDS, headers=headers(inner)).status_code == 200
            assert httpx.get(BACKENDS, headers=headers(outer)).status_code == 200
        assert datetime.now().year == 2026
        assert (outer.world.now_us, inner.world.now_us) == (0, 60_000_000)
    assert patched() == []


def test_a_world_in_the_code_under_test_does_not_disturb_the_fixtures(qruntime: QRuntime) -> None:
    session = qruntime.session()
    with pytest_qruntime.world() as inner:
        inner.run().result()
    session.run().result(timeout=timedelta(hours=1))
    assert len(qruntime.world.jobs) == 1


def test_what_happened_can_be_read_after_the_block() -> None:
    with pytest_qruntime.world() as qruntime:
        session = qruntime.session()
        session.close()
    assert [event.kind for event in qruntime.trace][:2] == ["workload.opened", "workload.closed"]
    assert session.status() == "Closed"
    with pytest.raises(ServiceError):
        session.run()
