"""Shared by every test of the project: `pytester`, which runs small projects of its own."""

from __future__ import annotations

# pytester's runs in this process forget the modules that were first imported in them. httpx imports httpcore only when
# it makes a transport, and keeps its exceptions: imported twice, they would not be the same.
import httpcore  # noqa: F401
import httpx  # noqa: F401
import requests  # noqa: F401

pytest_plugins = ["pytester"]
