"""Shared by every test of the project: `pytester`, which runs small projects of its own; and what makes tests cheap."""

from __future__ import annotations

import gc
import os
import tempfile
from pathlib import Path

# pytester's runs in this process forget the modules that were first imported in them. httpx imports httpcore only when
# it makes a transport, and keeps its exceptions: imported twice, they would not be the same.
import certifi
import httpcore  # noqa: F401
import httpx  # noqa: F401
import pytest
import requests  # noqa: F401

pytest_plugins = ["pytester"]

END = "-----END CERTIFICATE-----\n"


def pytest_configure(config: pytest.Config) -> None:
    """Every new client of httpx reads whom to trust, 20 ms each time. No test goes where that counts: one is enough."""
    bundle = Path(certifi.where()).read_text(encoding="utf-8")
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".pem", delete=False) as file:
        file.write("".join(bundle.partition(END)[:2]))
    config.add_cleanup(lambda: os.unlink(file.name))
    os.environ["SSL_CERT_FILE"] = file.name


def pytest_collection_finish() -> None:
    """Modules stay for good: the garbage collector, which pytester calls after each of its runs, can leave them out."""
    gc.collect()
    gc.freeze()
