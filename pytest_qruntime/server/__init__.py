"""The service on a loopback port: the REST face and a control interface, for other processes and languages.

Importing this package does not import the web server, which the extra `pytest-qruntime[server]` brings.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from importlib import import_module
from typing import TYPE_CHECKING

from pytest_qruntime.model.errors import ConfigurationError

if TYPE_CHECKING:
    from pytest_qruntime.runtime import QRuntime
    from pytest_qruntime.server.loopback import LoopbackServer

EXTRA = "pip install 'pytest-qruntime[server]'"


def load() -> None:
    """Import the web server. Raises `ConfigurationError` if it is not installed."""
    try:
        import_module("uvicorn.protocols.http.httptools_impl")
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"a server on a loopback port needs uvicorn and httptools, and {error.name} is not installed; expected the "
            f"extra that brings them: {EXTRA}"
        ) from error


def serving(qruntime: QRuntime) -> AbstractContextManager[LoopbackServer]:
    """Serve a world for the length of a ``with`` block. Raises `ConfigurationError` without a web server."""
    load()
    from pytest_qruntime.server.loopback import LoopbackServer

    return LoopbackServer(qruntime).serving()
