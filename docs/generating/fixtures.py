"""The page of fixtures and of what they give."""

from __future__ import annotations

import inspect

from docs.generating.markdown import cell, first_paragraph
from pytest_qruntime import fixtures
from pytest_qruntime.client import Job, Session
from pytest_qruntime.clock import Clock
from pytest_qruntime.contracts import ContractChecker
from pytest_qruntime.runtime import QRuntime
from pytest_qruntime.runtime.surface import Surface

FIXTURES = (
    "qruntime",
    "qruntime_session",
    "qruntime_batch",
    "qruntime_clock",
    "qiskit_runtime_service",
    "qruntime_server",
    "qruntime_contracts",
    "qruntime_config",
)

MEMBERS: tuple[tuple[str, type, str], ...] = (
    (
        "The service: `qruntime`",
        Surface,
        "session batch run job workloads jobs http token crn api_key base_url trace requests",
    ),
    (
        "The fake: `qruntime` unless another source is chosen",
        QRuntime,
        "next_jobs other_users backend maintenance calibrate limit_usage instance instances plan policy "
        "fail before after at play",
    ),
    ("The clock: `qruntime.clock`", Clock, "tick move_to now run_until pending sleep wait_for_event hold"),
    ("A session or a batch", Session, "run status details usage close cancel from_id"),
    ("The contracts: `qruntime_contracts`", ContractChecker, " ".join(n for n in vars(ContractChecker) if n[0] != "_")),
    (
        "A job",
        Job,
        "job_id status result wait_for_final_state in_final_state error_message metrics usage logs details session_id "
        "tags update_tags cancel delete",
    ),
)


# What is to be said below the table of these.
MORE: dict[type, str] = {
    Surface: """
All of this works on the fake, on a recording and on a live service alike, and so do `qruntime_session`,
`qruntime_batch`, `qruntime_clock` and `qiskit_runtime_service`; `.source` says which it is: `"fake"`, `"cassette"` or
`"live"`, and `.default_backend` which backend is used if none is named. On a recording

- `.crn`, `.token` and `.api_key` are what the recording calls them, and any others do in their place; see
  [how a recording is replayed](../explanation/replay.md#secrets);
- `.workloads()`, `.jobs()` and `.trace` tell what this run of the test did and saw, not what else was recorded;
- a request that was not recorded is an `UnexpectedRequestError`, and a wait for which the recording is too short is a
  `NothingPendingError`.
""",
    QRuntime: """
A recording knows what one run of the test saw and nothing else, and nobody can stage a live service: there each of
these is a `SourceError`, and `hasattr(qruntime, "next_jobs")` is false. `qruntime_server` serves the fake alone.
""",
}


def page() -> str:
    """The fixtures with their help texts, and what the objects offer."""
    helps = [f"## `{name}`\n\n{inspect.getdoc(getattr(fixtures, name))}\n\n" for name in FIXTURES]
    tables = [
        f"\n## {title}\n\n{first_paragraph(kind)}\n\n| | |\n| --- | --- |\n{_members(kind, names)}{MORE.get(kind, '')}"
        for title, kind, names in MEMBERS
    ]
    return "".join(["# Fixtures\n\n", *helps, "A test that asks for none of them pays nothing.\n", *tables])


def _members(kind: type, names: str) -> str:
    rows = []
    for name in names.split():
        shown = f"`.{name}{_parameters(getattr(kind, name))}`"
        rows.append(f"| {cell(shown)} | {cell(first_paragraph(inspect.getattr_static(kind, name)))} |\n")
    return "".join(rows)


def _parameters(member: object) -> str:
    if not callable(member):
        return ""
    stars: dict[object, str] = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    names = [
        stars.get(parameter.kind, "") + parameter.name + ("=" if parameter.default is not parameter.empty else "")
        for parameter in inspect.signature(member).parameters.values()
        if parameter.name not in ("self", "cls")
    ]
    return f"({', '.join(names)})"
