"""Arrays in NumPy's file format: as NumPy reads and writes them, whatever stands in the file."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from numpy.lib import format as numpys

from pytest_qruntime.programs.native import npy

ARRAYS = [
    np.float64(0.5),
    np.zeros((1, 0)),
    np.zeros((0, 3, 2), np.int8),
    np.arange(6.0).reshape(2, 3),
    np.asfortranarray(np.arange(6).reshape(2, 3)),
    np.arange(12, dtype=">i4").reshape(3, 4)[:, ::2],
    np.array([True, False]),
    np.array([1 + 2j]),
    np.array(["a", "bc"]),
]


def saved(values: Any, version: tuple[int, int] | None = None) -> bytes:
    buffer = io.BytesIO()
    numpys.write_array(buffer, np.asarray(values), version)
    return buffer.getvalue()


@pytest.mark.parametrize("values", ARRAYS, ids=lambda values: f"{values.dtype.str}{values.shape}")
@pytest.mark.parametrize("version", [(1, 0), (2, 0)])
def test_what_numpy_wrote_is_read(values: np.ndarray[Any, Any], version: tuple[int, int]) -> None:
    for _ in range(2):  # the second time by the header that is remembered
        found = npy.loads(saved(values, version))
        assert (found.dtype, found.shape) == (np.asarray(values).dtype, np.asarray(values).shape)
        assert np.array_equal(found, values)


@pytest.mark.parametrize("values", ARRAYS, ids=lambda values: f"{values.dtype.str}{values.shape}")
def test_what_is_written_numpy_reads(values: np.ndarray[Any, Any]) -> None:
    for _ in range(2):
        found = np.load(io.BytesIO(npy.dumps(np.asarray(values))), allow_pickle=False)
        assert (found.dtype, found.shape) == (np.asarray(values).dtype, np.asarray(values).shape)
        assert np.array_equal(found, values)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not an array",
        saved(np.arange(100.0))[:-1],
        saved(np.arange(100.0))[:40],
        saved(np.arange(3.0)).replace(b"(3,)", b"(-3,)"),
        saved(np.arange(3.0)).replace(b"(3,), ", b"(3**9)"),
        saved(np.arange(3.0)).replace(b"<f8", b"|O8"),
    ],
)
def test_what_is_no_array_of_numbers_is_refused(content: bytes) -> None:
    with pytest.raises((ValueError, EOFError, OSError)):
        npy.loads(content)
