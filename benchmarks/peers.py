"""What the generated tests of P5 call: the lifecycle through one client for all tests of a process."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any, Final

import httpx

from benchmarks.traffic import NullTransport, httpx_client, lifecycle, through_httpx

NULL: Final = "null"
ANY: Final = "any"


def run(kind: str, pass_time: Callable[[], object] = lambda: None) -> None:
    """The lifecycle, through the null transport or through whatever answers httpx in this test."""
    lifecycle(through_httpx(client(kind)), pass_time)


@cache
def client(kind: str) -> httpx.Client:
    """Made once: with a transport of its own a client costs 20 ms."""
    if kind == NULL:
        return httpx_client(NullTransport())
    return httpx_client(None, our_headers())


@cache
def our_headers() -> dict[str, str]:
    """Every world of the same seed takes the same token."""
    from benchmarks.fake import headers, service

    return headers(service())


def register(httpx_mock: Any, path: str) -> None:
    """Tell pytest-httpx the sixteen answers."""
    for answer in _answers(path):
        httpx_mock.add_response(
            status_code=answer["status"], text=answer["text"], headers={"content-type": "application/json"}
        )


@cache
def _answers(path: str) -> list[dict[str, Any]]:
    with open(path, encoding="utf-8") as file:
        found: list[dict[str, Any]] = json.load(file)
    return found
