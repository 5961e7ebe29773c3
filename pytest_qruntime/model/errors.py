"""The errors of pytest-qruntime: one tree, every message says what was wrong, what was expected and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum


class QRuntimeError(Exception):
    """The root of every error that pytest-qruntime raises itself."""


class ConfigurationError(QRuntimeError, ValueError):
    """An argument, option, marker or policy knob has a value that cannot be used."""


class ClockError(QRuntimeError):
    """The virtual clock was asked for something that it cannot do, such as going back."""


class NothingPendingError(ClockError):
    """A wait that no pending event can end. The message lists what was pending when the wait began."""


class Refusal(str, Enum):
    """Why the service refuses a request. The REST face gives each one its HTTP status, code and text."""

    BACKEND_MISMATCH = "backend_mismatch"
    BACKEND_REQUIRED = "backend_required"
    BACKEND_UNKNOWN = "backend_unknown"
    COST_INVALID = "cost_invalid"
    COST_LIMIT_REACHED = "cost_limit_reached"
    COST_OVER_MAX_TTL = "cost_over_max_ttl"
    JOB_NOT_TERMINAL = "job_not_terminal"
    JOB_TERMINAL = "job_terminal"
    JOB_UNKNOWN = "job_unknown"
    MAX_TTL_INVALID = "max_ttl_invalid"
    MAX_TTL_TOO_LARGE = "max_ttl_too_large"
    MODE_INVALID = "mode_invalid"
    OPEN_PLAN_SESSION = "open_plan_session"
    PAYLOAD_TOO_LARGE = "payload_too_large"
    QUOTA_EXHAUSTED = "quota_exhausted"
    RATE_LIMITED = "rate_limited"
    TAG_TOO_LONG = "tag_too_long"
    TOO_MANY_PENDING = "too_many_pending"
    TOO_MANY_TAGS = "too_many_tags"
    TTL_ORDER = "ttl_order"
    WORKLOAD_CLOSED = "workload_closed"
    WORKLOAD_CLOSED_NOT_FOUND = "workload_closed_not_found"
    WORKLOAD_CLOSED_CONFLICT = "workload_closed_conflict"
    WORKLOAD_NOT_ACCEPTING = "workload_not_accepting"
    WORKLOAD_UNKNOWN = "workload_unknown"


class RefusedError(QRuntimeError):
    """The service refuses a request; nothing changed.

    Attributes:
        refusal: which of the reasons in `Refusal`.
        rule: the id of the lifecycle rule behind it, such as ``SUB-02``.
        details: the facts that a message needs (names, limits, seconds).
    """

    def __init__(self, refusal: Refusal, rule: str, **details: object) -> None:
        self.refusal = refusal
        self.rule = rule
        self.details: Mapping[str, object] = details
        facts = ", ".join(f"{name}={value!r}" for name, value in details.items())
        super().__init__(f"{refusal.value} ({rule})" + (f": {facts}" if facts else ""))


def one_of(what: str, value: object, allowed: Sequence[object]) -> None:
    """Raise `ConfigurationError` unless `value` is one of `allowed`."""
    if value not in allowed:
        choices = ", ".join(repr(choice) for choice in allowed)
        raise ConfigurationError(f"{what} is {value!r}; expected one of {choices}")


def whole_number(what: str, value: object, *, minimum: int, optional: bool = False) -> None:
    """Raise `ConfigurationError` unless `value` is an int of at least `minimum` (or None, if that is allowed)."""
    if value is None and optional:
        return
    if not isinstance(value, int) or isinstance(value, bool) or value < minimum:
        nothing = "None or " if optional else ""
        raise ConfigurationError(f"{what} is {value!r}; expected {nothing}a whole number, at least {minimum}")
