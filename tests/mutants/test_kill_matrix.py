"""Every contract can fail: a faulty service proves it, and the committed matrix says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_qruntime.contracts import CATALOGUE, contract
from pytest_qruntime.model import World
from pytest_qruntime.model.workload import Workload
from pytest_qruntime.mutants import (
    CLIENT_STORIES,
    FAULTY_CLIENTS,
    MUTANTS,
    STORIES,
    Matrix,
    Mutant,
    Patches,
    client_matrix,
    kill_matrix,
    page,
    whole_matrix,
)
from pytest_qruntime.mutants.client.blocks import client

ALL = (*MUTANTS, *FAULTY_CLIENTS)
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "kill-matrix.md"


@pytest.fixture(scope="module")
def matrix() -> Matrix:
    return whole_matrix()


def test_every_mutant_is_caught_by_its_contracts(matrix: Matrix) -> None:
    missed = {mutant.name: set(mutant.breaks) - matrix.killers_of(mutant) for mutant in ALL}
    assert {name: contracts for name, contracts in missed.items() if contracts} == {}


def test_every_contract_catches_a_mutant_that_was_made_for_it(matrix: Matrix) -> None:
    meant = {name for mutant in ALL for name in mutant.breaks}
    assert [one.id for one in CATALOGUE if one.id not in meant] == []
    assert [one.id for one in CATALOGUE if not matrix.killed_by(one.id)] == []


def test_the_service_without_a_fault_breaks_nothing_and_exercises_everything(matrix: Matrix) -> None:
    assert matrix.unbroken == frozenset()
    assert [one.id for one in CATALOGUE if one.id not in matrix.exercised] == []


def test_the_committed_matrix_is_the_computed_one(matrix: Matrix) -> None:
    now = page(matrix)
    assert PAGE.read_text(encoding="utf-8") == now, "run: python -m pytest_qruntime.mutants > " + PAGE.name


def test_mutants_have_names_of_their_own_and_name_contracts() -> None:
    names = [mutant.name for mutant in MUTANTS]
    assert len(names) == len(set(names)) >= 80
    assert all(contract(name) for mutant in MUTANTS for name in mutant.breaks)
    assert len({story.name for story in STORIES}) == len(STORIES)


def test_faulty_clients_and_their_stories_have_names_of_their_own() -> None:
    names = [mutant.name for mutant in ALL]
    assert len(names) == len(set(names))
    assert all(contract(name).partial == "client" for mutant in FAULTY_CLIENTS for name in mutant.breaks)
    assert len({story.name for story in CLIENT_STORIES}) == len(CLIENT_STORIES)


def test_every_rule_of_the_client_is_exercised_by_its_stories_alone() -> None:
    matrix = client_matrix(())
    assert matrix.unbroken == frozenset()
    assert [one.id for one in CATALOGUE if one.partial == "client" and one.id not in matrix.exercised] == []


def test_a_faulty_client_leaves_nothing_behind() -> None:
    owners = [client("session").Session, client("runtime_job_v2"), client("base_primitive"), client("api.session")]
    before = [dict(vars(one)) for one in owners]
    client_matrix(FAULTY_CLIENTS[:1], CLIENT_STORIES[:1])
    for mutant in FAULTY_CLIENTS:
        with Patches() as patches:
            mutant.put(patches)
    assert [dict(vars(one)) for one in owners] == before


def test_a_mutant_leaves_nothing_behind() -> None:
    before = dict(vars(Workload)), dict(vars(World))
    for mutant in MUTANTS:
        with Patches() as patches:
            mutant.put(patches)
    assert (dict(vars(Workload)), dict(vars(World))) == before


def test_a_patch_of_what_is_not_there_is_an_error() -> None:
    with Patches() as patches, pytest.raises(AttributeError):
        patches.set(World, "no_such_method", None)


def test_a_contract_that_no_mutant_breaks_is_seen() -> None:
    [mutant] = [one for one in MUTANTS if one.name == "shares_the_qpu"]
    alone = kill_matrix([mutant], STORIES[:3])
    assert alone.killed_by("SUB-02") == []


def test_a_mutant_without_effect_is_seen() -> None:
    idle = Mutant("idle", "idle", ("SUB-02",), lambda _: None)
    assert kill_matrix([idle]).killers_of(idle) == frozenset()
