"""The network between a client and the fake: what goes wrong on it when a test says so, and what was sent over it.

`Network` stands in front of the REST face of a world. A `Fault` says what goes wrong, and with which requests; the
transports turn it into what each client sees of a real network. Its `Journal` knows every request of the test.
"""

from pytest_qruntime.network.broken import BrokenError, NeverAnsweredError, endure
from pytest_qruntime.network.fault import KINDS, Fault, FaultKind, FaultOptions
from pytest_qruntime.network.journal import Journal, RequestAssertionError, RequestRecord, Requests, agent_of
from pytest_qruntime.network.network import Network
from pytest_qruntime.network.rules import Failing
from pytest_qruntime.network.where import RequestOptions, Where

__all__ = [
    "KINDS",
    "BrokenError",
    "Failing",
    "Fault",
    "FaultKind",
    "FaultOptions",
    "Journal",
    "Network",
    "NeverAnsweredError",
    "RequestAssertionError",
    "RequestOptions",
    "RequestRecord",
    "Requests",
    "Where",
    "agent_of",
    "endure",
]
