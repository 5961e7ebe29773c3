"""The kill matrix: which contract catches which mutant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pytest_qruntime.contracts.catalogue import CATALOGUE, CATALOGUE_VERSION
from pytest_qruntime.contracts.checking import BROKEN, NOT_EXERCISED, check
from pytest_qruntime.contracts.terms import Terms
from pytest_qruntime.model import Trace
from pytest_qruntime.mutants.catalogue import MUTANTS
from pytest_qruntime.mutants.client import CLIENT_STORIES, FAULTY_CLIENTS, ClientStory
from pytest_qruntime.mutants.mutant import Mutant, Patches
from pytest_qruntime.mutants.stage import Story
from pytest_qruntime.mutants.stories import STORIES

HEAD = """\
# The kill matrix of the contracts

Each mutant is the fake service with one fault. All of them live through the same {stories} short stories, and every
contract judges each of them: a contract that no mutant breaks could not fail, and would be worth nothing. The service
without a fault breaks none of them, and exercises all. Computed by `python -m pytest_qruntime.mutants`, for
the catalogue of {version}: {contracts} contracts, {mutants} mutants.

Of these, {clients} are the official client, `qiskit_ibm_runtime`, with one fault, on the fake without one. Each lives
through those of {client_stories} other stories that exercise the contracts which must catch it.

In bold what must catch the mutant.
"""

_SERVICES = """
## Mutants

| the service | caught by |
| --- | --- |
"""

_CLIENTS = """
## Faulty clients

| the client | caught by |
| --- | --- |
"""


@dataclass(frozen=True)
class Matrix:
    """Which contracts each mutant breaks, and which the service breaks that has no fault (none)."""

    kills: Mapping[str, frozenset[str]]
    unbroken: frozenset[str]
    exercised: frozenset[str]

    def __or__(self, other: Matrix) -> Matrix:
        """Both: of other mutants, and what broke and exercised any of it without a fault."""
        kills = {**self.kills, **other.kills}
        return Matrix(kills, self.unbroken | other.unbroken, self.exercised | other.exercised)

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
    told = [_judged(*story.play()) for story in stories]
    return Matrix(kills, *(frozenset[str]().union(*ids) for ids in zip(*told, strict=True)))


def client_matrix(
    mutants: Iterable[Mutant] = FAULTY_CLIENTS, stories: Sequence[ClientStory] = CLIENT_STORIES
) -> Matrix:
    """The same of faulty clients, each in the stories that exercise the contracts which must catch it."""
    told = [_judged(*story.play()) for story in stories]
    kills = {}
    for mutant in mutants:
        about = [story for story, (_, cases) in zip(stories, told, strict=True) if cases & set(mutant.breaks)]
        with Patches() as patches:
            mutant.put(patches)
            kills[mutant.name] = frozenset[str]().union(*(_judged(*story.play())[0] for story in about))
    return Matrix(kills, *(frozenset[str]().union(*ids) for ids in zip(*told, strict=True)))


def whole_matrix() -> Matrix:
    """Of services and clients."""
    return kill_matrix() | client_matrix()


def _judged(trace: Trace, terms: Terms) -> tuple[frozenset[str], frozenset[str]]:
    """The contracts that a story breaks, and those that it exercises."""
    report = check(trace, terms=terms)
    exercised = {finding.contract.id for finding in report} - set(report.ids(NOT_EXERCISED))
    return frozenset(report.ids(BROKEN)), frozenset(exercised)


def page(matrix: Matrix) -> str:
    """The matrix as a page in Markdown."""
    head = HEAD.format(
        stories=len(STORIES),
        version=CATALOGUE_VERSION,
        contracts=len(CATALOGUE),
        mutants=len(MUTANTS) + len(FAULTY_CLIENTS),
        clients=len(FAULTY_CLIENTS),
        client_stories=len(CLIENT_STORIES),
    )
    services, clients = ([_row(matrix, mutant) for mutant in mutants] for mutants in (MUTANTS, FAULTY_CLIENTS))
    contracts = [f"| {one.id} | {'; '.join(_words(matrix.killed_by(one.id)))} |\n" for one in CATALOGUE]
    caught = ["\n## Contracts\n\n| contract | catches |\n| --- | --- |\n", *contracts]
    return "".join([head, _SERVICES, *services, _CLIENTS, *clients, *caught])


def _row(matrix: Matrix, mutant: Mutant) -> str:
    order = [contract.id for contract in CATALOGUE]
    killers = sorted(matrix.killers_of(mutant), key=order.index)
    told = ", ".join(f"**{name}**" if name in mutant.breaks else name for name in killers)
    return f"| {mutant.fault} | {told} |\n"


def _words(names: Iterable[str]) -> list[str]:
    return [name.replace("_", " ") for name in names]
