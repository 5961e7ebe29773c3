"""Lifecycle coverage: each cell of the state tables is driven by what it says, and by nothing else."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from pytest_qruntime.cassette.derive import derive
from pytest_qruntime.cassette.files import load
from pytest_qruntime.model import Durations, JobRequest, RefusedError, Trace, World
from pytest_qruntime.model.job import Job
from pytest_qruntime.model.workload import Workload
from pytest_qruntime.report.coverage import CELLS, TABLES, Cell, Coverage, driven

SECOND_US = 1_000_000
W = "session or batch"


class Life:
    """A world with one lane, whose sessions get into each of their states."""

    def __init__(self) -> None:
        self.world = World(lanes=1)
        self.world.add_backend("fake_backend")

    def tick(self, seconds: float) -> None:
        self.world.advance_to(self.world.now_us + round(seconds * SECOND_US))

    def busy(self, seconds: float) -> None:
        self.world.add_load("fake_backend", classical_s=seconds)

    def open(self, max_s: int = 3000) -> Workload:
        return self.world.open("dedicated", backend="fake_backend", max_ttl_s=max_s)

    def run(self, session: Workload, seconds: float = 10) -> Job | None:
        request = JobRequest(workload=session.id, durations=Durations.of(seconds / 2, seconds / 2))
        with suppress(RefusedError):
            return self.world.submit(request)
        return None

    def close(self, session: Workload) -> None:
        self.world.set_accepting(session.id, False)

    def cancel(self, session: Workload) -> None:
        self.world.cancel_workload(session.id)

    # -- a session in each state -------------------------------------------------------------------------------------

    def waiting(self) -> Workload:
        self.busy(100)
        session = self.open()
        self.run(session)
        return session

    def active(self, max_s: int = 3000) -> Workload:
        session = self.open(max_s)
        self.run(session)
        self.run(session)
        return session

    def inactive(self, max_s: int = 3000) -> Workload:
        session = self.active(max_s)
        self.tick(25)
        self.busy(500)
        self.tick(120)
        return session

    def draining(self, session: Workload) -> Workload:
        self.run(session)
        self.close(session)
        return session


IN_STATE: dict[str, Callable[[Life], Workload]] = {
    "open": Life.waiting,
    "open, draining": lambda life: life.draining(life.waiting()),
    "active": Life.active,
    "active, draining": lambda life: life.draining(life.active()),
    "inactive": Life.inactive,
    "inactive, draining": lambda life: life.draining(life.inactive()),
}
DEEDS: dict[str, Callable[[Life, Workload], object]] = {
    "submit": Life.run,
    "close": Life.close,
    "cancel": Life.cancel,
}


@pytest.mark.parametrize("event", DEEDS)
@pytest.mark.parametrize("state", IN_STATE)
def test_what_a_client_does_in_a_state_drives_its_cell_alone(state: str, event: str) -> None:
    life = Life()
    session = IN_STATE[state](life)
    before = driven(life.world.trace)
    DEEDS[event](life, session)
    new = {cell for cell in driven(life.world.trace) - before if cell.table == W}
    assert Cell(W, state, event) in driven(life.world.trace)
    assert new <= {Cell(W, state, event), *(cell for cell in new if cell.event == "its last job ends")}


@pytest.mark.parametrize(
    ("state", "max_s"), [("active", 15), ("active, draining", 15), ("inactive", 300), ("inactive, draining", 300)]
)
def test_a_max_ttl_that_ends_in_a_state_drives_its_cell(state: str, max_s: int) -> None:
    life = Life()
    session = life.active(max_s) if state.startswith("active") else life.inactive(max_s)
    if state.endswith("draining"):
        life.draining(session)
    assert Cell(W, state, "max TTL") not in driven(life.world.trace)
    life.tick(6000)
    assert Cell(W, state, "max TTL") in driven(life.world.trace)


def test_what_a_close_a_cancel_and_a_max_ttl_do_to_jobs_is_of_the_jobs() -> None:
    for deed, event in (
        (Life.close, "its session is closed"),
        (Life.cancel, "its session is cancelled"),
        (wait, "max TTL of its session"),
    ):
        life = Life()
        session = life.active(15)
        life.run(session)
        assert not [cell for cell in driven(life.world.trace) if cell.event == event]
        deed(life, session)
        assert {cell.state for cell in driven(life.world.trace) if cell.event == event} == {"Queued", "Running"}


def wait(life: Life, session: Workload) -> None:
    """Longer than any of the time limits here."""
    life.tick(6000)


def short(life: Life) -> Workload:
    """A session whose time is up before its jobs are done."""
    return life.active(15)


def everything() -> Coverage:
    """What short lives drive that are there for that."""
    whole = Coverage()
    for get_there in IN_STATE.values():
        for deed in (*DEEDS.values(), wait):
            life = Life()
            session = get_there(life)
            deed(life, session)
            life.tick(6000)
            for again in DEEDS.values():
                again(life, session)
            whole.add(life.world.trace)
    for get_there in (short, lambda life: life.draining(short(life)), lambda life: life.draining(life.inactive(300))):
        life = Life()
        wait(life, get_there(life))
        whole.add(life.world.trace)
    whole.add(jobs())
    return whole


def jobs() -> Trace:
    """Jobs of their own and how they end, and a session that nobody uses."""
    life = Life()
    life.open()
    request = JobRequest(backend="fake_backend", durations=Durations.of(5, 5))
    for _ in range(2):
        running, queued = life.world.submit(request), life.world.submit(request)
        for job in (queued, running):
            for ask in (life.world.delete_job, life.world.cancel_job, life.world.cancel_job, life.world.delete_job):
                with suppress(RefusedError):
                    ask(job.id)
    life.tick(4000)
    return life.world.trace


def test_lives_made_for_it_drive_all_but_failures() -> None:
    never = {(cell.state, cell.event) for cell in everything().never}
    assert never <= {("Running", "error"), ("Running", "QPU limit reached")}


def test_a_recording_drives_cells_too() -> None:
    cells = driven(derive(load("cassettes/httpx/max_ttl.yaml")))
    assert Cell(W, "active", "max TTL") in cells
    assert Cell("job", "Queued", "max TTL of its session") in cells


def test_coverages_add_up_and_survive_json() -> None:
    one, two, both = Coverage(), Coverage(), Coverage()
    life = Life()
    life.active()
    one.add(life.world.trace)
    two.add(jobs())
    both.merge(one.data())
    both.merge(two.data())
    both.merge([["of", "another", "version"], ["odd"]])
    assert set(both.driven) == {*one.driven, *two.driven}
    assert both.percent == 100 * len(both.driven) / len(CELLS)
    assert len(both.driven) + len(both.never) == len(CELLS)


def test_the_lines_say_how_much_and_name_what_never_happened() -> None:
    lines = everything().lines()
    assert lines == [
        f"lifecycle: {len(CELLS) - 2} of {len(CELLS)} transitions driven (96 %)",
        "never: job Running: QPU limit reached, error",
    ]
    assert max(map(len, Coverage().lines())) <= 80
    assert Coverage().lines()[0].endswith("(0 %)")


def test_a_picture_has_a_mark_for_every_cell() -> None:
    for table in TABLES:
        rows = list(everything().picture(table))
        marks = "".join("".join(row[1:]) for row in rows[1:])
        assert len(marks) == len(table.cells())
        assert marks.count("-") == (2 if table.name == "job" else 0)
        assert {len(row) for row in rows} == {len(table.events) + 1}
