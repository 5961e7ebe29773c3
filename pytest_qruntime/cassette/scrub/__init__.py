"""Scrubbing recordings: secrets become pseudonyms, and what is left is searched for any that stayed."""

from __future__ import annotations

from pytest_qruntime.cassette.scrub.leaks import Leak, leaks
from pytest_qruntime.cassette.scrub.rules import Rule
from pytest_qruntime.cassette.scrub.scrubber import Scrubber
from pytest_qruntime.cassette.scrub.table import DEFAULT_RULES

__all__ = ["DEFAULT_RULES", "Leak", "Rule", "Scrubber", "leaks"]
