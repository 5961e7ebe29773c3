"""`Deck`: answers requests from a recording, at the instant of a virtual clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from pytest_qruntime.cassette.replay.errors import UnexpectedRequestError, hidden
from pytest_qruntime.cassette.replay.explaining import expected, explained
from pytest_qruntime.cassette.replay.meaning import Meaning, document
from pytest_qruntime.cassette.replay.recording import Recording
from pytest_qruntime.cassette.replay.subjects import Name
from pytest_qruntime.cassette.replay.timeline import Timeline
from pytest_qruntime.cassette.replay.tokens import Tokens
from pytest_qruntime.cassette.replay.world import TapeWorld
from pytest_qruntime.cassette.tape import Exchange, Tape
from pytest_qruntime.clock.durations import words_of
from pytest_qruntime.rest.http import Request, Response

__tracebackhide__ = hidden

# Of the connection over which the recording was made, and of an encoding that the recorded body no longer has.
_NOT_REPLAYED: Final = frozenset(
    {"connection", "content-encoding", "content-length", "keep-alive", "transfer-encoding"}
)
_NEVER: Final = "was never recorded"


class Deck:
    """Plays a recording: a `Handler`, and in `world` what a `Clock` can hold.

    The rules
        1. A request that reads gets the answer that was recorded last at its instant or earlier; before the first, the
           first. So a change between two recorded polls happens at the instant of the later one. Answers from before a
           request that touched the subject are outdated once it has come, if there is one from after it.
        2. A request that changes state is the first recorded one of its meaning that has not come yet. It may come when
           every earlier one has come that touches what it touches (see `subjects`). What was recorded of a subject
           after a request that touches it is not known before that request has come: recorded time waits for it.
        3. When a session or a job is created, the recorded time of all that the request touches is set to that of the
           request, and runs on from there: a job lasts as long as it did, whenever it is submitted. Other requests move
           no time: what the service does by itself goes on. For a client that creates the same at the same instants,
           recorded time is virtual time.
        4. IAM gives a token, valid now, to everybody who asks, however often.
        5. The results of a private job are given once, as recorded.
        6. Past the end of the recording, a job that has not ended or a session that is open can be looked at once more,
           since a client that polls less often looks late. A second look, later, has no answer.

    Whatever has no answer raises `UnexpectedRequestError`.

    Args:
        tape: the recording. It needs provenance: without it, nobody knows when anything was answered.
        scrub: what was done to each exchange when it was recorded. It is done to requests before they are compared.

    Attributes:
        world: the time of the recording.
        unmatched: the requests that had no answer.
        reasons: the messages of the errors that these raised.
    """

    def __init__(self, tape: Tape, *, scrub: Callable[[Exchange], Exchange] | None = None) -> None:
        self._recording = Recording(tape)
        self._scrub = scrub
        self._tokens = Tokens(self._recording.token_requests)
        self._understood: dict[tuple[str, ...], tuple[Exchange, Meaning]] = {}
        self.unmatched: list[Request] = []
        self.reasons: list[str] = []
        self.world = TapeWorld(self._recording.start_unix_us, self._changes)
        self.world.schedule(self._recording.timelines.values())

    def __repr__(self) -> str:
        count = len(self._recording.exchanges)
        return f"<Deck of {count} interactions, {words_of(self.recorded_us)} into the recording>"

    # -- reports -----------------------------------------------------------------------------------------------------

    @property
    def recorded_us(self) -> int:
        """How far into the recording it is: since the last request that changed anything, time runs on from there."""
        recording = self._recording
        recorded_us = self.world.now_us - recording.behind_us
        waiting = recording.account.next(recording.done)
        return recorded_us if waiting is None else min(recorded_us, recording.exchanges[waiting].at_us)

    def unused(self) -> list[Exchange]:
        """What the client never came to: requests that it did not make, and answers later than its last look.

        Requests for tokens do not count.
        """
        recording = self._recording
        left = {number for timeline in recording.timelines.values() for number in timeline.left()}
        left.update(number for number in recording.changes if not recording.done[number])
        return [recording.exchanges[number] for number in sorted(left)]

    def knows_crn(self, crn: str) -> bool:
        """Whether the recording speaks of an instance with this CRN."""
        return crn in self._recording.crns

    @property
    def next_request(self) -> str:
        """The recorded request that comes next of those that change anything, in words."""
        return expected(self._recording)

    # -- jobs --------------------------------------------------------------------------------------------------------

    def knows_job(self, job_id: str) -> bool:
        """Whether the recording speaks of a job with this id."""
        return self._recording.speaks_of(Name("job", job_id))

    def state_of(self, job_id: str) -> tuple[int, ...]:
        """Something that is another one when what the recording would tell of a job is another. Nothing is asked."""
        return tuple(self._changed(timeline) for timeline in self._recording.about(Name("job", job_id)))

    def awaits(self, job_id: str) -> bool:
        """Whether what the recording tells of a job changes unless the client acts."""
        return any(
            next(iter(self._changes(timeline)), None) is not None
            for timeline in self._recording.about(Name("job", job_id))
        )

    # -- requests ----------------------------------------------------------------------------------------------------

    def token(self) -> str:
        """A bearer token that is valid now, as IAM's answers have it."""
        answer = self._tokens.answer(self.world.start_unix_us + self.world.now_us)
        return str(document(answer.body)["access_token"])

    def handle(self, request: Request) -> Response:
        """Answer one request. Raises `UnexpectedRequestError` for one that the recording has no answer to."""
        with self.world.lock:
            sent, meaning = self._understand(request)
            if meaning.asks_for_token:
                return self._tokens.answer(self.world.start_unix_us + self.world.now_us)
            try:
                found = self._read(meaning, sent) if meaning.reads else self._change(meaning, sent)
            except UnexpectedRequestError as error:
                self.unmatched.append(request)
                self.reasons.append(str(error))
                raise
        headers = tuple((name, value) for name, value in found.response_headers.items() if name not in _NOT_REPLAYED)
        return Response(found.status, headers, found.response_body)

    def _understand(self, request: Request) -> tuple[Exchange, Meaning]:
        """The request as it was recorded, and what it means; a poll is looked at once."""
        key = (request.method, request.path, request.query, request.headers.get("service-crn", ""))
        known = self._understood.get(key)
        if known is not None and not request.body:
            return known
        sent = self._exchange(request)
        understood = sent, self._recording.language.meaning(sent)
        if not request.body:
            self._understood[key] = understood
        return understood

    def _exchange(self, request: Request) -> Exchange:
        query = f"?{request.query}" if request.query else ""
        url = f"https://{request.host}{request.path}{query}"
        sent = Exchange(self.world.now_us, request.method, url, request.headers, request.body, 0, {}, b"")
        return sent if self._scrub is None else self._scrub(sent)

    def _change(self, meaning: Meaning, sent: Exchange) -> Exchange:
        waiting = self._recording.waiting.get(meaning)
        if not waiting:
            raise self._unexpected(sent, meaning, _NEVER if waiting is None else "came more often than it was recorded")
        self._check_order(waiting[0], meaning, sent)
        return self._take(waiting[0])

    def _read(self, meaning: Meaning, sent: Exchange) -> Exchange:
        timeline = self._recording.timelines.get(meaning)
        waiting = self._recording.waiting.get(meaning)  # requests that read change state if their answer is given once
        if waiting and (timeline is None or self._is_due(waiting[0], timeline)):
            self._check_order(waiting[0], meaning, sent)
            if timeline is not None:
                timeline.pass_by(waiting[0])
            return self._take(waiting[0])
        if timeline is None or timeline.passed:
            raise self._unexpected(sent, meaning, _NEVER if waiting is None else "was recorded once, and is given once")
        return self._answer(timeline, sent)

    def _answer(self, timeline: Timeline, sent: Exchange) -> Exchange:
        before = timeline.subject.next(self._recording.done)
        if before is not None and not timeline.begins_before(before):
            after = self._recording.name(before)
            raise self._unexpected(sent, timeline.meaning, f"was recorded only after {after}, which has not come")
        found = timeline.answer(self.world.now_us, before)
        self._check_end(timeline, found, sent)
        return found

    def _take(self, number: int) -> Exchange:
        self.world.schedule(self._recording.take(number, self.world.now_us))
        return self._recording.exchanges[number]

    def _is_due(self, number: int, timeline: Timeline) -> bool:
        recorded_us = self.world.now_us - timeline.subject.shift_us
        return self._recording.exchanges[number].at_us <= recorded_us or not timeline.begins_before(number)

    def _check_order(self, number: int, meaning: Meaning, sent: Exchange) -> None:
        obstacle = self._recording.obstacle(number)
        if obstacle is not None:
            earlier, name = self._recording.name(obstacle[0]), obstacle[1]
            raise self._unexpected(
                sent, meaning, f"came too early: {earlier} concerns {name} too, and was recorded before it"
            )

    def _check_end(self, timeline: Timeline, found: Exchange, sent: Exchange) -> None:
        recording, now_us = self._recording, self.world.now_us
        if self.recorded_us <= recording.exchanges[-1].at_us:
            return
        if timeline.past_end_us is None:
            timeline.past_end_us = now_us
        if timeline.past_end_us < now_us and timeline.may_change(found):
            raise self._unexpected(
                sent,
                timeline.meaning,
                "asks what came after the end of the recording, and the last answer in it says that more would come. "
                "Record a longer run, or let the test end earlier",
            )

    def _unexpected(self, sent: Exchange, meaning: Meaning, why: str) -> UnexpectedRequestError:
        return UnexpectedRequestError(explained(self._recording, sent, meaning, why, self.recorded_us))

    def _changed(self, timeline: Timeline) -> int:
        return timeline.changed(self.world.now_us, timeline.subject.next(self._recording.done))

    def _changes(self, timeline: Timeline) -> Iterator[tuple[int, Exchange]]:
        return timeline.changes(self.world.now_us, timeline.subject.next(self._recording.done))
