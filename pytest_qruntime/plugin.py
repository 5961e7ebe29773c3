"""What pytest sees: options, the marker, the fixtures. Nothing heavy is imported before a fixture is used."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pytest_qruntime.fixtures import (
    qiskit_runtime_service,
    qruntime,
    qruntime_batch,
    qruntime_clock,
    qruntime_config,
    qruntime_contracts,
    qruntime_server,
    qruntime_session,
)
from pytest_qruntime.judging import hooks as judging
from pytest_qruntime.recording import hooks, options
from pytest_qruntime.recording.collecting import refuse
from pytest_qruntime.recording.starting import begin
from pytest_qruntime.settings import (
    ALL,
    MARKER,
    OF_MARKERS,
    asks_several,
    check,
    check_several,
    from_command_line,
    from_ini,
    matrix,
    spelled_out,
    uses,
)
from pytest_qruntime.telling import starting as telling

__all__ = [
    "qiskit_runtime_service",
    "qruntime",
    "qruntime_batch",
    "qruntime_clock",
    "qruntime_config",
    "qruntime_contracts",
    "qruntime_server",
    "qruntime_session",
]

EXAMPLE = f"{MARKER}({', '.join(f'{setting.name}={setting.example}' for setting in ALL)}, allow={{'SUB-02': 'why'}})"


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    pluginmanager.add_hookspecs(hooks)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("qruntime", "Qiskit Runtime in virtual time (pytest-qruntime)")
    for setting in ALL:
        text = f"{setting.help} (default: {setting.default}; ini: {setting.ini})"
        action = "append" if setting.repeatable else "store"
        group.addoption(setting.option, action=action, metavar=setting.metavar, default=None, help=text)
        help_of_ini = f"{setting.help} (default: {setting.default})"
        if setting.repeatable:
            parser.addini(setting.ini, help_of_ini, type="linelist")
        else:
            parser.addini(setting.ini, help_of_ini, default="")
    options.add(group)
    options.add_suite(group)
    judging.add(group, parser)
    telling.add(group, parser)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        f"{EXAMPLE}: what the world of this test is made of, and what stands behind it, any of these; `pytest --help` "
        "describes each.",
    )
    try:
        from_ini(config)
        from_command_line(config)
    except ValueError as error:
        raise pytest.UsageError(str(error)) from None
    begin(config)
    judging.begin(config)
    telling.begin(config)
    _begin_suite(config)


def _begin_suite(config: pytest.Config) -> None:
    """What of the suite of contracts is there before it is collected, and in a process that collects nothing."""
    xfails, table = config.getoption("qruntime_xfails"), config.getoption("qruntime_table")
    if xfails is not None:
        from pytest_qruntime.contracts.suite.xfails import Xfails

        strict = config.stash[judging.JUDGE].strict
        config.pluginmanager.register(Xfails(config.invocation_params.dir / xfails, strict=strict), "qruntime-xfails")
    if table is not None and not hasattr(config, "workerinput"):
        from pytest_qruntime.contracts.suite.table import Table

        config.pluginmanager.register(Table(config.invocation_params.dir / table), "qruntime-table")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A setting that has several values makes several tests."""
    if "qruntime" in metafunc.fixturenames and (axes := matrix(metafunc.definition)):
        from pytest_qruntime.repeating.matrix import expand

        expand(metafunc, axes)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Tests that run several times need somebody who does that."""
    if any(map(asks_several, session.items)):
        from pytest_qruntime.repeating.repeater import begin_repeating

        begin_repeating(session)


def pytest_collection_modifyitems(session: pytest.Session, items: list[pytest.Item]) -> None:
    """A wrong marker is an error before any test runs; all of them are told at once."""
    refuse(session, items, {problem for item in items for problem in marker_problems(item)})
    refuse(session, items, [problem for item in items if uses(item) for problem in matrix_problems(item)])


def marker_problems(item: pytest.Item) -> Iterator[tuple[str, str]]:
    """What is wrong with the markers of a test: where each one stands, and a sentence."""
    for node, marker in item.iter_markers_with_node(MARKER):
        try:
            if marker.args:
                yield (
                    node.nodeid,
                    f"@pytest.mark.{MARKER} takes keywords only, such as plan='open'; found {marker.args!r}",
                )
            check(spelled_out(marker.kwargs), f"@pytest.mark.{MARKER}", OF_MARKERS)
        except ValueError as error:
            yield (node.nodeid, str(error))


def matrix_problems(item: pytest.Item) -> Iterator[tuple[str, str]]:
    """Whether a test has a matrix that made no tests."""
    try:
        check_several(item)
    except ValueError as error:
        yield (item.nodeid, str(error))
