"""What a marker may allow, and where that is refused."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Project, summary


def test_wrong_entries_are_errors_before_any_test_runs(project: Project) -> None:
    project.write(
        test_it="""
        import pytest

        @pytest.mark.qruntime(allow={"SUB2": "a typo"})
        def test_typo(qruntime): pass

        @pytest.mark.qruntime(allow={"SUB-02": " "})
        def test_without_a_reason(qruntime): pass

        @pytest.mark.qruntime(allow="SUB-02")
        def test_no_mapping(qruntime): pass

        @pytest.mark.qruntime(leaks="never", contracts=None)
        def test_no_level(qruntime): pass
        """
    )
    result = project.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines_random(
        [
            "ERROR: test_it.py::test_typo: *: there is no contract 'SUB2'; did you mean *SUB-02, *",
            "*test_it.py::test_without_a_reason: *: allow?'SUB-02'] is ' '; expected the reason, in words",
            "*test_it.py::test_no_mapping: *: allow is 'SUB-02'; expected a mapping such as {'SUB-02': 'why'}*",
            "*test_it.py::test_no_level: *: leaks is 'never'; expected one of fail, warn, off",
        ]
    )


def test_it_is_about_one_test_and_so_for_markers_alone(project: Project) -> None:
    project.write(
        conftest="""
        import pytest

        @pytest.fixture(scope="session")
        def qruntime_config():
            return {"allow": {"leak": "all of them"}}
        """,
        test_it="def test_it(qruntime): pass",
    )
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["E*qruntime_config: allow is about one test; say it with @pytest.mark.qruntime"])


def test_markers_of_a_class_and_of_its_tests_add_up(project: Project) -> None:
    project.write(
        test_it="""
        import pytest

        @pytest.mark.qruntime(allow={"leak": "all of them"})
        class TestIt:
            @pytest.mark.qruntime(allow={"SUB-02": "one"}, lanes=1)
            def test_one(self, qruntime): qruntime.session()
        """
    )
    result = project.run("--qruntime-strict")
    result.assert_outcomes(passed=1)
    told = summary(result)
    assert told["left open"] == [
        "1 where that is allowed",
        "test_it.py::TestIt::test_one: a session, opened at test_it.py:6; allowed: all of them",
    ]
    assert "allowed, and not broken: SUB-02 by test_it.py::TestIt::test_one (one)" in told[""]
    result.stdout.no_fnmatch_line("allowed, and not broken: leak*")
