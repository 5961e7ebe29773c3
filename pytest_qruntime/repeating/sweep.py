"""One test with every value of every knob of the policy that it has to do with, one knob at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from pytest_qruntime.model import Policy
from pytest_qruntime.model.policy import Knob
from pytest_qruntime.recording.phase import Direction
from pytest_qruntime.recording.rounds import Reports
from pytest_qruntime.repeating.documents import told
from pytest_qruntime.repeating.runs import Turned, Watched, cause, duration, failing, lasting, noted, went_through
from pytest_qruntime.telling import repeats

Run = Callable[[Direction], Reports]

_TITLE: Final = "pytest-qruntime: this test relies on what no document settles"


class Reliance(NamedTuple):
    """A value of a knob with which a test fails."""

    knob: Knob
    own: object
    value: object
    reports: Reports

    @property
    def line(self) -> str:
        """The knob, its value, and what went wrong with the other one."""
        source = f" ({self.knob.contradiction})" if self.knob.contradiction else ""
        return f"{self.knob.name}={self.own!r}{source}; with {self.value!r}: {cause(self.reports)}"

    @property
    def text(self) -> str:
        """The same, with the documents."""
        documents = told(self.knob.contradiction) or "no document says anything"
        return f"{self.line}\n  {self.knob.meaning} {documents[0].upper()}{documents[1:]}.\n"


def every_policy(run: Run) -> Reports:
    """Run a test with its own policy, and then with every other value of the knobs that were read.

    The reports of the first run; if another one fails, of that, with all that fail in a section.
    """
    watched = Watched()
    own = run(watched)
    seconds, tried = duration(own), 0
    if not went_through(own):
        return own
    relies: list[Reliance] = []
    for knob, value in _others(watched):
        reports = run(Turned(knob.name, value))
        tried += 1
        seconds += duration(reports)
        if not went_through(reports):
            relies.append(Reliance(knob, getattr(watched.policy, knob.name), value, reports))
    result = _told(relies) if relies else own
    return noted(lasting(result, seconds), repeats.VALUES, tried)


def _others(watched: Watched) -> Iterator[tuple[Knob, object]]:
    """The knobs that were read and that nobody turned, each with the values that it does not have."""
    read = watched.policy.read - watched.settled
    for knob in Policy.knobs():
        if knob.name in read:
            own = getattr(watched.policy, knob.name)
            yield from ((knob, value) for value in knob.examples if value != own)


def _told(relies: list[Reliance]) -> Reports:
    """The reports of the first run that failed, and what is to be said of all."""
    result = relies[0].reports
    for one in relies:
        noted(result, repeats.RELIES, one.line)
    first = relies[0]
    text = (
        "".join(one.text for one in relies)
        + f"Shown above: {first.knob.name}={first.value!r}. To repeat it alone, leave out the sweep and say\n"
        f"  policy={{{first.knob.name!r}: {first.value!r}}}\n"
        f"If the code may rely on it, say so: a knob to which the test gives a value keeps it, such as\n"
        f"  policy={{'sweep': True, {first.knob.name!r}: {first.own!r}}}"
    )
    return failing(result, _TITLE, text)
