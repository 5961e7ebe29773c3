"""Expectation values of products of Paulis in a state."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def expectation(amplitudes: NDArray[np.complex128], letters: Sequence[tuple[int, str]]) -> NDArray[np.float64]:
    """The expectation value of a product of Paulis in each state.

    Args:
        amplitudes: shape (states, 2^n).
        letters: bits and what is measured on them: X, Y or Z.

    Returns:
        Shape (states,), between -1 and 1.
    """
    flips = sum(1 << bit for bit, letter in letters if letter in "XY")
    signs = _signs(sum(1 << bit for bit, letter in letters if letter in "YZ"), amplitudes.shape[1])
    if not flips:
        values: NDArray[np.float64] = (amplitudes.real**2 + amplitudes.imag**2) @ signs
    else:
        flipped = amplitudes[:, np.arange(amplitudes.shape[1]) ^ flips].conj()
        turned = 1j ** sum(letter == "Y" for _, letter in letters)  # Y is i X Z
        values = (turned * np.einsum("si,si,i->s", flipped, amplitudes, signs)).real
    return np.clip(values, -1.0, 1.0)


@lru_cache(maxsize=512)
def _signs(mask: int, size: int) -> NDArray[np.float64]:
    """1 where an even number of the mask's bits is set, -1 elsewhere."""
    signs = np.ones(1)
    for bit in range(size.bit_length() - 1):
        signs = np.concatenate([signs, -signs if mask >> bit & 1 else signs])
    return signs
