"""The end of a run in lines for a terminal."""

from __future__ import annotations

import pytest

from pytest_qruntime.contracts import CATALOGUE
from pytest_qruntime.report.coverage import CELLS
from pytest_qruntime.report.run.document import Document
from pytest_qruntime.report.run.lines import in_short, line, lines, told
from pytest_qruntime.report.run.summing import document
from tests.report.run.showing import a_run, broke, left, ran, shown

ALL = len(CATALOGUE)
SECTION = f"""\
tests        4 in 6 worlds: 2 on recordings, 4 on the fake; 6 sessions or
               batches, 6 jobs
time         1m of virtual time in 1.5s
contracts    1 broken, 1 allowed, 2 hold, {ALL - 4} never exercised
             CAN-02 by tests/test_vqe.py::test_breaks
             not judged in 1 test: contracts=off
left open    1 session and 1 batch
             tests/test_vqe.py::test_leaks: a session, opened at tests/vqe.py:12
             tests/test_vqe.py::test_leaks: a batch, opened by unknown code
QPU time     plan open: 12 s; plan premium: 7.5 s, and 120 s more for what was
               left open
lifecycle    18.8 %: 10 of 53 transitions driven
recordings   old: tests/cassettes/test_vqe/test_may.yaml was recorded 200 days
               ago
             not used by this run: tests/cassettes/test_vqe/test_gone.yaml"""


def run(*tests: object, **more: object) -> Document:
    """What these tests showed."""
    return document(tests, **{"strict": False, **more})  # type: ignore[arg-type]


def test_a_section_has_what_was_done_broken_left_open_and_would_have_cost() -> None:
    assert "\n".join(lines(a_run(required=None, failures=[]))) == SECTION


def test_a_line_has_what_is_not_nothing() -> None:
    assert line(run(shown("test_it", ran()))) == "pytest-qruntime: 1 test, 10s in 0.01s, 2.5 QPU s, lifecycle 0 %"
    assert line(a_run()) == (
        "pytest-qruntime: 4 tests, 1m in 1.5s, 1 contract broken, 2 left open, 19.5 QPU s, lifecycle 18 %, "
        "1 old recording, 1 unused recording"
    )


def test_what_is_nothing_is_said_to_be() -> None:
    found = lines(run(shown("test_it", ran(usage_s={"premium": 0.0}))))
    assert found[2:] == [
        f"contracts    none broken, 0 hold, {ALL} never exercised",
        "left open    nothing",
        "QPU time     none",
        "lifecycle    0 %: 0 of 53 transitions driven",
    ]
    assert lines(run()) == ["tests        none used a fixture of pytest-qruntime, so nothing was judged"]


def test_coverage_that_is_required_says_what_is_missing() -> None:
    driven = [
        list(cell) for cell in CELLS if (cell.state, cell.event) not in (("closed", "submit"), ("ended", "cancel"))
    ]
    found = lines(run(shown("test_it", ran(driven=driven)), required=99.0, failures=["too little"]))
    assert found[-4:] == [
        "lifecycle    96.2 %: 51 of 53 transitions driven; 99 % required",
        "never: session or batch closed: submit",
        "never: job ended: cancel",
        "the run fails: too little",
    ]
    assert not [one for one in lines(run(shown("test_it", ran(driven=driven)), required=96.0)) if "never:" in one]


def test_a_contract_that_several_tests_break_is_told_with_the_first() -> None:
    tests = [shown(f"test_{number}", ran(exercised=["CLS-01"], broken=[broke()])) for number in range(3)]
    assert "             CLS-01 by tests/test_vqe.py::test_0, and by 2 other tests" in lines(run(*tests))


@pytest.mark.parametrize(("number", "shown_of_it"), [(10, 10), (11, 10), (200, 10)])
def test_a_long_list_is_told_to_its_end_only_if_that_is_asked_for(number: int, shown_of_it: int) -> None:
    leaks = run(*(shown(f"test_{one:03}", ran(leaks=[left()])) for one in range(number)))
    short, full = (
        [one for one in lines(leaks, full=full) if one.startswith(" " * 13) and ("opened at" in one or "more" in one)]
        for full in (False, True)
    )
    assert (len(short), len(full)) == (shown_of_it, number)
    assert short[-1].endswith("-v tells") == (number > 10)


def test_what_a_test_opens_at_one_line_again_and_again_is_told_once() -> None:
    found = lines(run(shown("test_it", ran(leaks=[left(f"s{one}") for one in range(299)]))))
    at = found.index("left open    299 sessions")
    assert " ".join(" ".join(found[at + 1 : at + 3]).split()).startswith(
        "tests/test_vqe.py::test_it: 299 sessions, opened at tests/vqe.py:12 QPU time"
    )


