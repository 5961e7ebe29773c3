"""Whose account a live test uses: that of the client's environment variables, else the one that the client saved.

Neither is ever written, and the client is not imported for it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pytest_qruntime.model.errors import ConfigurationError

CHANNEL: Final = "ibm_quantum_platform"
CHANNELS: Final = (CHANNEL, "ibm_cloud")
_DEFAULT_NAMES: Final = {CHANNEL: "default-ibm-quantum-platform", "ibm_cloud": "default-ibm-cloud"}


@dataclass(frozen=True)
class Account:
    """An account as its owner gave it to the client.

    Attributes:
        api_key: empty if none was found.
        instance: the CRN; empty if none was given.
        url: of IBM Cloud or of the runtime API; empty for the client's default.
        iam_url: where tokens come from; empty for the place that belongs to `url`.
        private: whether the private endpoints are to be used.
        source: where it was found, for messages.
    """

    api_key: str = field(default="", repr=False)
    instance: str = field(default="", repr=False)
    url: str = ""
    channel: str = CHANNEL
    iam_url: str = ""
    private: bool = False
    source: str = "nowhere"


def find_account(environ: Mapping[str, str]) -> Account:
    """The account that the client would use; one without a key if there is none.

    Raises `ConfigurationError` for a file that cannot be read.
    """
    iam_url = environ.get("IAM_URL", "")
    if environ.get("QISKIT_IBM_TOKEN"):
        return Account(
            api_key=environ["QISKIT_IBM_TOKEN"],
            instance=environ.get("QISKIT_IBM_INSTANCE", ""),
            url=environ.get("QISKIT_IBM_URL", ""),
            channel=environ.get("QISKIT_IBM_CHANNEL") or CHANNEL,
            iam_url=iam_url,
            source="QISKIT_IBM_TOKEN",
        )
    saved = _saved(environ.get("QISKIT_IBM_CHANNEL"))
    if saved is None:
        return Account(iam_url=iam_url)
    return Account(
        api_key=_text(saved, "token"),
        instance=_text(saved, "instance"),
        url=_text(saved, "url"),
        channel=_text(saved, "channel") or CHANNEL,
        iam_url=iam_url,
        private=bool(saved.get("private_endpoint")),
        source="the saved account",
    )


def _text(saved: Mapping[str, Any], name: str) -> str:
    value = saved.get(name)
    return value if isinstance(value, str) else ""


def _saved(channel: str | None) -> Mapping[str, Any] | None:
    """The saved account that the client takes when it is told nothing."""
    path = Path(os.path.expanduser("~"), ".qiskit", "qiskit-ibm.json")
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as problem:
        raise ConfigurationError(
            f"the saved accounts in {os.path.join('~', *path.parts[-2:])} cannot be read: {problem}; save the account "
            "again with QiskitRuntimeService.save_account, or set QISKIT_IBM_TOKEN and QISKIT_IBM_INSTANCE"
        ) from None
    accounts = document if isinstance(document, dict) else {}
    usable = {name: one for name, one in accounts.items() if isinstance(one, dict) and one.get("channel") in CHANNELS}
    return _default(usable, channel)


def _default(accounts: Mapping[str, Mapping[str, Any]], channel: str | None) -> Mapping[str, Any] | None:
    """As the client chooses: the marked one; of the channel the one by the default name, or the last; by name."""
    wanted = channel or CHANNEL
    of_channel = {name: one for name, one in accounts.items() if one["channel"] == wanted}
    found = [
        *(one for one in accounts.values() if one.get("is_default_account")),
        *(one for name, one in of_channel.items() if name == _DEFAULT_NAMES.get(wanted)),
        *list(of_channel.values())[-1:],
        *(accounts[name] for name in _DEFAULT_NAMES.values() if name in accounts),
    ]
    return found[0] if found else None
