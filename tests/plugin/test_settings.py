"""Options, ini keys, the marker and the fixture `qruntime_config`: who decides, and what a wrong value is told."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Project

SEES = """
    def test_it(qruntime):
        print(
            "plan", qruntime.plan.name, "lanes", qruntime.backend().lanes, "seed", qruntime.world.seed,
            "backend", qruntime.default_backend, "start", qruntime.clock.now().isoformat(),
            "contention", qruntime.world.qpu_contention, "freeze", qruntime.clock.freezes,
            "idle", qruntime.policy.idle_close, "end", qruntime.policy.queued_on_end,
            "auto", qruntime.policy.batch_autoend, "engine", qruntime.service.engine,
        )
"""

DEFAULTS = (
    "*plan premium lanes 5 seed 0 backend fake_backend start 2026-01-15T12:00:00+00:00 "
    "contention True freeze True idle immediate end failed auto None engine ideal"
)


def test_without_settings_there_are_defaults(project: Project) -> None:
    project.write(test_it=SEES).run("-s").stdout.fnmatch_lines([DEFAULTS])


@pytest.mark.parametrize(
    ("option", "value", "seen"),
    [
        ("plan", "open", "*plan open *"),
        ("lanes", "2", "*lanes 2 *"),
        ("seed", "7", "*seed 7 *"),
        ("backend", "ibm_fez", "*backend ibm_fez *"),
        ("start", "2030-06-01T08:00:00Z", "*start 2030-06-01T08:00:00+00:00 *"),
        ("start", "2030-06-01", "*start 2030-06-01T00:00:00+00:00 *"),
        ("qpu-contention", "no", "*contention False *"),
        ("freeze", "off", "*freeze False *"),
        ("engine", "schema", "*engine schema"),
        ("policy", "idle_close=lazy", "*idle lazy *"),
        ("policy", "idle_close=lazy, batch_autoend=0,queued_on_end = cancelled", "*idle lazy end cancelled auto 0 *"),
        ("policy", "batch_autoend=None", "*auto None *"),
    ],
)
def test_every_option_has_an_ini_twin(project: Project, option: str, value: str, seen: str) -> None:
    project.write(test_it=SEES)
    project.run("-s", f"--qruntime-{option}={value}").stdout.fnmatch_lines([seen])
    project.run("-s", "-o", f"qruntime_{option.replace('-', '_')}={value}").stdout.fnmatch_lines([seen])


def test_policies_of_an_ini_file_may_take_several_lines(project: Project) -> None:
    project.pytester.makeini(
        "[pytest]\nqruntime_policy =\n    idle_close=lazy\n    batch_autoend=0, queued_on_end=cancelled\n"
    )
    project.write(test_it=SEES).run("-s").stdout.fnmatch_lines(["*idle lazy end cancelled auto 0 *"])


def test_a_pyproject_file_has_the_same_keys(project: Project) -> None:
    project.pytester.makepyprojecttoml(
        "[tool.pytest.ini_options]\n"
        'qruntime_lanes = 1\nqruntime_freeze = false\nqruntime_policy = ["idle_close=lazy"]\n'
    )
    project.write(test_it=SEES).run("-s", "--strict-config").stdout.fnmatch_lines(
        ["*lanes 1 *freeze False idle lazy *"]
    )


def test_the_policy_option_may_be_given_several_times(project: Project) -> None:
    project.write(test_it=SEES)
    result = project.run("-s", "--qruntime-policy", "idle_close=lazy", "--qruntime-policy", "batch_autoend=0")
    result.stdout.fnmatch_lines(["*idle lazy end failed auto 0 *"])


def test_what_belongs_to_each_mode_has_a_text_form(project: Project) -> None:
    test = """
        def test_it(qruntime):
            assert qruntime.policy.unused_autoclose == {"dedicated": 600, "batch": 300}
    """
    result = project.write(test_it=test).run("--qruntime-policy=unused_autoclose=dedicated:600+batch:300")
    result.assert_outcomes(passed=1)


MARKED = """
    import pytest

    @pytest.fixture
    def qruntime_config():
        return {"lanes": 2, "seed": 2, "plan": "flex", "policy": {"idle_close": "lazy", "batch_autoend": 2}}

    @pytest.mark.qruntime(lanes=3, seed=3, policy={"batch_autoend": 3})
    def test_it(qruntime):
        knobs = qruntime.policy
        print("plan", qruntime.plan.name, "lanes", qruntime.backend().lanes, "seed", qruntime.world.seed,
              "backend", qruntime.default_backend, "knobs", knobs.idle_close, knobs.batch_autoend, knobs.queued_on_end)
