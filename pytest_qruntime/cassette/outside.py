"""What stands in the file of a recording and in none of its exchanges, such as in a comment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pytest_qruntime.cassette.files import text_of
from pytest_qruntime.cassette.scrub import DEFAULT_RULES, Leak, Rule, Scrubber
from pytest_qruntime.cassette.tape import Tape


def outside(path: str, tape: Tape, known: Mapping[str, str], rules: Sequence[Rule] = DEFAULT_RULES) -> list[Leak]:
    """Secrets in the lines of a file; none if it is as it would be written, for then the exchanges tell all.

    Args:
        path: of the file.
        tape: what was read from it.
        known: values that are secrets, by what they are called.
        rules: how to know a secret.
    """
    with open(path, encoding="utf-8") as file:
        lines = file.readlines()
    if "".join(lines) == _written(tape, path):
        return []
    scrubber = Scrubber(known, rules)
    return [Leak(f"line {number}", kind) for number, line in enumerate(lines, 1) for kind in scrubber.kinds(line)]


def _written(tape: Tape, path: str) -> str | None:
    try:
        return text_of(tape, path)
    except ValueError:
        return None
