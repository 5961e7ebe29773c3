"""A setting that is a list makes a test of each value."""

from __future__ import annotations

import re

import pytest

from tests.plugin.conftest import Project


def names(project: Project, *arguments: str) -> list[str]:
    """The tests that are collected."""
    result = project.run("--collect-only", "-q", *arguments)
    return re.findall(r"^test_it\.py::(\S+)", result.stdout.str(), re.M)


MATRIX = """
    import pytest

    @pytest.mark.qruntime(plan=["open", "premium"], lanes=[1, 5])
    def test_x(qruntime, request):
        assert f"[plan={qruntime.world.instance.plan.name}-lanes={qruntime.world.lanes}]" in request.node.name
"""


def test_every_combination_is_a_test_with_a_name_that_says_it(project: Project) -> None:
    project.write(test_it=MATRIX)
    assert names(project) == [f"test_x[plan={plan}-lanes={lanes}]" for plan in ("open", "premium") for lanes in (1, 5)]
    project.run().assert_outcomes(passed=4)


def test_a_part_of_a_name_selects(project: Project) -> None:
    project.write(test_it=MATRIX)
    project.run("-k", "open").assert_outcomes(passed=2, deselected=2)
    project.run("test_it.py::test_x[plan=open-lanes=5]").assert_outcomes(passed=1)


def test_a_value_on_the_command_line_takes_the_place_of_a_list(project: Project) -> None:
    project.write(test_it=MATRIX.replace("assert", "print(qruntime.world.lanes); assert True or"))
    assert names(project, "--qruntime-lanes=3") == ["test_x[plan=open]", "test_x[plan=premium]"]
    assert names(project, "--qruntime-lanes=3", "--qruntime-plan=flex") == ["test_x"]
    result = project.run("--qruntime-lanes=3", "-s")
    result.assert_outcomes(passed=2)
    assert result.stdout.str().count("3\n.") == 2


def test_it_combines_with_parametrize(project: Project) -> None:
    project.write(
        test_it="""
        import pytest

        @pytest.mark.parametrize("n", [7, 8])
        @pytest.mark.qruntime(lanes=[1, 5])
        def test_x(qruntime, n):
            assert n in (7, 8)
        """
    )
    assert names(project) == [f"test_x[lanes={lanes}-{n}]" for lanes in (1, 5) for n in (7, 8)]
    project.run().assert_outcomes(passed=4)


def test_policies_are_told_by_their_knobs_and_add_up(project: Project) -> None:
    project.write(
        test_it="""
        import pytest
        from pytest_qruntime import Policy

        @pytest.mark.qruntime(policy={"batch_ittl": "literal", "idle_close": "lazy"})
        class Test:
            @pytest.mark.qruntime(policy=[{}, {"idle_close": "immediate"}, Policy(queued_on_end="cancelled")])
            def test_x(self, qruntime, request):
                print(request.node.name, qruntime.policy.batch_ittl, qruntime.policy.idle_close)
        """
    )
    result = project.run("-s", "--qruntime-policy=session_usage=span")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(
        [
            "*test_x[[]policy=default[]] literal lazy",
            "*test_x[[]idle_close=immediate[]] literal immediate",
            "*test_x[[]queued_on_end=cancelled[]] documented immediate",
        ]
    )


def test_knobs_of_a_nearer_marker_join_each_policy_of_a_list(project: Project) -> None:
    project.write(
        test_it="""
        import pytest

        @pytest.mark.qruntime(policy=[{}, {"idle_close": "lazy"}])
        class Test:
            @pytest.mark.qruntime(policy={"batch_ittl": "literal"})
            def test_x(self, qruntime, request):
                print(request.node.name, qruntime.policy.batch_ittl, qruntime.policy.idle_close)
        """
    )
    result = project.run("-s")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*policy=default[]] literal immediate", "*idle_close=lazy[]] literal lazy"])


