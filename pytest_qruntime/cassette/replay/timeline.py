"""What was answered to one question, over time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Final

from pytest_qruntime.cassette.replay.meaning import Meaning, document, place
from pytest_qruntime.cassette.replay.subjects import Subject
from pytest_qruntime.cassette.tape import Exchange

_LAST_OF_A_JOB: Final = frozenset({"completed", "cancelled", "failed"})


class Timeline:
    """The recorded answers to requests of one meaning, in the order in which they were given.

    Attributes:
        meaning: what was asked.
        subject: what it is about: it says how much later than recorded this runs.
        reached: the position of the latest answer that was given; -1 before the first.
        past_end_us: the virtual instant of the first look past the end of the recording.
        passed: whether no answer is left, after one that is given once.
    """

    __slots__ = (
        "_at_us",
        "_changes",
        "_numbers",
        "exchanges",
        "meaning",
        "passed",
        "past_end_us",
        "reached",
        "subject",
    )

    def __init__(self, meaning: Meaning, subject: Subject) -> None:
        self.meaning = meaning
        self.subject = subject
        self.exchanges: list[Exchange] = []
        self.reached = -1
        self.past_end_us: int | None = None
        self.passed = False
        self._numbers: list[int] = []
        self._at_us: list[int] = []
        self._changes: list[int] = []  # positions whose answer differs from the one before

    def add(self, number: int, exchange: Exchange) -> None:
        """Append an answer; `number` is its place in the recording."""
        if self.exchanges and _answer(exchange) != _answer(self.exchanges[-1]):
            self._changes.append(len(self.exchanges))
        self.exchanges.append(exchange)
        self._numbers.append(number)
        self._at_us.append(exchange.at_us)

    def position(self, now_us: int, before: int | None) -> int:
        """Where the answer of this instant stands.

        Of the answers that were recorded before the request number `before` (all, if it is None) and after the latest
        request that has come, the last one of this instant or earlier, or else the first one. If there are none, the
        last one before that request.
        """
        return self._span(now_us, before)[1]

    def answer(self, now_us: int, before: int | None) -> Exchange:
        """The answer of this instant. Several of one instant are given in turn."""
        begin, position = self._span(now_us, before)
        first = bisect_left(self._at_us, self._at_us[position], begin, position)
        self.reached = min(position, max(self.reached + 1, first))
        return self.exchanges[self.reached]

    def _span(self, now_us: int, before: int | None) -> tuple[int, int]:
        """The positions of the first answer that is not outdated, and of the one of this instant."""
        end = len(self._numbers) if before is None else bisect_left(self._numbers, before)
        begin = max(min(bisect_right(self._numbers, self.subject.latest, 0, end), end - 1), 0)
        return begin, max(bisect_right(self._at_us, now_us - self.subject.shift_us, 0, end) - 1, begin)

    def pass_by(self, number: int) -> None:
        """What was recorded before an interaction is over."""
        after = bisect_right(self._numbers, number)
        self.passed = after == len(self._numbers)
        self.reached = max(self.reached, after - 1)

    def begins_before(self, number: int) -> bool:
        """Whether the first answer was recorded before the interaction with this number."""
        return self._numbers[0] < number

    def changed(self, now_us: int, before: int | None) -> int:
        """How often the answer has changed by this instant."""
        return bisect_right(self._changes, self.position(now_us, before))

    def changes(self, now_us: int, before: int | None) -> Iterator[tuple[int, Exchange]]:
        """The virtual instants after this one at which the answer will be another one, and that answer."""
        for index in range(self.changed(now_us, before), len(self._changes)):
            position = self._changes[index]
            if before is not None and self._numbers[position] >= before:
                return
            yield self._at_us[position] + self.subject.shift_us, self.exchanges[position]

    def may_change(self, exchange: Exchange) -> bool:
        """Whether this answer says of itself that it is not the last: a job that runs, a session that is open."""
        where = place(self.meaning.path)
        if where.kind == "sessions":
            return bool(document(exchange.response_body).get("state", "closed") != "closed")
        if where.kind == "jobs" and where.part == "results":
            return exchange.status == 204
        if where.kind == "jobs" and where.id and not where.part:
            state = document(exchange.response_body).get("state")
            status = str(state.get("status", "")) if isinstance(state, dict) else ""
            return bool(status) and status.partition(" ")[0].lower() not in _LAST_OF_A_JOB
        return False

    def left(self) -> list[int]:
        """The numbers of the answers that the client never came to."""
        return self._numbers[self.reached + 1 :]


def _answer(exchange: Exchange) -> tuple[int, bytes]:
    return exchange.status, exchange.response_body
