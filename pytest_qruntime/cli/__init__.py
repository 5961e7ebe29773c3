"""The command `qruntime`: a server for programs in any language, and the variables with which they find it."""

from pytest_qruntime.cli.command import main

__all__ = ["main"]
