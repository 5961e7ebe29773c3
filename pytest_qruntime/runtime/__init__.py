"""The world as a test sees it: `QRuntime`; `world()` opens one, and `build()` makes one for a server."""

from pytest_qruntime.runtime.qruntime import QRuntime
from pytest_qruntime.runtime.surface import SourceError
from pytest_qruntime.runtime.world import build, world

__all__ = ["QRuntime", "SourceError", "build", "world"]