"""


def test_command_line_beats_marker_beats_config_beats_ini_beats_default(project: Project) -> None:
    project.pytester.makeini(
        "[pytest]\nqruntime_lanes = 1\nqruntime_seed = 1\nqruntime_plan = payg\nqruntime_backend = from_ini\n"
        "qruntime_policy = queued_on_end=cancelled, idle_close=immediate, batch_autoend=1\n"
    )
    result = project.write(test_it=MARKED).run("-s", "--qruntime-lanes=4", "--qruntime-policy=batch_autoend=4")
    result.stdout.fnmatch_lines(["*plan flex lanes 4 seed 3 backend from_ini knobs lazy 4 cancelled"])


def test_policies_are_merged_knob_by_knob_in_the_same_order(project: Project) -> None:
    project.write(test_it=MARKED).run("-s").stdout.fnmatch_lines(["*plan flex lanes 3 seed 3 * knobs lazy 3 failed"])


def test_a_policy_object_decides_every_knob_of_its_layer(project: Project) -> None:
    project.write(
        test_it="""
        import pytest
        from pytest_qruntime import Policy

        @pytest.fixture(scope="session")
        def qruntime_config():
            return {"policy": {"idle_close": "lazy", "batch_autoend": 2}}

        @pytest.mark.qruntime(policy=Policy(batch_autoend=3))
        def test_it(qruntime):
            assert (qruntime.policy.idle_close, qruntime.policy.batch_autoend) == ("immediate", 3)
        """
    ).run().assert_outcomes(passed=1)


def test_the_nearest_marker_wins(project: Project) -> None:
    project.write(
        test_it="""
        import pytest

        pytestmark = pytest.mark.qruntime(lanes=1, seed=1, policy={"idle_close": "lazy"})

        @pytest.mark.qruntime(lanes=2)
        class TestIt:
            @pytest.mark.qruntime(policy={"batch_autoend": 3})
            def test_it(self, qruntime):
                assert (qruntime.backend().lanes, qruntime.world.seed) == (2, 1)
                assert (qruntime.policy.idle_close, qruntime.policy.batch_autoend) == ("lazy", 3)
        """
    ).run().assert_outcomes(passed=1)


def test_a_marker_may_carry_objects(project: Project) -> None:
    project.write(
        test_it="""
        from datetime import datetime, timezone

        import pytest
        from pytest_qruntime import Plan

        MINE = Plan.named("premium").but(name="mine", usage_limit_s=60)

        @pytest.mark.qruntime(plan=MINE, start=datetime(2030, 1, 1, tzinfo=timezone.utc), freeze=False)
        def test_it(qruntime):
            assert (qruntime.plan, qruntime.clock.now().year, qruntime.clock.freezes) == (MINE, 2030, False)
        """
    ).run().assert_outcomes(passed=1)


# -- wrong values ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("plan=platinum", "--qruntime-plan: plan is 'platinum'; expected one of open, payg, flex, premium or a Plan"),
        ("plan=", "--qruntime-plan: plan is ''; expected one of open, payg"),
        ("lanes=0", "--qruntime-lanes: lanes is 0; expected a whole number, at least 1"),
        ("lanes=two", "--qruntime-lanes: lanes is 'two'; expected a whole number"),
        ("seed=-1", "--qruntime-seed: seed is '-1'; expected a whole number"),
        ("engine=real", "--qruntime-engine: engine is 'real'; expected one of ideal, aer, aer-noisy, schema"),
        ("freeze=maybe", "--qruntime-freeze: freeze is 'maybe'; expected yes or no"),
        (
            "start=tomorrow",
            "--qruntime-start: start is 'tomorrow'; expected ISO 8601 text such as '2026-01-15T12:00:00Z'",
        ),
        ("backend=my backend", "--qruntime-backend: backend is 'my backend'; expected a name such as 'ibm_fez'"),
        (
            "policy=unused_autoclose=batch:no",
            "--qruntime-policy: policy knob unused_autoclose['batch'] is 'no'; expected a",
        ),
        ("policy=lazy", "--qruntime-policy: policy is 'lazy'; expected knob=value, and commas between several"),
        ("policy=lazy=yes", "--qruntime-policy: unknown policy knob lazy; the knobs are queued_on_end, "),
        (
            "policy=idle_close=never",
            "--qruntime-policy: policy knob idle_close is 'never'; expected one of 'immediate', 'lazy'",
        ),
    ],
)
def test_a_wrong_option_ends_the_run_at_once_in_one_line(project: Project, option: str, message: str) -> None:
    result = project.write(test_it="def test_it(): pass").run(f"--qruntime-{option}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    lines = [line for line in result.stderr.lines if line]
    assert len(lines) == 1
    assert lines[0].startswith(f"ERROR: {message}")


def test_a_wrong_ini_key_ends_the_run_at_once_in_one_line(project: Project) -> None:
    project.pytester.makeini("[pytest]\nqruntime_plan = platinum\n")
    result = project.write(test_it="def test_it(): pass").run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    lines = [line for line in result.stderr.lines if line]
    assert lines == [
        "ERROR: ini qruntime_plan: plan is 'platinum'; expected one of open, payg, flex, premium or a Plan"
    ]


WRONG_MARKERS = [
    (
        "lane=1",
        "unknown 'lane'; expected some of plan, policy, backend, lanes, qpu_contention, engine, seed, start, freeze",
    ),
    ("'open'", "@pytest.mark.qruntime takes keywords only, such as plan='open'; found ('open',)"),
    ("lanes='1'", "lanes is '1'; expected a whole number, at least 1"),
    ("plan='platinum'", "plan is 'platinum'; expected one of open, payg, flex, premium or a Plan"),
    ("policy={'idle_close': 'never'}", "policy knob idle_close is 'never'; expected one of 'immediate', 'lazy'"),
    ("policy=['lazy']", "policy is 'lazy'; expected a Policy or a mapping of knobs to values"),
    ("engine=None", "engine is None; expected one of ideal, aer, aer-noisy, schema"),
    ("freeze='no'", "freeze is 'no'; expected True or False"),
    ("start='soon'", "start is 'soon'; expected ISO 8601 text"),
]


@pytest.mark.parametrize(("keywords", "message"), WRONG_MARKERS)
def test_a_wrong_marker_is_told_before_any_test_runs(project: Project, keywords: str, message: str) -> None:
    result = project.write(
        test_it=f"""
        import pytest

        def test_first():
            print("a test has run")

        @pytest.mark.qruntime({keywords})
        class TestIt:
            def test_one(self, qruntime):
                pass

            def test_two(self, qruntime):
                pass
        """
    ).run("-s")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    lines = [line for line in result.stderr.lines if line]
    assert len(lines) == 1
    assert lines[0].startswith("ERROR: test_it.py::TestIt: @pytest.mark.qruntime")
    assert message in lines[0]
    result.stdout.no_fnmatch_line("*a test has run*")
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_marker_that_is_added_late_is_checked_too(project: Project) -> None:
    result = project.write(
        test_it="""
        import pytest

        @pytest.fixture(autouse=True, params=[{"plan": "open"}, {"lane": 1}])
        def marked(request):
            request.node.add_marker(pytest.mark.qruntime(**request.param))

        def test_it(qruntime):
            assert qruntime.plan.name == "open"
        """
    ).run("-rN")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["E *@pytest.mark.qruntime: unknown 'lane'; expected some of plan, *"])


def test_all_wrong_markers_are_told_at_once(project: Project) -> None:
    result = project.write(
        test_it="""
        import pytest

        @pytest.mark.qruntime(lane=1)
        def test_one(qruntime):
            pass

        @pytest.mark.qruntime(lanes=0)
        def test_two(qruntime):
            pass
        """
    ).run()
    result.stderr.fnmatch_lines(
        ["ERROR: test_it.py::test_one: *unknown 'lane'*", "ERROR: test_it.py::test_two: *lanes is 0*"]
    )


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("{'lane': 1}", "the fixture qruntime_config: unknown 'lane'; expected some of plan, policy"),
        ("{'lanes': 0}", "the fixture qruntime_config: lanes is 0; expected a whole number, at least 1"),
        ("None", "the fixture qruntime_config is None; expected a mapping such as {'plan': 'open', 'lanes': 1}"),
        ("'open'", "the fixture qruntime_config is 'open'; expected a mapping"),
    ],
)
def test_a_wrong_config_is_an_error_of_the_test_in_one_line(project: Project, answer: str, message: str) -> None:
    result = project.write(
        test_it=f"""
        import pytest

        @pytest.fixture
        def qruntime_config():
            return {answer}

        def test_it(qruntime):
            pass
        """
    ).run("-rN")
    result.assert_outcomes(errors=1)
    assert [line for line in result.stdout.lines if line.startswith("E ")] == [
        line for line in result.stdout.lines if message in line
    ]
    result.stdout.no_fnmatch_line("*settings.py*")
