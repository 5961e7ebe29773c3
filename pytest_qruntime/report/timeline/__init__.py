"""Timelines: what each session, batch and job did when."""

from pytest_qruntime.report.timeline.timeline import Broken, Timeline, broken_in

__all__ = ["Broken", "Timeline", "broken_in"]
