"""All faulty clients."""

from __future__ import annotations

from typing import Final

from pytest_qruntime.mutants.client.asking import ASKING
from pytest_qruntime.mutants.client.blocks import BLOCKS
from pytest_qruntime.mutants.client.handles import HANDLES
from pytest_qruntime.mutants.client.telling import TELLING
from pytest_qruntime.mutants.mutant import Mutant

FAULTY_CLIENTS: Final[tuple[Mutant, ...]] = tuple(
    mutant for faults in (BLOCKS, HANDLES, TELLING, ASKING) for mutant in faults.mutants
)
