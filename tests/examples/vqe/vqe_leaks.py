"""`vqe.py` with a planted bug: the session is closed at the end, but not when something raises."""

from __future__ import annotations

from collections.abc import Callable
from math import pi

from tests.examples.vqe.vqe import JobFailed, close_session, energy, open_session

__all__ = ["JobFailed", "minimise"]


def minimise(headers: dict[str, str], backend: str, *, steps: int, report: Callable[[float], None] = print) -> float:
    """Follow the gradient of the energy for so many steps, and return the angle."""
    session_id = open_session(headers, backend)
    theta = 0.0
    for _ in range(steps):
        above = energy(headers, backend, session_id, theta + pi / 2)
        below = energy(headers, backend, session_id, theta - pi / 2)
        theta -= 0.4 * (above - below) / 2
        report(theta)
    close_session(headers, session_id)
    return theta
