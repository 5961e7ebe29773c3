"""What a trace says of the calls of the official client's public methods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pytest_qruntime.contracts.contract import Outcome, broken
from pytest_qruntime.model import Event

FINAL: Final = ("DONE", "CANCELLED", "ERROR")
"""The client's names for the states of a job in which it does not ask any more."""


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:2] if part.isdecimal())


class AskedFacts:
    """A request that a call made, and its answer. `asked` and `told` are None without a JSON object.

    The status is 0 if nobody knows what arrived of the answer.
    """

    __slots__ = ("asked", "at_us", "method", "operation", "path", "status", "told")

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.operation: str = data["operation"]
        self.method: str = data["method"]
        self.path: str = data["path"]
        self.status: int = data["status"]
        self.asked: Mapping[str, Any] | None = data["asked"]
        self.told: Mapping[str, Any] | None = data["told"]
        self.at_us: int = data["at_us"]

    @property
    def accepted(self) -> bool:
        """Whether it was answered with what was asked for."""
        return 200 <= self.status < 300

    def said(self, name: str) -> Any:
        """A field of the answer; None if it is not there."""
        return None if self.told is None else self.told.get(name)

    @property
    def job_status(self) -> str:
        """The status of the job that it tells of, in the service's words; empty if it tells of none."""
        state = self.said("state")
        status = state.get("status") if isinstance(state, dict) else None
        return status if isinstance(status, str) else ""

    @property
    def reason_code(self) -> Any:
        """The code of the reason that it tells."""
        state = self.said("state")
        return (state.get("reasonCode") or state.get("reason_code")) if isinstance(state, dict) else None


class HandleFacts:
    """A handle on a session or batch: the client may have several on one.

    Attributes:
        taken_up: the call of `from_id` that gave it; None: it was made.
        ended: the call after which this handle takes no jobs: `close`, `cancel`, or leaving its block.
        cancelled: the call that cancelled it by this handle.
        found: the state in which `from_id` found it, and whether it took jobs.
    """

    __slots__ = ("cancelled", "ended", "found", "id", "known", "session", "taken_up")

    def __init__(self, number: int) -> None:
        self.id = number
        self.session: str | None = None
        self.known = False
        self.taken_up: CallFacts | None = None
        self.ended: CallFacts | None = None
        self.cancelled: CallFacts | None = None
        self.found: tuple[Any, Any] | None = None


class CallFacts:
    """A call, as an event of the kind ``"client.called"`` tells it.

    Attributes:
        name: such as ``"Session.close"``.
        kind: the class of what it was called on.
        asked: the requests of the API; None: nobody could see them.
        blocks: the ids of the sessions and batches whose with blocks surround it, and the numbers of their handles;
            None: they are not known.
        fresh: whether the innermost of them was entered last, and none left since.
        elsewhere: whether blocks are open that do not surround it.
        by: the handle on the session or batch that it is about, or that its primitive runs in.
        client: the version of the client: its first two numbers.
        built: of a run, the call that made the primitive.
        sealed: of a run, the call that had ended its handle before.
        closed: of a run, the call that had ended the session or batch before, by another handle.
        cancelled_job: of a job, the call that had cancelled it by the same handle before.
        last_status: of a job, what an answer to the same handle told last, until this call was over.
    """

    __slots__ = (
        *("event", "no", "name", "kind", "given", "thread", "blocks", "fresh", "elsewhere", "raised", "message"),
        *("returned", "warned", "deaf", "asked", "began_us", "by", "built", "sealed", "closed", "cancelled_job"),
        *("last_status", "primitive", "handle", "client"),
    )

    def __init__(self, event: Event, no: int) -> None:
        data: Mapping[str, Any] = event.data
        self.event = event
        self.no = no
        self.name: str = data["call"]
        self.given: Mapping[str, Any] = data["given"]
        self.kind: str = self.given.get("kind", "")
        self.handle: int | None = self.given.get("handle")
        self.primitive: int | None = self.given.get("primitive")
        self.thread: int = data["thread"]
        self.blocks: tuple[tuple[str | None, int], ...] | None = data["blocks"]
        self.fresh: bool = data["fresh"]
        self.elsewhere: bool = data["elsewhere"]
        self.raised: str | None = data["raised"]
        self.message: str = data["message"] or ""
        self.returned: Any = data["returned"]
        self.warned: tuple[str, ...] = data["warned"]
        self.deaf: bool = data["deaf"]
        asked = data["requests"]
        self.asked: list[AskedFacts] | None = None if asked is None else [AskedFacts(one) for one in asked]
        self.began_us: int = data["began_us"]
        self.client = _version(data["client"])
        self.by: HandleFacts | None = None
        self.built: CallFacts | None = None
        self.sealed: CallFacts | None = None
        self.closed: CallFacts | None = None
        self.cancelled_job: CallFacts | None = None
        self.last_status: AskedFacts | None = None

    @property
    def session(self) -> str | None:
        """The session or batch that it is about."""
        return self.event.workload

    @property
    def block(self) -> str | None:
        """The session or batch of the block that was entered last, if none was left since."""
        return self.blocks[-1][0] if self.blocks and self.fresh else None

    def requests(self, *operations: str) -> list[AskedFacts]:
        """The requests of these kinds; of all kinds, if none is named."""
        return [one for one in self.asked or () if not operations or one.operation in operations]

    def came_before(self, other: CallFacts) -> bool:
        """Whether it was over when another call began, for certain."""
        return self.thread == other.thread or self.event.at_us < other.began_us

    @property
    def refused_here(self) -> bool:
        """Whether the client refused to submit, since the session is closed, and asked nobody."""
        return self.raised == "IBMRuntimeError" and "session is closed" in self.message and not self.requests("submit")

    @property
    def outcome(self) -> str:
        """What became of it, in words for messages."""
        asked = ", ".join(f"{one.method} {one.path} {one.status}" for one in self.asked or ()) or "nothing"
        how = f"returned {self.returned!r}" if self.raised is None else f"raised {self.raised}: {self.message}"
        return f"{self.name} {how}; it asked for {asked}"

    def judged(self, rightly: bool, expected: str) -> Outcome:
        """What a rule says of this call: that it held, or what it expected instead of what became of it."""
        return rightly or broken(self.event, expected, self.outcome, number=self.no)
