"""The rules that only the official client shows: how it keeps its handles, blocks, words and requests.

They are judged by the calls of its public methods (`Facts.calls`), which `pytest_qruntime.sdk.watching` puts into a
trace. Most are in the chapter SDK; others are in the chapters of what they are about.
"""

from pytest_qruntime.contracts.catalogue.client import answers, blocks, closed, handles, jobs, modes, requests, words
from pytest_qruntime.contracts.catalogue.client.chapters import SDK

__all__ = ["SDK", "answers", "blocks", "closed", "handles", "jobs", "modes", "requests", "words"]
