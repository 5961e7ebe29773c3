"""What a user may import, and that type checkers see the same."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable
from importlib import resources

import pytest

import pytest_qruntime

PUBLIC = [
    "Batch",
    "CassetteError",
    "Clock",
    "ClockError",
    "ClockTimeoutError",
    "ConfigurationError",
    "ContractChecker",
    "ContractWarning",
    "Durations",
    "Event",
    "Fault",
    "Job",
    "JobCancelledError",
    "JobFailedError",
    "JobMaxTimeError",
    "JobRequest",
    "JobTimeoutError",
    "LeakedSessionWarning",
    "NetworkBlockedError",
    "NeverAnsweredError",
    "NothingPendingError",
    "Pending",
    "Plan",
    "Policy",
    "QRuntime",
    "QRuntimeError",
    "RequestAssertionError",
    "RequestRecord",
    "Requests",
    "ServiceError",
    "ServiceInstance",
    "Session",
    "SourceError",
    "Trace",
    "UnexpectedRequestError",
    "world",
]
OF_EXTRAS = ["RuntimeMachine"]

USER = '''
"""A user's tests, as a type checker sees them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

import pytest_qruntime
from pytest_qruntime import (
    Batch, Clock, Durations, Fault, Job, JobFailedError, JobRequest, Pending, Plan, Policy, QRuntime, RequestRecord,
    ServiceError, ServiceInstance, Session,
)


def optimise(session: Session, steps: int) -> list[float]:
    jobs = [session.run("estimator", [["qasm", "ZZ"]], shots=100, tags=["vqe"]) for _ in range(steps)]
    return [job.result(timeout="25m") for job in jobs]


@pytest.mark.qruntime(plan="open", policy={"batch_autoend": 0})
def test_it(qruntime: QRuntime, qruntime_session: Session, qruntime_batch: Batch, qruntime_clock: Clock) -> None:
    qruntime_clock.tick("25m")
    pending: list[Pending] = qruntime_clock.pending()
    now: datetime = qruntime.clock.now()
    http: httpx.Client = qruntime.http
    qruntime.next_jobs(2, code=9707, blame="system", quantum=timedelta(seconds=3), session=qruntime_batch)
    qruntime.other_users(3, after="1h")
    job: Job = qruntime.run(max_execution_time=300)
    with pytest.raises(JobFailedError) as caught:
        job.result()
    code: int | None = caught.value.code
    with qruntime.session(max_time="25m") as session:
        status: str = session.status()
        usage: float | None = session.usage()
        details: dict[str, Any] = session.details()
    lanes: int = qruntime.backend("ibm_fez", lanes=1, region="us-east").lanes
    qruntime.maintenance("2h", after="1h", backend="ibm_fez", status="offline")
    german: ServiceInstance = qruntime.instance("lab", plan="flex", region="eu-de", tags=["team-a"])
    crns: list[str] = [instance.crn for instance in qruntime.instances if instance is not german]
    kinds: list[str] = [event.kind for event in qruntime.trace]
    with qruntime.fail(429, "submit", retry_after=30, times=None) as outage, qruntime.fail(Fault("slow", delay="1m")):
        qruntime.before("submit", lambda: qruntime.limit_usage("10m"), nth=2)
        qruntime.at("25m", lambda: qruntime.fail("refused", method="GET", path="/v1/jobs/*", lasting="10m"))
        struck: int = outage.count
    sent: RequestRecord = qruntime.requests.where("submit", status=429).one()
    answered: int | None = sent.status
    print(pending, now, http, code, status, usage, details, lanes, crns, kinds, optimise(session, 1), struck, answered)


@pytest.fixture
def qruntime_config() -> Mapping[str, Any]:
    return {"lanes": 1}


def durations(request: JobRequest) -> Durations:
    return Durations.of(1, request.circuits)


def script(plan: Plan, policy: Policy) -> None:
    with pytest_qruntime.world(plan=plan, policy=policy, start=datetime(2030, 1, 1), durations=durations) as qruntime:
        try:
            Session.from_id(qruntime.http, "id").close()
        except ServiceError as error:
            print(error.status, pytest_qruntime.__version__)
'''

MISUSED = """
from pytest_qruntime import QRuntime

def test_it(qruntime: QRuntime) -> None:
    qruntime.run(shot=10)
    qruntime.next_jobs(code="1517")
    qruntime.sessions()
    qruntime.fail("refuse")
    qruntime.fail(503, "submit", time=2)
"""


def test_the_public_names_are_these() -> None:
    assert list(pytest_qruntime.__all__) == PUBLIC
    assert set(dir(pytest_qruntime)) >= {*PUBLIC, *OF_EXTRAS, "__version__"}


@pytest.mark.parametrize("name", [*PUBLIC, *OF_EXTRAS])
def test_a_public_name_can_be_imported_and_explains_itself(name: str) -> None:
    assert getattr(pytest_qruntime, name).__doc__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'pytest_qruntime' has no attribute 'Sesion'"):
        pytest_qruntime.Sesion  # type: ignore[attr-defined]  # noqa: B018


def test_importing_the_package_imports_nothing_else() -> None:
    code = "import sys, pytest_qruntime; print(*(name for name in sys.modules if name.startswith('pytest_qruntime')))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert found.split() == ["pytest_qruntime"]


def test_type_checkers_read_the_same_names() -> None:
    stub = resources.files(pytest_qruntime).joinpath("__init__.pyi").read_text(encoding="utf-8")
    exported = [
        alias.asname for node in ast.parse(stub).body if isinstance(node, ast.ImportFrom) for alias in node.names
    ]
    assert sorted(filter(None, exported)) == sorted([*PUBLIC, *OF_EXTRAS])


def test_the_package_says_that_it_is_typed() -> None:
    assert resources.files(pytest_qruntime).joinpath("py.typed").is_file()


@pytest.fixture(scope="module")
def check_types(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Check a user's file with strict mypy, away from the project and its configuration."""
    pytest.importorskip("mypy", reason="mypy is a tool for whoever works on the package, in the extra dev")
    folder = tmp_path_factory.mktemp("user")

    def check(code: str) -> str:
        folder.joinpath("test_user.py").write_text(code, encoding="utf-8")
        command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir=cache", "test_user.py"]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout

    return check


def test_a_users_typed_tests_pass_strict_mypy(check_types: Callable[[str], str]) -> None:
    assert check_types(USER).startswith("Success")


def test_misuse_is_seen_by_mypy(check_types: Callable[[str], str]) -> None:
    found = check_types(MISUSED)
    assert 'Unexpected keyword argument "shot"' in found
    assert 'Argument "code" to "next_jobs"' in found
    assert '"QRuntime" has no attribute "sessions"' in found
    assert 'Argument 1 to "fail"' in found
    assert 'Unexpected keyword argument "time"' in found
