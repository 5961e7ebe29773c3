"""Threads that earlier tests left behind: they could still act, and so whoever waits lets time pass."""

from __future__ import annotations

import threading

import pytest


def forget_other_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody see the threads that there are by now, but the one that calls."""
    enumerate_all = threading.enumerate
    left = set(enumerate_all()) - {threading.current_thread()}
    monkeypatch.setattr(threading, "enumerate", lambda: [one for one in enumerate_all() if one not in left])
