"""Programs, as a run of a project shows and reports them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_qruntime.telling.reproducing import TITLE
from tests.plugin.conftest import Project
from tests.telling.conftest import found


def programs(project: Project) -> dict[str, str]:
    """The programs of the last run, by the names of their tests."""
    drawn = {test["id"].rpartition("::")[2]: test["drawn"] for test in found(project)["tests"]}
    return {name: str(one["program"]) for name, one in drawn.items() if one is not None and one["program"] is not None}


def sections(text: str) -> Iterator[list[str]]:
    """What stands below the title, each time."""
    lines = iter(text.splitlines())
    for line in lines:
        if TITLE in line:
            section = []
            for inner in lines:
                if re.match(r"-{3,} |_{3,}|={3,} ?[^=]|pytest-qruntime:", inner):
                    break
                section.append(inner)
            yield section
