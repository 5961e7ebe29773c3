"""The warnings of a test that is over."""

from __future__ import annotations


class ContractWarning(UserWarning):
    """The service broke a contract of level "may" in a test, or any contract where that is not to fail the test."""


class LeakedSessionWarning(UserWarning):
    """A test left a session or batch open, and that is not to fail it."""
