"""What a sampler job returns: random bits of the right shape.

The form is that of the service's plain JSON (jobs submitted without `support_qiskit`): per register `samples`, one
hexadecimal number per shot with bit 0 the register's first, and `num_bits`. With several parameter sets the samples are
nested in the shape of the sets (ours: no public record shows that case).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from functools import lru_cache
from random import Random
from typing import Any, NamedTuple

from pytest_qruntime.programs.arrays import nest
from pytest_qruntime.programs.circuit import Circuit, Register
from pytest_qruntime.programs.pubs import SamplerPub, sampler_pubs

SYNTHETIC: dict[str, Any] = {"pytest_qruntime": {"synthetic": True}}
"""What the metadata of every result of this package holds: nothing was simulated."""


class SamplerJob(NamedTuple):
    """The input of a sampler job."""

    pubs: Sequence[SamplerPub]

    @classmethod
    def read(cls, params: object) -> SamplerJob:
        """The job of these params. Raises `Invalid`."""
        return cls(sampler_pubs(params))

    @property
    def circuits(self) -> Sequence[Circuit]:
        """One circuit per PUB."""
        return [pub.circuit for pub in self.pubs]

    def result(self, rng: Random, started: str, finished: str) -> dict[str, Any]:
        """The result document. Bits that the program never writes are 0, all others are fair coins of `rng`."""
        spans = [_span(self.pubs, started, finished)]
        return {
            "results": [_pub(pub, rng) for pub in self.pubs],
            "metadata": {"execution": {"execution_spans": spans}, "version": 2, **SYNTHETIC},
        }


def _pub(pub: SamplerPub, rng: Random) -> dict[str, Any]:
    sets = math.prod(pub.shape)
    data = {}
    for register in pub.circuit.registers:
        flat = samples(register, sets * pub.shots, rng)
        data[register.name] = {"samples": nest(flat, (*pub.shape, pub.shots)), "num_bits": register.width}
    return {"data": data, "metadata": {"circuit_metadata": {}}}


def _span(pubs: Sequence[SamplerPub], started: str, finished: str) -> list[Any]:
    """One span for the job, as the service writes a DoubleSliceSpan: the times, and per PUB what was run in between."""
    slices = {
        str(index): [[*pub.shape, pub.shots], [0, math.prod(pub.shape)], [0, pub.shots]]
        for index, pub in enumerate(pubs)
    }
    return [{"date": started.removesuffix("Z")}, {"date": finished.removesuffix("Z")}, slices]


def samples(register: Register, number: int, rng: Random) -> list[str]:
    """`number` samples of a register. Cost: one call of the generator, then tens of nanoseconds per sample."""
    if not register.written:
        return ["0x0"] * number
    size = -(-register.width // 8)
    data = rng.getrandbits(8 * size * number).to_bytes(size * number, "little") if number else b""
    if size == 1:
        names = _names(register.written)
        return [names[byte] for byte in data]
    if size <= 8:
        padded = _widen(data, size, number)
        return [hex(value & register.written) for value in struct.unpack(f"<{number}Q", padded)]
    starts = range(0, size * number, size)
    return [hex(int.from_bytes(data[start : start + size], "little") & register.written) for start in starts]


@lru_cache(maxsize=256)
def _names(written: int) -> list[str]:
    """The sample that each byte stands for, where the register has these bits."""
    return [hex(byte & written) for byte in range(256)]


def _widen(data: bytes, size: int, number: int) -> bytes:
    """Samples of `size` bytes, each filled up to eight, so that one unpack reads them all."""
    wide = bytearray(8 * number)
    for byte in range(size):
        wide[byte::8] = data[byte::size]
    return bytes(wide)
