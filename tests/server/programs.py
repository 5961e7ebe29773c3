"""Programs that run in processes of their own, with an environment and nothing else to find the server by."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from textwrap import dedent
from typing import Any

TIMEOUT_S = 120

# No program of a test looks for a host elsewhere: it notes the name, and is told that there is none.
AT_HOME = """
import json, os, socket, sys, time

looked_for = []
_getaddrinfo = socket.getaddrinfo


def _at_home(host, *args, **kwargs):
    if host in ("127.0.0.1", "localhost"):
        return _getaddrinfo(host, *args, **kwargs)
    looked_for.append(host)
    raise socket.gaierror(socket.EAI_NONAME, "not in this test")


socket.getaddrinfo = _at_home
"""


def python(code: str, environment: Mapping[str, str], *arguments: str) -> Any:
    """Run Python code; what it wrote as JSON on its last line."""
    program = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", AT_HOME + dedent(code), *arguments]
    return json.loads(run(program, environment).splitlines()[-1])


def run(program: list[str], environment: Mapping[str, str]) -> str:
    """Run a program to its end; what it wrote."""
    done = subprocess.run(program, env=environment, capture_output=True, text=True, timeout=TIMEOUT_S)
    assert done.returncode == 0, done.stderr
    return done.stdout
