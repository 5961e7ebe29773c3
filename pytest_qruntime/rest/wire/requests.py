"""What clients send. One validation per request, on the parsed body; the params of a job are never looked into."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import NotRequired, TypedDict

from pytest_qruntime.rest.wire.common import INT32_MAX, Int32, LogLevel, Name, request

Mode = Literal["batch", "dedicated"]


@request
class CreateSession(TypedDict):
    """POST /v1/sessions. `backend_name` is the fallback for `backend`; an `instance` is ignored (OPN-12)."""

    mode: Mode
    backend: NotRequired[str | None]
    backend_name: NotRequired[str | None]
    max_ttl: NotRequired[Int32 | None]
    interactive_ttl: NotRequired[Int32 | None]
    active_ttl: NotRequired[Int32 | None]


@request
class UpdateSession(TypedDict):
    """PATCH /v1/sessions/{id}."""

    accepting_jobs: bool


@request
class RemoteStorageObject(TypedDict):
    """Where one object lies in an object storage."""

    region: str
    region_type: Literal["regional", "cross-region", "single-site"]
    bucket_crn: str
    object_name: str


@request
class RemoteStorage(TypedDict):
    """Where the params and the results of a job lie, when they do not travel with the request."""

    region: str
    region_type: Literal["regional", "cross-region", "single-site"]
    bucket_crn: str
    object_name: str
    job_params: RemoteStorageObject
    results: RemoteStorageObject
    logs: NotRequired[RemoteStorageObject | None]
    transpiled_circuits: NotRequired[RemoteStorageObject | None]


@request
class CreateJob(TypedDict):
    """POST /v1/jobs. `calibration_id` is sent by the Python client and is not in the description."""

    program_id: Name
    backend: Name
    runtime: NotRequired[str | None]
    tags: NotRequired[list[str] | None]
    log_level: NotRequired[LogLevel | None]
    cost: NotRequired[Int32 | None]
    session_id: NotRequired[Name | None]
    params: NotRequired[dict[str, Any] | None]
    private: NotRequired[bool | None]
    calibration_id: NotRequired[str | None]
    remote_storage: NotRequired[RemoteStorage | None]


@request
class ReplaceTags(TypedDict):
    """PUT /v1/jobs/{id}/tags."""

    tags: list[str]


@request
class UpdateInstance(TypedDict):
    """PUT /v1/instances/configuration; null removes the limit."""

    instance_limit: NotRequired[Annotated[int, Field(ge=1, le=INT32_MAX)] | None]
