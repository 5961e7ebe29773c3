"""Rules are switched off, weighed, replaced, and told what to draw from, class by class."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from pytest_qruntime import ConfigurationError, RuntimeMachine
from tests.machine.running import OURS, UNSHRUNK, failure, only, run, weights_of


class Own(RuntimeMachine):
    weights = {"pause_backend": 0, "submit": 5}  # noqa: RUF012  # as users write it

    @rule()
    def mine(self) -> None:
        pass


def test_a_weight_is_how_often_a_rule_is_among_those_to_choose_from() -> None:
    assert weights_of(Own)["submit"] == 5
    assert weights_of(Own)["pause_backend"] == 0
    assert weights_of(Own)["mine"] == 3
    assert weights_of(Own)["open_session"] == weights_of(RuntimeMachine)["open_session"] == 2
    assert weights_of(RuntimeMachine)["submit"] == 3


def test_a_class_below_decides_anew() -> None:
    class Below(Own):
        weights: ClassVar = {"pause_backend": 1, "mine": 0}

    assert (weights_of(Below)["pause_backend"], weights_of(Below)["mine"], weights_of(Below)["submit"]) == (1, 0, 5)

    class Least(Below):
        weights: ClassVar = {"submit": 1}

    assert weights_of(Least)["submit"] == 1


def test_a_star_stands_for_all_of_ours_and_a_name_counts_more() -> None:
    class Few(Own):
        weights: ClassVar = {"submit": 2, "*": 0}

    assert weights_of(Few) == {"mine": 3, "submit": 2}

    class All(Few):
        weights: ClassVar = {"*": 1}

    assert weights_of(All) == {"mine": 3, **dict.fromkeys(OURS, 1)}


def test_a_rule_that_is_off_can_be_called_and_is_never_chosen() -> None:
    class Quiet(RuntimeMachine):
        weights = only("let_time_pass")

        @rule()
        def begin(self) -> None:
            if not self.qruntime.workloads():
                self.open_batch(max_time=None, backend=None)

        def teardown(self) -> None:
            assert {one.mode for one in self.qruntime.workloads()} <= {"batch"}

    run(Quiet)


def test_an_own_rule_takes_the_place_of_ours() -> None:
    class Other(RuntimeMachine):
        weights = only("submit_plain", "let_time_pass")

        @rule(target=RuntimeMachine.jobs, quantum=st.just("1m"))
        def submit_plain(self, quantum: str) -> Any:
            self.qruntime.next_jobs(quantum=quantum, classical=0)
            return self.qruntime.run()

        def teardown(self) -> None:
            self.qruntime.clock.tick("8h")
            assert {job.usage() for job in self.qruntime.jobs()} <= {60.0}

    run(Other)
    assert weights_of(Other)["submit_plain"] == 1


def test_rules_can_come_from_a_class_that_is_no_machine() -> None:
    class Habit:
        @precondition(lambda self: self.ready)
        @rule()
        def act_up(self) -> None:
            raise ValueError("a habit")

    class Creature(Habit, RuntimeMachine):
        weights = only("let_time_pass")
        ready = True

    class Tame(Creature):
        ready = False

    assert isinstance(failure(Creature, UNSHRUNK)[0], ValueError)
    run(Tame)


def test_a_class_chooses_what_its_rules_draw() -> None:
    class Narrow(RuntimeMachine):
        weights = only("open_session", "submit", "let_time_pass")
        max_times = st.just("7m")
        waits = st.just("1s")
        outcomes = st.just("failed")
        quantum_times = st.just("3s")
        backends = ("ibm_one", "ibm_two")

        def teardown(self) -> None:
            assert {one.details()["max_time"] for one in self.qruntime.workloads()} <= {420}
            assert {one.details()["backend_name"] for one in self.qruntime.workloads()} <= {"ibm_one", "ibm_two"}
            self.qruntime.clock.tick("6m")
            assert {job.status() for job in self.qruntime.jobs()} <= {"ERROR"}

    run(Narrow)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"weights": {"sumbit": 0}}, r"Wrong\.weights names 'sumbit'; expected some of bring_backend_back, "),
        ({"weights": {"submit": -1}}, r"Wrong\.weights\['submit'\] is -1; expected a whole number, at least 0"),
        ({"weights": {"no_server_errors": 2}}, r"Wrong\.weights\['no_server_errors'\] is 2; expected 0 or 1"),
        ({"weights": ["submit"]}, r"Wrong\.weights is \['submit'\]; expected a mapping such as"),
        ({"waits": ["1s"]}, r"Wrong has \['1s'\] for the argument \w+; expected a strategy"),
        ({"settings": {"lane": 1}}, r"Wrong\.settings: unknown 'lane'; expected some of plan, "),
        ({"settings": {"lanes": 0}}, r"Wrong\.settings: lanes is 0; expected a whole number"),
        ({"settings": {"source": "live"}}, r"Wrong\.settings has 'source'; a machine is on the fake"),
        ({"settings": {"leaks": "off"}}, r"Wrong\.settings has 'leaks'"),
        ({"settings": "open"}, r"Wrong\.settings is 'open'; expected a mapping"),
    ],
)
def test_what_cannot_be_used_is_an_error_where_it_is_written(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        type("Wrong", (RuntimeMachine,), wrong)


def test_every_rule_explains_itself() -> None:
    assert [name for name in OURS if not getattr(RuntimeMachine, name).__doc__] == []
