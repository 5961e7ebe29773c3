"""A test whose events of one instant come in every order."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Project, summary

# A queued job gets the lane at the very instant of the max TTL, or is lost.
RACE = """
    import pytest

    @pytest.mark.qruntime(interleavings="all", lanes=1)
    def test_x(qruntime):
        qruntime.next_jobs(classical="10s", quantum="10s")
        with qruntime.session(max_time=20) as session:
            session.run()
            late = session.run()
            qruntime.clock.tick("20s")
            {check}
"""
FRAGILE = RACE.format(check='assert late.status() == "ERROR", late.status()')
ROBUST = RACE.format(check='assert late.status() in ("ERROR", "RUNNING")')


def test_an_order_in_which_it_fails_is_told_in_words_and_as_what_repeats_it(project: Project) -> None:
    result = project.write(test_it=FRAGILE).run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: RUNNING",
            "*pytest-qruntime: the order of events in which this happened*",
            "In the usual order and 1 more before this one the test went through.",
            "  at +20s: backend fake_backend looks who runs next, before session 1 reaches its max TTL and closes",
            "  pytest 'test_it.py::test_x' --qruntime-interleavings=0.1",
            "or @pytest.mark.qruntime(interleavings='0.1')",
        ]
    )
    assert result.stdout.str().count("  at +") == 1  # at the other choice it was as usual


def test_that_order_alone_is_repeated_on_the_command_line_and_by_the_marker(project: Project) -> None:
    for arguments, text in ((["--qruntime-interleavings=0.1"], FRAGILE), ([], FRAGILE.replace('"all"', '"0.1"'))):
        result = project.write(test_it=text).run(*arguments)
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(["  at +20s: backend fake_backend looks who runs next, before session 1*"])
    project.run("--qruntime-interleavings=0.0").assert_outcomes(passed=1)


def test_a_test_that_passes_in_every_order_has_passed_once(project: Project) -> None:
    result = project.write(test_it=ROBUST).run("-v", "--junitxml=report.xml", "-o", "junit_family=xunit1")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["test_it.py::test_x PASSED*", "orders       1 test in 3 orders of events"])
    assert '<property name="qruntime_orders" value="3"' in (project.pytester.path / "report.xml").read_text()


def test_each_run_has_its_own_fixtures_and_shares_those_of_its_module(project: Project) -> None:
    project.write(
        test_it=ROBUST
        + """
    runs, modules, paths = [], [], set()

    @pytest.fixture(scope="module", autouse=True)
    def of_the_module():
        modules.append(1)

    @pytest.fixture(autouse=True)
    def of_the_test(qruntime, tmp_path):
        runs.append(qruntime.world)
        paths.add(tmp_path)

    def test_afterwards():
        assert (len(runs), len(set(map(id, runs))), len(paths), len(modules)) == (3, 3, 3, 1)
    """.replace("of_the_test(qruntime", "of_the_test(request, qruntime").replace(
            "def test_afterwards():",
            "def test_afterwards(request):\n        runs.pop(), paths.discard(request.getfixturevalue('tmp_path'))",
        )
    )
    project.run().assert_outcomes(passed=2)


def test_the_usual_order_is_a_failure_as_any_other(project: Project) -> None:
    result = project.write(test_it=RACE.format(check="assert False")).run()
    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("*the order of events in which this happened*")


def test_more_orders_than_are_tried_are_told(project: Project) -> None:
    result = project.write(test_it=ROBUST.replace('"all"', "2")).run()
    result.assert_outcomes(passed=1)
    assert summary(result)["orders"][1:] == ["test_it.py::test_x: there are more than the 2 orders that were tried"]


def test_one_order_is_the_usual_one(project: Project) -> None:
    result = project.write(test_it=FRAGILE).run("--qruntime-interleavings=1")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*order* of events*")


def test_an_order_that_the_test_does_not_have_is_told(project: Project) -> None:
    result = project.write(test_it=ROBUST).run("--qruntime-interleavings=7.1.5.1")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*there is no order 7.1.5.1 in this test (any more)*"])


def test_a_test_that_does_something_else_each_time_is_told(project: Project) -> None:
    text = ROBUST.replace('classical="10s"', 'classical=f"{10 + len(runs)}s"')
    text = text.replace("import pytest\n", "import pytest\n    runs = []\n", 1)
    text = text.replace("late = session.run()", "late = session.run(), runs.append(1)").replace("late.", "late[0].")
    result = project.write(test_it=text).run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*the test did not do the same in two runs that should be alike*"])


@pytest.mark.parametrize(
    ("mark", "outcomes"),
    [
        ("pytest.mark.xfail", {"xfailed": 1}),
        ("pytest.mark.xfail(strict=True)", {"xfailed": 1}),
        ("pytest.mark.skip", {"skipped": 1}),
    ],
)
def test_a_failure_that_is_expected_is_one_in_any_order(project: Project, mark: str, outcomes: dict[str, int]) -> None:
    project.write(test_it=FRAGILE.replace("@pytest.mark", f"@{mark}\n    @pytest.mark", 1)).run().assert_outcomes(
        **outcomes
    )


def test_a_failure_that_is_expected_and_comes_in_no_order_is_told_as_ever(project: Project) -> None:
    strict = ROBUST.replace("@pytest.mark", "@pytest.mark.xfail(strict=True)\n    @pytest.mark", 1)
    result = project.write(test_it=strict).run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*XPASS(strict)*"])


def test_a_failing_teardown_counts(project: Project) -> None:
    text = ROBUST.replace(
        "    @pytest.mark",
        """    @pytest.fixture
    def strict(qruntime):
        yield
        assert "RUNNING" not in [job.status for job in qruntime.world.jobs.values()]

    @pytest.mark""",
        1,
    ).replace("test_x(qruntime)", "test_x(qruntime, strict)")
    result = project.write(test_it=text.replace("RUNNING", "Running", 1)).run()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*the order of events in which this happened*"])


def test_a_marker_on_a_test_that_is_not_on_the_fake_is_an_error(project: Project) -> None:
    for setting in ('interleavings="all"', 'policy="sweep"'):
        text = f"import pytest\n@pytest.mark.qruntime({setting}, source='cassette')\ndef test_x(qruntime): ..."
        result = project.write(test_it=text).run()
        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines(["E*which only the fake can do, and source='cassette' stands behind it*"])


def test_the_command_line_asks_every_test_that_is_on_the_fake(project: Project) -> None:
    other = "\n\n    @pytest.mark.qruntime(source='cassette')\n    def test_y(qruntime): ..."
    result = project.write(test_it=ROBUST.replace('interleavings="all", ', "") + other).run(
        "--qruntime-interleavings=all"
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["E*this test has no recording*", "orders       1 test in 3 orders of events"])


@pytest.mark.parametrize(("value", "told"), [("0", "interleavings is 0;"), ("some", "interleavings is 'some';")])
def test_a_wrong_value_is_told(project: Project, value: str, told: str) -> None:
    result = project.write(test_it=ROBUST).run(f"--qruntime-interleavings={value}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert told in result.stderr.str()
