"""The environment variables with which a program finds the server, and cannot find anything else."""

from __future__ import annotations

import os
import site
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from pytest_qruntime.server.roads import CATALOG_PREFIX, IAM_PREFIX, RUNTIME_PREFIX, SEARCH_PREFIX

_PROXIES: Final = ("http_proxy", "https_proxy", "all_proxy")
_NO_PROXY: Final = "127.0.0.1,localhost"

# What could lead past this server, or to another account: it is not handed on.
_DETOURS: Final = frozenset({"QISKIT_FUNCTIONS_EXPERIMENTAL", "IBM_CREDENTIALS_FILE", "VCAP_SERVICES"})
_DETOUR_PREFIXES: Final = ("GLOBAL_SEARCH_", "GLOBAL_CATALOG_", "IAM_")


def variables(url: str, crn: str, api_key: str, token: str) -> dict[str, str]:
    """What leads a program to the instance `crn` on the server at `url`.

    The official client reads the first seven. A client that finds no address in one of them, as one before 0.49 does
    for IAM, computes that of the real service; the proxy variables bring it here, where a tunnel to any host is
    refused. `QRUNTIME_*` are for programs that are told where to go.
    """
    return {
        "QISKIT_IBM_CHANNEL": "ibm_quantum_platform",
        "QISKIT_IBM_TOKEN": api_key,
        "QISKIT_IBM_INSTANCE": crn,
        "QISKIT_IBM_URL": f"{url}{RUNTIME_PREFIX}/api/v1",
        "IAM_URL": f"{url}{IAM_PREFIX}",
        "GLOBAL_SEARCH_URL": f"{url}{SEARCH_PREFIX}",
        "GLOBAL_CATALOG_URL": f"{url}{CATALOG_PREFIX}/api/v1",
        "QRUNTIME_URL": url,
        "QRUNTIME_CRN": crn,
        "QRUNTIME_API_KEY": api_key,
        "QRUNTIME_TOKEN": token,
        **{name: url for proxy in _PROXIES for name in (proxy, proxy.upper())},
        "no_proxy": _NO_PROXY,
        "NO_PROXY": _NO_PROXY,
        "NODE_USE_ENV_PROXY": "1",  # Node's fetch heeds the others only with this one
    }


def of_a_process(ours: Mapping[str, str], home: Path) -> dict[str, str]:
    """The whole environment of a program that is started: this process's, with `ours` and with an empty home.

    So no saved account is read or overwritten. Where Python finds the packages of the user does not change.
    """
    gone = detours(os.environ)
    base = {name: value for name, value in os.environ.items() if name not in gone}
    base.setdefault("PYTHONUSERBASE", site.getuserbase())
    return {**base, **ours, "HOME": str(home), "USERPROFILE": str(home)}


def detours(environ: Iterable[str]) -> set[str]:
    """Those of the variables that could lead past the server, or to another account."""
    return {name for name in environ if name in _DETOURS or name.startswith(_DETOUR_PREFIXES)}
