"""Where the recording of a test stands: a name that every file system takes, and another one for each test."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_qruntime.recording.names import LONGEST, safe


@pytest.mark.parametrize("name", ["test_it", "TestClosing.test_it", "test_it[2]", "test_it[ibm_fez-0.5]"])
def test_a_plain_name_stays_as_it_is(name: str) -> None:
    assert safe(name) == name


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("test_it[a/b]", "test_it[a-b]-"),
        ("test_it[../../etc/passwd]", "test_it[..-..-etc-passwd]-"),
        ("test_it[C:\\x]", "test_it[C-x]-"),
        ("test_it[FakeFez]", "test_it[FakeFez]-"),
        ("test_it[\N{GREEK SMALL LETTER THETA}]", "test_it[-]-"),
        ("test_it[]", "test_it[]-"),
    ],
)
def test_what_is_not_plain_is_replaced_and_told_apart(name: str, begins: str) -> None:
    assert safe(name).startswith(begins)
    assert len(safe(name)) == len(begins) + 8


def test_a_long_name_is_cut_and_told_apart() -> None:
    first, second = safe(f"test_{'a' * 300}"), safe(f"test_{'a' * 301}")
    assert len(first) == LONGEST
    assert first != second


NAMES = st.text(st.sampled_from(string.ascii_letters + string.digits + "_-.[]/\\:*?<>|% \n\té\ud800"), min_size=1)


@given(NAMES, NAMES)
def test_names_are_taken_by_every_file_system_and_differ_there(one: str, other: str) -> None:
    first, second = (safe(f"test_{name}") for name in (one, other))
    assert set(first) <= set(string.ascii_letters + string.digits + "_-.[]")
    assert len(first) <= LONGEST
    assert (first.casefold() == second.casefold()) == (one == other) or one.casefold() == other.casefold()


PARAMETERS = st.lists(st.text(st.sampled_from("abAB/-"), min_size=1, max_size=3), min_size=2, max_size=2, unique=True)


@given(PARAMETERS)
def test_parameters_that_differ_in_case_only_have_files_that_differ_in_more(two: list[str]) -> None:
    first, second = (safe(f"test_it[{name}]").casefold() for name in two)
    assert first != second


WHERE = """
    from pytest_qruntime.recording.names import place

    class TestClosing:
        def test_in_a_class(self, request):
            assert place(request.node, None).name == "TestClosing.test_in_a_class.yaml"

        class TestDeeper:
            def test_it(self, request):
                assert place(request.node, None).name == "TestClosing.TestDeeper.test_it.yaml"

    def test_in_a_module(request):
        assert place(request.node, None) == request.path.parent / "cassettes/test_it/test_in_a_module.yaml"

    def test_named(request):
        assert place(request.node, "x.yaml") == request.path.parent / "x.yaml"
        assert place(request.node, "../x.yaml") == request.path.parent.parent / "x.yaml"
"""


def test_a_recording_stands_beside_the_test_file(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_it=WHERE)
    pytester.runpytest_inprocess("-p", "no:randomly").assert_outcomes(passed=4)
