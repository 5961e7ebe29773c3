"""A run that has to drive enough of the lifecycle: ``--qruntime-cov-fail-under``."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Project, summary

CLOSES = "def test_it(qruntime_session): pass"  # 1 of 53 transitions
CANCELS = """
    def test_it(qruntime):
        qruntime.session().cancel()
    """


@pytest.mark.parametrize("wanted", ["0", "1.8", "1.88"])
def test_enough_is_enough(project: Project, wanted: str) -> None:
    result = project.write(test_it=CLOSES).run("--qruntime-cov-fail-under", wanted)
    assert result.ret == pytest.ExitCode.OK
    assert summary(result)["lifecycle"] == [f"1.8 %: 1 of 53 transitions driven; {wanted} % required"]


def test_too_little_fails_the_run_with_what_is_missing_and_what_never_happened(project: Project) -> None:
    result = project.write(test_it=CLOSES).run("--qruntime-cov-fail-under=50")
    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    told = summary(result)
    assert told["lifecycle"] == ["1.8 %: 1 of 53 transitions driven; 50 % required"]
    text = " ".join(line.strip() for line in told[""])
    assert text.startswith("never: session or batch open: a job starts, submit, cancel, unused never: ")
    assert text.endswith(
        "the run fails: lifecycle coverage is 1.8 %, and 50 % is required: 26 more transitions would do"
    )


def test_the_last_one_that_is_missing_is_one(project: Project) -> None:
    result = project.write(test_it=CLOSES).run("--qruntime-cov-fail-under=2")
    assert " ".join(line.strip() for line in summary(result)[""]).endswith(
        "2 % is required: 1 more transition would do"
    )


def test_tests_add_up_also_where_several_run_at_once(project: Project) -> None:
    project.write(test_it=CLOSES, test_other=CANCELS)
    assert project.run("--qruntime-cov-fail-under=3.7").ret == pytest.ExitCode.OK
    apart = project.run_apart("--qruntime-cov-fail-under=3.7", "-n2", plugins=("xdist",))
    assert apart.ret == pytest.ExitCode.OK
    assert summary(apart)["lifecycle"] == ["3.7 %: 2 of 53 transitions driven; 3.7 % required"]


def test_the_ini_file_asks_too_and_the_command_line_outranks_it(project: Project) -> None:
    project.write(test_it=CLOSES).pytester.makeini("[pytest]\nqruntime_cov_fail_under = 50\n")
    assert project.run().ret == pytest.ExitCode.TESTS_FAILED
    assert project.run("--qruntime-cov-fail-under=1").ret == pytest.ExitCode.OK


@pytest.mark.parametrize("options", [("-p", "no:terminal"), ("-q",), ("-qq",)])
def test_however_little_is_told_the_run_fails_and_says_why(project: Project, options: tuple[str, ...]) -> None:
    result = project.write(test_it=CLOSES).run("--qruntime-cov-fail-under=50", *options)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert f"{result.stdout}{result.stderr}".count("the run fails: lifecycle coverage is 1.8 %") == 1


def test_a_run_in_which_nobody_uses_the_service_drives_nothing(project: Project) -> None:
    result = project.write(test_it="def test_it(): pass").run("--qruntime-cov-fail-under=1")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert summary(result)["lifecycle"] == ["0 %: 0 of 53 transitions driven; 1 % required"]


def test_who_only_lists_tests_or_interrupts_them_is_not_told(project: Project) -> None:
    listed = project.write(test_it=CLOSES).run("--qruntime-cov-fail-under=50", "--collect-only")
    assert listed.ret == pytest.ExitCode.OK
    assert summary(listed) == {}
    project.write(test_it="import pytest\n\ndef test_it(): pytest.exit('enough')\n")
    assert project.run("--qruntime-cov-fail-under=50").ret == pytest.ExitCode.INTERRUPTED


@pytest.mark.parametrize("bad", ["much", "-1", "100.1", "nan", "inf", ""])
def test_what_is_no_percentage_is_refused_before_any_test_runs(project: Project, bad: str) -> None:
    project.write(test_it="def test_it(qruntime): print('a test has run')")
    result = project.run(f"--qruntime-cov-fail-under={bad}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --qruntime-cov-fail-under: '{bad}'; expected a number from 0 to 100"])
    result.stdout.no_fnmatch_line("*a test has run*")


def test_an_ini_file_that_asks_for_no_percentage_is_refused(project: Project) -> None:
    project.write(test_it=CLOSES).pytester.makeini("[pytest]\nqruntime_cov_fail_under = all\n")
    result = project.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: ini qruntime_cov_fail_under: 'all'; expected a number from 0 to 100"])
