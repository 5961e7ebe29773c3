"""What is told at the end: what was recorded, what was not reached, what is old, and what nobody uses."""

from __future__ import annotations

import os
import re

import pytest

from tests.plugin.conftest import summary
from tests.recording.conftest import Studio

POLLS = """
    import time

    import pytest

    {marker}
    def test_it(qruntime):
        for _ in range({times}):
            qruntime.http.get("/v1/backends")
            time.sleep(60)
        if {again}:
            qruntime.http.get("/v1/instance")
"""


def polls(times: int = 3, *, again: bool = True, marker: str = '@pytest.mark.qruntime(source="cassette")') -> str:
    return POLLS.format(times=times, again=again, marker=marker)


def told(result: pytest.RunResult) -> list[str]:
    """What is told of recordings."""
    return summary(result).get("recordings", [])


RECORDED = "recorded cassettes/test_it/test_it.yaml: 4 interactions with pytest-qruntime"


def test_what_was_recorded_is_told(studio: Studio) -> None:
    assert told(studio.write(test_it=polls()).record()) == [RECORDED]


def test_what_was_recorded_is_told_also_where_little_is(studio: Studio) -> None:
    result = studio.write(test_it=polls()).record("-q")
    result.stdout.fnmatch_lines(["pytest-qruntime: 1 test, *", RECORDED, "1 passed in *"], consecutive=True)
    result.stdout.no_fnmatch_line("=*")


def test_a_run_that_has_nothing_to_tell_tells_nothing(studio: Studio) -> None:
    studio.write(test_it=polls()).record()
    assert told(studio.run()) == []


@pytest.mark.parametrize("arguments", [(), ("-p", "xdist", "-n", "2")])
def test_a_run_that_records_nothing_because_nobody_asked_says_so(studio: Studio, arguments: tuple[str, ...]) -> None:
    result = studio.write(test_it=polls(marker="")).record(*arguments)
    result.assert_outcomes(passed=1)
    assert told(result) == [
        "not recorded: any test, since none has source='cassette'; give one @pytest.mark.qruntime(source='cassette')"
    ]


def test_what_a_test_no_longer_asks_is_told(studio: Studio) -> None:
    studio.write(test_it=polls()).record()
    result = studio.write(test_it=polls(again=False)).run()
    result.assert_outcomes(passed=1)
    assert told(result) == [
        "never reached: test_it.py::test_it: 1 of 4 interactions, the first of them GET /api/v1/instance "
        "3m into the recording"
    ]


def test_a_test_that_fails_has_its_reasons(studio: Studio) -> None:
    studio.write(test_it=polls()).record()
    result = studio.write(test_it=polls(again=False) + "        assert False\n").run()
    result.assert_outcomes(failed=1)
    assert told(result) == []


# -- files that nobody uses --------------------------------------------------------------------------------------------

TWO = """
    import pytest

    pytestmark = pytest.mark.qruntime(source="cassette")

    def test_one(qruntime):
        qruntime.http.get("/v1/backends")

    def {name}(qruntime):
        qruntime.http.get("/v1/backends")
"""
FORGOTTEN = "not used by this run: cassettes/test_it/test_two.yaml"


def test_a_recording_that_no_test_uses_is_told(studio: Studio) -> None:
    studio.write(test_it=TWO.format(name="test_two")).record().assert_outcomes(passed=2)
    assert told(studio.run()) == []
    assert told(studio.write(test_it=TWO.format(name="another")).run()) == [FORGOTTEN]


@pytest.mark.parametrize("arguments", [("test_it.py::test_one",), ("-k", "test_one"), ("test_it.py",), ("--lf",)])
def test_a_run_of_some_tests_knows_nothing_of_the_others(studio: Studio, arguments: tuple[str, ...]) -> None:
    studio.write(test_it=TWO.format(name="test_two")).record()
    assert told(studio.run(*arguments)) == []


def test_a_module_that_cannot_be_read_may_use_them(studio: Studio) -> None:
    studio.write(test_it=TWO.format(name="test_two")).record()
    studio.write(test_it=TWO.format(name="another"), test_broken="raise ValueError")
    assert told(studio.run("--continue-on-collection-errors")) == []


def test_a_test_that_is_skipped_keeps_its_recording(studio: Studio) -> None:
    studio.write(test_it=TWO.format(name="test_two")).record()
    skipped = TWO.replace("def {name}", '@pytest.mark.skip("no")\n    def test_two')
    assert told(studio.write(test_it=skipped).run()) == []


