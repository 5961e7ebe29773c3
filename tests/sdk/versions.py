"""`python -m tests.sdk.versions`: the tests that concern the real client, with several versions of it.

Each version gets a virtual environment of its own, of the Python that runs this command: the project as it stands, with
its test extra, and that version of qiskit-ibm-runtime; pip decides what else. Only the standard library is imported
here.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Final, NamedTuple
from xml.etree import ElementTree

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = ROOT / "docs" / "reference" / "clients.md"
BEGIN, END = "<!-- versions: python -m tests.sdk.versions --write -->\n", "<!-- end of versions -->\n"

NEWEST: Final = "newest"
VERSIONS: Final = ("0.43.1", "0.46.1", "0.49.0", NEWEST)
OLDEST: Final = (0, 43, 1)  # as the extra `qiskit` says

TESTS: Final = ("tests/sdk", "tests/documented", "tests/programs/native", "tests/programs/executor")
REAL_CLIENT: Final = "tests/rest/test_real_client*.py"
# Version 0.43 warns of itself whenever a job is submitted or deleted; warnings are errors here.
QUIET: Final = (
    *("-W", "ignore:The RuntimeOptions class is deprecated:DeprecationWarning"),
    *("-W", "ignore:The delete_job() method is deprecated:DeprecationWarning"),
)

HEAD: Final = "| qiskit-ibm-runtime | Qiskit | Python | passed | skipped | failed | on |\n"
RULE: Final = "| --- | --- | --- | --- | --- | --- | --- |\n"


class Outcome(NamedTuple):
    """What the tests said of one version: a row of the table, in its order."""

    version: str
    qiskit: str
    python: str
    passed: int
    skipped: int
    failed: int
    on: str


class CannotInstallError(Exception):
    """pip found no way to make an environment; the text says which, and what pip said last."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Test each version and show the table; 1 if a test failed, 2 if a version cannot be installed."""
    asked = _parse(arguments)
    with tempfile.TemporaryDirectory(prefix="client-versions-") as temporary:
        folder = asked.keep or Path(temporary)
        try:
            outcomes = [_tested(version, folder, asked.pytest) for version in asked.versions]
        except CannotInstallError as error:
            _say(f"error: {error}")
            return 2
    _say(table(outcomes))
    if any(outcome.failed or not outcome.passed for outcome in outcomes):
        return 1
    if asked.write:
        PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8"), outcomes), encoding="utf-8")
    return 0


def table(outcomes: Iterable[Outcome]) -> str:
    """The outcomes as a table in Markdown."""
    return HEAD + RULE + "".join(f"| {' | '.join(map(str, outcome))} |\n" for outcome in outcomes)


def with_table(page: str, outcomes: Iterable[Outcome]) -> str:
    """A page with its table brought up to date; rows of other versions stay. Raises `ValueError` without a table."""
    before, begin, rest = page.partition(BEGIN)
    shown, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the page has no place for the table; expected {BEGIN.strip()} and {END.strip()}")
    rows = {row.version: row for row in (*_rows(shown), *outcomes)}
    return f"{before}{BEGIN}\n{table(sorted(rows.values(), key=lambda row: numbers(row.version)))}\n{END}{after}"


def counted(report: str) -> tuple[int, int, int]:
    """How many tests passed, were skipped, and failed, errors included, of pytest's report in XML."""
    total = skipped = failed = 0
    for suite in ElementTree.fromstring(report).iter("testsuite"):
        total += int(suite.get("tests", 0))
        skipped += int(suite.get("skipped", 0))
        failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    return total - skipped - failed, skipped, failed


def numbers(version: str) -> tuple[int, ...]:
    """A version such as 0.46.1 as numbers. Raises `ValueError` for what is none."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise ValueError(f"{version!r} is no version; expected three numbers such as 0.46.1, or {NEWEST!r}")
    return tuple(map(int, version.split(".")))


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.sdk.versions", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument(
        "versions",
        nargs="*",
        type=_version,
        metavar="VERSION",
        help=f"default: {' '.join(VERSIONS)}; any from 0.43.1 on",
    )
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="keep the environments here, one folder each, and reuse them"
    )
    parser.add_argument("--write", action="store_true", help=f"write the table into {PAGE.relative_to(ROOT)}")
    parser.add_argument("--pytest", action="append", default=[], metavar="ARGUMENT", help="one more for pytest: -x")
    asked = parser.parse_args(arguments)
    if asked.write and asked.pytest:
        parser.error("--write is of all tests: leave out --pytest")
    asked.versions = asked.versions or VERSIONS
    return asked


def _version(text: str) -> str:
    """An argument: a version that the project supports, or the newest."""
    try:
        if text != NEWEST and numbers(text) < OLDEST:
            raise ValueError(f"{text} is older than {'.'.join(map(str, OLDEST))}, the oldest version that is supported")
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def _tested(version: str, folder: Path, more: Sequence[str]) -> Outcome:
    """Run the tests with one version, in its environment."""
    python = _environment(version, folder / version)
    report = folder / version / "report.xml"
    report.unlink(missing_ok=True)
    real_client = [str(path.relative_to(ROOT)) for path in sorted(ROOT.glob(REAL_CLIENT))]
    command = ["-m", "pytest", "-q", "-p", "no:cacheprovider", *QUIET, f"--junitxml={report}", *more]
    _run(python, *command, *TESTS, *real_client)
    counts = counted(report.read_text(encoding="utf-8")) if report.exists() else (0, 0, 1)
    ask = "from importlib.metadata import version as v; print(v('qiskit-ibm-runtime'), v('qiskit'))"
    client, qiskit = _run(python, "-c", ask, quiet=True).stdout.split()
    today = datetime.now(timezone.utc).date().isoformat()
    return Outcome(client, qiskit, ".".join(map(str, sys.version_info[:3])), *counts, today)


def _environment(version: str, folder: Path) -> Path:
    """The Python of the environment in `folder`, made if there is none. Raises `CannotInstallError`."""
    _say(f"--- qiskit-ibm-runtime {version}")
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not python.exists():
        venv.create(folder, with_pip=True, symlinks=os.name != "nt")
    pinned = "--upgrade qiskit-ibm-runtime" if version == NEWEST else f"qiskit-ibm-runtime=={version}"
    installed = _run(python, "-m", "pip", "install", "-q", "-e", f"{ROOT}[test]", *pinned.split(), quiet=True)
    if installed.returncode:
        said = installed.stderr.strip().splitlines() or ["nothing"]
        raise CannotInstallError(f"qiskit-ibm-runtime {version} cannot be installed with this project; pip: {said[-1]}")
    return python


def _run(python: Path, *arguments: str, quiet: bool = False) -> subprocess.CompletedProcess[str]:
    """Run this Python in the project's folder, without what the caller's shell says of Python and of pytest."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST_"))}
    return subprocess.run(
        [str(python), *arguments], cwd=ROOT, env=environment, capture_output=quiet, text=True, check=False
    )


def _rows(shown: str) -> list[Outcome]:
    """The rows of a table that `table` wrote."""
    found = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in shown.splitlines()]
    rows = [row for row in found if len(row) == len(Outcome._fields) and row[0][:1].isdecimal()]
    return [Outcome(row[0], row[1], row[2], int(row[3]), int(row[4]), int(row[5]), row[6]) for row in rows]


def _say(text: str) -> None:
    sys.stdout.write(f"{text.rstrip()}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
