"""The environment variables that lead programs of this process to a live service, for the length of a test."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from pytest_qruntime.live.target import Target
from pytest_qruntime.sdk.environment import exchanged
from pytest_qruntime.server.environment import detours


@contextmanager
def leading_to(wanted: Mapping[str, str], *, cleared: bool) -> Iterator[None]:
    """Set these variables, and put back exactly what was there, whatever it has become meanwhile.

    Args:
        wanted: the variables.
        cleared: whether what could lead past them is taken away meanwhile.
    """
    gone = detours(os.environ) - wanted.keys() if cleared else set()
    with exchanged({**dict.fromkeys(gone), **wanted}):
        yield


def of_a_host(target: Target) -> dict[str, str]:
    """What the client needs so that it uses this account, wherever that was found."""
    found = {
        "QISKIT_IBM_CHANNEL": target.channel,
        "QISKIT_IBM_TOKEN": target.api_key,
        "QISKIT_IBM_INSTANCE": target.crn,
        "QISKIT_IBM_URL": target.client_url,
    }
    return {name: value for name, value in found.items() if value}
