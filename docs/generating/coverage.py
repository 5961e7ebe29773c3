"""The page of lifecycle coverage: its state tables."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_qruntime.report.coverage import CELLS, TABLES, Table

HEAD = """\
# Lifecycle coverage

A session, a batch and a job have few states, and few things can happen in each: {cells} in all. A suite that never
closes a session while it waits, and never lets a time limit pass, has left the places untouched where code goes wrong.
`pytest_qruntime.report.coverage.Coverage` counts what the traces of a suite have driven:

```python
from pytest_qruntime import world
from pytest_qruntime.report.coverage import Coverage

coverage = Coverage()
with world() as qruntime:
    with qruntime.session() as session:
        session.run().result()
    coverage.add(qruntime.trace)

print(*coverage.lines()[:2], sep="\\n")
```

<!-- output -->
```text
lifecycle: 7 of 53 transitions driven (13 %)
never: session or batch open: close, cancel, unused
```

`driven` and `never` name them, `percent` is the share, `data()` and `merge()` add up what several processes found. A
trace of the fake shows everything; that of a [recording](cassettes.md) or of a [live service](live.md) what its client
saw.

In the tables stands what happens; an empty place cannot happen.
"""


def page() -> str:
    """The tables, a list of rows each."""
    return HEAD.format(cells=len(CELLS)) + "".join(line for table in TABLES for line in _table(table))


def _table(table: Table) -> Iterator[str]:
    yield f"\n## {table.name.capitalize()}\n\n"
    yield f"| state | {' | '.join(table.events)} |\n"
    yield f"| {' | '.join('---' for _ in range(len(table.events) + 1))} |\n"
    for state, outcomes in table.rows.items():
        yield f"| {state} | {' | '.join(outcome or '' for outcome in outcomes)} |\n"
