"""`BrokenError`: a request that has no proper answer, on its way to the transport that tells its client so."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from pytest_qruntime.clock import Clock
from pytest_qruntime.model.errors import QRuntimeError
from pytest_qruntime.rest.http import Response

End = Literal["refused", "connect_timeout", "reset", "read_timeout", "answer"]
"""How a request ends for its client; ``"answer"`` may be a part of one."""

_AT_ONCE: Final[dict[str, End]] = {"refused": "refused", "reset": "reset", "lost": "reset", "truncated": "answer"}


class BrokenError(Exception):
    """What a request meets that is no answer, or not all of one. Transports turn it into what their client raises.

    Attributes:
        kind: a name of `KINDS`.
        asked: the method and path.
        clock: the time that passes meanwhile.
        response: the answer that arrives late or in part; None: none does.
        delay_us: how long a slow answer takes.
    """

    def __init__(
        self, kind: str, asked: str, clock: Clock, response: Response | None = None, delay_us: int = 0
    ) -> None:
        self.kind = kind
        self.asked = asked
        self.clock = clock
        self.response = response
        self.delay_us = delay_us
        super().__init__(kind, asked)

    @property
    def arrives(self) -> Response:
        """The answer, with as much of its body as arrives; its headers speak of all of it."""
        assert self.response is not None
        if self.kind != "truncated":
            return self.response
        status, headers, body = self.response
        return Response(status, (*headers, ("content-length", str(len(body)))), body[: len(body) // 2])


class NeverAnsweredError(QRuntimeError):
    """A client waits for ever for an answer that a fault keeps from it: it has no timeout."""


class Endured(NamedTuple):
    """What a client goes through: so many seconds, and then this end."""

    seconds: float
    end: End


def endure(broken: BrokenError, connect_s: float | None, read_s: float | None) -> Endured:
    """What a client with these timeouts (None: it has none) goes through. Raises `NeverAnsweredError`."""
    kind = broken.kind
    if kind in _AT_ONCE:
        return Endured(0, _AT_ONCE[kind])
    if kind == "slow":
        delay_s = broken.delay_us / 1_000_000
        return Endured(delay_s, "answer") if read_s is None or delay_s < read_s else Endured(read_s, "read_timeout")
    limit_s, end, which = (
        (connect_s, "connect_timeout", "connect") if kind == "connect_timeout" else (read_s, "read_timeout", "read")
    )
    if limit_s is None:
        raise NeverAnsweredError(
            f"{broken.asked} is never answered (fault {kind!r}), and its client has no {which} timeout: it would wait "
            f"for ever, as it would on a real network. Give it one, or take a fault that ends, such as 'reset' or "
            "'slow' with a delay"
        )
    return Endured(limit_s, end)  # type: ignore[arg-type]
