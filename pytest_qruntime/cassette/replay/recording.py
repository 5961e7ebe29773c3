"""A tape as it is replayed: answers sorted into timelines, and requests that change state in their causal order."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from pytest_qruntime.cassette.errors import CassetteError
from pytest_qruntime.cassette.replay.errors import named
from pytest_qruntime.cassette.replay.meaning import Language, Meaning, created, created_ids
from pytest_qruntime.cassette.replay.subjects import ACCOUNT, Family, Name, Subject, Touch, read_by
from pytest_qruntime.cassette.replay.timeline import Timeline
from pytest_qruntime.cassette.tape import Exchange, Tape
from pytest_qruntime.rest import timestamps


class Change(NamedTuple):
    """A request that changes state: what it means, what it touches, and whether it created a session or a job."""

    meaning: Meaning
    touches: list[Touch]
    creates: bool


class Recording:
    """A tape, sorted; and which of its requests have come.

    Attributes:
        exchanges: the tape's; their numbers count from 0.
        changes: the requests that change state, by their numbers.
        waiting: the numbers of those of one meaning that have not come yet.
        timelines: the answers to everything else.
        token_requests: those that asked for a token.
        done: whether the request of this number has come.
        behind_us: how much later than recorded the last request came that changed anything.

    Raises `CassetteError` for a tape without times, whose times go back, or with an address that is none.
    """

    def __init__(self, tape: Tape) -> None:
        self.start_unix_us = _start_unix_us(tape)
        self.exchanges = tape.exchanges
        _check_addresses(tape)
        self.crns = frozenset(crn for one in self.exchanges if (crn := one.request_headers.get("service-crn")))
        self.language = Language(created_ids(self.exchanges), self.crns)
        self.changes: dict[int, Change] = {}
        self.waiting: defaultdict[Meaning, deque[int]] = defaultdict(deque)
        self.timelines: dict[Meaning, Timeline] = {}
        self.token_requests: list[Exchange] = []
        self.behind_us = 0
        self.done = [False] * len(self.exchanges)
        self._subjects: dict[Name, Subject] = {}
        self._about: defaultdict[Name, list[Timeline]] = defaultdict(list)
        self.account = self.subject(ACCOUNT)
        self._sort()

    def subject(self, name: Name) -> Subject:
        """The subject of this name."""
        found = self._subjects.get(name)
        if found is None:
            found = self._subjects[name] = Subject(name)
        return found

    def speaks_of(self, name: Name) -> bool:
        """Whether any request is about a subject, or touches it."""
        return name in self._subjects

    def about(self, name: Name) -> Sequence[Timeline]:
        """The timelines about a subject."""
        return self._about.get(name, ())

    def name(self, number: int) -> str:
        """A recorded request for a message."""
        return named(self.exchanges[number], number)

    def obstacle(self, number: int) -> tuple[int, Name] | None:
        """A request that has to come before this one and has not, and what both touch."""
        for touch in self.changes[number].touches:
            earlier = self.subject(touch.name).earlier(number, self.done, alone=touch.alone)
            if earlier is not None:
                return earlier, touch.name
        return None

    def take(self, number: int, now_us: int) -> Iterable[Timeline]:
        """The request has come. Returns the timelines that run otherwise from now on."""
        meaning, touches, creates = self.changes[number]
        self.waiting[meaning].popleft()
        self.done[number] = True
        self.behind_us = now_us - self.exchanges[number].at_us
        for touch in touches:
            subject = self.subject(touch.name)
            subject.latest = max(subject.latest, number)
            if creates:
                subject.shift_us = self.behind_us
        return [timeline for touch in touches for timeline in self._about[touch.name]]

    def _sort(self) -> None:
        family = Family()
        for number, exchange in enumerate(self.exchanges):
            if number and exchange.at_us < self.exchanges[number - 1].at_us:
                raise CassetteError(
                    f"{self.name(number)} has an earlier time than the interaction before it. Interactions stand in "
                    "the order in which they were sent: put it back to its place, or record anew"
                )
            meaning = self.language.meaning(exchange)
            if meaning.asks_for_token:
                self.token_requests.append(exchange)
            elif meaning.reads and not family.reads_once(meaning, exchange):
                self._timeline(meaning).add(number, exchange)
            else:
                self._expect(number, Change(meaning, family.touches(meaning, exchange), bool(created(exchange))))

    def _expect(self, number: int, change: Change) -> None:
        self.changes[number] = change
        self.waiting[change.meaning].append(number)
        for touch in change.touches:
            self.subject(touch.name).expect(number, alone=touch.alone)

    def _timeline(self, meaning: Meaning) -> Timeline:
        found = self.timelines.get(meaning)
        if found is None:
            name = read_by(meaning)
            found = self.timelines[meaning] = Timeline(meaning, self.subject(name))
            self._about[name].append(found)
        return found


def _check_addresses(tape: Tape) -> None:
    for number, exchange in enumerate(tape.exchanges):
        try:
            urlsplit(exchange.url)
        except ValueError as error:
            raise CassetteError(
                f"interaction {number} was sent to {exchange.url!r}, which is no address: {error}. Record it anew"
            ) from None


def _start_unix_us(tape: Tape) -> int:
    if tape.provenance is None:
        raise CassetteError(
            "the recording has no provenance, so nobody knows when its answers were given; expected one that this "
            "plugin made. Record it anew"
        )
    try:
        return timestamps.parse(tape.provenance.began)
    except ValueError as error:
        raise CassetteError(f"the provenance of the recording says that it began at {error}") from None