def test_a_nearer_marker_takes_the_place_of_a_list(project: Project) -> None:
    project.write(
        test_it="""
        import pytest

        pytestmark = pytest.mark.qruntime(lanes=[1, 5])

        def test_both(qruntime): ...

        @pytest.mark.qruntime(lanes=3)
        def test_one(qruntime):
            assert qruntime.world.lanes == 3

        @pytest.mark.qruntime(lanes=[2, 4])
        def test_others(qruntime):
            assert qruntime.world.lanes in (2, 4)

        def test_without(): ...
        """
    )
    found = ["test_both[lanes=1]", "test_both[lanes=5]", "test_one", "test_others[lanes=2]", "test_others[lanes=4]"]
    assert names(project) == [*found, "test_without"]
    project.run().assert_outcomes(passed=6)


def test_dates_engines_and_sources_are_values_too(project: Project) -> None:
    project.write(
        test_it="""
        import pytest
        from datetime import datetime, timezone

        @pytest.mark.qruntime(start=["2030-06-01T08:00:00Z", datetime(2031, 1, 1, tzinfo=timezone.utc)], seed=[0, 1])
        def test_x(qruntime): ...

        @pytest.mark.qruntime(engine=["ideal", "schema"], source=["fake", "cassette"])
        def test_y(qruntime): ...
        """
    )
    assert names(project) == [
        *(
            f"test_x[start={date}-seed={n}]"
            for date in ("2030-06-01T08:00:00Z", "2031-01-01T00:00:00+00:00")
            for n in (0, 1)
        ),
        *(
            f"test_y[engine={engine}-source={source}]"
            for engine in ("ideal", "schema")
            for source in ("fake", "cassette")
        ),
    ]


def test_each_test_of_a_matrix_of_sources_has_its_own(project: Project) -> None:
    project.write(
        test_it="""
        import pytest

        @pytest.mark.qruntime(source=["fake", "cassette"])
        def test_x(qruntime):
            assert qruntime.source == "fake"
        """
    )
    result = project.run("--qruntime-interleavings=all")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        ["E*test_x[[]source-cassette[]]-*.yaml is not there*", "orders       1 test in 1 order *"]
    )


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ("lanes=[]", "lanes is an empty list; expected values, each of which makes a test"),
        ("lanes=[1, 5, 1]", "lanes has 1 twice; expected different values"),
        ("start=['2030-01-01', '2030-01-01T00:00:00Z']", "start has '2030-01-01T00:00:00Z' twice"),
        ("plan=['open', 'free']", "plan is 'free'; expected one of open"),
        ("policy=[{}, 'sweep']", "policy has 'sweep' in a list"),
        ("interleavings=[1, 2]", "interleavings is [1, 2]; expected 'all', or how many orders"),
        ("allow=['leak']", "allow is ['leak']; expected a mapping such as {'SUB-02': 'why'}, or {'leak': 'why'}"),
        ("colour=['red']", "unknown 'colour'"),
    ],
)
def test_a_wrong_list_is_told_before_any_test_runs(project: Project, setting: str, problem: str) -> None:
    project.write(test_it=f"import pytest\n@pytest.mark.qruntime({setting})\ndef test_x(qruntime): ...")
    result = project.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert problem in result.stderr.str()


def test_a_list_that_makes_no_tests_is_told(project: Project) -> None:
    project.write(
        test_it="""
        import unittest, pytest

        @pytest.mark.usefixtures("qruntime")
        @pytest.mark.qruntime(lanes=[1, 5])
        class Test(unittest.TestCase):
            def test_x(self): ...
        """
    )
    result = project.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "lanes has several values, and each makes a test of its own; that is for a function" in result.stderr.str()


def test_a_fixture_that_comes_too_late_for_a_list_says_so(project: Project) -> None:
    project.write(
        test_it="""
        import pytest

        @pytest.mark.qruntime(lanes=[1, 5])
        def test_x(request):
            request.getfixturevalue("qruntime")
        """
    )
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E*lanes has several values*"])


@pytest.mark.parametrize("setting", ["{'lanes': [1, 5]}", "{'policy': 'sweep'}", "{'interleavings': 'all'}"])
def test_how_often_a_test_runs_is_not_a_matter_of_a_fixture(project: Project, setting: str) -> None:
    project.write(
        test_it=f"""
        import pytest

        @pytest.fixture(scope="session")
        def qruntime_config():
            return {setting}

        def test_x(qruntime): ...
        """
    )
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["E*the fixture qruntime_config: *settled before fixtures are; say it with*"])
