"""Shared by every test of the project: `pytester`, which runs small projects of its own; and what makes tests cheap."""

from __future__ import annotations

import gc
import os
import tempfile
from importlib import import_module
from pathlib import Path

# pytester's runs in this process forget the modules that were first imported in them. httpx imports httpcore only when
# it makes a transport, and keeps its exceptions: imported twice, they would not be the same.
import certifi
import httpcore  # noqa: F401
import httpx  # noqa: F401
import pytest
import requests  # noqa: F401

import pytest_qruntime

pytest_plugins = ["pytester"]

PACKAGE = Path(pytest_qruntime.__file__).parent
ELSEWHERE = ("contracts/suite", "machine", "programs/engines", "programs/executor", "programs/native", "sdk", "server")
"""What needs more than the package does, or is a suite of its own."""

# Ours would be imported anew in each of those runs.
for path in sorted(PACKAGE.rglob("[!_]*.py")):
    place = path.relative_to(PACKAGE).as_posix()
    if not place.startswith(ELSEWHERE):
        import_module(f"pytest_qruntime.{place.removesuffix('.py').replace('/', '.')}")

END = "-----END CERTIFICATE-----\n"


def pytest_configure(config: pytest.Config) -> None:
    """Every new client of httpx reads whom to trust, 20 ms each time. No test goes where that counts: one is enough."""
    bundle = Path(certifi.where()).read_text(encoding="utf-8")
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".pem", delete=False) as file:
        file.write("".join(bundle.partition(END)[:2]))
    before = os.environ.get("SSL_CERT_FILE")

    def put_back() -> None:
        """A run within a run, as that of the suite of contracts, is over before the outer one is."""
        os.unlink(file.name)
        if before is None:
            del os.environ["SSL_CERT_FILE"]
        else:
            os.environ["SSL_CERT_FILE"] = before

    os.environ["SSL_CERT_FILE"] = file.name
    config.add_cleanup(put_back)


def pytest_collection_finish() -> None:
    """Modules stay for good: the garbage collector, which pytester calls after each of its runs, can leave them out."""
    gc.collect()
    gc.freeze()
