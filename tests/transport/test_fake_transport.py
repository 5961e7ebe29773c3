from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest

from pytest_qruntime.rest.http import Request, Response
from pytest_qruntime.transport import FakeTransport

if TYPE_CHECKING:
    from tests.transport.conftest import Stub


class Echo:
    def handle(self, request: Request) -> Response:
        told = f"{request.method} {request.host}".encode()
        return Response(201, (("content-type", "text/plain"),), told + request.body)


def test_it_answers_every_host_without_patching_anything() -> None:
    before = httpx.HTTPTransport.handle_request

    with httpx.Client(transport=FakeTransport(Echo()), base_url="https://any.example") as client:
        assert client.get("/x").text == "GET any.example"
        assert client.post("/x", content=iter([b"!", b"?"])).text == "POST any.example!?"
        assert client.get("/x").elapsed is not None

    assert httpx.HTTPTransport.handle_request is before


def test_it_answers_async_clients_too() -> None:
    async def call() -> str:
        async with httpx.AsyncClient(transport=FakeTransport(Echo())) as client:
            return (await client.put("https://any.example/", content=b"!")).text

    assert asyncio.run(call()) == "PUT any.example!"


def test_it_does_not_meet_an_interception(stub: Stub) -> None:
    with httpx.Client(transport=FakeTransport(Echo())) as client:
        assert client.get("https://quantum.cloud.ibm.com/").text == "GET quantum.cloud.ibm.com"
    assert stub.requests == []


def test_an_unknown_name_of_the_package_is_an_attribute_error() -> None:
    import pytest_qruntime.transport as transport

    with pytest.raises(AttributeError, match="NoSuchTransport"):
        _ = transport.NoSuchTransport  # type: ignore[attr-defined, unused-ignore]
