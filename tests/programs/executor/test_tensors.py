"""Arrays on the wire, read back by the official models."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from ibm_quantum_schemas.common import CompressedTensorModel, TensorModel

from pytest_qruntime.programs.executor.tensors import tensor

ARRAYS = {
    "bits": np.array([[True, False, True], [False, False, True]]),
    "bytes": np.arange(3, dtype=np.uint8),
    "wide": np.array([1 << 40], np.int64),
    "single": np.array([[0.5, -0.25]], np.float32),
    "double": np.array([0.1]),
    "big-endian": np.array([0.1, 2.0], ">f8"),
    "points": np.array([1 + 2j], np.complex64),
    "transposed": np.arange(6.0).reshape(2, 3).T,
    "empty": np.zeros((0, 3), bool),
}


@pytest.mark.parametrize("array", ARRAYS.values(), ids=ARRAYS)
def test_a_compressed_tensor_is_the_array(array: Any) -> None:
    found = CompressedTensorModel.model_validate(tensor(array, compressed=True)).to_numpy()
    assert np.array_equal(found, array)
    assert found.dtype == array.dtype.newbyteorder("<")


@pytest.mark.parametrize("array", ARRAYS.values(), ids=ARRAYS)
def test_an_older_tensor_is_the_array_in_a_type_that_it_knows(array: Any) -> None:
    assert np.array_equal(TensorModel.model_validate(tensor(array, compressed=False)).to_numpy(), array)
