"""Tests against a live service: which one is meant, how it is reached, what it costs, and what must not stay open."""

from pytest_qruntime.live.budget import BudgetExceededError, Meter
from pytest_qruntime.live.connecting import connected
from pytest_qruntime.live.journal import Journal
from pytest_qruntime.live.rescue import Rescued, rescue
from pytest_qruntime.live.runtime import LiveRuntime
from pytest_qruntime.live.target import Target, find

__all__ = ["BudgetExceededError", "Journal", "LiveRuntime", "Meter", "Rescued", "Target", "connected", "find", "rescue"]
