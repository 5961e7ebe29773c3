"""The report of a run in a browser: what it answers, for eyes, ears and keys, on a desk, on a phone, and on paper."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_qruntime.contracts import CATALOGUE
from pytest_qruntime.report.run.document import Document
from pytest_qruntime.report.run.page import page as made
from pytest_qruntime.report.run.summing import document
from tests.browser.chromium import Chromium, Page
from tests.browser.looking import everywhere, heard, loaded, seen, walked
from tests.plugin.conftest import Project
from tests.report.run.showing import a_run, broke, drawn, left, ran, shown

UNFOLD = "document.querySelectorAll('details').forEach(one => one.open = true)"
LONG = "test_" + "with_a_very_long_name_" * 6 + '[scenario=expires_mid_loop-<b>&"c"-日本語]'


def large() -> Document:
    """Long names, long sentences, many tests."""
    tests = [shown(f"test_{number:03}", ran(exercised=["OPN-01"])) for number in range(20)]
    where = {"file": "src/a/package/" + "deep/" * 12 + "workloads.py", "function": "a_function_" * 9}
    breaking = broke("SUB-02", expected="expected" * 40, seen="seen " * 90)
    failed = {"outcome": "failed", "problem": "AssertionError: " + "z" * 400, "drawn": drawn("long")}
    tests += [
        shown(f"{LONG}-{number}", ran(leaks=[left(f"s{number}", **where)], broken=[breaking]), **failed)
        for number in range(3)
    ]
    return document(tests, strict=True, failures=["x" * 200, "in many words " * 30], lost=["worker gw1 crashed"])


def empty() -> Document:
    return document([], strict=False)


def fine() -> Document:
    return document([shown("test_a", ran(exercised=["OPN-01"]))], strict=False)


RUNS = {"mixed": a_run, "large": large, "empty": empty, "fine": fine}


@pytest.fixture(scope="module", params=RUNS)
def file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(RUNS[request.param](), tmp_path_factory.mktemp("reports"))


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(a_run(), tmp_path_factory.mktemp("reports"))


def written(run: Document, folder: Path) -> Path:
    path = folder / "report.html"
    path.write_text(made(run), encoding="utf-8")
    return path


def test_everything_can_be_seen_and_nothing_is_loaded(chromium: Chromium, file: Path) -> None:
    with chromium.page(file) as page:
        assert seen(page) == {}
        page.run(UNFOLD)
        assert everywhere(page) == {}
        assert (loaded(file, page), page.complaints()) == ([], [])


def test_who_does_not_see_it_hears_it_and_the_keys_go_through_it(chromium: Chromium, file: Path) -> None:
    with chromium.page(file) as page:
        assert heard(page) == {}
        page.run(UNFOLD)
        assert heard(page) == {}
        stops, troubles = walked(page)
        assert troubles == {}
        assert 'class="skip"' in stops[0]


def test_it_may_load_nothing_whatever_stands_in_it(chromium: Chromium, mixed: Path, tmp_path: Path) -> None:
    """The policy of the page itself, on a copy into which somebody has put something."""
    evil = tmp_path / "evil.html"
    added = '<img src="http://example.com/a.png" alt=""><script>document.title = "run"</script></body>'
    evil.write_text(mixed.read_text(encoding="utf-8").replace("</body>", added), encoding="utf-8")
    with chromium.page(evil) as page:
        assert page.run("document.title") != "run"
        assert any("Content Security Policy" in words for words in page.complaints())


def texts(page: Page, query: str) -> list[str]:
    found: list[str] = page.run(f"[...document.querySelectorAll({query!r})].map(one => one.innerText.trim())")
    return found


def test_what_was_done_left_open_and_what_it_would_have_cost_is_seen_at_a_glance(
    chromium: Chromium, mixed: Path
) -> None:
    with chromium.page(mixed) as page:
        assert texts(page, "h1") == ["1 of 4 tests failed, 1 contract broken, 1 session and 1 batch left open"]
        above = page.run(
            "[...document.querySelectorAll('dl.figures dd b')].every(one => one.getBoundingClientRect().bottom < 800)"
        )
        figures = dict(zip(texts(page, "dl.figures dt"), texts(page, "dl.figures dd b"), strict=True))
        assert above
        assert (figures["Tests"], figures["Left open"], figures["QPU time it would have cost"]) == ("4", "2", "19.5s")


def test_every_test_and_every_contract_is_named(chromium: Chromium, mixed: Path) -> None:
    with chromium.page(mixed) as page:
        page.run(UNFOLD)
        tests, contracts = texts(page, "#tests")[0], texts(page, "#contracts")[0]
    assert [name for name in ("test_fine", "test_leaks", "test_breaks", "test_may") if name not in tests] == []
    assert [one.id for one in CATALOGUE if one.id not in contracts] == []


def test_a_link_leads_from_a_failed_test_to_what_happened_in_it(chromium: Chromium, mixed: Path) -> None:
    with chromium.page(mixed) as page:
        page.run("document.querySelector('#tests a').focus()")
        page.press("Enter")
        target = page.run("(({id, innerText}) => [id, innerText])(document.querySelector(':target'))")
    assert target[0] == "failing-1"
    assert "job 2 FAILED" in target[1]


def test_the_tests_that_are_fine_can_be_hidden(chromium: Chromium, mixed: Path) -> None:
    with chromium.page(mixed) as page:
        assert "test_fine" in texts(page, "#tests")[0]
        page.run("document.querySelector('#show-odd').click()")
        shown_now = texts(page, "#tests")[0]
    assert "test_fine" not in shown_now
    assert "test_leaks" in shown_now


def test_on_paper_it_is_as_wide_as_the_paper_and_dark_on_light(chromium: Chromium, mixed: Path) -> None:
    with chromium.page(mixed, width=720, dark=True) as page:
        page.ask("Emulation.setEmulatedMedia", media="print")
        troubles = seen(page)
    assert {kind: found for kind, found in troubles.items() if kind != "small"} == {}


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    return Project(pytester)


def test_the_report_of_a_real_run_is_such_a_page(chromium: Chromium, project: Project) -> None:
    project.write(
        test_vqe="""
        import pytest

        def test_is_fine(qruntime_session):
            assert qruntime_session.run().result()

        def test_leaves_a_session_open(qruntime):
            qruntime.session(max_time="25m").run().result()

        @pytest.mark.qruntime(lanes=1)
        def test_loses_a_job(qruntime):
            with qruntime.session() as session:
                jobs = [session.run() for _ in range(3)]
                session.cancel()
            assert [job.status() for job in jobs] == ["DONE"] * 3
        """
    ).run("--qruntime-report", "out/report.html").assert_outcomes(passed=2, failed=1, errors=1)
    file = project.pytester.path / "out" / "report.html"
    with chromium.page(file) as page:
        page.run(UNFOLD)
        assert (everywhere(page), heard(page), loaded(file, page), page.complaints()) == ({}, {}, [], [])
        told = page.run("document.body.innerText")
    assert "opened by test_vqe.py:7" in " ".join(told.split())
    assert "test_loses_a_job" in told
    assert "jobs 2, 3 FAILED with code 4001" in told
