"""The terms on which the service behind a test runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_qruntime import arguments
from pytest_qruntime.contracts import Terms
from pytest_qruntime.runtime import QRuntime
from pytest_qruntime.runtime.world import build
from pytest_qruntime.settings import of_world

if TYPE_CHECKING:
    from pytest_qruntime.runtime.surface import Surface


def terms_of(surface: Surface, decided: Mapping[str, Any]) -> Terms:
    """What is known of the service at this moment, besides what happened.

    The fake tells. A world on a live server of our own was made of the test's settings, and nobody else stages it. A
    recording is of a world with these settings, or it would have been refused; of a service of somebody else nothing
    but the policy is known, which the test takes for true.
    """
    if isinstance(surface, QRuntime):
        return Terms.of(surface.world)
    if is_own(surface):
        return replace(Terms.of(build(**of_world(decided)).world), now_us=surface.clock.world.now_us)
    return Terms(policy=arguments.policy(decided.get("policy")), alone=True)


def is_own(surface: Surface) -> bool:
    """Whether a live server of our own stands behind."""
    if surface.source != "live":
        return False
    from pytest_qruntime.live import LiveRuntime

    return isinstance(surface, LiveRuntime) and surface.target.own
