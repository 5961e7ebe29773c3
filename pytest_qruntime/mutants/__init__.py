"""Faulty variants of the fake service, each with one fault, that prove that the contracts can fail."""

from pytest_qruntime.mutants.catalogue import MUTANTS
from pytest_qruntime.mutants.matrix import Matrix, kill_matrix, page
from pytest_qruntime.mutants.mutant import Mutant, Patches
from pytest_qruntime.mutants.stage import Stage, Story
from pytest_qruntime.mutants.stories import STORIES

__all__ = ["MUTANTS", "STORIES", "Matrix", "Mutant", "Patches", "Stage", "Story", "kill_matrix", "page"]
