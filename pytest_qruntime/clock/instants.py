"""Instants: what `move_to` accepts, and how times are shown in messages and in `Clock.pending()`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Final, NamedTuple

from pytest_qruntime.clock.durations import words_of
from pytest_qruntime.clock.real import Real
from pytest_qruntime.model.errors import ConfigurationError

_EPOCH: Final = Real.datetime(1970, 1, 1, tzinfo=timezone.utc)
_MICROSECOND: Final = timedelta(microseconds=1)
_SHOWN: Final = 20

LAST_UNIX_US: Final = (Real.datetime(9999, 12, 31, tzinfo=timezone.utc) - _EPOCH) // _MICROSECOND


class Pending(NamedTuple):
    """Something that will happen: when (`at`; `in_us` microseconds from now), what kind, to what, and in words."""

    at: datetime
    in_us: int
    kind: str
    subject: str
    text: str

    def __str__(self) -> str:
        at = iso(self.at)
        return f"in {words_of(self.in_us)} ({at}): {self.text} [{self.kind} {self.subject}]"

    def __repr__(self) -> str:
        return f"<{self}>"


def utc(unix_us: int) -> datetime:
    """The aware datetime of an instant given in microseconds since 1970; the last one there is for a later one."""
    return _EPOCH + timedelta(microseconds=min(unix_us, LAST_UNIX_US))


def iso(moment: datetime) -> str:
    """ISO 8601 with `Z` for UTC."""
    return moment.isoformat().replace("+00:00", "Z")


def micros_after(target: str | datetime | timedelta, start_unix_us: int) -> int:
    """The microseconds from a start to an instant, which may be earlier; a timedelta counts from the start.

    Raises `ConfigurationError` for anything that is no instant. Without a zone, an instant is taken as UTC.
    """
    if isinstance(target, timedelta):
        return target // _MICROSECOND
    moment = _parsed(target) if isinstance(target, str) else target
    if not isinstance(moment, Real.datetime):
        raise ConfigurationError(
            f"{target!r} is no instant; expected a datetime, ISO 8601 text such as '2026-01-15T13:00:00Z', or a "
            "timedelta since the world's start"
        )
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return (moment - _EPOCH) // _MICROSECOND - start_unix_us


def _parsed(text: str) -> datetime:
    try:
        return Real.datetime.fromisoformat(text[:-1] + "+00:00" if text[-1:] in ("Z", "z") else text)
    except ValueError:
        raise ConfigurationError(
            f"{text!r} is no ISO 8601 instant; expected text such as '2026-01-15T13:00:00Z', a datetime, or a "
            "timedelta since the world's start (for a time to pass, use tick)"
        ) from None


def listed(pending: Sequence[Pending]) -> str:
    """What was pending when a wait began, for a message."""
    if not pending:
        return "nothing was pending when the wait began"
    lines = [f"\n  {line}" for line in pending[:_SHOWN]]
    more = f"\n  and {len(pending) - _SHOWN} more" if len(pending) > _SHOWN else ""
    return "pending when the wait began:" + "".join(lines) + more
