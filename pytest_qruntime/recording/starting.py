"""What is refused before anything is collected, and who takes part in a run."""

from __future__ import annotations

import pytest

from pytest_qruntime.recording.options import refuse_in_ci
from pytest_qruntime.recording.recorder import Recorder
from pytest_qruntime.recording.reporter import Reporter
from pytest_qruntime.recording.run import RUN, Run


def begin(config: pytest.Config) -> None:
    """Prepare a run. Raises `pytest.UsageError` if it may not record, or not like this."""
    run = config.stash[RUN] = Run(config)
    if not hasattr(config, "workerinput"):  # a worker's controller has looked at everything
        refuse_in_ci(run.asked)
        if run.asked.live:
            _check_target(config, run)
    config.pluginmanager.register(Reporter(config), "qruntime-reporter")
    if run.asked.records:
        config.pluginmanager.register(Recorder(), "qruntime-recorder")
    config.add_cleanup(run.end)


def _check_target(config: pytest.Config, run: Run) -> None:
    from pytest_qruntime.model.errors import QRuntimeError

    try:
        target = run.target
    except QRuntimeError as error:
        raise pytest.UsageError(str(error)) from None
    if target.own:
        return
    if run.asked.budget is None:
        raise pytest.UsageError(
            f"{target.service} charges an account; say how many seconds of QPU time this run may use, such as "
            "--qruntime-budget 60"
        )
    if getattr(config.option, "numprocesses", None) or getattr(config.option, "tx", None):
        raise pytest.UsageError(
            f"the budget of a run against {target.service} is counted in one process; leave out -n and --tx"
        )
