"""The page of the catalogue of contracts."""

from __future__ import annotations

from collections import defaultdict

from pytest_qruntime.contracts.page import page as catalogue
from pytest_qruntime.mutants import FAULTY_CLIENTS, MUTANTS


def page() -> str:
    """The catalogue of contracts, each with a service or a client that breaks it."""
    faults: defaultdict[str, list[str]] = defaultdict(list)
    for who, mutants in (("service", MUTANTS), ("client", FAULTY_CLIENTS)):
        for mutant in sorted(mutants, key=lambda one: len(one.breaks)):
            for broken in mutant.breaks:
                faults[broken].append(f"{who} that {mutant.fault}")
    return catalogue(faults)
