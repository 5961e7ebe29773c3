"""The page of the catalogue of contracts."""

from __future__ import annotations

from collections import defaultdict

from pytest_qruntime.contracts.page import page as catalogue
from pytest_qruntime.mutants import MUTANTS


def page() -> str:
    """The catalogue of contracts, each with a service that breaks it."""
    faults: defaultdict[str, list[str]] = defaultdict(list)
    for mutant in sorted(MUTANTS, key=lambda one: len(one.breaks)):
        for broken in mutant.breaks:
            faults[broken].append(mutant.fault)
    return catalogue(faults)
