"""What the file of ``--junitxml`` tells of the service: properties of tests, and of the run."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from pytest_qruntime.telling.collecting import AGAIN, COLLECTED, SHOWN
from pytest_qruntime.telling.repeats import NAMES


def begin(config: pytest.Config) -> None:
    """Take part in a run of which a JUnit file is written, by the process that writes it."""
    if config.getoption("xmlpath", None) and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Junit(config), "qruntime-junit")


class Junit:
    """The plugin that adds properties to a JUnit file.

    ``junit_family=xunit2``, which is the default, stands for a schema in which tests have no properties: pytest warns
    of `record_property` there, and Jenkins' xUnit plugin drops the whole file. So what a test showed is one property of
    the suite. ``xunit1`` has no schema, and the test itself has its properties.

    https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._of_tests = config.getini("junit_family") != "xunit2"
        self._tried_again: set[tuple[str, object]] = set()
        self._of_repeats: dict[str, list[tuple[str, Any]]] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> Generator[None, object, object]:
        """While pytest makes its XML of a report, the report has the properties that the XML can have."""
        before = report.user_properties
        report.user_properties = [*before, *self._shown(report)] if self._of_tests else self._without_ours(report)
        try:
            return (yield)
        finally:
            report.user_properties = before

    def _shown(self, report: pytest.TestReport) -> list[tuple[str, str]]:
        """What the test showed, if this is its last report, and not of an attempt that does not count."""
        test = report.nodeid, getattr(report, "worker_id", None)
        if report.when == "setup":
            self._tried_again.discard(test)
        if str(report.outcome) == AGAIN:
            self._tried_again.add(test)
        shown: Any = getattr(report, SHOWN, None)
        if shown is None or test in self._tried_again:
            return []
        from pytest_qruntime.report.run.properties import of_test

        return of_test(shown["worlds"])

    def _without_ours(self, report: pytest.TestReport) -> list[tuple[str, Any]]:
        ours = [one for one in report.user_properties if one[0] in NAMES]
        if ours:
            self._of_repeats[report.nodeid] = ours
        return [one for one in report.user_properties if one not in ours]

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """The suite has the properties of the run; pytest is about to write the file."""
        writers: list[Any] = [
            one for one in self._config.pluginmanager.get_plugins() if hasattr(one, "add_global_property")
        ]
        collected = self._config.stash[COLLECTED]
        if not writers or not collected.tests:
            return
        from pytest_qruntime.report.run.properties import in_one, of_run, of_test

        document = collected.document()
        properties = of_run(document)
        if not self._of_tests:
            for test in document["tests"]:
                repeats = self._of_repeats.get(test["id"], [])
                properties.append((f"qruntime[{_printable(test['id'])}]", in_one([*of_test(test["worlds"]), *repeats])))
        for name, value in properties:
            for writer in writers:
                writer.add_global_property(name, value)


def _printable(name: str) -> str:
    """XML has no way to write some characters; pytest minds that of values, not of names."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in name)
