"""The plugin in company: pytest-xdist, pytest-randomly, asyncio, without a cache, switched off, and its help."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Project

MANY = """
    import time
    import pytest

    @pytest.mark.parametrize("number", range(8))
    def test_it(qruntime, qruntime_session, number):
        time.sleep(60)
        job = qruntime_session.run()
        assert job.result()
        assert len(qruntime.world.jobs) == 1
        print(f"id {qruntime_session.session_id} {job.job_id()}")
"""


def ids(result: pytest.RunResult) -> set[str]:
    return {line.partition("id ")[2] for line in result.stdout.lines if line.startswith("id ")}


def test_workers_of_xdist_have_the_worlds_that_one_process_has(project: Project) -> None:
    project.write(test_it=MANY)
    alone = project.run_apart("-rP")
    alone.assert_outcomes(passed=8)
    together = project.run_apart("-rP", "-n", "2", plugins=("xdist",))
    together.assert_outcomes(passed=8)
    assert ids(alone) == ids(together)
    assert len(ids(alone)) == 1


def test_options_reach_the_workers_of_xdist(project: Project) -> None:
    project.write(test_it="def test_it(qruntime): assert qruntime.plan.name == 'open'")
    project.run_apart("-n", "2", "--qruntime-plan=open", plugins=("xdist",)).assert_outcomes(passed=1)


def test_wrong_markers_are_told_by_the_workers_of_xdist_too(project: Project) -> None:
    project.write(
        test_it="""
        import pytest

        @pytest.mark.qruntime(lane=1)
        def test_it(qruntime):
            pass

        def test_other():
            print("a test has run")
        """
    )
    result = project.run_apart("-n", "2", plugins=("xdist",))
    assert result.ret != 0
    result.stdout.fnmatch_lines(["@pytest.mark.qruntime: unknown 'lane'*", "ERROR test_it.py::test_it*"])
    result.stdout.no_fnmatch_line("*INTERNALERROR*")
    result.stdout.no_fnmatch_line("*passed*")


def test_wrong_options_are_told_once_with_xdist(project: Project) -> None:
    result = project.write(test_it=MANY).run_apart("-n", "2", "--qruntime-lanes=0", plugins=("xdist",))
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert [line for line in result.stderr.lines if line] == [
        "ERROR: --qruntime-lanes: lanes is 0; expected a whole number, at least 1"
    ]


def test_a_shuffled_run_has_the_same_ids(project: Project) -> None:
    project.write(test_it=MANY)
    runs = [project.run_apart("-rP", f"--randomly-seed={seed}", plugins=("pytest_randomly",)) for seed in (1, 2)]
    for run in runs:
        run.assert_outcomes(passed=8)
    assert ids(runs[0]) == ids(runs[1])


def test_no_cache_is_needed(project: Project) -> None:
    project.write(test_it=MANY).run("-p", "no:cacheprovider").assert_outcomes(passed=8)


def test_switched_off_it_leaves_nothing(installed: Project) -> None:
    installed.write(test_it="def test_it(): pass")
    arguments = ("-p", "no:qruntime", "-p", "no:cacheprovider")
    for flag in ("--help", "--fixtures"):
        result = installed.pytester.runpytest_subprocess(*arguments, flag)
        assert result.ret == 0
        result.stdout.no_fnmatch_line("*qruntime*")
    result = installed.pytester.runpytest_subprocess(*arguments, "--qruntime-plan=open")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*unrecognized arguments: --qruntime-plan=open*"])


def test_it_is_found_by_itself_once_it_is_installed(installed: Project) -> None:
    installed.write(test_it="def test_it(qruntime_session): assert qruntime_session.run().result()")
    result = installed.pytester.runpytest_subprocess("--strict-markers", "--strict-config", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["plugins: *qruntime-*"])


def test_coroutines_sleep_in_virtual_time(project: Project) -> None:
    project.write(
        test_it="""
        import asyncio
        import httpx

        async def poll(qruntime, job_id):
            headers = {"Authorization": f"Bearer {qruntime.token}", "Service-CRN": qruntime.crn}
            async with httpx.AsyncClient(base_url="https://quantum.cloud.ibm.com/api/v1", headers=headers) as http:
                while (await http.get(f"/jobs/{job_id}")).json()["state"]["status"] != "Completed":
                    await asyncio.sleep(60)

        def test_it(qruntime):
            qruntime.next_jobs(quantum="25m")
            job = qruntime.run()
            asyncio.run(poll(qruntime, job.job_id()))
            assert qruntime.world.now_us == 1500_000_000
        """
    ).run().assert_outcomes(passed=1)


# -- what a reader sees ------------------------------------------------------------------------------------------------


def test_the_fixtures_explain_themselves(project: Project) -> None:
    lines = project.run("--fixtures").stdout.lines
    found = {
        line.partition(" ")[0]: lines[number + 1].strip()
        for number, line in enumerate(lines)
        if line.startswith("qruntime")
    }
    assert set(found) == {
        "qruntime_config",
        "qruntime",
        "qruntime_clock",
        "qruntime_server",
        "qruntime_session",
        "qruntime_batch",
        "qruntime_contracts",
    }
    assert all(text and text != "no docstring available" for text in found.values())


def test_the_marker_shows_every_keyword_with_an_example(project: Project) -> None:
    result = project.run("--markers")
    result.stdout.fnmatch_lines(
        ["@pytest.mark.qruntime(plan='open', policy=*, lanes=1, *freeze=False, source='cassette', *): what *"]
    )


def test_the_help_shows_every_option_with_values_default_and_ini_key(project: Project) -> None:
    text = " ".join(project.run("--help").stdout.str().split())
    assert "Qiskit Runtime in virtual time (pytest-qruntime)" in text
    for option in (
        "--qruntime-plan=NAME plan of the instance: open, payg, flex or premium (default: premium; ini: qruntime_plan)",
        "--qruntime-lanes=N jobs that a backend runs at once (default: 5; ini: qruntime_lanes)",
        "--qruntime-freeze=yes|no whether datetime.now() and time.time() show virtual time",
        "--qruntime-policy=KNOB=VALUE,... ",
    ):
        assert option in text


def test_the_example_of_the_marker_can_be_pasted(project: Project) -> None:
    line = next(line for line in project.run("--markers").stdout.lines if "mark.qruntime" in line)
    project.write(
        test_it=f"""
        import pytest

        {line.partition(": what")[0]}
        def test_it(qruntime):
            assert qruntime.default_backend == "ibm_fez"
        """
    )
    project.run("--strict-markers", "--qruntime-source=fake").assert_outcomes(passed=1)
