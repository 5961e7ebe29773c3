"""The section at the end of a run, as it stands there; the figures are those of the fake, to the millisecond."""

from __future__ import annotations

import re

import pytest

from pytest_qruntime.contracts import CATALOGUE
from tests.plugin.conftest import Project, summary

SUITE = """
    import pytest

    def test_a_session(qruntime):
        with qruntime.session() as session:
            session.run().result()

    @pytest.mark.qruntime(plan="flex")
    def test_a_batch(qruntime_batch, qruntime):
        for _ in range(3):
            qruntime_batch.run()
        qruntime.clock.tick("2h")

    def test_a_leak(qruntime):
        session = qruntime.session(max_time="25m")
        session.run().result()

    @pytest.mark.qruntime(allow={"leak": "it is a demo"})
    def test_a_demo(qruntime):
        qruntime.batch()
"""
SECTION = """\
tests        4 in 4 worlds; 4 sessions or batches, 5 jobs
time         2h of virtual time in REAL
contracts    none broken, HOLD hold, NEVER never exercised
left open    1 session, and 1 where that is allowed
             test_it.py::test_a_leak: a session, opened at test_it.py:14
QPU time     plan flex: 9.072 s; plan premium: 10.248 s, and 60 s more for what
               was left open
lifecycle    20.7 %: 11 of 53 transitions driven"""


def section(result: pytest.RunResult) -> list[str]:
    """Its lines, without what depends on the machine, and on how many contracts there are."""
    text = result.stdout.str()
    lines = text.partition("= pytest-qruntime =")[2].partition("\n")[2].partition("\n=")[0].rstrip().splitlines()
    shown = [re.sub(r"(?<=virtual time in ).*", "REAL", line) for line in lines]
    found = re.search(r"(\d+) hold, (\d+) never", "\n".join(shown))
    if found is not None:
        assert int(found[1]) + int(found[2]) == len(CATALOGUE)
    return [re.sub(r"\d+ hold, \d+ never", "HOLD hold, NEVER never", line) for line in shown]


def test_it_says_what_the_tests_did_left_open_and_would_have_cost(project: Project) -> None:
    result = project.write(test_it=SUITE).run()
    assert section(result) == SECTION.splitlines()


def test_it_is_the_same_whoever_runs_the_tests(project: Project) -> None:
    result = project.write(test_it=SUITE).run_apart("-n2", plugins=("xdist",))
    assert section(result) == SECTION.splitlines()


def test_in_short_it_is_one_line(project: Project) -> None:
    result = project.write(test_it=SUITE).run("-q")
    lines = [line for line in result.outlines if line.startswith("pytest-qruntime")]
    assert len(lines) == 1
    result.stdout.no_fnmatch_line("=* pytest-qruntime =*")
    expected = r"pytest-qruntime: 4 tests, 2h in \S+s, 1 left open, 19\.3 QPU s, lifecycle 20 %"
    assert re.fullmatch(expected, lines[0])


def test_in_still_less_words_it_is_nothing(project: Project) -> None:
    project.write(test_it=SUITE).run("-qq").stdout.no_fnmatch_line("pytest-qruntime*")


def test_in_more_words_it_has_every_contract(project: Project) -> None:
    told = summary(project.write(test_it=SUITE).run("-v"))
    assert told["left open"][1:] == [
        "test_it.py::test_a_leak: a session, opened at test_it.py:14",
        "test_it.py::test_a_demo: a batch, opened at test_it.py:19; allowed: it is a demo",
    ]
    assert re.match(rf"\d+ of {len(CATALOGUE)} contracts hold: OPN-02 \(\d\), ", told[""][0])
    assert any(re.match(r"\d+ were never exercised: ", line) for line in told[""])


def test_it_fits_a_terminal(project: Project) -> None:
    for options in (), ("-v",):
        told = project.write(test_it=SUITE).run(*options).stdout.str().partition("= pytest-qruntime =")[2]
        assert max(map(len, told.partition("\n=")[0].splitlines()[1:])) <= 80


@pytest.mark.parametrize("options", [(), ("-v",), ("-q",)])
def test_who_does_not_use_it_is_not_bothered(project: Project, options: tuple[str, ...]) -> None:
    project.write(test_it="def test_it(): pass", test_other="def test_it(qruntime): pass")
    result = project.run(*options, "test_it.py")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*qruntime*ests*")


def test_nothing_is_told_of_tests_that_are_only_listed(project: Project) -> None:
    result = project.write(test_it=SUITE).run("--collect-only", "--qruntime-strict")
    assert summary(result) == {}


def test_colours_say_how_it_is_meant(project: Project) -> None:
    result = project.write(test_it=SUITE).run("--color=yes")
    red, green = "\x1b[31m", "\x1b[32m"
    lines = result.outlines
    assert [
        line[:5] for line in lines if line[5:].startswith("left open") or "opened at test_it.py:14\x1b" in line
    ] == [
        red,
        red,
    ]
    assert any(line.startswith(f"{green}contracts    none broken") for line in lines)
    assert any(line.startswith("QPU time ") for line in lines)


def test_a_report_that_was_written_is_named(project: Project) -> None:
    result = project.write(test_it=SUITE).run("--qruntime-report=told.json")
    assert summary(result)["reports"] == ["told.json"]


def test_a_strict_run_can_be_asked_for_in_the_ini_file(project: Project) -> None:
    project.write(test_it="def test_it(): pass").pytester.makeini("[pytest]\nqruntime_strict = true\n")
    assert summary(project.run())["tests"] == ["none used a fixture of pytest-qruntime, so nothing was judged"]
    project.pytester.makeini("[pytest]\nqruntime_strict = perhaps\n")
    result = project.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: ini qruntime_strict: *perhaps*; expected true or false"])
