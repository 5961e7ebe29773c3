"""The page on the server names what there is: every request, variable and option, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pytest_qruntime import settings
from pytest_qruntime.cli.command import NOT_OF_A_SERVER
from pytest_qruntime.server import environment
from pytest_qruntime.server.control import ROUTES
from pytest_qruntime.server.roads import CONTROL

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "server.md").read_text(encoding="utf-8")


def test_every_request_of_the_control_interface_is_there_with_its_body() -> None:
    rows = re.findall(r"^\| `((?:GET|POST|DELETE) /qruntime\S*)` \| (.*?) ?\|", PAGE, re.MULTILINE)
    told = {request: set(re.findall(r"`(\w+)`", body)) for request, body in rows}
    assert told == {f"{route.method} {CONTROL}{route.path}": set(route.fields) for route in ROUTES}


@pytest.mark.parametrize("name", environment.variables("URL", "crn", "key", "token"))
def test_every_variable_is_there(name: str) -> None:
    shown = re.escape(name.lower() if name.endswith("_PROXY") and not name.startswith(("NO_", "NODE_")) else name)
    assert re.search(rf"^\|.*`{shown}`", PAGE, re.MULTILINE)


def test_every_option_of_the_command_is_there() -> None:
    names = [one.name.replace("_", "-") for one in settings.SETTINGS if one.name not in NOT_OF_A_SERVER]
    assert [name for name in ("port", "time", *names) if not re.search(rf"^\| .*`--{name}\b", PAGE, re.MULTILINE)] == []
