"""What the command line asks for, and what it is refused."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final

import pytest

MODES: Final = {
    "none": "nothing, and nothing dials out; the default without --qruntime-record",
    "once": "tests that have no recording; the default with --qruntime-record",
    "new": "those, and tests whose recording has no answer to one of their requests",
    "rewrite": "every test anew",
}
IN_CI: Final = "--qruntime-record-in-ci"


@dataclass(frozen=True)
class Asked:
    """What the command line asks for.

    Attributes:
        mode: one of `MODES`.
        url: of the service, if it is named.
        budget: QPU seconds that the whole run may use, if it is named.
        in_ci: whether recording is wanted where ``CI`` is set.
        live: whether the command line speaks of a live service at all. Without it, nothing dials out.
        bearer: whether the account's key is a bearer token itself.
    """

    mode: str
    url: str | None
    budget: float | None
    in_ci: bool
    live: bool
    bearer: bool

    @property
    def records(self) -> bool:
        """Whether tests may be recorded."""
        return self.mode != "none"


def add(group: pytest.OptionGroup) -> None:
    """The options of recording. What dials out is said on the command line each time, so there are no ini keys."""
    modes = "; ".join(f"{name}: {meaning}" for name, meaning in MODES.items())
    group.addoption(
        "--qruntime-record",
        action="store_true",
        help="record tests with source='cassette' against a live service; without it nothing dials out",
    )
    group.addoption(
        "--qruntime-record-mode",
        choices=tuple(MODES),
        default=None,
        help=f"which tests are recorded: {modes}",
    )
    group.addoption(
        "--qruntime-url",
        metavar="URL",
        default=None,
        help="the live service, such as that of `qruntime serve` (default: QISKIT_IBM_URL, or the saved account)",
    )
    group.addoption(
        "--qruntime-budget",
        metavar="SECONDS",
        default=None,
        help="QPU time that the whole run may use; required for a service that is not the project's own server",
    )
    group.addoption(
        IN_CI,
        action="store_true",
        help="record although the environment variable CI is set",
    )
    group.addoption(
        "--qruntime-auth",
        choices=("iam", "bearer"),
        default="iam",
        help="how QISKIT_IBM_TOKEN is used at somebody else's implementation: as an API key, for which IAM_URL gives "
        "tokens, or as the bearer token itself (default: iam)",
    )


def add_suite(group: pytest.OptionGroup) -> None:
    """The options of the suite that others run, ``pytest --pyargs pytest_qruntime.contracts.suite``."""
    of = "of the suite of contracts:"
    group.addoption(
        "--qruntime-xfails",
        metavar="FILE",
        default=None,
        help=f"{of} those that the service is known to break, one in a line, such as: CLS-13  # the reason",
    )
    group.addoption(
        "--qruntime-real-time",
        metavar="SECONDS",
        type=float,
        default=60.0,
        help=f"{of} how much real time one scenario may take, where time is real; others are skipped (default: 60)",
    )
    group.addoption(
        "--qruntime-circuits",
        choices=("qasm", "qiskit"),
        default="qasm",
        help=f"{of} how circuits are sent to somebody else's implementation: as OpenQASM 3, or as the official client "
        "does, which has to be installed (default: qasm)",
    )
    group.addoption(
        "--qruntime-suite-cassettes",
        metavar="FOLDER",
        default=None,
        help=f"{of} the folder of its recordings, replayed with --qruntime-source=cassette and made with "
        "--qruntime-record (default: its own)",
    )
    group.addoption(
        "--qruntime-table",
        metavar="FILE",
        default=None,
        help=f"{of} where to write what became of each, as a table in Markdown",
    )


def asked(config: pytest.Config) -> Asked:
    """What the command line asks for. Raises `pytest.UsageError` for a budget that is no duration."""
    mode = config.getoption("qruntime_record_mode")
    record = bool(config.getoption("qruntime_record"))
    url, budget = config.getoption("qruntime_url"), config.getoption("qruntime_budget")
    live = record or mode not in (None, "none") or config.getoption("qruntime_source", None) == "live"
    return Asked(
        mode=mode or ("once" if record else "none"),
        url=url,
        budget=None if budget is None else _seconds(budget),
        in_ci=bool(config.getoption("qruntime_record_in_ci")),
        live=mode != "none" and (live or url is not None),  # a budget names no service
        bearer=config.getoption("qruntime_auth") == "bearer",
    )


def refuse_in_ci(wanted: Asked) -> None:
    """Raise `pytest.UsageError` where ``CI`` is set: a recording is made by somebody who looks at it."""
    if wanted.records and os.environ.get("CI") and not wanted.in_ci:
        raise pytest.UsageError(
            f"the environment variable CI is set, and recording in CI would spend an account's time unseen; make the "
            f"recording on your machine and commit it, or add {IN_CI}"
        )


def _seconds(text: str) -> float:
    from pytest_qruntime.clock.durations import seconds_of
    from pytest_qruntime.model.errors import ConfigurationError

    try:
        return seconds_of(float(text) if text.replace(".", "", 1).isdecimal() else text, what="--qruntime-budget")
    except ConfigurationError as error:
        raise pytest.UsageError(str(error)) from None
