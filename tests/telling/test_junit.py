"""The file of ``--junitxml``: read back, and held against the schema that pytest names for it."""

from __future__ import annotations

import re
from typing import Final
from xml.etree import ElementTree as XML

import pytest

from pytest_qruntime.contracts import CATALOGUE
from tests.plugin.conftest import Project, project  # noqa: F401

RERUNS = "pytest_rerunfailures"

# what pytest names: junit-10.xsd of Jenkins' xUnit plugin; its rules, as far as they are about what pytest writes
RESULTS: Final = {"skipped", "error", "failure", "system-out", "system-err"}
CHILDREN: Final = {
    "testsuites": {"testsuite"},
    "testsuite": {"testsuite", "properties", "testcase", "system-out", "system-err"},
    "properties": {"property"},
    "testcase": RESULTS,
}
NEEDS: Final = {
    "testsuite": {"name", "tests", "failures", "errors"},
    "testcase": {"name"},
    "property": {"name", "value"},
}
MAY_HAVE: Final = {
    "testsuites": {"name", "time", "tests", "failures", "errors"},
    "testsuite": {"time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url", "group"},
    "testcase": {"time", "classname", "group"},
    **{result: {"type", "message"} for result in ("skipped", "error", "failure")},
}

SUITE = """
    import pytest

    def test_fine(qruntime):
        with qruntime.session() as session:
            session.run(shots=1000).result()

    @pytest.mark.parametrize("name", ['a "<&>" b', "\\x07"])
    def test_leaks(qruntime, name):
        qruntime.session()

    def test_fails(qruntime):
        qruntime.clock.tick("1h")
        assert False

    @pytest.mark.qruntime(allow={"leak": "it is known"})
    def test_may_leak(qruntime):
        qruntime.session()

    def test_without():
        pass
"""
FAILS_ONCE = """
    TRIES = []

    def test_it(qruntime):
        TRIES.append(1)
        session = qruntime.session()
        if len(TRIES) > 1:
            session.close()
"""


def problems(element: XML.Element) -> list[str]:
    """What a schema-aware reader would refuse the file for."""
    found = [f"{element.tag} lacks {name}" for name in sorted(NEEDS.get(element.tag, set()) - set(element.keys()))]
    known = NEEDS.get(element.tag, set()) | MAY_HAVE.get(element.tag, set())
    found += [f"{element.tag} has {name}" for name in sorted(set(element.keys()) - known)]
    for child in element:
        if child.tag not in CHILDREN.get(element.tag, set()):
            found.append(f"{child.tag} in {element.tag}")
        found += problems(child)
    return found


def written(project: Project, *arguments: str, plugins: tuple[str, ...] = ()) -> XML.Element:  # noqa: F811
    run = project.run_apart if "-n" in arguments else project.run
    run("--junitxml=report.xml", *arguments, plugins=plugins)
    return XML.parse(project.pytester.path / "report.xml").getroot()


def of_suite(root: XML.Element) -> dict[str, str]:
    return properties(root.findall("testsuite/properties/property"))


def of_tests(root: XML.Element) -> list[tuple[str, dict[str, str]]]:
    return [(case.attrib["name"], properties(case.findall("properties/property"))) for case in root.iter("testcase")]


def properties(elements: list[XML.Element]) -> dict[str, str]:
    found = [(one.attrib["name"], one.attrib["value"]) for one in elements]
    assert len(found) == len(dict(found)), "a property stands twice"
    return dict(found)


@pytest.fixture
def suite(project: Project) -> Project:  # noqa: F811
    return project.write(test_it=SUITE)


def test_in_xunit1_each_test_has_properties(suite: Project) -> None:
    found = dict(of_tests(written(suite, "-o", "junit_family=xunit1")))

    fine, fails = found["test_fine"], found["test_fails"]
    assert (fine["qruntime.worlds"], fine["qruntime.left_open"]) == ("1", "0")
    assert float(fine["qruntime.qpu_s"]) > 0
    assert fine["qruntime.OPN-04"] == "holds"
    assert set(fine.values()) & {"not exercised", "broken"} == set()
    assert (fails["qruntime.virtual_s"], fails["qruntime.qpu_s"]) == ("3600", "0")
    assert found["test_may_leak"]["qruntime.left_open"] == "1"
    assert found["test_without"] == {}


@pytest.mark.parametrize("family", ["xunit1", "xunit2"])
def test_the_suite_has_every_contract_and_the_key_figures(suite: Project, family: str) -> None:
    found = of_suite(written(suite, "-o", f"junit_family={family}", "-o", "junit_suite_name=vqe"))

    assert {f"qruntime.{contract.id}" for contract in CATALOGUE} <= found.keys()
    assert found["qruntime.OPN-04"] == "holds"
    assert "not exercised" in found.values()
    assert (found["qruntime.tests"], found["qruntime.left_open"]) == ("5", "3")
    assert float(found["qruntime.qpu_s.premium"]) > 0


