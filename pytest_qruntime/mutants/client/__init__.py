"""Faulty variants of the official client, and the stories that it lives through, on the fake without a fault.

They need the client: ``pip install 'pytest-qruntime[qiskit]'``. Importing this package does not import it.
"""

from pytest_qruntime.mutants.client.faults import FAULTY_CLIENTS
from pytest_qruntime.mutants.client.stage import ClientStory
from pytest_qruntime.mutants.client.stories import CLIENT_STORIES

__all__ = ["CLIENT_STORIES", "FAULTY_CLIENTS", "ClientStory"]
