"""Names and values for JUnit files."""

from __future__ import annotations

from pytest_qruntime.contracts import CATALOGUE
from pytest_qruntime.report.run.properties import in_one, of_run, of_test
from tests.report.run.showing import a_run, broke, left, ran


def test_a_test_has_its_figures_and_the_contracts_that_it_exercised() -> None:
    run = ran(exercised=["CLS-01", "CAN-02", "SUB-02"], broken=[broke("CAN-02"), broke("SUB-02", allowed="known")])

    assert of_test([run]) == [
        ("qruntime.worlds", "1"),
        ("qruntime.virtual_s", "10"),
        ("qruntime.qpu_s", "2.5"),
        ("qruntime.left_open", "0"),
        ("qruntime.CAN-02", "broken"),
        ("qruntime.CLS-01", "holds"),
        ("qruntime.SUB-02", "allowed"),
    ]


def test_of_several_runs_the_worst_counts_and_the_first_one_costs() -> None:
    runs = [
        ran(exercised=["CLS-01"], broken=[broke("CLS-01", allowed="known")], leaks=[left()]),
        ran(exercised=["CLS-01"], broken=[broke("CLS-01")], leaks=[left(), left("s2")]),
        ran(exercised=["CLS-01"], virtual_s=0.000001, usage_s={}),
    ]

    assert of_test(runs) == [
        ("qruntime.worlds", "3"),
        ("qruntime.virtual_s", "20.000001"),
        ("qruntime.qpu_s", "2.5"),
        ("qruntime.left_open", "2"),
        ("qruntime.CLS-01", "broken"),
    ]


def test_a_run_has_its_figures_and_every_contract_of_the_catalogue() -> None:
    found = dict(of_run(a_run(lost=["worker gw1 crashed"])))

    assert found["qruntime.failure"] == "lifecycle coverage is 18.87 %, and 50 % is required"
    assert found["qruntime.lost"] == "worker gw1 crashed"
    assert (found["qruntime.tests"], found["qruntime.worlds"], found["qruntime.left_open"]) == ("4", "6", "2")
    assert (found["qruntime.qpu_s.premium"], found["qruntime.qpu_s.open"]) == ("7.5", "12")
    assert found["qruntime.left_s.premium"] == "120"
    verdicts = {contract.id: found[f"qruntime.{contract.id}"] for contract in CATALOGUE}
    assert {name: verdict for name, verdict in verdicts.items() if verdict != "not exercised"} == {
        "OPN-01": "holds",
        "CLS-01": "holds",
        "CAN-02": "broken",
        "SUB-02": "allowed",
    }
    assert [found[f"qruntime.contracts.{word}"] for word in ("broken", "allowed", "holds")] == ["1", "1", "2"]
    assert found["qruntime.contracts.not_exercised"] == str(len(CATALOGUE) - 4)


def test_no_name_stands_twice_and_nothing_depends_on_real_time() -> None:
    names = [name for name, _ in of_run(a_run())]

    assert len(names) == len(set(names))
    assert not any("real" in name for name in names)


def test_properties_fit_into_one() -> None:
    assert (
        in_one(of_test([ran(exercised=["CLS-01"])])) == "worlds=1; virtual_s=10; qpu_s=2.5; left_open=0; CLS-01=holds"
    )
