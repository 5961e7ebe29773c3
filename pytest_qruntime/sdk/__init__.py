"""What the official client, `qiskit_ibm_runtime`, needs of the process while a world is open.

The client itself is unmodified, and so are its requests: `transport` answers them. Here is the rest: its account file
and its environment variables lead to the world, its waits cost virtual time, and what it does for a real network is not
paid for. Importing this package does not import the client.
"""

from pytest_qruntime.sdk.accommodation import accommodated
from pytest_qruntime.sdk.environment import in_the_way
from pytest_qruntime.sdk.fixture import led_service, load, own_service
from pytest_qruntime.sdk.news import ModelNews
from pytest_qruntime.sdk.worlds import Renaming

__all__ = ["ModelNews", "Renaming", "accommodated", "in_the_way", "led_service", "load", "own_service"]
