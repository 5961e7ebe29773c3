"""The ways in: how a client's HTTP call reaches the fake service without a network.

`Interception` answers what httpx and requests send to the service's hosts while it is active, and refuses every other
road to those hosts; `FakeTransport` does the same for one httpx client, with nothing patched. Importing this package
imports neither httpx nor requests: the first use does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_qruntime.transport.errors import NetworkBlockedError
from pytest_qruntime.transport.hosts import is_service_host
from pytest_qruntime.transport.interception import Interception, answering, witnessed

if TYPE_CHECKING:
    from pytest_qruntime.transport.fake_transport import FakeTransport

__all__ = ["FakeTransport", "Interception", "NetworkBlockedError", "answering", "is_service_host", "witnessed"]


def __getattr__(name: str) -> Any:
    """Import `FakeTransport`, and httpx with it, when it is first asked for."""
    if name == "FakeTransport":
        from pytest_qruntime.transport.fake_transport import FakeTransport

        return FakeTransport
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
