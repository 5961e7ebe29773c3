"""What tests showed that were recorded from a server, or ran on what was recorded."""

from __future__ import annotations

import pytest

from pytest_qruntime.contracts import Terms
from pytest_qruntime.judging import showing
from pytest_qruntime.model import Plan, Trace
from pytest_qruntime.model.trace import JOB_COMPLETED, WORKLOAD_SETTLED
from tests.plugin.conftest import summary
from tests.recording.conftest import Studio
from tests.recording.conftest import studio as studio  # fixtures
from tests.recording.conftest import url as url
from tests.telling.conftest import TELLING, found

TEST = """
    import pytest

    @pytest.mark.qruntime(source="cassette")
    def test_it(qruntime):
        with qruntime.session() as session:
            session.run().result()
        qruntime.clock.tick("5s")
        assert session.details()["state"] == "closed"
"""


def test_a_test_that_is_recorded_has_a_world_on_each_source(studio: Studio) -> None:
    result = studio.write(conftest=TELLING, test_it=TEST).record()
    document = found(studio)
    assert [world["source"] for world in document["tests"][0]["worlds"]] == ["fake", "live", "cassette"]
    assert document["recordings"]["used"] == ["cassettes/test_it/test_it.yaml"]
    fake, live, cassette = document["tests"][0]["worlds"]
    assert {world["workloads"] for world in (fake, live, cassette)} == {1}
    assert {world["jobs"] for world in (fake, live, cassette)} == {1}
    assert (list(fake["usage_s"]), list(live["usage_s"]), list(cassette["usage_s"])) == (
        ["premium"],
        ["premium"],
        ["unknown"],
    )
    assert live["usage_s"]["premium"] == cassette["usage_s"]["unknown"] > 0
    assert [cost["plan"] for cost in document["costs"]] == ["premium"]  # it would have cost once
    assert summary(result)["tests"] == [
        "1 in 3 worlds: 1 on recordings, 1 on the fake, 1 on a live service; 3 sessions or batches, 3 jobs"
    ]


def test_what_a_recording_cost_is_what_it_says(studio: Studio) -> None:
    studio.write(conftest=TELLING, test_it=TEST).record()
    result = studio.run()
    [world] = found(studio)["tests"][0]["worlds"]
    assert world["source"] == "cassette"
    assert world["usage_s"]["unknown"] > 0
    assert "plan not known" in summary(result)["QPU time"][0]


# -- what others said that it cost -------------------------------------------------------------------------------------


Happened = tuple[str, str | None, str | None, dict[str, object]]


def trace(*events: Happened) -> Trace:
    found = Trace(complete=False)
    for at_us, (kind, workload, job, data) in enumerate(events):
        found.record(at_us, kind, None, workload, job, data)
    return found


SETTLED: Happened = (WORKLOAD_SETTLED, "s1", None, {"usage_us": 9_000_000})
IN_IT: Happened = (JOB_COMPLETED, "s1", "j1", {"charged_us": 2_000_000})
ALONE: Happened = (JOB_COMPLETED, None, "j2", {"charged_us": 3_000_000})
OPEN: Happened = (JOB_COMPLETED, "s2", "j3", {"charged_us": 5_000_000})
OF_OTHERS: Happened = (JOB_COMPLETED, None, "j9", {"charged_us": 99_000_000})


@pytest.mark.parametrize(
    ("events", "seconds"),
    [
        ([SETTLED, IN_IT, ALONE, OPEN, OF_OTHERS], 17.0),
        ([IN_IT], 2.0),
        ([(WORKLOAD_SETTLED, "s1", None, {"usage_us": 0})], 0.0),
        ([(WORKLOAD_SETTLED, "s1", None, {"usage_us": None}), IN_IT], 2.0),
        ([OF_OTHERS], None),
        ([], None),
    ],
)
def test_a_session_costs_what_it_says_or_what_its_jobs_say(events: list[Happened], seconds: float | None) -> None:
    told = showing.told(trace(*events), Terms(), {"s1", "s2"}, {"j1", "j2", "j3"})
    assert told == ({} if seconds is None else {"unknown": seconds})


def test_a_plan_is_known_if_there_is_but_one() -> None:
    premium, flex = Plan.named("premium"), Plan.named("flex")
    for plans, expected in (
        ({"default": flex, "others": premium}, "flex"),
        ({"default": flex, "mine": premium}, "unknown"),
        ({"default": flex, "mine": flex}, "flex"),
    ):
        assert list(showing.told(trace(ALONE), Terms(plans=plans), set(), {"j2"})) == [expected]
