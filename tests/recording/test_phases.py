"""The runs of a test that is recorded: which of them decides, what is told, and that a failing test changes nothing."""

from __future__ import annotations

import sys

import httpx
import pytest

from tests.recording.conftest import Studio

SOURCES = {"rehearsal": "fake", "live": "live", "replay": "cassette"}
PHASES = {
    "rehearsal": "This happened in the rehearsal on the fake. Nothing was sent to the live service; ",
    "live": "This happened in the run against pytest-qruntime. What it used there is used; ",
    "replay": "This happened in the replay of the new recording. The test passed against pytest-qruntime; ",
}
OLD = "# not even a recording, and as it was\n"


def in_a_phase(phase: str, statement: str, *, markers: str = "") -> str:
    """A test that does something in one of its runs only."""
    return f"""
import pytest

@pytest.mark.qruntime(source="cassette")
{markers}
def test_it(qruntime):
    print("run on", qruntime.source)
    qruntime.http.get("/v1/backends")
    if qruntime.source == {SOURCES[phase]!r}:
        {statement}
"""


def worlds(studio: Studio) -> int:
    """How many worlds the server has; it begins with one."""
    return len(httpx.get(f"{studio.url}/qruntime/worlds").json()["worlds"])


@pytest.mark.parametrize("phase", PHASES)
def test_a_failure_leaves_the_old_file_as_it_was(studio: Studio, phase: str) -> None:
    studio.write(test_it=in_a_phase(phase, "assert 1 == 2"))
    studio.file().parent.mkdir(parents=True)
    studio.file().write_text(OLD, encoding="utf-8")
    result = studio.record("--qruntime-record-mode=rewrite")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E *assert 1 == 2",
            "*- pytest-qruntime: no recording was saved -*",
            f"{PHASES[phase]}cassettes/test_it/test_it.yaml is as it was.",
            f"run on {SOURCES[phase]}",
        ]
    )
    assert studio.file().read_text(encoding="utf-8") == OLD
    assert studio.files() == ["test_it/test_it.yaml"]
    assert worlds(studio) == 1


@pytest.mark.parametrize("phase", PHASES)
def test_a_failure_without_an_old_file_leaves_no_folder(studio: Studio, phase: str) -> None:
    result = studio.write(test_it=in_a_phase(phase, "assert 1 == 2")).record()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"{PHASES[phase]}cassettes/test_it/test_it.yaml was not made."])
    assert not (studio.path / "cassettes").exists()


@pytest.mark.parametrize("phase", PHASES)
def test_a_test_that_is_skipped_is_skipped_and_not_recorded(studio: Studio, phase: str) -> None:
    result = studio.write(test_it=in_a_phase(phase, "pytest.skip('not today')")).record("-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*not recorded: test_it.py::test_it: it was skipped in *", "SKIPPED * not today"])
    assert studio.files() == []


def test_a_test_that_is_always_skipped_is_not_spoken_of(studio: Studio) -> None:
    result = studio.write(test_it=in_a_phase("live", "pass", markers="@pytest.mark.skip('no')")).record()
    result.assert_outcomes(skipped=1)
    result.stdout.no_fnmatch_line("recordings *")


@pytest.mark.parametrize("phase", PHASES)
def test_a_test_that_fails_as_expected_is_not_recorded(studio: Studio, phase: str) -> None:
    result = studio.write(test_it=in_a_phase(phase, "assert 1 == 2", markers="@pytest.mark.xfail")).record()
    result.assert_outcomes(xfailed=1)
    result.stdout.fnmatch_lines(["*not recorded: test_it.py::test_it: it failed as expected in*"])
    assert studio.files() == []


def test_a_test_that_passes_unexpectedly_is_recorded(studio: Studio) -> None:
    test = in_a_phase("live", "pass", markers="@pytest.mark.xfail")
    studio.write(test_it=test).record().assert_outcomes(xpassed=1)
    assert studio.files() == ["test_it/test_it.yaml"]


def test_a_strict_expectation_that_is_not_met_is_a_failure(studio: Studio) -> None:
    result = studio.write(test_it=in_a_phase("live", "pass", markers="@pytest.mark.xfail(strict=True)")).record()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*XPASS(strict)*"])
    assert studio.files() == []


