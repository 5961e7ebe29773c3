"""Watching the official client: which of its public methods were called, what they did, and what they asked for.

While `watching()` is on, the client's methods are wrapped; afterwards everything is as before. What was seen becomes
events of the kind ``"client.called"``, by which the contracts judge the rules that only the client shows.
"""

from pytest_qruntime.sdk.watching.calls import Calls
from pytest_qruntime.sdk.watching.merging import merged
from pytest_qruntime.sdk.watching.switching import watched, watching

__all__ = ["Calls", "merged", "watched", "watching"]
