"""A user's suite, and what its run left behind."""

from __future__ import annotations

import json
from typing import Any, Final

from tests.plugin.conftest import Project

RERUNS: Final = "rerunfailures"
TIMEOUT: Final = "timeout"
RANDOMLY: Final = "randomly"
XDIST: Final = "xdist"

MIXED: Final = {
    "test_one": """
        import pytest

        def test_fine(qruntime):
            with qruntime.session() as session:
                session.run(shots=1000).result()

        def test_leaks(qruntime):
            qruntime.session(max_time="25m").run(shots=1000).result()

        def test_fails(qruntime):
            qruntime.clock.tick("1h")
            assert False

        @pytest.mark.qruntime(allow={"leak": "it is known", "SUB-02": "it is not known"})
        def test_may_leak(qruntime):
            qruntime.batch()
    """,
    "test_two": """
        import pytest

        @pytest.mark.qruntime(interleavings="all")
        def test_orders(qruntime):
            qruntime.run(shots=1000)
            qruntime.run(shots=1000)
            qruntime.clock.tick("1h")

        @pytest.mark.qruntime(plan="open", seed=7)
        class TestOpen:
            @pytest.mark.parametrize("jobs", [1, 2])
            def test_jobs(self, qruntime, jobs):
                for _ in range(jobs):
                    qruntime.run(shots=100).result()

            def test_skips(self, qruntime):
                pytest.skip("not today")

        @pytest.mark.xfail(reason="it is known")
        def test_xfails(qruntime):
            assert False

        def test_without():
            pass
    """,
}
LEAKS_ONCE: Final = """
    TRIES = []

    def test_it(qruntime):
        TRIES.append(1)
        session = qruntime.session()
        if len(TRIES) > 1:
            session.close()
"""
LEAKS: Final = "def test_it(qruntime):\n    qruntime.session()\n"


def report(project: Project, *arguments: str, plugins: tuple[str, ...] = (), apart: bool = False) -> dict[str, Any]:
    """The report of a run; nothing else is left beside it."""
    run = project.run_apart if apart or "-n" in arguments else project.run
    run("--qruntime-report=report.json", *arguments, plugins=plugins)
    return read(project)


def read(project: Project) -> dict[str, Any]:
    """The report that was written, whole."""
    assert list(project.pytester.path.glob(".*.tmp")) == []
    document: dict[str, Any] = json.loads((project.pytester.path / "report.json").read_text(encoding="utf-8"))
    return document


def timeless(document: dict[str, Any]) -> dict[str, Any]:
    """Without what is measured in real time."""
    del document["totals"]["real_s"]
    for test in document["tests"]:
        del test["real_s"]
    return document


def outcomes(document: dict[str, Any]) -> dict[str, str]:
    """What became of each test."""
    return {test["id"]: test["outcome"] for test in document["tests"]}
