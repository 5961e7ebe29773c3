"""The world as a test sees it: `QRuntime`, and `world()`, which opens one."""

from pytest_qruntime.runtime.qruntime import QRuntime
from pytest_qruntime.runtime.world import world

__all__ = ["QRuntime", "world"]
