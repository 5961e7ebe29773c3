"""The catalogue as a page in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from pytest_qruntime.contracts.catalogue import CATALOGUE, CATALOGUE_VERSION, CHAPTERS, OF_ANSWERS
from pytest_qruntime.contracts.catalogue.without import WITHOUT
from pytest_qruntime.contracts.contract import CONFIDENCE, SOURCES, Contract, Partial

HEAD = """\
# Contracts

A contract is a rule of the lifecycle with an id, its source, and a judge: a function that goes through a trace and says
that the rule holds, that it is broken, and when and by whom, or that it was **not exercised**. A contract never holds
because nothing happened. That each of them can fail is shown by the [kill matrix](kill-matrix.md).

```python
from pytest_qruntime import world
from pytest_qruntime.contracts import Terms, check

with world() as qruntime:
    session = qruntime.session()
    job = session.run("sampler")
    session.cancel()
    job.result()

    report = check(qruntime.trace, terms=Terms.of(qruntime.world))
    assert report.verdict("CAN-03") == "holds"  # the running job finished
    assert report.verdict("CAN-02") == "not exercised"  # there was no queued one
    assert report.broken == []
```

In a test the fixture `qruntime_contracts` does this, and has [assertions by name](../how-to/contracts.md).

`check` takes the trace of a fake service, or what a [recording](cassettes.md) shows: `derive(tape)`, of
`pytest_qruntime.cassette.derive`. A recording shows what its client saw: there, absence proves nothing, and what was
seen late may have happened earlier. Only contracts that are marked *recordings* can see a break in one. Those that
are marked *recordings, of whole sessions* judge a session or batch of which all is known: it was opened in the
recording, used by nobody else (`Terms(alone=True)`), looked at after its end, and its jobs' beginnings and ends are
known, as from their metrics. Those that are marked *calls of the client* judge what the official client,
`qiskit_ibm_runtime`, did: they are exercised, whatever stands behind, in a test with the fixture
`qiskit_runtime_service`. All others are not exercised by a recording.

Contracts that are marked *answers* judge what was answered: [each exchange](../explanation/traces.md#answers) is an
event of the trace of a recording, and the trace of a fake service has none. Record it, and they judge it too.

`Terms` say what a trace does not: the [policy](policy.md), how many lanes a backend has, the plans. What depends on
unknown terms is not exercised.

Of level **must** is what the sources state; of level **may** what is undocumented, and our choice. Where documents
disagree, the knob of the policy decides that the contract names.

This is the catalogue of {version}: {number} contracts. A newer one may turn a green suite red; each contract says since
when it is there.
"""

_RECORDINGS: Final[Mapping[Partial, tuple[str, ...]]] = {
    "yes": ("*recordings*",),
    "whole": ("*recordings, of whole sessions*",),
    "client": ("*calls of the client*",),
    "no": (),
}


def page(broken_by: Mapping[str, Iterable[str]]) -> str:
    """The page. `broken_by`: by contract, who breaks it: "service that ..."."""
    head = HEAD.format(version=CATALOGUE_VERSION, number=len(CATALOGUE))
    sections = [head]
    for chapter in CHAPTERS:
        sections.append(f"\n## {chapter.prefix}: {chapter.title}\n")
        for contract in sorted(chapter.contracts, key=lambda one: one.id):
            sections.append("\n" + "".join(_section(contract, broken_by.get(contract.id, ()))))
    rows = [f"| {name} | {reason} |\n" for name, reason in WITHOUT.items()]
    return "".join([*sections, "\n## Rules without a contract\n\n| rule | why |\n| --- | --- |\n", *rows])


def _section(contract: Contract, faults: Iterable[str]) -> Iterator[str]:
    of_answers = ["*answers*"] if contract.id in OF_ANSWERS else []
    marks = [f"**{contract.level}**", *_RECORDINGS[contract.partial], *of_answers, f"since {contract.since}"]
    sources = "; ".join(SOURCES[source] for source in contract.sources)
    evidence = ", ".join(CONFIDENCE[letter] for letter in contract.confidence)
    yield f"### {contract.id}\n\n{contract.statement}\n\n"
    yield f"- {', '.join(marks)}\n"
    yield f"- to exercise it: {contract.exercise}\n"
    for fault in faults:
        yield f"- broken, for example, by a {fault}\n"
        break
    if contract.knobs:
        yield f"- depends on {', '.join(f'`{knob}`' for knob in contract.knobs)}\n"
    yield f"- source: {sources} ({evidence})\n"
