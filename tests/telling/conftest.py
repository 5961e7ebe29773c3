"""Small projects of a user, and what their runs are told to have shown."""

from __future__ import annotations

import json
from typing import Any

from pytest_qruntime.report.run import shown
from pytest_qruntime.report.run.document import Document
from tests.plugin.conftest import Project
from tests.plugin.conftest import project as project  # a fixture
from tests.recording.conftest import Studio

FILE = "told.json"
TELLING = """
    import json
    from pathlib import Path

    import pytest

    from pytest_qruntime.telling.collecting import COLLECTED

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(session):
        if not hasattr(session.config, "workerinput"):
            document = session.config.stash[COLLECTED].document()
            Path("told.json").write_text(json.dumps(document), encoding="utf-8")
"""


def telling(project: Project, more: str = "", **files: str) -> Project:
    """A project with these files, whose runs write their document down; `more` is for its conftest.py."""
    return project.write(conftest=f"{TELLING}\n{more}", **files)


def found(project: Project | Studio) -> Document:
    """The document of the last run."""
    document: Document = json.loads((project.pytester.path / FILE).read_text(encoding="utf-8"))
    return document


def timeless(document: Document) -> dict[str, Any]:
    """The same without what differs from run to run: how long the tests took."""
    tests = [{**test, "real_s": 0} for test in document["tests"]]
    return {**document, "tests": tests, "totals": {**document["totals"], "real_s": 0}}


def the(project: Project, name: str) -> shown.Test:
    """What is told of a test."""
    return next(test for test in found(project)["tests"] if test["id"].endswith(f"::{name}"))
