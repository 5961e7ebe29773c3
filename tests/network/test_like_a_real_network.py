"""What clients raise is what they raise on a real network: the same kinds of errors, inside as outside."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import requests
from urllib3.util.retry import Retry

from pytest_qruntime import QRuntime
from tests.network.real import bad_server

# the policy of the Qiskit Runtime client, see its api/session.py
CLIENT_POLICY = Retry(total=5, connect=3, backoff_factor=0.5, allowed_methods={"GET", "POST", "PUT", "DELETE"})
HOWS = ("refused", "reset", "truncated", "read_timeout")


def by_httpx(method: str, url: str, timeout_s: float) -> None:
    with httpx.Client(trust_env=False, verify=False, timeout=timeout_s) as client:
        client.request(method, url)


def by_async_httpx(method: str, url: str, timeout_s: float) -> None:
    async def ask() -> None:
        async with httpx.AsyncClient(trust_env=False, verify=False, timeout=timeout_s) as client:
            await client.request(method, url)

    asyncio.run(ask())


def by_requests(method: str, url: str, timeout_s: float, policy: Any = 0) -> None:
    with requests.Session() as session:
        session.trust_env = False
        adapter = requests.adapters.HTTPAdapter(max_retries=policy)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        session.request(method, url, timeout=timeout_s)


def by_requests_that_retries(method: str, url: str, timeout_s: float) -> None:
    by_requests(method, url, timeout_s, CLIENT_POLICY)


def kinds_of(ask: Callable[[], None]) -> list[type[object]]:
    """The kind of the error, and of those inside it."""
    with pytest.raises(Exception) as caught:
        ask()
    found: list[type[object]] = []
    error: object = caught.value
    while isinstance(error, Exception):
        found.append(type(error))
        error = getattr(error, "reason", None) or next(iter(error.args), None) if _of_requests(error) else None
    return found


def _of_requests(error: Exception) -> bool:
    return type(error).__module__.startswith(("requests", "urllib3"))


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH"])
@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("by", [by_httpx, by_async_httpx, by_requests, by_requests_that_retries])
def test_the_error_is_that_of_a_real_network(
    qruntime: QRuntime, by: Callable[[str, str, float], None], how: Any, method: str
) -> None:
    timeout_s = 0.02 if how == "read_timeout" else 60  # real seconds
    with bad_server(how) as address:
        real = kinds_of(lambda: by(method, f"{address}/v1/backends", timeout_s))
    with qruntime.fail(how, times=None):
        faked = kinds_of(lambda: by(method, qruntime.base_url + "/v1/backends", timeout_s))
    assert faked == real
