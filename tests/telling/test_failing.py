"""The timeline below a test that fails: the whole section, and when there is one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest

from pytest_qruntime.model import QRuntimeError
from pytest_qruntime.telling.failing import TITLE
from tests.plugin.conftest import Project
from tests.plugin.conftest import project as project  # a fixture

LATE = """
    def test_late(qruntime):
        session = qruntime.session()
        session.run().result()
        session.close()
        session.run()
"""
LATE_SHOWN = """\
          +0s                              +2.1s                           +5.1s
session 1 =====================================================================|
  job 1   +++++++++++++++++++++++++++++++++####################################C
> open    1
> submit  1                                                                    R
> close                                                                        1
> reads   1                                                                    3
                                                                the test fails ^
= active, or running; | closed; + runs, not yet on the QPU; # on the QPU;
C completed; R refused; > requests, how many at once

     +0s session 1 opened (max TTL 8h); job 1 submitted to session 1; session 1
         active; job 1 running
   +2.1s job 1 on the QPU
 +5.124s job 1 completed, 3.024s on the QPU; session 1 closed as asked; session
         1 cost 5.124s of QPU time
 +5.124s submit (session 1) REFUSED with 400, code 1217: Session has been closed
 +5.124s the test FAILS: ServiceError: POST /api/v1/jobs was answered with HTTP
         400, code 1217: Session has been closed. Create a new session ..."""
LEFT = """
    def train(session):
        for step in range(3):
            session.run().result()
            if step == 1:
                raise ValueError("diverged")

    def test_left(qruntime):
        session = qruntime.session(max_time="1h")
        try:
            train(session)
        except ValueError:
            pass
"""
LEFT_SHOWN = """\
          +0s           +2.1s          +5.1s         +7.2s     +10.2s
session 1 =========================================================== still open
  job 1   ++++++++++++++###############C
  job 2                                ++++++++++++++###############C
> open    1
> submit  1                            1
> reads   1                            4                            3
                                                   the test is over ^
                                             session 1 is left open ^
= active, or running; + runs, not yet on the QPU; # on the QPU; C completed;
> requests, how many at once

      +0s session 1 opened (max TTL 1h); job 1 submitted to session 1; session 1
          active; job 1 running
    +2.1s job 1 on the QPU
  +5.124s job 1 completed, 3.024s on the QPU; job 2 submitted to session 1; job
          2 running
  +7.224s job 2 on the QPU
 +10.248s job 2 completed, 3.024s on the QPU
 +10.248s the test is over
 +10.248s session 1 LEFT OPEN: it was opened by test_it.py:8, in test_left; left
          alone, it would be closed by the service at +1h, and would have cost
          1m10.248s of QPU time by then"""


def sections(text: str) -> Iterator[str]:
    """What stands below the title, each time."""
    lines = iter(text.splitlines())
    for line in lines:
        if TITLE in line:
            found = []
            for inner in lines:
                if re.match(r"-{3,} |_{3,}|={3,} ?[^=]|pytest-qruntime:|/.*:\d+: ", inner):
                    break
                found.append(inner)
            yield "\n".join(found).strip("\n")


def shown(result: pytest.RunResult) -> str:
    """The only section."""
    [found] = sections(result.stdout.str())
    return found


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[\d;]*m", "", text)


@pytest.mark.parametrize("option", [(), ("-q",), ("--tb=short",), ("--tb=line",), ("-vv",)], ids=" ".join)
def test_what_happened_stands_below_the_failure(project: Project, option: tuple[str, ...]) -> None:
    result = project.write(test_it=LATE).run(*option)
    result.assert_outcomes(failed=1)
    assert shown(result) == LATE_SHOWN


def test_what_is_left_open_is_seen_to_be_and_what_would_become_of_it(project: Project) -> None:
    result = project.write(test_it=LEFT).run()
    result.assert_outcomes(passed=1, errors=1)
    assert shown(result) == LEFT_SHOWN


def test_a_terminal_has_it_in_colours_and_a_file_has_not(project: Project) -> None:
    result = project.write(test_it=LATE).run("--color=yes", "--junitxml=junit.xml", "-o", "junit_logging=all")
    colored = result.stdout.str()
    assert "  job 1   \x1b[34m+++" in colored
    assert "\x1b[31msubmit (session 1) REFUSED" in colored
    [found] = sections(plain(colored))
    assert found == LATE_SHOWN
    written = project.pytester.path.joinpath("junit.xml").read_text(encoding="utf-8")
    assert "\x1b" not in written
    assert "#x1B" not in written
    ElementTree.fromstring(written)


def test_who_reads_the_reports_afterwards_reads_them_plain(project: Project) -> None:
    conftest = """
        def pytest_unconfigure(config):
            [report] = config.pluginmanager.get_plugin("terminalreporter").stats["failed"]
            print("coloured:", any("\\x1b[" in text for _, text in report.sections))
    """
    result = project.write(conftest=conftest, test_it=LATE).run("--color=yes", "-s")
    result.stdout.fnmatch_lines(["coloured: False"])


def test_workers_send_it_with_its_colours(project: Project) -> None:
    result = project.write(test_it=LATE).run("-n", "2", "--color=yes", plugins=("xdist",))
    assert "\x1b[31msubmit (session 1) REFUSED" in result.stdout.str()
    [found] = sections(plain(result.stdout.str()))
    assert found == LATE_SHOWN


@pytest.mark.parametrize("option", ["--tb=no", "--show-capture=no", "--show-capture=stdout"])
def test_who_asks_for_no_sections_has_none(project: Project, option: str) -> None:
    result = project.write(test_it=LATE).run(option)
    result.assert_outcomes(failed=1)
    assert not list(sections(result.stdout.str()))


WITHOUT = """
    import pytest

    def test_passes(qruntime):
        with qruntime.session():
            pass

    def test_skipped(qruntime):
        with qruntime.session():
            pytest.skip("later")

    @pytest.mark.xfail(strict=True)
    def test_known(qruntime):
        with qruntime.session():
            assert False

    def test_does_not_use_it():
        assert False

    def test_nothing_happened(qruntime):
        assert False

    @pytest.fixture
    def broken(qruntime):
        raise RuntimeError

    def test_nothing_happened_in_the_setup(broken):
        pass
