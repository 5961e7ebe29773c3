"""The symptoms of a test that was judged when it was over."""

from __future__ import annotations

from pytest_qruntime.contracts import Finding
from pytest_qruntime.judging.leaks import Leak
from pytest_qruntime.reproducing.story import Story
from pytest_qruntime.reproducing.symptoms import Broken, Found, LeftOpen


def left(story: Story, leak: Leak) -> Found:
    """A session or batch was left open."""
    symptom = LeftOpen(kind=leak.kind, state=leak.state)
    return Found(symptom, story.steps(story.ended_us), frozenset({story.names[leak.id]}))


def broken(story: Story, finding: Finding) -> Found:
    """The service broke a contract: it is about what the first break is about."""
    first = finding.breaks[0]
    about = frozenset(var for name, var in story.names.items() if name in (first.workload, first.job))
    return Found(Broken(contract=finding.contract.id), story.steps(story.ended_us), about)
