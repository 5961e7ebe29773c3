"""The timers of a session or batch: max, active and interactive TTL, unused auto-close, a batch's automatic end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pytest_qruntime.model import states
from pytest_qruntime.model.durations import SECOND_US
from pytest_qruntime.model.events import ACTIVE_TTL, INTERACTIVE_TTL, MAX_TTL, UNUSED, Timer
from pytest_qruntime.model.policy import BATCH, BATCH_ITTL_S

if TYPE_CHECKING:
    from pytest_qruntime.model.workload import Workload
    from pytest_qruntime.model.world import World


class Ttls:
    """Arms and disarms the timers of one workload; when one fires, the workload does what the rule says.

    - max TTL: from the first job's start, or from the opening (X-23); never pauses (MAX-01, MAX-02).
    - active TTL: only when it is shorter than the max TTL; counts active time (ACT-02, ACT-04).
    - interactive TTL: from the end of the last job, while none runs and none is ready (ITT-01, ITT-09).
    - unused: from the opening until the first submit (AUT-01, AUT-02, X-18).
    - automatic end: for batches, if the policy says so (X-05).
    """

    __slots__ = (
        "_active",
        "_autoend",
        "_idle",
        "_interactive_us",
        "_max",
        "_unused",
        "_workload",
        "_world",
        "reported_interactive_s",
    )

    def __init__(self, world: World, workload: Workload, custom_interactive_s: int | None) -> None:
        self._world = world
        self._workload = workload
        effective_s, self.reported_interactive_s = self._interactive_s(custom_interactive_s)
        self._interactive_us = effective_s * SECOND_US
        self._idle: Timer | None = None
        self._autoend: Timer | None = None
        self._active: Timer | None = None
        self._max: Timer | None = None
        self._unused: Timer | None = None
        self._arm_at_opening()

    @property
    def interactive_s(self) -> int:
        """The interactive TTL in seconds, as it acts; what is reported may differ (X-07)."""
        return self._interactive_us // SECOND_US

    def _interactive_s(self, custom_s: int | None) -> tuple[int, int]:
        """Effective and reported interactive TTL in seconds (ITT-08, X-07), not above the active TTL (ACT-03)."""
        workload = self._workload
        if custom_s is not None:
            return custom_s, custom_s
        if workload.mode == BATCH:
            effective_s, reported_s = BATCH_ITTL_S[self._world.policy.batch_ittl]
        else:
            effective_s = reported_s = workload.instance.plan.session_ittl_s
        return min(effective_s, workload.max_active_ttl_s), min(reported_s, workload.max_active_ttl_s)

    def _arm_at_opening(self) -> None:
        unused_s = self._world.policy.unused_autoclose.get(self._workload.mode)
        if unused_s is not None:
            self._unused = self._after(
                unused_s * SECOND_US, UNUSED, self._was_unused, "closes: no job was ever submitted"
            )
        if self._world.policy.max_ttl_from == "open":
            self._arm_max()

    def arm_max_from_start(self) -> None:
        """The first job starts."""
        if self._world.policy.max_ttl_from == "start":
            self._arm_max()

    def arm_active(self, used_us: int) -> None:
        """The workload became active, after `used_us` of active time before."""
        workload = self._workload
        if workload.max_active_ttl_s < workload.max_ttl_s and self._world.policy.active_ttl_expiry != "ignore":
            remaining_us = max(workload.max_active_ttl_s * SECOND_US - used_us, 0)
            self._active = self._after(remaining_us, ACTIVE_TTL, self._active_used_up, "uses up its active TTL")

    def arm_idle(self) -> None:
        """The last job ended and none is ready."""
        self._idle = self._after(
            self._interactive_us,
            INTERACTIVE_TTL,
            self._idle_too_long,
            "becomes inactive: no job within the interactive TTL",
        )

    def arm_autoend(self) -> None:
        """The last job ended: a batch may end by itself, whether it is still active or not (X-05)."""
        autoend_s = self._world.policy.batch_autoend
        if autoend_s is not None and self._workload.mode == BATCH:
            self._autoend = self._after(
                autoend_s * SECOND_US, INTERACTIVE_TTL, self._ended_by_itself, "closes after its last job"
            )

    def disarm_unused(self) -> None:
        """A job was submitted."""
        if self._unused is not None:
            self._unused.cancel()
            self._unused = None

    def disarm_idle(self) -> None:
        """A job is ready."""
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
        if self._autoend is not None:
            self._autoend.cancel()
            self._autoend = None

    def disarm_for_inactive(self) -> None:
        """The workload is inactive; its max TTL and its automatic end go on."""
        _cancel(self._idle)
        _cancel(self._active)

    def disarm_all(self) -> None:
        """The workload is closed."""
        for timer in (self._idle, self._autoend, self._active, self._max, self._unused):
            _cancel(timer)

    def _after(self, delay_us: int, priority: int, fire: Callable[[None], None], text: str) -> Timer:
        kind = "batch" if self._workload.mode == BATCH else "session"
        at_us = self._world.now_us + delay_us
        return self._world.events.add(at_us, priority, fire, None, text, kind, self._workload.id)

    def _arm_max(self) -> None:
        self._max = self._after(
            self._workload.max_ttl_s * SECOND_US, MAX_TTL, self._max_reached, "reaches its max TTL and closes"
        )

    def _max_reached(self, _: None) -> None:
        self._workload.close(states.CLOSED_BY_MAX_TTL, queued_fate=self._world.policy.queued_on_end)

    def _active_used_up(self, _: None) -> None:
        if self._world.policy.active_ttl_expiry == "close":
            self._workload.close(states.CLOSED_BY_ACTIVE_TTL, queued_fate=self._world.policy.queued_on_end)
        else:
            self._workload.deactivate(states.INACTIVATED_BY_ACTIVE_TTL)

    def _idle_too_long(self, _: None) -> None:
        self._workload.deactivate(states.INACTIVATED)

    def _was_unused(self, _: None) -> None:
        self._workload.close(states.CLOSED_UNUSED)

    def _ended_by_itself(self, _: None) -> None:
        self._workload.close(states.CLOSED_AFTER_LAST_JOB)


def _cancel(timer: Timer | None) -> None:
    if timer is not None:
        timer.cancel()