def test_what_may_be_left_open_is_counted_and_told_on_request() -> None:
    test = shown("test_it", ran(leaks=[left(allowed="it is a demo"), left("s2")]))
    assert [one for one in lines(run(test)) if "open" in one][:2] == [
        "left open    1 session, and 1 where that is allowed",
        "             tests/test_vqe.py::test_it: a session, opened at tests/vqe.py:12",
    ]
    assert "opened at tests/vqe.py:12; allowed: it is a demo" in " ".join(" ".join(lines(run(test), full=True)).split())


def test_a_plan_that_is_not_known_is_no_plan() -> None:
    found = lines(run(shown("test_it", ran(source="live", usage_s={"unknown": 12345.5}))))
    assert "QPU time     plan not known: 12,345.5 s" in found
    assert found[0] == "tests        1 in 1 world: 1 on a live service; 1 session or batch, 1 job"


def test_every_contract_by_name_is_for_those_who_ask() -> None:
    full = lines(a_run(required=None, failures=[]), full=True)
    assert f"2 of {ALL} contracts hold: OPN-01 (1), CLS-01 (1)" in full
    assert "not judged: contracts=off: tests/test_vqe.py::test_may" in full
    assert "allowed, and not broken: leak by tests/test_vqe.py::test_it (that is known)" in full
    place = full.index("  tests/test_vqe.py::test_breaks: at 65 s, session or batch s1, by DELETE")
    assert full[place - 2 : place + 3] == [
        "broken: CAN-02 (must): The jobs that are queued when a session or batch is",
        "    cancelled fail in that instant, and never run.",
        "  tests/test_vqe.py::test_breaks: at 65 s, session or batch s1, by DELETE",
        "      /v1/sessions/s1/close (204), and 2 more",
        "    expected the session takes no more jobs; seen: it took one",
    ]


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("width", [60, 80, 120])
def test_lines_are_as_wide_as_they_may_be(width: int, full: bool) -> None:
    found = lines(a_run(), width=width, full=full)
    assert width - 10 < max(map(len, found)) <= width


def test_a_name_that_is_too_long_sticks_out_in_one_piece() -> None:
    name = f"test_{'x' * 100}"
    assert any(name in one for one in lines(run(shown(name, ran(leaks=[left()])))))


def test_a_run_that_recorded_says_so_in_short_too() -> None:
    recordings = {
        "rescued": ["session s9: closed"],
        "spent": ["QPU time: 5 s used"],
        "recorded": ["a.yaml: 3 interactions"],
        "dropped": ["test_b: it was skipped"],
        **{name: [f"{name}.yaml"] for name in ("used", "old", "unused", "unreached")},
    }
    found = run(shown("test_it", ran()), recordings=recordings, failures=["for a reason"])
    assert [one.text for one in in_short(found)][1:] == [
        "session s9: closed",
        "QPU time: 5 s used",
        "recorded a.yaml: 3 interactions",
        "not recorded: test_b: it was skipped",
        "the run fails: for a reason",
    ]
    told_of_them = [one for one in lines(found) if one.startswith((" " * 13, "recordings"))]
    assert [one[13:] for one in told_of_them] == [
        "session s9: closed",
        "QPU time: 5 s used",
        "recorded a.yaml: 3 interactions",
        "not recorded: test_b: it was skipped",
        "never reached: unreached.yaml",
        "old: old.yaml",
        "not used by this run: unused.yaml",
    ]


def test_what_else_there_is_has_a_label() -> None:
    found = [
        one.text for one in told(run(shown("test_it", ran()), lost=["a test"]), more=[("orders", ["two", "three"])])
    ]
    assert found[-3:] == ["orders       two", "             three", "lost         a test"]


def test_how_a_line_is_meant_is_not_in_its_text() -> None:
    tones = {one.text.split(" ")[0]: one.tone for one in told(a_run(lost=["a worker"])) if not one.text.startswith(" ")}
    assert tones == {
        **dict.fromkeys(("tests", "time", "QPU"), "plain"),
        **dict.fromkeys(("contracts", "left", "lifecycle", "never:", "the"), "bad"),
        **dict.fromkeys(("recordings", "lost"), "odd"),
    }
    fine = {
        one.text.split(" ")[0]: one.tone for one in told(run(shown("test_it", ran(exercised=["OPN-01"])), required=0.0))
    }
    assert {fine["contracts"], fine["left"], fine["lifecycle"]} == {"good"}