"""


def test_without_a_failure_or_without_anything_that_happened_there_is_none(project: Project) -> None:
    result = project.write(test_it=WITHOUT).run("-rA")
    result.assert_outcomes(passed=1, skipped=1, xfailed=1, failed=2, errors=1)
    assert not list(sections(result.stdout.str()))


FAILS = """
    import unittest

    import pytest

    @pytest.fixture
    def opened(qruntime):
        qruntime.session().close()
        raise RuntimeError("no luck")

    def test_setup(opened):
        pass

    @pytest.fixture
    def used(qruntime):
        session = qruntime.session()
        session.run()
        yield
        session.close()
        session.run()

    def test_teardown(used):
        pass

    def test_both(used):
        assert False

    class TestUnit(unittest.TestCase):
        @pytest.fixture(autouse=True)
        def service(self, qruntime):
            self.qruntime = qruntime

        def test_case(self):
            with self.qruntime.session():
                self.fail("in the block")

    @pytest.mark.parametrize("fails", [True, False])
    def test_each(qruntime_session, fails):
        assert not fails

    @pytest.mark.anyio
    async def test_async(qruntime_session):
        qruntime_session.run()
        assert False

    @pytest.fixture
    def anyio_backend():
        return "asyncio"
"""


def test_each_way_to_fail_is_shown_once(project: Project) -> None:
    result = project.write(test_it=FAILS).run(plugins=("anyio",))
    result.assert_outcomes(passed=2, failed=4, errors=3)
    ends = [next(line for line in text.splitlines() if "^" in line) for text in sections(result.stdout.str())]
    assert [line.replace("^", "").strip() for line in ends] == [
        "the setup of the test fails",
        "the test is over",
        *["the test fails"] * 4,
    ]


def test_of_a_test_that_runs_several_times_the_run_that_failed_is_shown(project: Project) -> None:
    project.write(
        test_it="""
        import pytest

        @pytest.mark.qruntime(policy={"sweep": True, "queued_on_end": "failed"})
        def test_it(qruntime):
            with qruntime.session() as session:
                session.run().result()
                qruntime.clock.tick("100s")
            assert session.usage() == 65.124
    """
    )
    result = project.run()
    result.assert_outcomes(failed=1)
    assert "the test FAILS: assert" in shown(result)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            LookupError("a mistake\nof ours"),
            "the timeline could not be drawn, please report it: LookupError: a mistake",
        ),
        (QRuntimeError("the live server is gone"), "nobody knows: the live server is gone"),
    ],
    ids=["mistake", "gone"],
)
def test_what_cannot_be_drawn_does_not_hide_the_failure(
    project: Project, monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr("pytest_qruntime.telling.drawing.drawn", fails)
    result = project.write(test_it=LATE).run()
    result.assert_outcomes(failed=1)
    assert shown(result) == told
    result.stdout.fnmatch_lines(["E *ServiceError*"])


def test_reports_have_it_as_text_and_pages_have_its_picture(project: Project) -> None:
    project.write(test_it=LATE)
    project.run("--qruntime-report=run.json")
    [test] = json.loads(project.pytester.path.joinpath("run.json").read_text(encoding="utf-8"))["tests"]
    assert test["drawn"]["timeline"] == LATE_SHOWN
    assert test["drawn"]["picture"] is None
    project.run("--qruntime-report=run.html")
    page = project.pytester.path.joinpath("run.html").read_text(encoding="utf-8")
    assert 'aria-label="session 1: active from +0s to +5.124s, 5.124s"' in page


def test_a_test_keeps_no_world_when_it_is_over(project: Project) -> None:
    project.write(
        conftest="""
        from pytest_qruntime.judging.shown import TRIAL

        def pytest_sessionfinish(session):
            print("kept:", [item.name for item in session.items if TRIAL in item.stash])
        """,
        test_it=LATE,
    )
    project.run("-s").stdout.fnmatch_lines(["*kept: []"])
