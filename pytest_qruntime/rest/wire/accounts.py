"""What IAM answers, and what the service says of instances and of itself."""

from __future__ import annotations

from typing_extensions import NotRequired, TypedDict

from pytest_qruntime.rest.wire.common import Timestamp, answer


@answer
class Token(TypedDict):
    """POST /identity/token."""

    access_token: str
    refresh_token: str
    token_type: str
    expires_in: int
    expiration: int
    scope: str


@answer
class IamContext(TypedDict):
    """Which request it was."""

    requestId: str
    requestType: str


@answer
class IamError(TypedDict):
    """IAM's own error body."""

    errorCode: str
    errorMessage: str
    errorDetails: NotRequired[str]
    context: IamContext


@answer
class Instance(TypedDict):
    """GET /v1/instance. The description has `qctrl_enabled` alone; the others are in its newer versions."""

    qctrl_enabled: bool
    backends: list[str]
    plan_id: str
    instance_limit: NotRequired[float]
    instance_limit_seconds: NotRequired[str]


@answer
class InstanceConfiguration(TypedDict):
    """GET /v1/instances/configuration."""

    instance_limit: float | None


@answer
class UsagePeriod(TypedDict):
    """The rolling window in which usage counts."""

    start_time: Timestamp
    end_time: Timestamp


@answer
class InstanceUsage(TypedDict):
    """GET /v1/instances/usage."""

    instance_id: str
    plan_id: str
    usage_period: UsagePeriod
    usage_consumed_seconds: float
    usage_limit_seconds: NotRequired[float]
    usage_allocation_seconds: NotRequired[float]
    usage_limit_reached: bool


@answer
class Versions(TypedDict):
    """GET /v1/versions."""

    versions: list[str]