@pytest.mark.parametrize("phase", PHASES)
def test_a_failing_teardown_is_a_failure_of_its_phase(studio: Studio, phase: str) -> None:
    result = studio.write(
        test_it=f"""
        import pytest

        @pytest.fixture
        def resource(qruntime):
            yield
            assert qruntime.source != {SOURCES[phase]!r}

        @pytest.mark.qruntime(source="cassette")
        def test_it(qruntime, resource):
            qruntime.http.get("/v1/backends")
        """
    ).record()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines([f"{PHASES[phase]}*"])
    assert studio.files() == []


# -- what is shared, and what is not -----------------------------------------------------------------------------------

SHARED = """
    import pytest

    made = []

    @pytest.fixture(scope="session")
    def for_all():
        made.append("session")
        yield
        made.append("session ends")

    @pytest.fixture(scope="module")
    def for_module(for_all):
        made.append("module")
        yield
        made.append("module ends")

    @pytest.fixture(scope="class")
    def for_class(for_module):
        made.append("class")
        yield
        made.append("class ends")

    @pytest.fixture
    def for_one(for_class, record_property):
        record_property("made", len(made))
        made.append("one")
        yield
        made.append("one ends")

    @pytest.mark.qruntime(source="cassette")
    class TestIt:
        def test_it(self, qruntime, for_one, tmp_path):
            assert not hasattr(self, "used")
            self.used = True
            assert list(tmp_path.iterdir()) == []
            (tmp_path / "x").touch()
            qruntime.http.get("/v1/backends")

        def test_that(self, for_one):
            pass

    def test_after():
        one = ["one", "one ends"]
        assert made == ["session", "module", "class", *one * 3, *one, "class ends"]
"""


def test_what_tests_share_is_made_once_and_what_is_theirs_each_time(studio: Studio) -> None:
    studio.write(test_it=SHARED).record("--junitxml=junit.xml", "-o", "junit_family=xunit1").assert_outcomes(passed=3)
    properties = (studio.path / "junit.xml").read_text(encoding="utf-8").count('<property name="made"')
    assert properties == 2


def test_markers_that_a_run_adds_are_those_of_that_run(studio: Studio) -> None:
    studio.write(
        test_it="""
        import pytest

        @pytest.mark.qruntime(source="cassette")
        def test_it(qruntime, request):
            assert request.node.get_closest_marker("filterwarnings") is None
            request.node.add_marker(pytest.mark.filterwarnings("ignore:nothing"))
            qruntime.http.get("/v1/backends")
        """
    ).record().assert_outcomes(passed=1)


def test_a_shared_teardown_that_fails_is_told_once_and_costs_no_recording(studio: Studio) -> None:
    result = studio.write(
        test_it="""
        import pytest

        @pytest.fixture(scope="module")
        def shared():
            yield
            raise ValueError("the shared thing is broken")

        @pytest.mark.qruntime(source="cassette")
        def test_it(qruntime, shared):
            qruntime.http.get("/v1/backends")
        """
    ).record()
    result.assert_outcomes(passed=1, errors=1)
    assert len([line for line in result.outlines if line == "E       ValueError: the shared thing is broken"]) == 1
    assert studio.files() == ["test_it/test_it.yaml"]


TWO = """
    import pytest

    @pytest.fixture(scope="module")
    def shared():
        yield
        print("the shared thing is gone")

    @pytest.mark.qruntime(source="cassette")
    def test_one(qruntime, shared):
        assert qruntime.source == "fake"

    def test_two(shared):
        print("the second has run")
"""


def test_the_run_ends_at_the_first_failure_if_it_should(studio: Studio) -> None:
    result = studio.write(test_it=TWO).record("-x", "-s")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*the shared thing is gone*"])
    result.stdout.no_fnmatch_line("*the second has run*")


