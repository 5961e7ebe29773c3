"""Scenarios and faults in markers, in options and in ini files."""

from __future__ import annotations

import pytest

from pytest_qruntime.scenarios import SCENARIOS
from tests.plugin.conftest import Project, project
from tests.recording.conftest import Studio, studio, url

__all__ = ["project", "studio", "url"]

PLAYS = """
    def test_it(qruntime):
        print("plays", qruntime.scenario, "on", qruntime.plan.name)
"""
MARKED = """
    import pytest
    from pytest_qruntime import Fault

    @pytest.mark.qruntime({})
    def test_it(qruntime):
        print("plays", qruntime.scenario, "on", qruntime.plan.name, "answers", [
            qruntime.http.get("/v1/backends").status_code for _ in range(2)
        ])
"""


def marked(project: Project, said: str) -> Project:
    return project.write(test_it=MARKED.format(said))


def test_a_test_plays_no_scenario_unless_somebody_says_so(project: Project) -> None:
    project.write(test_it=PLAYS).run("-s").stdout.fnmatch_lines(["*plays None on premium*"])


def test_a_scenario_for_all_tests_stands_on_the_command_line(project: Project) -> None:
    found = project.write(test_it=PLAYS).run("-s", "--qruntime-scenario=no_sessions")
    found.stdout.fnmatch_lines(["*plays no_sessions on open*"])


def test_or_in_the_ini_file(project: Project) -> None:
    project.pytester.makeini("[pytest]\nqruntime_scenario = no_sessions")
    project.write(test_it=PLAYS).run("-s").stdout.fnmatch_lines(["*plays no_sessions on open*"])


def test_all_scenarios_make_a_test_each(project: Project) -> None:
    found = marked(project, "scenario='all'").run("-v")
    found.assert_outcomes(passed=len(SCENARIOS))
    found.stdout.fnmatch_lines(["*::test_it?scenario=expires_mid_loop? PASSED*", "*::test_it?scenario=outage? PASSED*"])


def test_so_do_some_of_them_with_other_settings(project: Project) -> None:
    found = marked(project, "scenario=['outage', 'no_sessions'], lanes=[1, 5]").run("-v")
    found.assert_outcomes(passed=4)
    found.stdout.fnmatch_lines(["*::test_it?scenario=outage-lanes=1? PASSED*"])


def test_every_fault_of_a_list_makes_a_test(project: Project) -> None:
    said = "fault=[Fault(503, 'list backends'), Fault(429, method='GET')]"
    found = marked(project, said).run("-s", "-v")
    found.assert_outcomes(passed=2)
    found.stdout.fnmatch_lines(["*test_it?fault=503 list backends?*answers ?503, 200?*"])
    found.stdout.fnmatch_lines(["*test_it?fault=429 GET?*answers ?429, 200?*"])


def test_a_fault_and_a_scenario_go_together(project: Project) -> None:
    found = marked(project, "fault=Fault(503), scenario='no_sessions'").run("-s")
    found.stdout.fnmatch_lines(["*plays no_sessions on open answers ?503, 200?*"])


def test_a_plan_that_the_test_wants_itself_is_told_to_be_another_one(project: Project) -> None:
    found = marked(project, "scenario='no_sessions', plan='premium'").run()
    found.assert_outcomes(errors=1)
    found.stdout.fnmatch_lines(["*scenario 'no_sessions' is about a world with plan='open', and this one has another*"])


def test_other_knobs_of_the_policy_add_up(project: Project) -> None:
    found = marked(project, "scenario='stays_pending', policy={'batch_autoend': 0}").run()
    found.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("scenario='expires'", "*scenario is 'expires'*expected one of expires_mid_loop, *"),
        ("scenario='outrage'", "*scenario is 'outrage'; did you mean 'outage'? *"),
        ("scenario=['outage', 'outage']", "*scenario has 'outage' twice*"),
        ("scenario=['outage', 'all']", "*scenario is 'all', and each makes a test of its own*"),
        ("scenario=[]", "*scenario is an empty list*"),
        ("fault=503", "*fault is 503; expected a Fault such as Fault(503, 'submit')*"),
        ("fault=[Fault(503), 'lost']", "*fault is 'lost'; expected a Fault*"),
    ],
)
def test_a_marker_that_cannot_be_used_is_told_before_any_test_runs(project: Project, said: str, words: str) -> None:
    found = marked(project, said).run()
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    found.stderr.fnmatch_lines([words])


def test_so_is_an_option(project: Project) -> None:
    found = project.write(test_it=PLAYS).run("--qruntime-scenario=all")
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    found.stderr.fnmatch_lines(["*scenario is 'all', and each makes a test of its own; say it with @pytest.mark*"])


def test_a_fault_is_about_one_test(project: Project) -> None:
    project.write(
        conftest="""
            import pytest
            from pytest_qruntime import Fault

            @pytest.fixture(scope="session")
            def qruntime_config():
                return {"fault": Fault(503)}
        """,
        test_it=PLAYS,
    )
    found = project.run()
    found.stdout.fnmatch_lines(
        ["*the fixture qruntime_config: fault is about one test; say it with @pytest.mark.qruntime*"]
    )


@pytest.mark.parametrize("said", ["scenario='outage'", "fault=Fault(503)"])
def test_on_a_service_that_is_not_the_fake_nothing_goes_wrong_on_demand(studio: Studio, said: str) -> None:
    found = studio.write(test_it=MARKED.format(said)).run("--qruntime-source=live", "--qruntime-url", studio.url)
    found.assert_outcomes(errors=1)
    found.stdout.fnmatch_lines(["*SourceError: qruntime.* this test is on a live service, which nobody can stage.*"])


WIRE = """
    def test_it(qruntime):
        with qruntime.session() as session:
            session.run(tags=["a"]).result()
        assert [one.operation for one in qruntime.requests if one.method != "GET"] == ["open", "submit", "close"]
        submitted = qruntime.requests.where("submit").one()
        assert (submitted.json["tags"], submitted.answer["session_id"]) == (["a"], session.session_id)
        assert (submitted.client, submitted.fault, submitted.path) == ("httpx", None, "/v1/jobs")
        assert qruntime.requests.where("close").one().at == qruntime.clock.now()
        qruntime.requests.where("cancel").none()
"""


def test_the_journal_is_the_same_on_the_fake_on_a_live_service_and_on_its_recording(studio: Studio) -> None:
    studio.write(test_it=WIRE).run().assert_outcomes(passed=1)
    studio.run("--qruntime-source=live", "--qruntime-url", studio.url).assert_outcomes(passed=1)
    studio.record("--qruntime-source=cassette").assert_outcomes(passed=1)
    studio.run("--qruntime-source=cassette").assert_outcomes(passed=1)
