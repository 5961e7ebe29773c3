"""Shared by every test of the project: `pytester`, which runs small projects of its own."""

from __future__ import annotations

pytest_plugins = ["pytester"]
