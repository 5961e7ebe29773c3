"""`Fault`: what goes wrong between a client and the service, and with which requests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import timedelta
from typing import Any, Final, Literal, get_args

from typing_extensions import TypedDict

from pytest_qruntime.clock.durations import micros_of
from pytest_qruntime.model.errors import ConfigurationError, whole_number
from pytest_qruntime.network.names import known_name
from pytest_qruntime.network.where import Where
from pytest_qruntime.rest.answers import to_bytes

__tracebackhide__ = True  # what is wrong with a fault is told where it is given

FaultKind = Literal[
    "refused", "connect_timeout", "reset", "read_timeout", "lost", "slow", "truncated", "malformed"
]  # fmt: skip

KINDS: Final[Mapping[str, str]] = {
    "refused": "nobody listens: the connection is refused",
    "connect_timeout": "nobody answers: connecting takes longer than the client waits",
    "reset": "the connection is reset before the service has seen the request",
    "read_timeout": "the connection stands, and no answer comes for as long as the client waits",
    "lost": "the service does what it is asked for, and the connection is reset before the answer arrives",
    "slow": "the answer comes after `delay`, unless the client's read timeout is shorter",
    "truncated": "the connection ends in the middle of the answer",
    "malformed": "the answer is whole, and its body is no JSON",
}
"""What can go wrong, besides an error status."""

Duration = str | float | timedelta
_UNSAID: Final[Any] = object()
_DURATION: Final = re.compile(r"(?:\d+(?:\.\d+)?(?:d|h|m|s|ms))+")
_TAKES_EFFECT: Final = frozenset({"lost", "slow", "truncated", "malformed"})


class FaultOptions(TypedDict, total=False):
    """The keyword arguments of a `Fault`."""

    method: str | None
    path: str | None
    times: int | None
    after: int
    rate: float | None
    lasting: Duration | None
    delay: Duration | None
    retry_after: int | str | None
    body: str | bytes | Mapping[str, Any] | None
    effect: bool


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong with requests.

    Attributes:
        what: an HTTP status from 400 to 599, or one of `KINDS`.
        operation: with which requests: what they are called, such as ``"submit"``, ``"close"`` or ``"read job"``.
        method, path: the same in other words, such as ``"GET"`` and ``"/v1/jobs/*"`` (see `Where`). Without any of
            them, all requests.
        times: with how many of them (None: with every one from now on). Once, unless `rate` or `lasting` says more.
        after: how many of them go well before.
        rate: how likely it is for each of them, from 0 to 1; drawn from the seed of the world.
        lasting: for how long from now, as ``"10m"``, seconds or a timedelta; in virtual time.
        delay: how long an answer takes that is ``"slow"``.
        retry_after: the header Retry-After of an error: seconds, or a date as HTTP has it.
        body: in place of the body of an error, or of one that is ``"malformed"``.
        effect: whether the service does what it is asked for, and tells an error, or nothing (``"read_timeout"``),
            all the same.

    Raises `ConfigurationError` for values that make no sense, alone or together.
    """

    what: int | FaultKind
    operation: str | None = None
    _: KW_ONLY
    method: str | None = None
    path: str | None = None
    times: int | None = _UNSAID
    after: int = 0
    rate: float | None = None
    lasting: Duration | None = None
    delay: Duration | None = None
    retry_after: int | str | None = None
    body: str | bytes | Mapping[str, Any] | None = None
    effect: bool = False
    where: Where = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _check_what(self.what)
        object.__setattr__(self, "where", Where(self.operation, self.method, self.path))
        if self.times is _UNSAID:
            object.__setattr__(self, "times", 1 if self.rate is None and self.lasting is None else None)
        self._check_how_often()
        self._check_what_goes_together()

    def _check_how_often(self) -> None:
        whole_number("times", self.times, minimum=1, optional=True)
        whole_number("after", self.after, minimum=0)
        rate: Any = self.rate
        if rate is not None and (isinstance(rate, bool) or not isinstance(rate, (int, float)) or not 0 <= rate <= 1):
            raise ConfigurationError(f"rate is {rate!r}; expected a number from 0 to 1, such as 0.1")
        if self.lasting is not None and not micros_of(self.lasting, what="lasting"):
            raise ConfigurationError(f"lasting is {self.lasting!r}; expected more than no time, such as '10m'")

    def _check_what_goes_together(self) -> None:
        is_status = isinstance(self.what, int)
        if (self.delay is None) is (self.what == "slow"):
            raise ConfigurationError(
                "a slow answer needs its delay: 'slow', delay='30s'"
                if self.delay is None
                else f"delay is {self.delay!r}, and {self.what!r} is not 'slow'; leave it out"
            )
        if self.delay is not None and not micros_of(self.delay, what="delay"):
            raise ConfigurationError(f"delay is {self.delay!r}; expected more than no time, such as '30s'")
        if self.retry_after is not None:
            _check_retry_after(self.retry_after, is_status)
        if self.body is not None:
            if not (is_status or self.what == "malformed"):
                raise ConfigurationError(f"{self.what!r} has a body, and no answer to put it in; leave it out")
            _check_body(self.body)
        effect: Any = self.effect
        if not isinstance(effect, bool) or (effect and not (is_status or self.what == "read_timeout")):
            raise ConfigurationError(
                f"effect is {effect!r} with {self.what!r}; expected True or False, with a status or 'read_timeout' "
                "('lost' always has its effect)"
            )

    @property
    def takes_effect(self) -> bool:
        """Whether the service does what it is asked for."""
        return self.effect or self.what in _TAKES_EFFECT

    @property
    def delay_us(self) -> int:
        """How long a slow answer takes, in microseconds; 0 for anything else."""
        return 0 if self.delay is None else micros_of(self.delay, what="delay")

    def __str__(self) -> str:
        return f"{self.what} {self.where}"


def _check_what(what: object) -> None:
    if isinstance(what, int) and not isinstance(what, bool):
        if not 400 <= what <= 599:
            raise ConfigurationError(f"status is {what}; expected an error, from 400 to 599")
    elif isinstance(what, str) and what.isdecimal():
        raise ConfigurationError(f"status is {what!r}; expected a number, without quotes: {what}")
    else:
        known_name("what goes wrong", what, get_args(FaultKind))


def _check_retry_after(value: object, is_status: bool) -> None:
    if not is_status:
        raise ConfigurationError(f"retry_after is {value!r}; it goes with a status, such as 429 or 503")
    if isinstance(value, str):
        if _DURATION.fullmatch(value):
            raise ConfigurationError(
                f"retry_after is {value!r}; a service says seconds: {micros_of(value) // 1_000_000}"
            )
        if value.isascii() and value.isprintable() and value.strip():
            return
    elif isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return
    raise ConfigurationError(
        f"retry_after is {value!r}; expected whole seconds, zero or more, or a date as HTTP has it, such as "
        "'Wed, 21 Oct 2015 07:28:00 GMT'"
    )


def _check_body(body: object) -> None:
    """What cannot be sent is told now, and not to the client under test."""
    try:
        body_of(body)
    except (TypeError, ValueError) as problem:
        raise ConfigurationError(f"body is {body!r}; expected text, bytes, or a mapping for JSON ({problem})") from None


def body_of(body: object) -> bytes:
    """The bytes of a body. Raises `TypeError` or `ValueError` for what has none."""
    if isinstance(body, Mapping):
        return to_bytes(dict(body))
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytes):
        return body
    raise TypeError(f"it is of type {type(body).__name__}")
