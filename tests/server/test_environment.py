"""The environment of a program: it leads to the server, and a variable that is missing leads nowhere else."""

from __future__ import annotations

import json
import site
from pathlib import Path
from typing import Any

import pytest

from pytest_qruntime import QRuntime
from pytest_qruntime.server import environment
from pytest_qruntime.server.loopback import LoopbackServer
from tests.server.programs import python

URL = "http://127.0.0.1:8700"
ADDRESSES = ("QISKIT_IBM_URL", "IAM_URL", "GLOBAL_SEARCH_URL", "GLOBAL_CATALOG_URL")
PROXIES = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")

# Makes a service without each of the given sets of variables, and tells what became of it.
FORGETFUL = """
time.sleep = lambda seconds: None  # how long the client waits before it tries again is not of interest
from qiskit_ibm_runtime import QiskitRuntimeService

found = []
for forgotten in json.loads(sys.argv[1]):
    values = {name: os.environ.pop(name) for name in forgotten}
    try:
        outcome = [backend.name for backend in QiskitRuntimeService().backends()]
    except Exception as error:
        outcome = type(error).__name__
    os.environ.update(values)
    found.append([outcome, list(dict.fromkeys(looked_for))])
    looked_for.clear()
print(json.dumps(found))
"""


def without(server: LoopbackServer, *forgotten: tuple[str, ...]) -> list[tuple[Any, list[str]]]:
    """For each set of forgotten variables: the backends or the error, and the hosts that were looked for."""
    return [tuple(one) for one in python(FORGETFUL, server.environment, json.dumps(forgotten))]


@pytest.fixture(scope="module")
def qruntime_config() -> dict[str, Any]:
    return {"backend": "fake_manila"}


def test_one_forgotten_variable_leads_to_no_host_of_the_service(qruntime_server: LoopbackServer) -> None:
    """The client computes some addresses from its own, which is of this machine: their names do not exist."""
    assert without(qruntime_server, (), *[(name,) for name in ADDRESSES]) == [
        (["fake_manila"], []),
        ([], []),  # the tunnel to quantum.cloud.ibm.com was refused
        ("InvalidAccountError", ["iam.127.0.0.1"]),
        ("InvalidAccountError", ["api.global-search-tagging.127.0.0.1"]),
        ("ConnectionError", ["globalcatalog.127.0.0.1"]),
    ]
    assert list(qruntime_server.refused_tunnels) == ["quantum.cloud.ibm.com:443"]


def test_an_api_key_never_reaches_the_real_iam(qruntime_server: LoopbackServer) -> None:
    forgotten = [("IAM_URL", "QISKIT_IBM_URL"), ("IAM_URL", "QISKIT_IBM_URL", "QISKIT_IBM_INSTANCE"), ADDRESSES]
    assert without(qruntime_server, *forgotten) == [("InvalidAccountError", [])] * 3
    assert list(qruntime_server.refused_tunnels) == ["iam.cloud.ibm.com:443"]
    assert qruntime_server.requests == 0


def test_forgotten_proxies_lead_nowhere_else(qruntime_server: LoopbackServer) -> None:
    """Each has two names and one more that stands in for it, and a client that is told addresses needs none."""
    both = [("https_proxy", "HTTPS_PROXY"), ("all_proxy", "ALL_PROXY"), ("http_proxy", "HTTP_PROXY")]
    found = without(qruntime_server, *both, *[(*names, *ADDRESSES) for names in both])
    assert found == [(["fake_manila"], [])] * 3 + [("InvalidAccountError", [])] * 3
    assert list(qruntime_server.refused_tunnels) == ["iam.cloud.ibm.com:443"]


def test_of_the_other_variables_only_the_key_may_not_be_forgotten(qruntime_server: LoopbackServer) -> None:
    """Without it there is no account: a saved one is not found, since the home is an empty folder."""
    others = [("QISKIT_IBM_CHANNEL",), ("QISKIT_IBM_INSTANCE",), ("no_proxy", "NO_PROXY"), ("HOME",)]
    found = without(qruntime_server, ("QISKIT_IBM_TOKEN",), *others)
    assert found == [("AccountNotFoundError", []), *[(["fake_manila"], [])] * 4]


def test_a_client_may_use_the_server_as_its_proxy(qruntime: QRuntime, qruntime_server: LoopbackServer) -> None:
    """Then the hosts are those of the service, and instances of every region are behind their own."""
    lab = qruntime.instance("lab", region="eu-de")
    told = {
        **{name: value for name, value in qruntime_server.environment.items() if name not in ADDRESSES},
        "QISKIT_IBM_URL": "http://cloud.ibm.com",
        "IAM_URL": "http://iam.cloud.ibm.com",
    }
    found = python(
        """
        from qiskit_ibm_runtime import QiskitRuntimeService

        backend = QiskitRuntimeService(instance=sys.argv[1]).backend("fake_manila")
        print(json.dumps([backend.name, backend.configuration().n_qubits, looked_for]))
        """,
        told,
        lab.crn,
    )
    assert found == ["fake_manila", 5, []]


# -- what it is made of ------------------------------------------------------------------------------------------------


def test_every_address_is_that_of_the_server() -> None:
    made = environment.variables(URL, "crn", "key", "token")
    assert {made[name].partition(":8700")[0] for name in (*ADDRESSES, *PROXIES)} == {"http://127.0.0.1"}
    assert (made["NO_PROXY"], made["no_proxy"]) == ("127.0.0.1,localhost",) * 2
    assert "experimental" in made["QISKIT_IBM_URL"]  # else the client would put a host in front, and drop the port


def test_nothing_of_this_process_leads_past_the_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    detours = {
        "NO_PROXY": "*",
        "no_proxy": ".ibm.com",
        "HTTPS_PROXY": "http://proxy.example:3128",
        "QISKIT_IBM_TOKEN": "a-real-key",
        "QISKIT_FUNCTIONS_EXPERIMENTAL": "1",
        "IBM_CREDENTIALS_FILE": "~/ibm-credentials.env",
        "VCAP_SERVICES": "{}",
        "IAM_APIKEY": "a-real-key",
        "GLOBAL_SEARCH_AUTH_TYPE": "noAuth",
        "GLOBAL_CATALOG_URL": "https://globalcatalog.cloud.ibm.com/api/v1",
    }
    for name, value in detours.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ONE_OF_THE_USERS", "kept")
    made = environment.of_a_process(environment.variables(URL, "crn", "key", "token"), tmp_path)
    assert made["ONE_OF_THE_USERS"] == "kept"
    assert [name for name, value in detours.items() if made.get(name) == value] == []
    assert made["HOME"] == made["USERPROFILE"] == str(tmp_path)


def test_a_program_finds_the_packages_of_the_user_though_its_home_is_empty(qruntime_server: LoopbackServer) -> None:
    found = python("import site; print(json.dumps(site.getuserbase()))", qruntime_server.environment)
    assert found == site.getuserbase()
    assert list(Path(qruntime_server.environment["HOME"]).iterdir()) == []
