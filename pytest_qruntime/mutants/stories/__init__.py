"""Stories that exercise every contract: short lives of sessions, batches and jobs."""

from typing import Final

from pytest_qruntime.mutants.stage import Story
from pytest_qruntime.mutants.stories.asking import ASKING
from pytest_qruntime.mutants.stories.closing import CLOSING
from pytest_qruntime.mutants.stories.opening import OPENING
from pytest_qruntime.mutants.stories.running import RUNNING
from pytest_qruntime.mutants.stories.timing import TIMING

STORIES: Final[tuple[Story, ...]] = tuple(
    story for stories in (OPENING.all, CLOSING.all, TIMING.all, RUNNING.all, ASKING.all) for story in stories
)

__all__ = ["STORIES"]
