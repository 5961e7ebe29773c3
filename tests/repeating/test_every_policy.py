"""A test that runs with every value of the knobs that it has to do with."""

from __future__ import annotations

import re

from tests.plugin.conftest import Project, summary

CANCEL = """
    import pytest

    @pytest.mark.qruntime(policy={policy}, lanes=1)
    def test_x(qruntime):
        with qruntime.session() as session:
            session.run()
            queued = session.run()
            session.cancel()
        {check}
"""
FRAGILE = CANCEL.format(policy='"sweep"', check='assert queued.status() == "ERROR", queued.status()')
ROBUST = CANCEL.format(policy='"sweep"', check='assert queued.status() in ("ERROR", "CANCELLED")')


def test_what_it_relies_on_is_told_with_the_documents(project: Project) -> None:
    result = project.write(test_it=FRAGILE).run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: CANCELLED",
            "*pytest-qruntime: this test relies on what no document settles*",
            "queued_on_end='failed' (X-01); with 'cancelled': AssertionError: CANCELLED",
            "  What becomes of queued * fail (Run jobs in a session, guide (2024); *); but they are cancelled (*).",
            "  policy={'queued_on_end': 'cancelled'}",
            "  policy={'sweep': True, 'queued_on_end': 'failed'}",
        ]
    )
    assert summary(result)["policies"][1:] == [
        "test_it.py::test_x relies on queued_on_end='failed' (X-01); with 'cancelled': AssertionError: CANCELLED"
    ]


def test_a_knob_that_has_a_value_keeps_it(project: Project) -> None:
    accepted = FRAGILE.replace('"sweep"', '{"sweep": True, "queued_on_end": "failed"}')
    project.write(test_it=accepted).run().assert_outcomes(passed=1)
    project.write(test_it=FRAGILE).run("--qruntime-policy=queued_on_end=failed").assert_outcomes(passed=1)


def test_every_value_that_fails_is_told(project: Project) -> None:
    text = FRAGILE.replace("session.cancel()", "session.cancel(); session.cancel()")
    result = project.write(test_it=text).run()
    relies = [line.removeprefix("test_it.py::test_x relies on ") for line in summary(result)["policies"][1:]]
    assert [line.partition(": ")[0] for line in relies] == [
        "queued_on_end='failed' (X-01); with 'cancelled'",
        "cancel_closed=204; with 404",
        "cancel_closed=204; with 409",
    ]
    assert re.fullmatch(r".*: ServiceError: DELETE .* \.\.\.", relies[1])


def test_a_test_that_relies_on_nothing_has_passed_once(project: Project) -> None:
    result = project.write(test_it=ROBUST).run("-v")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["test_it.py::test_x PASSED*", "policies     1 test with *"])


def test_only_knobs_that_were_read_are_turned(project: Project) -> None:
    project.write(
        test_it="""
        import pytest

        values = []

        @pytest.mark.qruntime(policy="sweep")
        def test_job(qruntime):
            values.append(qruntime.world.policy.but())
            qruntime.run().result()

        def test_afterwards():
            own = values[0]
            turned = {name for one in values[1:] for name in ("cancel_closed", "queued_on_end", "service_timeout")
                      if getattr(one, name) != getattr(own, name)}
            assert turned == {"service_timeout"}
            assert len(values) < 12
        """
    ).run("-p", "no:randomly").assert_outcomes(passed=2)


def test_a_test_that_fails_with_its_own_policy_is_a_failure_as_any_other(project: Project) -> None:
    result = project.write(test_it=CANCEL.format(policy='"sweep"', check="assert False")).run()
    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("*relies on*")


def test_the_command_line_sweeps_every_test(project: Project) -> None:
    result = project.write(test_it=FRAGILE.replace('"sweep"', "{}")).run("--qruntime-policy=sweep")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*relies on queued_on_end='failed'*"])
    project.run("--qruntime-policy=sweep", "--qruntime-policy=sweep=false").assert_outcomes(passed=1)


def test_orders_and_policies_add_up(project: Project) -> None:
    text = ROBUST.replace('policy="sweep"', 'policy="sweep", interleavings="all"')
    result = project.write(test_it=text).run()
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["orders       1 test in 1 order of events", "policies     1 test with *"])


def test_a_world_outside_of_a_test_has_one_policy(project: Project) -> None:
    project.write(
        test_it="""
        import pytest, pytest_qruntime

        def test_x():
            with pytest.raises(pytest_qruntime.ConfigurationError, match="a world has one policy"):
                with pytest_qruntime.world(policy="sweep"): ...
        """
    ).run().assert_outcomes(passed=1)
