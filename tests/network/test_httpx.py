"""What a faulty network does to httpx: what its own transports would raise, after as long as they would wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from pytest_qruntime import QRuntime
from pytest_qruntime.network import NeverAnsweredError

Get = Callable[..., httpx.Response]
BACKENDS = "/v1/backends"


def sync_get(qruntime: QRuntime, **options: Any) -> httpx.Response:
    return httpx.get(qruntime.base_url + BACKENDS, headers=headers(qruntime), verify=False, **options)


def async_get(qruntime: QRuntime, **options: Any) -> httpx.Response:
    async def get() -> httpx.Response:
        async with httpx.AsyncClient(headers=headers(qruntime), verify=False, **options) as client:
            return await client.get(qruntime.base_url + BACKENDS)

    return asyncio.run(get())


def own_get(qruntime: QRuntime, **options: Any) -> httpx.Response:
    return qruntime.http.get(BACKENDS, **options)


def headers(qruntime: QRuntime) -> dict[str, str]:
    return {"Service-CRN": qruntime.crn, "Authorization": f"Bearer {qruntime.token}"}


@pytest.fixture(params=[sync_get, async_get, own_get])
def get(request: pytest.FixtureRequest, qruntime: QRuntime) -> Get:
    """A way to ask for the list of backends."""
    return lambda **options: request.param(qruntime, **options)


@pytest.mark.parametrize(
    ("kind", "error", "words"),
    [
        ("refused", httpx.ConnectError, "Connection refused"),
        ("reset", httpx.ReadError, "Connection reset by peer"),
        ("lost", httpx.ReadError, "Connection reset by peer"),
        ("truncated", httpx.RemoteProtocolError, r"complete message body \(received \d+ bytes, expected \d+\)"),
    ],
)
def test_what_ends_a_connection_ends_it_at_once(
    qruntime: QRuntime, get: Get, kind: Any, error: type[Exception], words: str
) -> None:
    qruntime.fail(kind, "list backends")
    with pytest.raises(error, match=words) as caught:
        get()
    assert caught.type is error
    assert qruntime.world.now_us == 0
    assert get().is_success


@pytest.mark.parametrize(
    ("kind", "error", "waits_s"),
    [("connect_timeout", httpx.ConnectTimeout, 2), ("read_timeout", httpx.ReadTimeout, 30)],
)
def test_a_timeout_takes_as_long_as_the_client_waits(
    qruntime: QRuntime, get: Get, kind: Any, error: type[Exception], waits_s: int
) -> None:
    qruntime.fail(kind)
    with pytest.raises(error):
        get(timeout=httpx.Timeout(5, connect=2, read=30))
    assert qruntime.world.now_us == waits_s * 1_000_000


def test_a_client_that_never_gives_up_is_told_that_it_would_wait_for_ever(qruntime: QRuntime, get: Get) -> None:
    qruntime.fail("read_timeout")
    with pytest.raises(NeverAnsweredError, match="has no read timeout: it would wait for ever"):
        get(timeout=None)


def test_a_slow_answer_comes_in_virtual_time(qruntime: QRuntime, get: Get) -> None:
    qruntime.fail("slow", delay="4s")
    assert get().json()["devices"]
    assert qruntime.world.now_us == 4_000_000


@pytest.mark.parametrize("delay", ["10s", "1h"])
def test_an_answer_that_is_too_slow_is_a_read_timeout(qruntime: QRuntime, get: Get, delay: str) -> None:
    qruntime.fail("slow", delay=delay)
    with pytest.raises(httpx.ReadTimeout):
        get(timeout=10)
    assert qruntime.world.now_us == 10_000_000


def test_the_body_of_a_malformed_answer_is_no_json(qruntime: QRuntime, get: Get) -> None:
    qruntime.fail("malformed")
    answer = get()
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json; charset=utf-8")
    with pytest.raises(ValueError):
        answer.json()


@pytest.mark.parametrize("status", [401, 403, 404, 409, 413, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524])
def test_a_status_is_answered_once(qruntime: QRuntime, get: Get, status: int) -> None:
    qruntime.fail(status)
    assert [get().status_code, get().status_code] == [status, 200]
    assert qruntime.world.now_us == 0


def test_other_tasks_go_on_while_an_answer_takes_its_time(qruntime: QRuntime) -> None:
    async def both() -> list[str]:
        done: list[str] = []

        async def ask() -> None:
            async with httpx.AsyncClient(headers=headers(qruntime), timeout=None, verify=False) as client:
                await client.get(qruntime.base_url + BACKENDS)
            done.append("answer")

        async def work() -> None:
            await asyncio.sleep(60)
            done.append("work")

        await asyncio.gather(ask(), work())
        return done

    qruntime.fail("slow", delay="1h")
    assert asyncio.run(both()) == ["work", "answer"]
    assert qruntime.world.now_us == 3_600_000_000
