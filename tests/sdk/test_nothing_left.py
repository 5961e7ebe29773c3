"""What a world changes outside of this package is there while it is open, and exactly as before afterwards."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from qiskit_ibm_runtime import QiskitRuntimeService, runtime_job_v2

from pytest_qruntime import QRuntimeError, world
from pytest_qruntime.sdk import accommodation
from tests.sdk.places import PLACES

Changed = Callable[[], list[str]]


def fail_inside(seed: int) -> None:
    """Save an account in a world, and fail."""
    with world(seed=seed):
        QiskitRuntimeService.save_account(token="a-key-that-is-not-kept")
        raise RuntimeError("of the test")


def test_every_place_is_changed_while_a_world_is_open_and_no_other_variable_is(changed: Changed) -> None:
    with world():
        assert set(changed()) == {f"{owner.__name__}.{name}" for owner, names in PLACES for name in names} | {
            "$USAGE_DATA_OPT_OUT"
        }
    assert changed() == []


def test_nothing_is_left_after_an_exception(changed: Changed) -> None:
    with pytest.raises(RuntimeError, match="of the test"):
        fail_inside(seed=0)
    assert changed() == []


def test_nothing_is_left_when_a_world_cannot_be_opened(changed: Changed, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_service: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(accommodation, "leading_here", full)
    with pytest.raises(OSError, match="no space left"), world():
        pass
    assert changed() == []
    monkeypatch.undo()
    with world() as qruntime:
        assert QiskitRuntimeService().active_instance() == qruntime.crn
    assert changed() == []


def test_leaving_an_inner_world_leaves_the_outer_one_as_it_was(changed: Changed) -> None:
    with world(seed=1) as outer:
        service = QiskitRuntimeService()
        within = set(changed())
        with world(seed=2) as inner:
            assert QiskitRuntimeService().active_instance() == inner.crn
            assert service.active_instance() == outer.crn
            assert [backend.name for backend in service.backends()] == ["fake_backend"]
        with pytest.raises(RuntimeError, match="of the test"):
            fail_inside(seed=3)
        assert set(changed()) == within
        assert QiskitRuntimeService().active_instance() == outer.crn
    assert changed() == []


def test_a_world_that_another_thread_opened_is_there_for_all(changed: Changed) -> None:
    is_open, may_close = threading.Event(), threading.Event()

    def keep_open() -> None:
        with world(freeze=False):
            is_open.set()
            may_close.wait()

    thread = threading.Thread(target=keep_open)
    thread.start()
    is_open.wait()
    try:
        assert QiskitRuntimeService().backends()
    finally:
        may_close.set()
        thread.join()
    assert changed() == []


def test_a_patch_of_a_test_s_own_stays_where_the_test_put_it(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = SimpleNamespace(time=lambda: 0.0, sleep=lambda _: None)
    original = runtime_job_v2.time
    with world():
        monkeypatch.setattr(runtime_job_v2, "time", mine)
    assert runtime_job_v2.time is mine
    monkeypatch.undo()  # puts back what it found, which was the world's: outside of a world that passes everything on
    assert runtime_job_v2.time.monotonic is original.monotonic
    with world():
        pass
    assert runtime_job_v2.time is original


def test_a_client_that_was_loaded_anew_is_made_ready_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with world():
        pass
    for name in [name for name in sys.modules if name.partition(".")[0] == "qiskit_ibm_runtime"]:
        monkeypatch.delitem(sys.modules, name)
    import qiskit_ibm_runtime

    assert qiskit_ibm_runtime.QiskitRuntimeService is not QiskitRuntimeService
    with world() as qruntime:
        assert qiskit_ibm_runtime.QiskitRuntimeService().active_instance() == qruntime.crn


def test_a_client_that_is_built_differently_is_told_apart_rather_than_let_through(
    monkeypatch: pytest.MonkeyPatch, changed: Changed
) -> None:
    monkeypatch.delattr(runtime_job_v2.RuntimeJobV2, "wait_for_final_state")
    monkeypatch.setattr(accommodation, "version", lambda _: "9.9.9")
    with pytest.raises(QRuntimeError, match=r"qiskit-ibm-runtime 9\.9\.9 .*wait_for_final_state.*clients\.md"), world():
        pass
    monkeypatch.undo()
    assert changed() == []


def test_a_service_that_outlives_its_world_goes_on_in_the_next_one() -> None:
    with world():
        service = QiskitRuntimeService()
    for _ in range(2):
        with world() as qruntime:
            (backend,) = service.backends()
            assert backend.name == "fake_backend"
            qruntime.clock.tick("8h")
            assert service.usage()["usage_consumed_seconds"] == 0
