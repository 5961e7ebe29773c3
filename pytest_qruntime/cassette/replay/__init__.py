"""Replay: a recording is read as a timeline per resource, and answers at the instant of a virtual clock."""

from __future__ import annotations

from pytest_qruntime.cassette.replay.deck import Deck
from pytest_qruntime.cassette.replay.errors import UnexpectedRequestError

__all__ = ["Deck", "UnexpectedRequestError"]
