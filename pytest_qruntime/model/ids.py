"""Ids that look like the service's, from the world's seed alone."""

from __future__ import annotations

from random import Random
from typing import Final

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuv"
_PAIRS: Final = [high + low for high in _DIGITS for low in _DIGITS]


def _base32(number: int, length: int) -> str:
    return "".join(_DIGITS[(number >> (5 * place)) & 31] for place in range(length - 1, -1, -1))


def uuid4(random: Random) -> str:
    """A UUID of version 4 from a generator, such as ``ce8cf08d-b18e-4d56-ab51-eaff0b8190f4``."""
    bits = random.getrandbits(128)
    bits = bits & ~(0xF << 76) | (0x4 << 76)
    bits = bits & ~(0x3 << 62) | (0x2 << 62)
    text = f"{bits:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class Ids:
    """Job ids are 20 characters that count up from a seeded start; workload ids are seeded UUIDs of version 4."""

    __slots__ = ("_counter", "_prefix", "_random")

    def __init__(self, random: Random) -> None:
        self._random = random
        self._prefix = "d" + _base32(random.getrandbits(70), 14)
        self._counter = random.getrandbits(20)

    def job(self) -> str:
        """A new job id, such as ``d5l0rk2tq3hs40a9m1g0``."""
        self._counter += 1
        count = self._counter
        return f"{self._prefix}{_PAIRS[count >> 15 & 1023]}{_PAIRS[count >> 5 & 1023]}{_DIGITS[count & 31]}"

    def workload(self) -> str:
        """A new session or batch id, a UUID."""
        return uuid4(self._random)

    def user(self) -> str:
        """A user id of the form of IBM's, with made-up digits."""
        return f"IBMid-{self._random.randrange(10**9, 10**10)}"
