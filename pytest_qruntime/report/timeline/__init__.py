"""Timelines: what each session, batch and job did when."""

from pytest_qruntime.report.timeline.calls import Call, problem_of
from pytest_qruntime.report.timeline.marks import Broken, Mark, broken_in
from pytest_qruntime.report.timeline.timeline import Timeline

__all__ = ["Broken", "Call", "Mark", "Timeline", "broken_in", "problem_of"]
