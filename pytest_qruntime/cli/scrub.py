"""`qruntime scrub FILE`: a recording without its secrets, of this plugin, of vcrpy or of pytest-recording."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from pytest_qruntime.cassette.errors import CassetteError
from pytest_qruntime.cassette.files import load, save
from pytest_qruntime.cassette.outside import outside
from pytest_qruntime.cassette.printable import printable
from pytest_qruntime.cassette.scrub import Leak, Rule, Scrubber, leaks
from pytest_qruntime.cli.secrets import known_values, rules_of
from pytest_qruntime.model.errors import ConfigurationError

CLEAN, FOUND, UNUSABLE = 0, 1, 2


def scrub(path: str, output: str | None, names: Sequence[str], rules: str | None = None, *, check: bool) -> int:
    """Scrub a recording, and say on stdout what was found and where; never the secret.

    Args:
        path: of the recording.
        output: where the scrubbed one goes; in the place of the old one if None.
        names: of environment variables whose values are secrets.
        rules: ``module:NAME`` of more rules for what is a secret.
        check: look only, and write nothing.

    Returns:
        0 if there is nothing to find (any more). 1 if something was found and `check` was asked for, or if something
        would be left after scrubbing: then nothing was written. 2 if the file cannot be read or written, or the rules
        cannot be used.
    """
    try:
        return _scrub(path, output, known_values(names), rules_of(rules), check=check)
    except (CassetteError, ConfigurationError) as error:
        print(f"qruntime: {printable(str(error))}", file=sys.stderr)  # noqa: T201
        return UNUSABLE


def _scrub(path: str, output: str | None, known: dict[str, str], rules: Sequence[Rule], *, check: bool) -> int:
    tape = load(path)
    found = leaks(tape, known, rules) or outside(path, tape, known, rules)
    if check:
        return _tell(path, found, "found")
    scrubbed = Scrubber(known, rules).tape(tape)
    left = leaks(scrubbed, known, rules)
    if left:
        _tell(path, left, "left after scrubbing")
        advice = "nothing was written. Put the secret into an environment variable and name that with --env"
        print(f"qruntime: {printable(path)}: {advice}", file=sys.stderr)  # noqa: T201
        return FOUND
    if found or scrubbed != tape or output is not None:
        save(scrubbed, path if output is None else output)
    _tell(path, found, "scrubbed")
    return CLEAN


def _tell(path: str, found: list[Leak], what: str) -> int:
    for leak in found:
        print(printable(f"{path}: {leak}"))  # noqa: T201
    places = len({leak.place for leak in found})
    print(f"{printable(path)}: {places} {'place' if places == 1 else 'places'} {what}")  # noqa: T201
    return FOUND if found else CLEAN