def test_the_recordings_of_other_tools_are_none_of_ours(studio: Studio) -> None:
    studio.write(test_it=TWO.format(name="test_two")).record()
    studio.file("test_else", "test_other").parent.mkdir()
    studio.file("test_else", "test_other").write_text("interactions: []\nversion: 1\n", encoding="utf-8")
    assert told(studio.run()) == []


# -- age ---------------------------------------------------------------------------------------------------------------


def test_what_only_looks_like_a_recording_by_its_name_is_passed_by(studio: Studio) -> None:
    studio.write(test_it=polls()).record()
    (studio.path / "cassettes" / "folder.yaml").mkdir()
    (studio.path / "cassettes" / "nowhere.yaml").symlink_to("not-there")
    if hasattr(os, "mkfifo"):
        os.mkfifo(studio.path / "cassettes" / "pipe.yaml")
    result = studio.run()
    result.assert_outcomes(passed=1)
    assert (result.ret, told(result)) == (0, [])


def grown_old(studio: Studio, date: str = "'2020-01-31'", **settings: str) -> None:
    """A recording of a day long ago."""
    given = "".join(f", {name}={value}" for name, value in settings.items())
    marker = f'@pytest.mark.qruntime(source="cassette"{given})'
    studio.write(test_it=polls(marker=marker)).record().assert_outcomes(passed=1)
    text = studio.file().read_text(encoding="utf-8")
    text = re.sub(r"(?m)^  recorded: .*$", f"  recorded: {date}", text)
    studio.file().write_text(text, encoding="utf-8")


def test_an_old_recording_passes_and_is_told_though_warnings_are_errors(studio: Studio) -> None:
    grown_old(studio)
    result = studio.run("-o", "filterwarnings=error")
    result.assert_outcomes(passed=1, warnings=1)
    [line] = told(result)
    assert re.fullmatch(
        r"old: cassettes/test_it/test_it\.yaml: recorded on 2020-01-31, \d+d ago, and max_age is 90d", line
    )
    result.stdout.fnmatch_lines(["*StaleCassetteWarning: cassettes/test_it/test_it.yaml: recorded on 2020-01-31, *"])


def test_an_old_recording_may_be_an_error(studio: Studio) -> None:
    grown_old(studio, stale="'error'")
    result = studio.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["E *test_it.yaml is too old: recorded on 2020-01-31, *. Record it anew: pytest --qruntime-record-mode=rewrite"]
    )


def test_stale_may_be_given_on_the_command_line(studio: Studio) -> None:
    grown_old(studio)
    studio.run("--qruntime-stale=error").assert_outcomes(errors=1)
    assert told(studio.run("--qruntime-stale=error", "--qruntime-max-age=none")) == []
    assert told(studio.run("--qruntime-max-age=100000d")) == []


@pytest.mark.parametrize("date", ["null", "'9999-12-31'", "'2999-01-31T12:00:00.5+01:00'"])
def test_of_a_date_that_is_not_known_or_not_yet_come_nothing_is_said(studio: Studio, date: str) -> None:
    grown_old(studio, date)
    result = studio.run("--qruntime-stale=error")
    result.assert_outcomes(passed=1)


def test_an_old_recording_can_be_made_anew_though_it_is_an_error(studio: Studio) -> None:
    grown_old(studio, stale="'error'")
    studio.record("--qruntime-record-mode=rewrite").assert_outcomes(passed=1)
    studio.run().assert_outcomes(passed=1)


# -- workers -----------------------------------------------------------------------------------------------------------


def test_workers_record_and_their_controller_tells(studio: Studio) -> None:
    studio.write(test_it=TWO.format(name="test_two"), test_other=polls())
    recorded = studio.record("-n2", plugins=("xdist",))
    recorded.assert_outcomes(passed=3)
    assert [line.split(":")[0] for line in told(recorded)] == [
        f"recorded cassettes/{name}.yaml" for name in ("test_it/test_one", "test_it/test_two", "test_other/test_it")
    ]
    studio.write(test_it=TWO.format(name="another"), test_other=polls(again=False))
    replayed = studio.run("-n2", plugins=("xdist",))
    replayed.assert_outcomes(passed=2)
    assert [line.split(": ")[0] for line in told(replayed)] == ["never reached", "not used by this run"]
