"""`qruntime check PATHS`: whether recordings are fit to be kept, without running any test."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from pytest_qruntime.cassette.lint import examine, files, report
from pytest_qruntime.cassette.lint.findings import ERROR
from pytest_qruntime.cassette.printable import printable
from pytest_qruntime.cli.secrets import known_values, rules_of
from pytest_qruntime.model.errors import ConfigurationError

CLEAN, FOUND, UNUSABLE = 0, 1, 2


def check(paths: Sequence[str], names: Sequence[str], rules: str | None, *, strict: bool, as_json: bool) -> int:
    """Check recordings, and say on stdout what was found and where; never a secret.

    Args:
        paths: files, and folders with recordings below.
        names: of environment variables whose values are secrets.
        rules: ``module:NAME`` of more rules for what is a secret.
        strict: whether warnings count.
        as_json: a JSON document instead of lines.

    Returns:
        0 if nothing was found that counts, 1 if something was, 2 if there is nothing to check or the rules cannot be
        used.
    """
    try:
        known, all_rules, found = known_values(names), rules_of(rules), files(paths)
    except ConfigurationError as error:
        print(f"qruntime: {printable(str(error))}", file=sys.stderr)  # noqa: T201
        return UNUSABLE
    checked = [examine(path, known=known, rules=all_rules) for path in found]
    if as_json:
        print(json.dumps(report.document(checked), indent=2))  # noqa: T201
    else:
        print("\n".join(map(printable, report.lines(checked))))  # noqa: T201
    counts = report.count(checked, ERROR) or (strict and any(one.findings for one in checked))
    return FOUND if counts else CLEAN
