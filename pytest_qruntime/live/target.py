"""Which service a live test talks to: `find()` decides it, `Target` is what was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from pytest_qruntime.live.account import CHANNEL, Account, find_account
from pytest_qruntime.live.control import check_own, is_loopback, is_own, root_of
from pytest_qruntime.model.errors import ConfigurationError
from pytest_qruntime.rest.regions import IAM_HOST, host_of, region_of_crn
from pytest_qruntime.server import roads
from pytest_qruntime.transport import is_service_host

OWN: Final = "pytest-qruntime"
IBM: Final = "IBM Quantum Platform"
UNKNOWN: Final = "unknown"

ADVICE: Final = (
    "Name a server with --qruntime-url, such as the address that `qruntime serve` shows; or set QISKIT_IBM_TOKEN and "
    "QISKIT_IBM_INSTANCE; or save an account with QiskitRuntimeService.save_account"
)
_SERVICE_ROOT: Final = f"https://{host_of('us-east')}/api"
_IAM_ROOT: Final = f"https://{IAM_HOST}"


@dataclass(frozen=True)
class Target:
    """A service that live tests talk to.

    Attributes:
        service: ``"pytest-qruntime"`` for a server of our own, ``"IBM Quantum Platform"``, or ``"unknown"`` for
            somebody else's implementation.
        url: of a server of our own its root; else that of the REST API, whose paths begin with ``/v1``.
        iam_url: where tokens come from; paths begin with ``/identity``.
        api_key, crn: of the account; empty for a server of our own, where each test has one of its own.
        channel: what the client calls the way of signing in.
        client_url: what the client is told as its URL.
        bearer: whether `api_key` is a bearer token itself, so that nobody is asked for one.
    """

    service: Literal["pytest-qruntime", "IBM Quantum Platform", "unknown"]
    url: str
    iam_url: str = ""
    api_key: str = field(default="", repr=False)
    crn: str = field(default="", repr=False)
    channel: str = CHANNEL
    client_url: str = ""
    bearer: bool = False

    @property
    def own(self) -> bool:
        """Whether it is a server of our own: it has worlds, and each test gets a new one."""
        return self.service == OWN

    @property
    def known(self) -> Mapping[str, str]:
        """The secrets that it is reached with, by what they are called. A test's own world has others."""
        named = {"QISKIT_IBM_TOKEN": self.api_key, "QISKIT_IBM_INSTANCE": self.crn}
        return {name: value for name, value in named.items() if value}

    @property
    def account(self) -> str:
        """What tells its instance from others, without telling which one it is."""
        return digest(self.crn)

    def canonical(self, url: str) -> str | None:
        """The address at the service that an address stands for; None for what is not the service's.

        So a recording says the same wherever it was made. Beside a server of our own nothing is the service's: what
        asks for one of its hosts by name is led to the server, and is seen there.
        """
        parts = urlsplit(url)
        query = f"?{parts.query}" if parts.query else ""
        if self.own:
            here = roads.canonical(parts.path) if _same_place(url, self.url) else None
            return None if here is None else here + query
        if is_service_host(parts.hostname or ""):
            return f"https://{parts.hostname}{parts.path}{query}"
        for base, stands_for in ((self.iam_url, _IAM_ROOT), (self.url, _SERVICE_ROOT)):
            if base and (url == base or url.startswith((base + "/", base + "?"))):
                return stands_for + url[len(base) :]
        return None


def digest(crn: str) -> str:
    """A CRN as the journal keeps it: nobody learns from it which one it is."""
    return sha256(crn.encode()).hexdigest()[:16]


