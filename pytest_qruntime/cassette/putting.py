"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path


def put(target: Path, content: bytes) -> None:
    """Write a file beside its place, then put it there; whatever happens, the old one or the new one stands there.

    Raises `OSError` if it cannot be written; then nothing is left behind.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        with open(scratch, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            os.chmod(scratch, stat.S_IMODE(target.stat().st_mode))
        os.replace(scratch, target)
    except BaseException:  # Ctrl+C too
        with suppress(OSError):
            scratch.unlink()
        raise
