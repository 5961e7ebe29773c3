"""`qruntime serve`: a world on a port, until it is told to stop."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

from pytest_qruntime import server

LOOK_EVERY_S = 0.5  # on Windows nothing else ends a wait


def serve(*, port: int, time: str, settings: Mapping[str, Any]) -> int:
    """Serve one world, say so in one line, and return 0 after SIGINT or SIGTERM.

    Raises `ConfigurationError` for a port that is taken, a setting that cannot be used, and without a web server.
    """
    server.load()
    from pytest_qruntime.server.gateway import Gateway
    from pytest_qruntime.server.listener import Listener

    gateway = Gateway()
    gateway.worlds.create(time=time, **settings)
    with _stop_signals() as stopped:
        listener = Listener(gateway, port=port)
        gateway.opened(listener.port)
        listener.start()
        try:
            print(announcement(gateway.url, time), flush=True)  # noqa: T201
            while not stopped.wait(LOOK_EVERY_S):
                pass
        finally:
            listener.stop()
    return 0


def announcement(url: str, time: str) -> str:
    """The one line that says where the server is and how programs find it."""
    return f'qruntime serves {url} (time: {time}); for programs: eval "$(qruntime environment {url})"; stop: Ctrl-C'


@contextmanager
def _stop_signals() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set."""
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
