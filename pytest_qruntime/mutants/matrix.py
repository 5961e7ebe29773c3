"""The kill matrix: which contract catches which mutant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pytest_qruntime.contracts.catalogue import CATALOGUE, CATALOGUE_VERSION
from pytest_qruntime.contracts.checking import BROKEN, NOT_EXERCISED, check
from pytest_qruntime.mutants.catalogue import MUTANTS
from pytest_qruntime.mutants.mutant import Mutant, Patches
from pytest_qruntime.mutants.stage import Story
from pytest_qruntime.mutants.stories import STORIES

HEAD = """\
# The kill matrix of the contracts

Each mutant is the fake service with one fault. All of them live through the same {stories} short stories, and every
contract judges each of them: a contract that no mutant breaks could not fail, and would be worth nothing. The service
without a fault breaks none of them, and exercises all. Computed by `python -m pytest_qruntime.mutants`, for
the catalogue of {version}: {contracts} contracts, {mutants} mutants.

## Mutants

In bold what must catch the mutant.

| mutant | caught by |
| --- | --- |
"""


@dataclass(frozen=True)
class Matrix:
    """Which contracts each mutant breaks, and which the service breaks that has no fault (none)."""

    kills: Mapping[str, frozenset[str]]
    unbroken: frozenset[str]
    exercised: frozenset[str]

    def killers_of(self, mutant: Mutant) -> frozenset[str]:
        """The contracts that catch it."""
        return self.kills[mutant.name]

    def killed_by(self, contract_id: str) -> list[str]:
        """The mutants that a contract catches."""
        return [name for name, killers in self.kills.items() if contract_id in killers]


def broken_by(mutant: Mutant, stories: Sequence[Story], sound: Sequence[object]) -> frozenset[str]:
    """The contracts that a mutant breaks in some story; `sound` is the evidence that a sound service leaves in each.

    Where the mutant leaves the same, there is nothing to judge.
    """
    with Patches() as patches:
        mutant.put(patches)
        found: set[str] = set()
        for story, evidence in zip(stories, sound, strict=True):
            stage = story.played_faulty()
            if stage.evidence() != evidence:
                found.update(check(stage.trace(), terms=stage.terms()).ids(BROKEN))
    return frozenset(found)


def kill_matrix(mutants: Iterable[Mutant] = MUTANTS, stories: Sequence[Story] = STORIES) -> Matrix:
    """Let every mutant live through every story, and judge it."""
    sound = [story.played_faulty().evidence() for story in stories]
    kills = {mutant.name: broken_by(mutant, stories, sound) for mutant in mutants}
    broken: set[str] = set()
    exercised: set[str] = set()
    for story in stories:
        trace, terms = story.play()
        report = check(trace, terms=terms)
        broken.update(report.ids(BROKEN))
        exercised.update({finding.contract.id for finding in report} - set(report.ids(NOT_EXERCISED)))
    return Matrix(kills, frozenset(broken), frozenset(exercised))


def page(matrix: Matrix) -> str:
    """The matrix as a page in Markdown."""
    head = HEAD.format(stories=len(STORIES), version=CATALOGUE_VERSION, contracts=len(CATALOGUE), mutants=len(MUTANTS))
    order = [contract.id for contract in CATALOGUE]
    rows = []
    for mutant in MUTANTS:
        killers = sorted(matrix.killers_of(mutant), key=order.index)
        told = ", ".join(f"**{name}**" if name in mutant.breaks else name for name in killers)
        rows.append(f"| {mutant.fault} | {told} |\n")
    contracts = [f"| {name} | {'; '.join(_words(matrix.killed_by(name)))} |\n" for name in order]
    return "".join([head, *rows, "\n## Contracts\n\n| contract | catches |\n| --- | --- |\n", *contracts])


def _words(names: Iterable[str]) -> list[str]:
    return [name.replace("_", " ") for name in names]
