"""`RuntimeMachine`: a Hypothesis state machine over a service in virtual time. Importing this imports Hypothesis."""

from pytest_qruntime.machine import needed  # first, to say what is missing if it is
from pytest_qruntime.machine.machine import RuntimeMachine

HypothesisMissingError = needed.HypothesisMissingError

__all__ = ["HypothesisMissingError", "RuntimeMachine"]
