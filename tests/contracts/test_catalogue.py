"""The catalogue: what a reader of it may rely on."""

from __future__ import annotations

import re

import pytest

from pytest_qruntime.contracts import CATALOGUE, CATALOGUE_VERSION, CHAPTERS, CONFIDENCE, SOURCES, contract
from pytest_qruntime.contracts.catalogue.without import WITHOUT
from pytest_qruntime.model import Policy


def test_ids_are_unique_and_in_their_chapter() -> None:
    ids = [one.id for one in CATALOGUE]
    assert len(ids) == len(set(ids)) > 100
    for chapter in CHAPTERS:
        assert all(re.fullmatch(rf"{chapter.prefix}-\d\d", one.id) for one in chapter.contracts)


def test_every_contract_names_documents_and_knobs_that_exist() -> None:
    knobs = {knob.name for knob in Policy.knobs()}
    for one in CATALOGUE:
        assert one.sources
        assert set(one.sources) <= set(SOURCES)
        assert one.confidence
        assert set(one.confidence) <= set(CONFIDENCE)
        assert set(one.knobs) <= knobs


def test_what_is_only_ours_does_not_fail_anybody() -> None:
    assert {one.level for one in CATALOGUE if one.confidence == "U"} == {"may"}
    assert {one.level for one in CATALOGUE if one.confidence != "U"} == {"must"}


def test_every_monitor_says_which_rule_it_judges() -> None:
    assert [one.id for one in CATALOGUE if (one.monitor.__doc__ or "") != one.id] == []


def test_statements_are_sentences() -> None:
    for one in CATALOGUE:
        assert one.statement.endswith(".")
        assert one.exercise.endswith(".")


def test_the_version_is_that_of_the_newest_contract() -> None:
    assert max(one.since for one in CATALOGUE) == CATALOGUE_VERSION


def test_a_contract_is_found_by_its_id() -> None:
    assert contract("CLS-03").id == "CLS-03"
    with pytest.raises(KeyError, match="there is no contract 'CLS-99'; those of CLS are CLS-01"):
        contract("CLS-99")
    with pytest.raises(KeyError, match="see `CATALOGUE`"):
        contract("nonsense")


def test_every_rule_of_the_lifecycle_is_a_contract_or_has_a_reason_not_to_be() -> None:
    ids = {one.id for one in CATALOGUE}
    assert ids & set(WITHOUT) == set()
    for chapter in CHAPTERS:
        numbers = {int(name[4:]) for name in ids | set(WITHOUT) if name.startswith(chapter.prefix)}
        assert numbers == set(range(1, max(numbers) + 1))
