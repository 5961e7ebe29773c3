"""What IBM's SDK prepares for TLS is put off while a world is open, and is then as strict as ever."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import requests
from ibm_cloud_sdk_core import http_adapter
from ibm_cloud_sdk_core.http_adapter import SSLHTTPAdapter
from qiskit_ibm_runtime import QiskitRuntimeService

from pytest_qruntime import world


def context_of(adapter: SSLHTTPAdapter) -> ssl.SSLContext:
    """What an adapter would connect with."""
    context = adapter.poolmanager.connection_pool_kw["ssl_context"]
    assert isinstance(context, ssl.SSLContext)
    return context


def strictness(context: ssl.SSLContext) -> tuple[Any, ...]:
    return (
        context.verify_mode,
        context.check_hostname,
        context.minimum_version,
        context.options,
        len(context.get_ca_certs()),
    )


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[ssl.SSLContext]:
    """The contexts that the SDK has made."""
    found: list[ssl.SSLContext] = []
    original: Callable[..., ssl.SSLContext] = http_adapter.create_urllib3_context

    def noting(*args: Any, **kwargs: Any) -> ssl.SSLContext:
        found.append(original(*args, **kwargs))
        return found[-1]

    monkeypatch.setattr(http_adapter, "create_urllib3_context", noting)
    return found


@pytest.fixture
def stranger() -> Iterator[str]:
    """A server whose certificate nobody can verify: it has none."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1024)
                connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"https://127.0.0.1:{server.getsockname()[1]}"
        thread.join()


def test_a_service_is_made_without_reading_certificates(made: list[ssl.SSLContext]) -> None:
    with world():
        assert QiskitRuntimeService().backends()
    assert made == []


@pytest.mark.parametrize("verify", [True, False])
def test_an_adapter_of_a_world_verifies_as_strictly_as_one_made_elsewhere(verify: bool) -> None:
    elsewhere = SSLHTTPAdapter(_disable_ssl_verification=not verify)
    with world():
        here = SSLHTTPAdapter(_disable_ssl_verification=not verify)
        assert strictness(context_of(here)) == strictness(context_of(elsewhere))
    assert context_of(here).verify_mode is (ssl.CERT_REQUIRED if verify else ssl.CERT_NONE)


def test_an_adapter_that_outlives_its_world_verifies_too(made: list[ssl.SSLContext]) -> None:
    with world():
        adapter = SSLHTTPAdapter()
    assert made == []
    assert context_of(adapter).verify_mode is ssl.CERT_REQUIRED
    assert len(made) == 1


@pytest.mark.parametrize("within", [True, False])
def test_another_host_is_connected_to_with_tls(stranger: str, within: bool) -> None:
    with ExitStack() as stack:
        stack.enter_context(world())
        session = requests.Session()
        session.mount("https://", SSLHTTPAdapter())
        if not within:
            stack.close()
        with session, pytest.raises(requests.exceptions.SSLError):
            session.get(stranger, timeout=30)


def test_an_adapter_that_was_never_used_can_be_closed(made: list[ssl.SSLContext]) -> None:
    with world():
        SSLHTTPAdapter().close()
    assert made == []
