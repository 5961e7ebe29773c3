"""The message about a request that has no answer: what was expected, and how the request differs from it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from pytest_qruntime.cassette.printable import printable
from pytest_qruntime.cassette.replay.errors import difference
from pytest_qruntime.cassette.replay.meaning import Meaning
from pytest_qruntime.cassette.replay.recording import Recording
from pytest_qruntime.cassette.tape import Exchange
from pytest_qruntime.clock.durations import words_of


def explained(recording: Recording, sent: Exchange, meaning: Meaning, why: str, recorded_us: int) -> str:
    """The message: the request and what is wrong with it, what comes next in the recording, and the difference."""
    said = f"{sent.method} {sent.url} {why}. It is {words_of(recorded_us)} into the recording"
    parts = [
        said,
        f"Expected next: {expected(recording)}",
        *(_asked(recording, meaning) if meaning.reads else _meant(recording, sent, meaning)),
    ]
    return "\n".join(printable(line) for part in parts for line in part.split("\n"))


def expected(recording: Recording) -> str:
    """The recorded request that comes next of those that change anything, in words."""
    number = recording.account.next(recording.done)
    if number is None:
        return "no request that changes anything; each of the recording has come"
    return recording.name(number)


def _asked(recording: Recording, meaning: Meaning) -> Iterator[str]:
    """What was asked instead at the same path."""
    near = (line for line in recording.timelines.values() if _near(line.meaning, meaning))
    for timeline in islice(near, 3):
        recorded = timeline.exchanges[0]
        yield f"Recorded was: {recorded.method} {recorded.url}{_of_instance(timeline.meaning, meaning)}"


def _meant(recording: Recording, sent: Exchange, meaning: Meaning) -> Iterator[str]:
    """The request that may have been meant, and the difference of the bodies."""
    waiting = (number for number in recording.changes if not recording.done[number])
    near = [number for number in waiting if _near(recording.changes[number].meaning, meaning)]
    for number in near[:1]:
        if number != recording.account.next(recording.done):
            yield f"Recorded was: {recording.name(number)}"
        if instance := _of_instance(recording.changes[number].meaning, meaning):
            yield f"It was recorded{instance}"
        yield from filter(None, [difference(recording.exchanges[number].request_body, sent.request_body)])


def _near(recorded: Meaning, meaning: Meaning) -> bool:
    return recorded != meaning and recorded[:2] == meaning[:2]


def _of_instance(recorded: Meaning, meaning: Meaning) -> str:
    return "" if recorded.crn == meaning.crn else f" for the instance {recorded.crn}"
