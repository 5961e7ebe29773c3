"""What the service refuses, and with which reason, before anything changes (OPN, SUB, MAX-08, PLN rules)."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from pytest_qruntime.model.durations import SECOND_US
from pytest_qruntime.model.errors import Refusal, RefusedError
from pytest_qruntime.model.plan import MAX_TAG_CHARACTERS, MAX_TAGS
from pytest_qruntime.model.policy import MODES
from pytest_qruntime.model.states import CLOSED, PENDING_CLOSED

if TYPE_CHECKING:
    from pytest_qruntime.model.backend import Backend
    from pytest_qruntime.model.instance import Instance
    from pytest_qruntime.model.request import JobRequest
    from pytest_qruntime.model.workload import Workload
    from pytest_qruntime.model.world import World

MINUTE_US = 60 * SECOND_US


def admit_mode(world: World, instance: Instance, mode: str) -> bool:
    """Whether the workload's jobs run in job mode because the plan does not allow the mode (OPN-09, X-02)."""
    if mode not in MODES:
        raise RefusedError(Refusal.MODE_INVALID, "DET-05", mode=mode, allowed=MODES)
    if mode in instance.plan.modes:
        return False
    if world.policy.open_plan_session == "error":
        raise RefusedError(Refusal.OPEN_PLAN_SESSION, "OPN-09", plan=instance.plan.name, mode=mode)
    return True


def admit_cost(instance: Instance) -> None:
    """Nothing new once the cost limit is reached, neither a workload nor a job (PLN-05)."""
    if instance.cost_limit_reached:
        raise RefusedError(Refusal.COST_LIMIT_REACHED, "PLN-05", instance=instance.name)


def admit_ttls(
    world: World, instance: Instance, mode: str, max_ttl_s: int | None, interactive_s: int | None, active_s: int | None
) -> tuple[int, int | None, int | None]:
    """The max, interactive and active TTL that a new workload gets, in seconds (OPN-13, OPN-14, MAX-08)."""
    largest = instance.plan.max_ttl_s(mode)
    wanted = largest if max_ttl_s is None else max_ttl_s
    if wanted < 1:
        raise RefusedError(Refusal.MAX_TTL_INVALID, "MAX-08", max_ttl_s=wanted)
    if wanted > largest:
        if world.policy.max_ttl_over == "reject":
            raise RefusedError(Refusal.MAX_TTL_TOO_LARGE, "MAX-08", max_ttl_s=wanted, largest_s=largest)
        wanted = largest
    if not world.policy.allow_custom_ttl:
        return wanted, None, None
    active = wanted if active_s is None else active_s
    if not 0 < (interactive_s if interactive_s is not None else 1) <= active <= wanted:
        raise RefusedError(
            Refusal.TTL_ORDER, "OPN-14", interactive_ttl_s=interactive_s, active_ttl_s=active_s, max_ttl_s=wanted
        )
    return wanted, interactive_s, active_s


def admit_job(world: World, request: JobRequest, instance: Instance) -> tuple[Backend, Workload | None]:
    """The backend and workload of a new job; raises `RefusedError` if it is not accepted, and then no job exists."""
    _check_request(world, request)
    workload = world.workload(request.workload, instance=instance) if request.workload is not None else None
    backend = world.backend(request.backend, instance=instance)
    if workload is not None:
        _check_workload(workload, backend, request)
    _check_limits(world, request, instance)
    return backend, None if workload is None or workload.in_job_mode else workload


def _check_request(world: World, request: JobRequest) -> None:
    largest = world.policy.max_payload_bytes
    if largest is not None and request.payload_bytes > largest:
        raise RefusedError(Refusal.PAYLOAD_TOO_LARGE, "PLN-09", payload_bytes=request.payload_bytes, largest=largest)
    if request.cost_s is not None and request.cost_s < 1:
        raise RefusedError(Refusal.COST_INVALID, "MXT-01", cost_s=request.cost_s)
    check_tags(request.tags)


def check_tags(tags: tuple[str, ...]) -> None:
    """At most 8 tags of at most 86 characters each (PLN-10)."""
    if len(tags) > MAX_TAGS:
        raise RefusedError(Refusal.TOO_MANY_TAGS, "PLN-10", tags=len(tags), largest=MAX_TAGS)
    for tag in tags:
        if len(tag) > MAX_TAG_CHARACTERS:
            raise RefusedError(Refusal.TAG_TOO_LONG, "PLN-10", characters=len(tag), largest=MAX_TAG_CHARACTERS)


def _check_workload(workload: Workload, backend: Backend, request: JobRequest) -> None:
    if workload.state in (CLOSED, PENDING_CLOSED):
        raise RefusedError(Refusal.WORKLOAD_CLOSED, "SUB-02", workload=workload.id)
    if not workload.accepting:
        raise RefusedError(Refusal.WORKLOAD_NOT_ACCEPTING, "SUB-03", workload=workload.id)
    if workload.backend is not None and workload.backend is not backend:
        raise RefusedError(
            Refusal.BACKEND_MISMATCH, "SUB-15", workload=workload.id, expected=workload.backend.name, found=backend.name
        )
    if request.cost_s is not None and request.cost_s > workload.max_ttl_s:
        raise RefusedError(Refusal.COST_OVER_MAX_TTL, "SUB-14", cost_s=request.cost_s, max_ttl_s=workload.max_ttl_s)


def _check_limits(world: World, request: JobRequest, instance: Instance) -> None:
    plan = instance.plan
    admit_cost(instance)
    if plan.refuses_over_limit and instance.limited(world.now_us):
        raise RefusedError(Refusal.QUOTA_EXHAUSTED, "PLN-01", plan=plan.name, limit_s=instance.usage_limit_s)
    if plan.pending_limit is not None and len(instance.pending) >= plan.pending_limit:
        raise RefusedError(Refusal.TOO_MANY_PENDING, "PLN-08", limit=plan.pending_limit)
    if plan.submits_per_minute is not None:
        _check_rate(instance, plan.submits_per_minute, world.now_us)


def _check_rate(instance: Instance, limit: int, now_us: int) -> None:
    times = instance.submit_times
    if times is None:
        times = instance.submit_times = deque()
    while times and times[0] <= now_us - MINUTE_US:
        times.popleft()
    if len(times) >= limit:
        raise RefusedError(Refusal.RATE_LIMITED, "PLN-07", limit=limit, per="minute")
    times.append(now_us)
