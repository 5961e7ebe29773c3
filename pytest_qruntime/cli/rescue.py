"""`qruntime rescue`: what a crash or Ctrl-C left open is closed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from pytest_qruntime.live import Target, find, rescue
from pytest_qruntime.live.journal import FOLDER
from pytest_qruntime.model.errors import ConfigurationError

DONE, LEFT = 0, 1


def rescue_in(rootdir: str | None, url: str | None) -> int:
    """Close what the journals of a project say is open, and tell on stdout what became of each session.

    Args:
        rootdir: of the project, as pytest names it; None: the working folder, or one above it that has journals.
        url: of the service; None: that of the environment variables or of the saved account.

    Returns:
        0 if nothing is open any more, 1 if something is left.

    Raises `ConfigurationError` for a folder that is none, and if `url` cannot be used.
    """
    folder = _journals(rootdir)
    try:
        target: Target | None = find(url, os.environ)
    except ConfigurationError as problem:
        if url is not None:
            raise
        target = None  # sessions on servers of our own need no account
        print(f"qruntime: {problem}", file=sys.stderr)  # noqa: T201
    told = rescue(folder, target)
    for one in told:
        print(one)  # noqa: T201
    left = sum(one.outcome == "left" for one in told)
    print(f"{len(told) - left} of {len(told)} sessions in the journal need nothing more")  # noqa: T201
    return LEFT if left else DONE


def _journals(rootdir: str | None) -> Path:
    if rootdir is not None:
        if not Path(rootdir).is_dir():
            raise ConfigurationError(f"--rootdir is {rootdir!r}; expected the folder that pytest shows as rootdir")
        return Path(rootdir) / FOLDER
    here = Path.cwd()
    return next((place / FOLDER for place in (here, *here.parents) if (place / FOLDER).is_dir()), here / FOLDER)
