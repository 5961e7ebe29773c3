"""The qubits of a made-up device: a heavy-hexagonal lattice, connected for every number of qubits."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

ROW: Final = 15
"""Qubits in a row; every fourth of them has a bridge to the next row."""


def edges(qubits: int) -> list[tuple[int, int]]:
    """The pairs of neighbouring qubits, each once with the lower number first, sorted.

    Rows of `ROW` qubits are joined by bridge qubits, alternately at the columns 0, 4, 8, 12 and 2, 6, 10, 14. Each row
    is numbered from the side of its outermost bridge, so that the first n qubits are always connected, for every n;
    no qubit has more than three neighbours.
    """
    sites = list(islice(_sites(), qubits))
    number = {site: index for index, site in enumerate(sites)}
    pairs = set()
    for index, (line, column) in enumerate(sites):
        neighbours = ((line, column + 1), (line + 1, column)) if line % 2 == 0 else ((line + 1, column),)
        for other in neighbours:
            if other in number:
                pairs.add((min(index, number[other]), max(index, number[other])))
    return sorted(pairs)


def _sites() -> Iterator[tuple[int, int]]:
    """The sites in the order of their numbers: even lines are rows, odd lines are the bridges between two rows."""
    line = 0
    while True:
        columns = range(ROW) if line % 4 == 2 or line == 0 else range(ROW - 1, -1, -1)
        if line % 2 == 1:
            columns = range(0, ROW, 4) if line % 4 == 1 else range(ROW - 1, -1, -4)
        yield from ((line, column) for column in columns)
        line += 1