def find(url: str | None, environ: Mapping[str, str], *, bearer: bool = False) -> Target:
    """The service that is meant: by `url`, else by the environment variables of the client, else by its saved account.

    An address of this machine has to be a server of our own; or somebody else's, if it is said where tokens come from.
    Raises `ConfigurationError`, with advice, if nothing is found, or if what is found cannot be used.

    Args:
        url: as the command line has it; None: it names none.
        environ: the environment variables.
        bearer: whether the account's key is a bearer token itself; only for somebody else's implementation.
    """
    for name, value in (("--qruntime-url", url), ("QISKIT_IBM_URL", environ.get("QISKIT_IBM_URL"))):
        _check_address(name, value or "")
    address = url or environ.get("QISKIT_IBM_URL", "")
    if address and is_loopback(address):
        root = root_of(address)
        if not (bearer or environ.get("IAM_URL")):
            check_own(root)  # nobody's key is shown to a stranger for a wrong port
        if is_own(root):
            return Target(OWN, root)
    if url is not None and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
        raise ConfigurationError(f"--qruntime-url is {url!r}; expected an address such as http://127.0.0.1:8700")
    account = find_account(environ)
    target = _with_account(account, url or account.url)
    if bearer and target.service != UNKNOWN:
        raise ConfigurationError(
            f"--qruntime-auth=bearer is for somebody else's implementation, and {target.service} takes tokens of IAM "
            "alone; leave it out"
        )
    return replace(target, bearer=bearer)


def _check_address(name: str, address: str) -> None:
    """Raise `ConfigurationError` for what is no address, or holds what one should not. Nothing of it is shown."""
    try:
        parts = urlsplit(address)
        secret = parts.username is not None or parts.query or parts.fragment
        _ = parts.port  # raises for what is none
    except ValueError:
        raise ConfigurationError(
            f"{name} is no address, since its host or its port cannot be read; expected one such as "
            "http://127.0.0.1:8700"
        ) from None
    if secret:
        raise ConfigurationError(
            f"{name} has a user, a password or a query in it, which would be shown and written down; expected an "
            "address alone, such as http://127.0.0.1:8700. Credentials are QISKIT_IBM_TOKEN and QISKIT_IBM_INSTANCE"
        )


def _with_account(account: Account, address: str) -> Target:
    if not account.api_key:
        where = f" for {address}" if address else ""
        raise ConfigurationError(f"there is no account{where}, so no live service can be used. {ADVICE}")
    if account.channel not in ("ibm_quantum_platform", "ibm_cloud"):
        raise ConfigurationError(
            f"the channel of {account.source} is {account.channel!r}; expected ibm_quantum_platform or ibm_cloud"
        )
    if not account.instance.startswith("crn:"):
        raise ConfigurationError(
            f"{account.source} names {'an instance by its name' if account.instance else 'no instance'}; expected its "
            "CRN, in QISKIT_IBM_INSTANCE or in the saved account, so that it is sure what a recording may cost"
        )
    common: dict[str, Any] = {
        "api_key": account.api_key,
        "crn": account.instance,
        "channel": account.channel,
        "client_url": address,
    }
    host = urlsplit(address).hostname or "cloud.ibm.com"
    if host != "cloud.ibm.com" and not is_service_host(host):
        return Target(UNKNOWN, _api_of(address), account.iam_url.rstrip("/") or _IAM_ROOT, **common)
    region = region_of_crn(account.instance)
    if account.private:
        runtime, iam = f"private.{region}.quantum.cloud.ibm.com", f"private.{IAM_HOST}"
    else:
        runtime, iam = host_of(region), IAM_HOST
    return Target(IBM, f"https://{runtime}/api", account.iam_url.rstrip("/") or f"https://{iam}", **common)


def _api_of(address: str) -> str:
    """The root of somebody's implementation: as it was given, without ``/v1``; a bare host has it under ``/api``."""
    parts = urlsplit(address)
    path = parts.path.rstrip("/").removesuffix("/v1")
    return f"{parts.scheme}://{parts.netloc}{path or '/api'}"


def _same_place(url: str, root: str) -> bool:
    """Whether an address is below a root; all names of this machine are one."""
    asked, known = urlsplit(url), urlsplit(root)
    return asked.port == known.port and is_loopback(url)
