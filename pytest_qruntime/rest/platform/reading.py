"""One request to a service of the platform, and what its query says."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from pytest_qruntime.rest.http import Request
from pytest_qruntime.rest.platform.errors import No, PlatformRefusedError

if TYPE_CHECKING:
    from pytest_qruntime.rest.service import Service


class Asked:
    """A request. Keys of the query that nobody reads are ignored."""

    def __init__(self, service: Service, request: Request) -> None:
        self.service = service
        self.request = request
        self._query = parse_qs(request.query)

    def text(self, name: str) -> str | None:
        """The last value of this name; None if it was not sent."""
        values = self._query.get(name)
        return None if values is None else values[-1]

    def whole_number(self, name: str, least: int, most: int, *, default: int) -> int:
        """A whole number in a range; refuses anything else."""
        text = self.text(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdecimal() and least <= int(text[:9]) <= most):
            problem = f"{name} is {text!r}; expected a whole number from {least} to {most}"
            raise PlatformRefusedError(No.BAD_REQUEST, problem=problem)
        return int(text)