def test_a_run_that_ends_tears_down_what_is_shared_and_tells_of_it(studio: Studio) -> None:
    broken = TWO.replace('print("the shared thing is gone")', "assert 1 == 2")
    result = studio.write(test_it=broken).record("-x")
    result.assert_outcomes(failed=1, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at teardown of test_one*"])


def test_what_a_run_prints_is_shown_of_the_run_that_decides(studio: Studio) -> None:
    result = studio.write(test_it=in_a_phase("live", "assert 0")).record()
    assert [line for line in result.outlines if line.startswith("run on ")] == ["run on live"]


@pytest.mark.parametrize("phase", PHASES)
def test_ctrl_c_leaves_nothing(studio: Studio, phase: str) -> None:
    result = studio.write(test_it=in_a_phase(phase, "raise KeyboardInterrupt")).record_apart()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert not (studio.path / "cassettes").exists()
    assert worlds(studio) == 1


@pytest.mark.parametrize("option", ["--setup-only", "--setup-plan", "--collect-only"])
def test_a_run_that_only_shows_records_nothing(studio: Studio, option: str) -> None:
    studio.write(test_it=in_a_phase("live", "pass")).record(option)
    assert studio.files() == []


def test_a_test_of_unittest_is_recorded_too(studio: Studio) -> None:
    studio.write(
        test_it="""
        import unittest

        import pytest

        @pytest.mark.qruntime(source="cassette")
        class TestIt(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def given(self, qruntime):
                self.qruntime = qruntime

            def test_it(self):
                self.qruntime.http.get("/v1/backends")
        """
    )
    studio.record().assert_outcomes(passed=1)
    assert studio.files() == ["test_it/TestIt.test_it.yaml"]
    studio.run().assert_outcomes(passed=1)


def test_a_test_without_requests_cannot_be_recorded(studio: Studio) -> None:
    result = studio.write(
        test_it="""
        import pytest

        @pytest.mark.qruntime(source="cassette")
        def test_it(qruntime):
            pass
        """
    ).record()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*the test sent no request to the service, so there is nothing to record"])


# -- modes -------------------------------------------------------------------------------------------------------------

ASKS = """
    import pytest

    @pytest.mark.qruntime(source="cassette")
    def test_it(qruntime):
        qruntime.http.get({path!r})
"""


def test_once_records_what_is_missing_and_replays_the_rest(studio: Studio) -> None:
    studio.write(test_it=ASKS.format(path="/v1/backends")).record().assert_outcomes(passed=1)
    before = studio.file().read_bytes()
    studio.write(test_it=ASKS.format(path="/v1/instance")).record().assert_outcomes(failed=1)
    assert studio.file().read_bytes() == before


def test_new_records_what_has_no_answer_too(studio: Studio) -> None:
    studio.write(test_it=ASKS.format(path="/v1/backends")).record().assert_outcomes(passed=1)
    before = studio.file().stat()
    studio.record("--qruntime-record-mode=new").assert_outcomes(passed=1)
    assert studio.file().stat() == before
    studio.write(test_it=ASKS.format(path="/v1/instance")).record("--qruntime-record-mode=new").assert_outcomes(
        passed=1
    )
    assert "/v1/instance" in studio.file().read_text(encoding="utf-8")
    studio.run().assert_outcomes(passed=1)


def test_new_does_not_record_what_fails_for_another_reason(studio: Studio) -> None:
    studio.write(test_it=ASKS.format(path="/v1/backends")).record().assert_outcomes(passed=1)
    before = studio.file().stat()
    failing = ASKS.format(path="/v1/backends") + "        assert False\n"
    result = studio.write(test_it=failing).record("--qruntime-record-mode=new")
    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("*no recording was saved*")
    assert studio.file().stat() == before


def test_rewrite_records_everything_and_gives_the_same_file(studio: Studio) -> None:
    studio.write(test_it=ASKS.format(path="/v1/backends")).record().assert_outcomes(passed=1)
    before, inode = studio.file().read_bytes(), studio.file().stat().st_ino
    studio.record("--qruntime-record-mode=rewrite").assert_outcomes(passed=1)
    assert studio.file().read_bytes() == before
    assert studio.file().stat().st_ino != inode


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no permissions of this kind")
def test_a_new_file_has_the_permissions_of_the_old_one_and_a_link_is_followed(studio: Studio) -> None:
    studio.write(test_it=ASKS.format(path="/v1/backends")).record().assert_outcomes(passed=1)
    real = studio.path / "elsewhere.yaml"
    studio.file().rename(real)
    real.chmod(0o640)
    studio.file().symlink_to(real)
    studio.record("--qruntime-record-mode=rewrite").assert_outcomes(passed=1)
    assert studio.file().is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert not list(studio.path.glob(".*.lock"))


def test_none_records_nothing_and_dials_nobody(studio: Studio) -> None:
    result = studio.write(test_it=ASKS.format(path="/v1/backends")).record("--qruntime-record-mode=none")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["E *cassettes/test_it/test_it.yaml is not there: this test has no recording. Make it with",
         "    *pytest --qruntime-record 'test_it.py::test_it'"]
    )  # fmt: skip
    assert studio.files() == []


def test_tests_on_the_fake_are_not_recorded(studio: Studio) -> None:
    studio.write(
        test_it="""
        import pytest

        def test_it(qruntime):
            assert qruntime.source == "fake"
            qruntime.run()
        """
    ).record().assert_outcomes(passed=1)
    assert studio.files() == []
