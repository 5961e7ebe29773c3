"""What goes wrong with a recording."""

from __future__ import annotations

from pytest_qruntime.model.errors import QRuntimeError


class CassetteError(QRuntimeError):
    """A recording cannot be read, written or used. It names the file, the place in it, and what was expected."""
