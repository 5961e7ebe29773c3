"""What the client logs and warns of: in virtual time, to a stderr that stays, and no more than it would anyway."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timezone

import pytest
from qiskit_ibm_runtime import QiskitRuntimeService

from pytest_qruntime import QRuntime
from tests.plugin.conftest import Project
from tests.sdk.client import submit
from tests.sdk.needs import needs_client

MISSING = """
    from importlib.machinery import PathFinder

    found = PathFinder.find_spec
    PathFinder.find_spec = lambda name, path=None, target=None: None if name == {name!r} else found(name, path, target)
"""


class Lines(logging.Handler):
    """The lines of a log."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        self.all: list[str] = []
        self.at: list[datetime] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.all.append(self.format(record))
        self.at.append(datetime.fromtimestamp(record.created, timezone.utc))


@pytest.fixture
def log() -> Iterator[Lines]:
    """What the client logs."""
    logger, lines = logging.getLogger("qiskit_ibm_runtime"), Lines()
    logger.addHandler(lines)
    yield lines
    logger.removeHandler(lines)


def test_the_client_s_log_has_virtual_dates(qruntime: QRuntime, log: Lines) -> None:
    qruntime.clock.tick("26h")
    QiskitRuntimeService(token=qruntime.api_key, instance=qruntime.crn)
    assert log.at == [datetime(2026, 1, 16, 14, tzinfo=timezone.utc)]
    assert log.all[0].startswith(f"{log.at[0].astimezone():%Y-%m-%d %H:%M:%S},000 Loading account with the given token")


@pytest.mark.qruntime(freeze=False)
def test_without_freezing_it_has_real_ones(qruntime: QRuntime, log: Lines) -> None:
    began = datetime.now(timezone.utc)
    qruntime.clock.tick("26h")
    QiskitRuntimeService(token=qruntime.api_key, instance=qruntime.crn)
    assert began <= log.at[0] <= datetime.now(timezone.utc)


def test_the_service_of_the_fixture_is_made_without_a_word(
    log: Lines, qiskit_runtime_service: QiskitRuntimeService
) -> None:
    assert qiskit_runtime_service.active_instance()
    assert log.all == []


def test_a_service_without_an_instance_says_which_ones_it_found(qruntime: QRuntime, log: Lines) -> None:
    QiskitRuntimeService(token=qruntime.api_key)
    assert "the available account instances are: default" in log.all[-1]


def test_a_test_that_brings_the_client_in_does_not_take_its_log_s_stderr_away(project: Project) -> None:
    project.write(
        test_it="""
        def test_first(capsys, qiskit_runtime_service):
            assert capsys.readouterr().err == ""

        def test_later(qruntime):
            import qiskit_ibm_runtime
            qiskit_ibm_runtime.QiskitRuntimeService(token=qruntime.api_key)
        """
    )
    result = project.run_apart("-p", "no:randomly", "-rP")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*WARNING:2026-01-15 *: Loading account with the given token.*"])
    assert "Logging error" not in result.stdout.str() + result.stderr.str()


@pytest.mark.parametrize("name", ["qiskit_ibm_runtime", "ibm_platform_services"])
def test_without_the_extra_the_fixture_says_which_package_is_missing_and_how_to_get_it(
    project: Project, name: str
) -> None:
    project.write(
        conftest=MISSING.format(name=name),
        test_it="""
        def test_it(qiskit_runtime_service):
            pass

        def test_without_the_client(qruntime):
            assert qruntime.run().result()
        """,
    )
    result = project.run_apart()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            f"*ConfigurationError: the fixture qiskit_runtime_service needs the client qiskit-ibm-runtime, and {name} "
            "is not installed; expected the extra that brings it: pip install 'pytest-qruntime[[]qiskit]'"
        ]
    )
    assert "Traceback" not in result.stdout.str()


@needs_client("0.46.0", "a submission without the client's warning of itself")
def test_a_job_through_the_fixture_warns_of_nothing(
    qiskit_runtime_service: QiskitRuntimeService, recwarn: pytest.WarningsRecorder
) -> None:
    job = submit(qiskit_runtime_service.backend("fake_manila"))
    assert (job.result() is not None, job.metrics() is not None, job.logs() != "") == (True, True, True)
    assert recwarn.list == []
