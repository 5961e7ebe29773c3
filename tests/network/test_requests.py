"""What a faulty network does to requests, and how much virtual time that takes."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from urllib3.util import Timeout
from urllib3.util.retry import Retry

from pytest_qruntime import QRuntime
from pytest_qruntime.network import NeverAnsweredError

POLICY = Retry(total=5, connect=3, backoff_factor=0.5, allowed_methods=None, status_forcelist=[503])


def get(qruntime: QRuntime, *, policy: Any = 0, timeout: Any = (2, 30), method: str = "GET") -> requests.Response:
    with requests.Session() as session:
        session.mount("https://", requests.adapters.HTTPAdapter(max_retries=policy))
        headers = {"Service-CRN": qruntime.crn, "Authorization": f"Bearer {qruntime.token}"}
        return session.request(method, qruntime.base_url + "/v1/backends", headers=headers, timeout=timeout)


@pytest.mark.parametrize(
    ("kind", "error", "waits_s"),
    [
        ("refused", requests.ConnectionError, 0),
        ("connect_timeout", requests.ConnectTimeout, 2),
        ("reset", requests.ConnectionError, 0),
        ("lost", requests.ConnectionError, 0),
        ("read_timeout", requests.ReadTimeout, 30),
        ("truncated", requests.exceptions.ChunkedEncodingError, 0),
    ],
)
def test_what_is_no_answer_is_an_error_after_as_long_as_the_client_waits(
    qruntime: QRuntime, kind: Any, error: type[Exception], waits_s: int
) -> None:
    qruntime.fail(kind)
    with pytest.raises(error) as caught:
        get(qruntime)
    assert caught.type is error
    assert qruntime.world.now_us == waits_s * 1_000_000
    assert get(qruntime).ok


@pytest.mark.parametrize("timeout", [Timeout(connect=2, read=30), 30, (2, 30)])
def test_timeouts_are_given_in_every_way_that_requests_takes(qruntime: QRuntime, timeout: Any) -> None:
    qruntime.fail("read_timeout")
    with pytest.raises(requests.ReadTimeout, match="read timeout=30"):
        get(qruntime, timeout=timeout)
    assert qruntime.world.now_us == 30_000_000


@pytest.mark.parametrize(("kind", "which"), [("read_timeout", "read"), ("connect_timeout", "connect")])
def test_a_client_that_never_gives_up_is_told_that_it_would_wait_for_ever(
    qruntime: QRuntime, kind: Any, which: str
) -> None:
    qruntime.fail(kind)
    with pytest.raises(NeverAnsweredError, match=f"has no {which} timeout"):
        get(qruntime, timeout=None)


def test_a_slow_answer_comes_in_virtual_time(qruntime: QRuntime) -> None:
    qruntime.fail("slow", delay="29s")
    assert get(qruntime).ok
    assert qruntime.world.now_us == 29_000_000


@pytest.mark.parametrize(
    ("kind", "attempts", "seconds"),
    [
        ("refused", 4, 0 + 1 + 2),  # three more attempts to connect
        ("connect_timeout", 4, 0 + 1 + 2 + 4 * 2),
        ("reset", 6, 0 + 1 + 2 + 4 + 8),
        ("read_timeout", 6, 0 + 1 + 2 + 4 + 8 + 6 * 30),
        (503, 6, 0 + 1 + 2 + 4 + 8),
    ],
)
def test_a_policy_of_retries_is_in_force_for_every_fault(
    qruntime: QRuntime, kind: Any, attempts: int, seconds: int
) -> None:
    failing = qruntime.fail(kind, times=None)
    with pytest.raises(requests.RequestException):
        get(qruntime, policy=POLICY)
    assert (failing.count, qruntime.world.now_us) == (attempts, seconds * 1_000_000)


def test_a_fault_that_ends_in_time_is_retried_away(qruntime: QRuntime) -> None:
    qruntime.fail("refused")
    qruntime.fail("reset")
    qruntime.fail(503, retry_after=90)
    assert get(qruntime, policy=POLICY).ok
    assert qruntime.world.now_us == (0 + 1 + 90) * 1_000_000
    assert [one.fault and one.fault.what for one in qruntime.requests] == ["refused", "reset", 503, None]


def test_of_a_retry_after_nobody_can_read_nothing_comes_but_an_error(qruntime: QRuntime) -> None:
    qruntime.fail(503, retry_after="soon")
    with pytest.raises(requests.exceptions.InvalidHeader):
        get(qruntime, policy=POLICY)
