"""What is refused before any test runs: recording in CI, without a budget, and into one file twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.recording.conftest import Studio

CRN = "crn:v1:bluemix:public:quantum-computing:us-east:a/" + "0a" * 16 + ":00000000-1111-4222-8333-444444444444::"
ASKS = """
    import pytest

    print("collected")

    @pytest.mark.qruntime(source="cassette")
    def test_it(qruntime):
        print("a test has run")
        qruntime.http.get("/v1/backends")
"""


def refused(result: pytest.RunResult) -> str:
    """The line that the run ended with."""
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.no_fnmatch_line("*a test has run*")
    lines = [line for line in result.stderr.lines if line]
    assert len(lines) == 1
    return str(lines[0])


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No account in the environment, and none saved."""
    for name in ("TOKEN", "INSTANCE", "URL", "CHANNEL"):
        monkeypatch.delenv(f"QISKIT_IBM_{name}", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def somebody(nobody: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account of the real service."""
    monkeypatch.setenv("QISKIT_IBM_TOKEN", "0123456789abcdefghijABCDEFGHIJ0123456789abcd")
    monkeypatch.setenv("QISKIT_IBM_INSTANCE", CRN)


@pytest.mark.parametrize("value", ["true", "1", "woodpecker"])
def test_nothing_is_recorded_in_ci(studio: Studio, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("CI", value)
    line = refused(studio.write(test_it=ASKS).record("-s"))
    assert line.startswith("ERROR: the environment variable CI is set, and recording in CI would spend")
    assert line.endswith("or add --qruntime-record-in-ci")


def test_ci_may_be_told_to_record(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    studio.write(test_it=ASKS).record("--qruntime-record-in-ci").assert_outcomes(passed=1)


def test_replaying_in_ci_is_what_recordings_are_for(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    studio.write(test_it=ASKS).record().assert_outcomes(passed=1)
    monkeypatch.setenv("CI", "true")
    studio.run().assert_outcomes(passed=1)


@pytest.mark.usefixtures("somebody")
def test_a_service_that_charges_needs_a_budget(studio: Studio) -> None:
    line = refused(studio.write(test_it=ASKS).run("-s", "--qruntime-record"))
    assert line.startswith("ERROR: IBM Quantum Platform charges an account; say how many seconds of QPU time this run")


@pytest.mark.usefixtures("somebody")
def test_a_budget_alone_names_no_service(studio: Studio) -> None:
    live = ASKS.replace('source="cassette"', 'source="live"')
    studio.write(test_it=live).run("--qruntime-budget=60").assert_outcomes(skipped=1)


@pytest.mark.usefixtures("somebody")
@pytest.mark.parametrize("option", ["--qruntime-source=live", "--qruntime-url=https://cloud.ibm.com"])
def test_a_live_run_without_recording_needs_a_budget_too(studio: Studio, option: str) -> None:
    live = ASKS.replace('source="cassette"', 'source="live"')
    assert "charges an account" in refused(studio.write(test_it=live).run("-s", option))


@pytest.mark.usefixtures("somebody")
def test_the_budget_is_counted_in_one_process(studio: Studio) -> None:
    result = studio.write(test_it=ASKS).run("-s", "--qruntime-record", "--qruntime-budget=5", "-n2", plugins=("xdist",))
    assert refused(result).endswith("is counted in one process; leave out -n and --tx")


@pytest.mark.parametrize("budget", ["a lot", "-3", "5x"])
def test_a_budget_is_a_duration(studio: Studio, budget: str) -> None:
    line = refused(studio.write(test_it=ASKS).record("-s", f"--qruntime-budget={budget}"))
    assert line.startswith(f"ERROR: {budget!r} cannot be used as --qruntime-budget")


@pytest.mark.usefixtures("nobody")
def test_without_an_account_there_is_advice(studio: Studio) -> None:
    line = refused(studio.write(test_it=ASKS).run("-s", "--qruntime-record"))
    assert line.startswith("ERROR: there is no account")
    assert "--qruntime-url" in line


def test_a_server_that_is_not_there_is_told(studio: Studio) -> None:
    line = refused(studio.write(test_it=ASKS).run("--qruntime-record", "--qruntime-url=http://127.0.0.1:9"))
    assert "Start one with `qruntime serve`" in line


def test_the_mode_alone_says_that_something_is_recorded(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    refused(studio.write(test_it=ASKS).run("--qruntime-record-mode=rewrite", "--qruntime-url", studio.url))


# -- one file for two tests --------------------------------------------------------------------------------------------

TWICE = """
    import pytest

    @pytest.mark.qruntime(source="cassette", cassette="shared.yaml")
    @pytest.mark.parametrize("backend", ["ibm_a", "ibm_b"])
    def test_one(qruntime, backend):
        qruntime.http.get("/v1/backends")

    @pytest.mark.qruntime(source="cassette", cassette="./x/../shared.yaml")
    def test_two(qruntime):
        qruntime.http.get("/v1/backends")
"""


def test_tests_that_would_write_one_file_are_told_before_any_runs(studio: Studio) -> None:
    result = studio.write(test_it=TWICE).record()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    lines = [line for line in result.stderr.lines if line]
    assert [line.partition(": ")[2].partition(";")[0] for line in lines] == [
        f"test_it.py::test_{name}: shared.yaml would be recorded by this test and by test_it.py::test_one[ibm_a]"
        for name in ("one[ibm_b]", "two")
    ]


def test_a_worker_tells_it_as_a_failed_collection(studio: Studio) -> None:
    result = studio.write(test_it=TWICE).record("-n1", plugins=("xdist",))
    result.stdout.fnmatch_lines(["*shared.yaml would be recorded by this test and by test_it.py::test_one?ibm_a?*"])
    assert studio.files() == []


def test_tests_that_are_deselected_do_not_count(studio: Studio) -> None:
    studio.write(test_it=TWICE).record("-k", "test_two").assert_outcomes(passed=1, deselected=2)


def test_tests_may_share_a_recording_that_they_only_replay(studio: Studio) -> None:
    studio.write(test_it=TWICE).record("-k", "test_two")
    studio.run().assert_outcomes(passed=3)
    studio.record().assert_outcomes(passed=3)
    refused_again = studio.record("--qruntime-record-mode=rewrite")
    assert refused_again.ret == pytest.ExitCode.USAGE_ERROR


def test_what_only_the_config_says_is_told_when_the_second_comes(studio: Studio) -> None:
    studio.write(
        test_it="""
        import pytest

        @pytest.fixture(scope="session")
        def qruntime_config():
            return {"source": "cassette", "cassette": "shared.yaml"}

        def test_one(qruntime):
            qruntime.http.get("/v1/backends")

        def test_two(qruntime):
            qruntime.http.get("/v1/backends")
        """
    )
    result = studio.record("--qruntime-record-mode=rewrite")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*shared.yaml is recorded by test_it.py::test_one in this run; two tests cannot*"])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("/x.yaml", "a path of this machine that nobody else has; expected one that is relative to the folder"),
        ("C:/x.yaml", "a path of this machine"),
        ("~/x.yaml", "a path of this machine"),
        ("x\\y.yaml", "a path of this machine"),
        ("x.txt", "expected the name of a file such as 'close.yaml'"),
        ("", "expected the name of a file"),
    ],
)
def test_a_recording_is_named_from_the_folder_of_its_test(studio: Studio, name: str, message: str) -> None:
    line = refused(studio.write(test_it=ASKS.replace('"cassette")', f'"cassette", cassette={name!r})')).run("-s"))
    assert f"cassette is {name!r}" in line
    assert message in line
