"""What stands behind a test, who decides that, and what a recording of another world is told."""

from __future__ import annotations

import json

import pytest

from pytest_qruntime import Plan, Policy
from pytest_qruntime.recording.choice import plain
from tests.plugin.conftest import summary
from tests.recording.conftest import Studio

TEST = """
    import pytest

    @pytest.mark.qruntime({settings})
    def test_it(qruntime):
        print("source", qruntime.source)
        qruntime.http.get("/v1/backends")
"""


def test_worlds_that_are_alike_have_equal_settings() -> None:
    assert plain({}) == {}
    assert plain({"plan": "premium", "seed": 0, "lanes": 5, "policy": {}, "start": "2026-01-15T12:00Z"}) == {}
    assert plain({"plan": Plan.named("open"), "policy": Policy(batch_autoend=3)}) == plain(
        {"plan": "open", "policy": {"batch_autoend": 3, "idle_close": "immediate"}}
    )
    assert plain({"freeze": False}) == {}


def test_settings_are_what_json_has() -> None:
    mine = Plan.named("premium").but(name="mine", usage_limit_s=60)
    found = plain({"plan": mine, "start": "2030-01-01", "policy": {"unused_autoclose": {"batch": 5, "dedicated": 7}}})
    assert found["plan"]["modes"] == ["batch", "dedicated"]
    assert found["start"] == "2030-01-01T00:00:00.000000Z"
    assert found["policy"] == {"unused_autoclose": {"batch": 5, "dedicated": 7}}


def test_a_recording_says_what_its_world_was_made_of(studio: Studio) -> None:
    settings = "source='cassette', plan='open', lanes=2, policy={'batch_autoend': 3}, freeze=False"
    studio.write(test_it=TEST.format(settings=settings)).record().assert_outcomes(passed=1)
    text = studio.file().read_text(encoding="utf-8")
    for line in ("  settings:", "    plan: open", "    lanes: 2", "      batch_autoend: 3"):
        assert f"{line}\n" in text
    assert "freeze" not in text
    studio.run().assert_outcomes(passed=1)
    studio.run("--qruntime-freeze=yes").assert_outcomes(passed=1)


def test_a_test_that_asks_for_another_world_is_told_to_record_anew(studio: Studio) -> None:
    studio.write(test_it=TEST.format(settings="source='cassette', lanes=2")).record().assert_outcomes(passed=1)
    result = studio.run("--qruntime-lanes=3", "--qruntime-plan=open")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "E *test_it.yaml was recorded in a world with lanes 2, plan by default; this test asks for lanes 3, "
            "plan 'open'. Record it anew with pytest --qruntime-record-mode=rewrite"
        ]
    )
    result.stdout.no_fnmatch_line("*playing.py*")


@pytest.mark.parametrize(
    ("where", "given"),
    [
        ("option", ("--qruntime-source=cassette",)),
        ("ini", ("-o", "qruntime_source=cassette")),
        ("config", ()),
    ],
)
def test_everybody_who_decides_may_choose_recordings(studio: Studio, where: str, given: tuple[str, ...]) -> None:
    config = "@pytest.fixture\n    def qruntime_config():\n        return {'source': 'cassette'}\n\n"
    test = TEST.format(settings="")
    if where == "config":
        test = test.replace("@pytest.mark", f"{config}    @pytest.mark")
    studio.write(test_it=test).record(*given).assert_outcomes(passed=1)
    result = studio.run(*given, "-s")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*source cassette*"])


def test_the_command_line_can_put_tests_back_on_the_fake(studio: Studio) -> None:
    result = studio.write(test_it=TEST.format(settings="source='cassette'")).run("-s", "--qruntime-source=fake")
    result.stdout.fnmatch_lines(["*source fake*"])
    result.assert_outcomes(passed=1)


def test_a_recording_may_have_a_name_of_its_own(studio: Studio) -> None:
    studio.write(test_it=TEST.format(settings="source='cassette', cassette='recorded/close.yaml'")).record()
    assert (studio.path / "recorded" / "close.yaml").exists()
    studio.run().assert_outcomes(passed=1)


def test_a_recording_may_be_json(studio: Studio) -> None:
    studio.write(test_it=TEST.format(settings="source='cassette', cassette='cassettes/close.json'"))
    studio.record().assert_outcomes(passed=1)
    assert studio.files() == ["close.json"]
    assert json.loads((studio.path / "cassettes" / "close.json").read_text(encoding="utf-8"))["qruntime"]
    studio.run().assert_outcomes(passed=1)
    forgotten = studio.write(test_it=TEST.format(settings="")).record("--qruntime-source=cassette")
    assert "not used by this run: cassettes/close.json" in summary(forgotten)["recordings"]


def test_each_parameter_has_a_recording(studio: Studio) -> None:
    studio.write(
        test_it="""
        import pytest

        @pytest.mark.qruntime(source="cassette")
        @pytest.mark.parametrize("path", ["/v1/backends", "/v1/instance"])
        @pytest.mark.parametrize("number", [1, 2])
        def test_it(qruntime, path, number):
            assert qruntime.http.get(path).status_code == 200
        """
    ).record().assert_outcomes(passed=4)
    assert len(studio.files()) == 4
    studio.run().assert_outcomes(passed=4)


# -- live --------------------------------------------------------------------------------------------------------------


def test_a_live_test_is_skipped_unless_the_command_line_names_a_service(studio: Studio) -> None:
    studio.write(test_it=TEST.format(settings="source='live'"))
    skipped = studio.run("-rs")
    skipped.assert_outcomes(skipped=1)
    skipped.stdout.fnmatch_lines(["SKIPPED * this test is for a live service, and nothing dials out unasked: *"])
    result = studio.run("-s", "--qruntime-url", studio.url)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*source live*"])
    studio.run("--qruntime-url", studio.url, "--qruntime-record-mode=none").assert_outcomes(skipped=1)
    assert studio.files() == []


def test_all_tests_can_be_run_on_a_live_service_without_recording(studio: Studio) -> None:
    studio.write(test_it=TEST.format(settings="source='cassette'"))
    result = studio.run("-s", "--qruntime-source=live", "--qruntime-url", studio.url)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*source live*"])
    assert studio.files() == []


def test_what_only_the_fake_can_serve_is_told(studio: Studio) -> None:
    studio.write(test_it=TEST.format(settings="source='cassette'")).record()
    served = TEST.format(settings="source='cassette'").replace("(qruntime)", "(qruntime, qruntime_server)")
    result = studio.write(test_it=served).run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["E *qruntime_server serves the fake, and source='cassette' stands behind this test;*"])


def test_a_fixture_that_is_asked_for_late_replays_and_says_how_it_is_recorded(studio: Studio) -> None:
    late = """
        import pytest

        @pytest.mark.qruntime(source="cassette")
        def test_it({arguments}request):
            request.getfixturevalue("qruntime").http.get("/v1/backends")
    """
    result = studio.write(test_it=late.format(arguments="")).record()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*this test has no recording. To be recorded, it has to name the fixture qruntime among the*"]
    )
    studio.write(test_it=late.format(arguments="qruntime, ")).record().assert_outcomes(passed=1)
    studio.write(test_it=late.format(arguments="")).run().assert_outcomes(passed=1)
