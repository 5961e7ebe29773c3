"""`python -m benchmarks`: measure, print, and write RESULTS.md."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Final

from benchmarks.options import Options
from benchmarks.profiles import profiles
from benchmarks.report import Row, as_json, from_json, line, page

GOALS: Final = {
    "P1": "startup",
    "P2": "passive",
    "P3": "fresh",
    "P4": "frozen",
    "P5": "lifecycle",
    "P6": "strict",
    "P7": "engine",
    "P8": "events",
    "P9": "replay",
    "P10": "loading",
    "P11": "recording",
    "P12": "real_client",
    "P13": "sleeps",
    "P14": "loopback",
    "P15": "judging",
    "P16": "params",
    "cold": "cold",
    "suites": "suites",
}
"""Which module measures what."""

RESULTS: Final = Path(__file__).with_name("RESULTS.md")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what the command line asks for; 1 if a goal is missed."""
    asked = _parse(arguments)
    began = perf_counter()
    goals = asked.only or list(GOALS)
    rows = []
    for goal in goals:
        rows += _here(goal, asked) if len(goals) == 1 else _apart(goal, asked)
    seconds = perf_counter() - began
    if asked.json:
        asked.json.write_text(as_json(rows, seconds), encoding="utf-8")
    missed = sorted({row.goal for row in rows if row.met is False})
    output = asked.output or (None if asked.only or asked.quick else RESULTS)
    if output:
        command = " ".join(["python -m benchmarks", *(sys.argv[1:] if arguments is None else arguments)])
        output.write_text(page(rows, list(profiles(missed)), command, seconds), encoding="utf-8")
    return 1 if missed else 0


def _here(goal: str, asked: argparse.Namespace) -> list[Row]:
    measure: Callable[[Options], Iterator[Row]] = import_module(f"benchmarks.{GOALS[goal]}").measure
    rows = []
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        for row in measure(Options(asked.runs, asked.quick, Path(folder))):
            print(line(row), flush=True)
            rows.append(row)
    return rows


def _apart(goal: str, asked: argparse.Namespace) -> list[Row]:
    """In a process of its own: what one goal imports would weigh on the garbage collector of the next."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        found = Path(folder, "rows.json")
        options = ["--only", goal, "--runs", str(asked.runs), "--json", str(found), *["--quick"] * asked.quick]
        done = subprocess.run([sys.executable, "-m", "benchmarks", *options], check=False)
        if not found.exists():
            raise RuntimeError(f"measuring {goal} failed with {done.returncode}")
        return from_json(found.read_text(encoding="utf-8"))


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Goals beside floors and peers.")
    parser.add_argument("--only", metavar="P5", action="append", choices=GOALS, help="this goal alone; may be repeated")
    parser.add_argument("--runs", metavar="N", type=int, default=9, help="rounds of each comparison (default: 9)")
    parser.add_argument(
        "--quick", action="store_true", help="3 rounds of small sizes, to try the benchmarks themselves"
    )
    parser.add_argument(
        "--output", metavar="PATH", type=Path, help="page to write (default, of a full run: RESULTS.md)"
    )
    parser.add_argument("--json", metavar="PATH", type=Path, help="write the figures as JSON too")
    asked = parser.parse_args(arguments)
    if asked.quick:
        asked.runs = min(asked.runs, 3)
    return asked


if __name__ == "__main__":
    raise SystemExit(main())
