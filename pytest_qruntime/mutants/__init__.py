"""Faulty variants of the fake service and of the client, each with one fault: they prove that contracts can fail."""

from pytest_qruntime.mutants.catalogue import MUTANTS
from pytest_qruntime.mutants.client import CLIENT_STORIES, FAULTY_CLIENTS
from pytest_qruntime.mutants.matrix import Matrix, client_matrix, kill_matrix, page, whole_matrix
from pytest_qruntime.mutants.mutant import Mutant, Patches
from pytest_qruntime.mutants.stage import Stage, Story
from pytest_qruntime.mutants.stories import STORIES

__all__ = [
    "CLIENT_STORIES",
    "FAULTY_CLIENTS",
    "MUTANTS",
    "STORIES",
    "Matrix",
    "Mutant",
    "Patches",
    "Stage",
    "Story",
    "client_matrix",
    "kill_matrix",
    "page",
    "whole_matrix",
]