def test_in_xunit2_the_file_is_valid_and_the_suite_has_what_each_test_showed(suite: Project) -> None:
    root = written(suite)

    assert problems(root) == []
    found = of_suite(root)
    assert found["qruntime[test_it.py::test_fails]"].startswith("worlds=1; virtual_s=3600; qpu_s=0; left_open=0")
    assert "; OPN-04=holds" in found["qruntime[test_it.py::test_fine]"]
    assert "qruntime[test_it.py::test_without]" not in found


def test_names_that_xml_cannot_write_are_spelled_out(project: Project) -> None:  # noqa: F811
    ini = "disable_test_id_escaping_and_forfeit_all_rights_to_community_support = true"
    project.pytester.makeini(f"[pytest]\n{ini}")
    names = 'pytest.mark.parametrize("name", ["\\x1b[1m", "\\u03c8"])'
    text = f"import pytest\n\n@{names}\ndef test_it(qruntime, name):\n    pass\n"

    found = of_suite(written(project.write(test_it=text)))
    assert {r"qruntime[test_it.py::test_it[\x1b[1m]]", "qruntime[test_it.py::test_it[ψ]]"} <= found.keys()


def test_what_a_test_in_every_order_tells_stands_there_too(project: Project) -> None:  # noqa: F811
    project.write(
        test_it="""
        import pytest

        @pytest.mark.qruntime(interleavings="all")
        def test_it(qruntime):
            qruntime.run(shots=1000)
            qruntime.run(shots=1000)
            qruntime.clock.tick("1h")
        """
    )
    root = written(project)

    assert problems(root) == []
    assert re.search(r"worlds=(\d+); .*; qruntime_orders=\1$", of_suite(root)["qruntime[test_it.py::test_it]"])
    [(_, found)] = of_tests(written(project, "-o", "junit_family=xunit1"))
    assert found["qruntime.worlds"] == found["qruntime_orders"]


@pytest.mark.parametrize("family", ["xunit1", "xunit2"])
def test_other_plugins_see_reports_as_they_were(project: Project, family: str) -> None:  # noqa: F811
    project.write(
        conftest="""
        def pytest_terminal_summary(terminalreporter):
            reports = [one for several in terminalreporter.stats.values() for one in several]
            [report] = [one for one in reports if one.when == "teardown"]
            print("SEEN", *[name for name, _ in report.user_properties])
        """,
        test_it="""
        import pytest

        @pytest.mark.qruntime(interleavings="all")
        def test_it(qruntime, request):
            request.node.user_properties.append(("theirs", 1))
        """,
    )
    result = project.run("--junitxml=report.xml", "-o", f"junit_family={family}")

    [seen] = [line for line in result.outlines if line.startswith("SEEN")]
    assert sorted(seen.split()) == ["SEEN", "qruntime_orders", "theirs"]
    assert "theirs" in (project.pytester.path / "report.xml").read_text()


@pytest.mark.parametrize("family", ["xunit1", "xunit2"])
def test_of_a_test_that_is_tried_again_the_last_attempt_counts(project: Project, family: str) -> None:  # noqa: F811
    project.write(test_it=FAILS_ONCE)
    root = written(project, "--reruns=1", "-o", f"junit_family={family}", plugins=(RERUNS,))

    assert of_suite(root)["qruntime.left_open"] == "0"
    shown = [found for _, found in of_tests(root) if found]
    assert [one["qruntime.left_open"] for one in shown] == (["0"] if family == "xunit1" else [])


def test_two_workers_write_what_one_process_writes(suite: Project) -> None:
    alone, distributed = (
        written(suite, "-o", "junit_family=xunit1"),
        written(suite, "-n", "2", "-o", "junit_family=xunit1", plugins=("xdist",)),
    )

    assert of_suite(alone) == of_suite(distributed)
    assert sorted(of_tests(alone), key=str) == sorted(of_tests(distributed), key=str)


def test_a_run_without_the_service_writes_nothing_of_it(project: Project) -> None:  # noqa: F811
    root = written(project.write(test_it="def test_it(): pass"))

    assert of_suite(root) == {}


def test_without_a_file_nobody_takes_part(project: Project) -> None:  # noqa: F811
    project.write(
        test_it="def test_it(pytestconfig): assert not pytestconfig.pluginmanager.hasplugin('qruntime-junit')"
    )

    project.run().assert_outcomes(passed=1)
    project.run("-p", "no:junitxml").assert_outcomes(passed=1)
