"""Which service is meant: by its address, the variables of the client, or its saved account; and what it is called."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pytest_qruntime import ConfigurationError
from pytest_qruntime.live import Target, find
from pytest_qruntime.live.tokens import Given
from tests.live.places import somebody

KEY = "a-key-that-nobody-has-0123456789"
CRN = "crn:v1:bluemix:public:quantum-computing:us-east:a/1234:5678::"
EU_CRN = CRN.replace("us-east", "eu-de")
NAMED = {"QISKIT_IBM_TOKEN": KEY, "QISKIT_IBM_INSTANCE": CRN}


def save(home: Path, **accounts: Any) -> None:
    """Accounts as the client saves them."""
    (home / ".qiskit").mkdir(exist_ok=True)
    (home / ".qiskit" / "qiskit-ibm.json").write_text(json.dumps(accounts), encoding="utf-8")


def account(name: str, *, channel: str = "ibm_quantum_platform", **more: Any) -> dict[str, Any]:
    return {"channel": channel, "token": f"the-key-of-{name}", "instance": CRN, "url": "https://cloud.ibm.com", **more}


# -- a server of our own ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "/", "/experimental/api/v1", "/api/v1"])
def test_a_server_of_our_own_is_known_by_what_it_says_at_its_address(server_url: str, path: str) -> None:
    found = find(server_url + path, NAMED)
    assert (found.service, found.own, found.url) == ("pytest-qruntime", True, server_url)
    assert found.known == {}  # the account is the test's own, and that of the user is not used


def test_the_variables_that_a_server_shows_lead_to_it(server_url: str) -> None:
    variables = {"QISKIT_IBM_URL": f"{server_url}/experimental/api/v1", "IAM_URL": f"{server_url}/iam", **NAMED}
    assert find(None, variables) == Target("pytest-qruntime", server_url)
    assert find(None, {"QISKIT_IBM_URL": server_url}).own


@pytest.mark.parametrize("address", ["http://[::1", "http://127.0.0.1:99999", "http://127.0.0.1:port"])
def test_what_is_no_address_is_told(address: str) -> None:
    with pytest.raises(ConfigurationError, match="--qruntime-url is no address"):
        find(address, NAMED)
    with pytest.raises(ConfigurationError, match="QISKIT_IBM_URL is no address"):
        find(None, {**NAMED, "QISKIT_IBM_URL": address})


@pytest.mark.parametrize(
    "address", ["http://me:hunter2@127.0.0.1:8700", "https://hunter2@fake.org", "https://fake.org/?apikey=hunter2"]
)
def test_an_address_with_credentials_is_refused_and_not_shown(address: str) -> None:
    with pytest.raises(ConfigurationError, match="has a user, a password or a query in it") as told:
        find(address, NAMED)
    assert "hunter2" not in str(told.value)


def test_where_nobody_answers_it_says_how_to_start_a_server() -> None:
    with pytest.raises(
        ConfigurationError, match=r"no qruntime server: http://127.0.0.1:1 does not answer.*qruntime ser"
    ):
        find("http://127.0.0.1:1", NAMED)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, b"what?"),
        (200, b"hello"),
        (200, b"[1]"),
        (200, b'{"version": 3, "worlds": []}'),
        (200, b'{"version": "1"}'),
    ],
)
def test_what_answers_on_this_machine_and_is_not_ours_is_refused(status: int, body: bytes) -> None:
    with somebody(status, body) as url, pytest.raises(ConfigurationError, match="answers, and is no qruntime server"):
        find(url, NAMED)


# -- a real service ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", [None, "https://cloud.ibm.com", "https://quantum.cloud.ibm.com/api/v1"])
@pytest.mark.parametrize(("crn", "host"), [(CRN, "quantum.cloud.ibm.com"), (EU_CRN, "eu-de.quantum.cloud.ibm.com")])
def test_the_variables_of_the_client_name_the_service_of_its_region(url: str | None, crn: str, host: str) -> None:
    found = find(url, {**NAMED, "QISKIT_IBM_INSTANCE": crn})
    assert (found.service, found.own) == ("IBM Quantum Platform", False)
    assert (found.url, found.iam_url) == (f"https://{host}/api", "https://iam.cloud.ibm.com")
    assert found.known == {"QISKIT_IBM_TOKEN": KEY, "QISKIT_IBM_INSTANCE": crn}


def test_an_address_of_iam_is_kept(server_url: str) -> None:
    assert find(None, {**NAMED, "IAM_URL": "https://iam.example.org/"}).iam_url == "https://iam.example.org"


def test_somebody_elses_service_is_unknown() -> None:
    found = find("https://runtime.example.org:8443/quantum/v1/", NAMED)
    assert (found.service, found.url) == ("unknown", "https://runtime.example.org:8443/quantum")
    assert find("https://runtime.example.org", NAMED).url == "https://runtime.example.org/api"


def test_secrets_are_not_shown() -> None:
    shown = repr(find(None, NAMED))
    assert KEY not in shown
    assert "5678" not in shown


# -- a saved account --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accounts", "channel", "key"),
    [
        ({"mine": account("mine")}, None, "mine"),
        ({"one": account("one"), "two": account("two")}, None, "two"),
        ({"a": account("a"), "default-ibm-quantum-platform": account("b")}, None, "b"),
        ({"a": account("a", is_default_account=True), "default-ibm-quantum-platform": account("b")}, None, "a"),
        ({"c": account("c", channel="ibm_cloud"), "p": account("p")}, "ibm_cloud", "c"),
        ({"default-ibm-cloud": account("c", channel="ibm_cloud")}, None, "c"),
        ({"old": account("old", channel="ibm_quantum"), "new": account("new")}, None, "new"),
        ({"m": account("m", is_default_account=True), "c": account("c", channel="ibm_cloud")}, "ibm_cloud", "m"),
    ],
)
def test_of_saved_accounts_the_one_is_taken_that_the_client_takes(
    nobodys_account: Path, accounts: dict[str, Any], channel: str | None, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(nobodys_account, **accounts)
    environ = {} if channel is None else {"QISKIT_IBM_CHANNEL": channel}
    assert find(None, environ).api_key == f"the-key-of-{key}"
    from qiskit_ibm_runtime.accounts import management

    if channel is not None:
        monkeypatch.setenv("QISKIT_IBM_CHANNEL", channel)
    file = str(nobodys_account / ".qiskit" / "qiskit-ibm.json")
    assert management.AccountManager.get(filename=file).token == f"the-key-of-{key}"


def test_the_variables_come_before_the_saved_account_and_the_file_stays_as_it_is(nobodys_account: Path) -> None:
    save(nobodys_account, mine=account("mine"))
    file = nobodys_account / ".qiskit" / "qiskit-ibm.json"
    before = file.read_bytes()
    assert find(None, NAMED).api_key == KEY
    assert find(None, {}).api_key == "the-key-of-mine"
    assert file.read_bytes() == before


def test_no_file_is_made_where_there_is_none(nobodys_account: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no account"):
        find(None, {})
    assert list(nobodys_account.iterdir()) == []


def test_private_endpoints_are_used_by_an_account_that_says_so(nobodys_account: Path) -> None:
    save(nobodys_account, mine=account("mine", private_endpoint=True))
    found = find(None, {})
    assert found.url == "https://private.us-east.quantum.cloud.ibm.com/api"
    assert found.iam_url == "https://private.iam.cloud.ibm.com"


# -- what cannot be used ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "environ", "says"),
    [
        (None, {}, "there is no account, so no live service can be used. Name a server with --qruntime-url"),
        ("https://quantum.cloud.ibm.com", {}, "there is no account for https://quantum.cloud.ibm.com"),
        (None, {"QISKIT_IBM_TOKEN": KEY}, "QISKIT_IBM_TOKEN names no instance; expected its CRN"),
        (None, {**NAMED, "QISKIT_IBM_INSTANCE": "my-lab"}, "names an instance by its name; expected its CRN"),
        (None, {**NAMED, "QISKIT_IBM_CHANNEL": "local"}, "the channel of QISKIT_IBM_TOKEN is 'local'"),
        ("quantum", NAMED, "--qruntime-url is 'quantum'; expected an address such as http://127.0.0.1:8700"),
        ("ftp://example.org", NAMED, "--qruntime-url is 'ftp://example.org'"),
    ],
)
def test_what_cannot_be_used_is_told(url: str | None, environ: dict[str, str], says: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        find(url, environ)
    assert says in str(refused.value)
    assert KEY not in str(refused.value)


@pytest.mark.parametrize("content", ["{", "\\xff", ""])
def test_a_file_that_cannot_be_read_is_told_without_its_path(nobodys_account: Path, content: str) -> None:
    save(nobodys_account)
    (nobodys_account / ".qiskit" / "qiskit-ibm.json").write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"the saved accounts in ~.*cannot be read") as refused:
        find(None, {})
    assert str(nobodys_account) not in str(refused.value)


# -- addresses --------------------------------------------------------------------------------------------------------

OWN = Target("pytest-qruntime", "http://127.0.0.1:8700")
IBM = Target("IBM Quantum Platform", "https://quantum.cloud.ibm.com/api", "https://iam.cloud.ibm.com")
ELSE = Target("unknown", "https://q.example.org/base", "https://q.example.org/iam")


@pytest.mark.parametrize(
    ("target", "url", "known_as"),
    [
        (OWN, "http://127.0.0.1:8700/experimental/api/v1/jobs?a=1", "https://quantum.cloud.ibm.com/api/v1/jobs?a=1"),
        (OWN, "http://localhost:8700/api/v1/jobs/a%2Fb", "https://quantum.cloud.ibm.com/api/v1/jobs/a%2Fb"),
        (OWN, "http://127.0.0.1:8700/iam/identity/token", "https://iam.cloud.ibm.com/identity/token"),
        (OWN, "http://127.0.0.1:8700/qruntime/worlds", None),
        (OWN, "http://127.0.0.1:8701/api/v1/jobs", None),
        (OWN, "http://eu-de.quantum.cloud.ibm.com/api/v1/jobs", None),
        (OWN, "https://example.org/api/v1/jobs", None),
        (IBM, "https://eu-de.quantum.cloud.ibm.com/api/v1/jobs", "https://eu-de.quantum.cloud.ibm.com/api/v1/jobs"),
        (IBM, "https://iam.cloud.ibm.com/identity/token", "https://iam.cloud.ibm.com/identity/token"),
        (IBM, "https://example.org/api/v1/jobs", None),
        (IBM, "http://127.0.0.1:8700/api/v1/jobs", None),
        (ELSE, "https://q.example.org/base/v1/jobs?a=1", "https://quantum.cloud.ibm.com/api/v1/jobs?a=1"),
        (ELSE, "https://q.example.org/iam/identity/token", "https://iam.cloud.ibm.com/identity/token"),
        (ELSE, "https://q.example.org/based/v1/jobs", None),
        (ELSE, "https://iam.cloud.ibm.com/identity/token", "https://iam.cloud.ibm.com/identity/token"),
    ],
)
def test_what_is_the_services_is_known_by_the_services_own_address(
    target: Target, url: str, known_as: str | None
) -> None:
    assert target.canonical(url) == known_as


# -- somebody else's on this machine ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("said", "bearer"), [({"IAM_URL": "http://127.0.0.1:9/iam/"}, False), ({}, True)])
def test_somebody_elses_server_on_this_machine_is_used_if_it_is_said_where_tokens_come_from(
    said: dict[str, str], bearer: bool
) -> None:
    with somebody(404, b"{}") as url:
        found = find(url, {**NAMED, **said}, bearer=bearer)
    assert (found.service, found.own, found.url, found.bearer) == ("unknown", False, f"{url}/api", bearer)
    assert found.iam_url == (said.get("IAM_URL") or "https://iam.cloud.ibm.com").rstrip("/")
    assert found.known == NAMED


def test_a_server_of_ours_is_ours_whatever_is_said(server_url: str) -> None:
    assert find(server_url, {"IAM_URL": f"{server_url}/iam"}, bearer=True).own


def test_ibm_takes_no_token_in_place_of_a_key() -> None:
    with pytest.raises(ConfigurationError, match="IBM Quantum Platform takes tokens of IAM alone"):
        find(None, NAMED, bearer=True)


def test_a_token_is_used_as_it_is() -> None:
    given = Given("the-token")
    assert (given.current(), given.fresh()) == ("the-token", "the-token")
    given.close()
