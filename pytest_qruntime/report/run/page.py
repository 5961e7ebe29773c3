"""The report as one HTML page that needs nothing besides: what was done, left open, and what it would have cost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_qruntime.report.palette import DARK, LIGHT, variables
from pytest_qruntime.report.run.escaping import html
from pytest_qruntime.report.run.sections.attention import attention
from pytest_qruntime.report.run.sections.contracts import contracts
from pytest_qruntime.report.run.sections.failing import failing
from pytest_qruntime.report.run.sections.head import head, overview
from pytest_qruntime.report.run.sections.lifecycle import lifecycle
from pytest_qruntime.report.run.sections.pieces import section
from pytest_qruntime.report.run.sections.recordings import recordings
from pytest_qruntime.report.run.sections.tests import tests
from pytest_qruntime.report.run.verdict import verdict

if TYPE_CHECKING:
    from pytest_qruntime.report.run.document import Document

STYLE: Final = Path(__file__).parent / "page.css"
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""What the page may load: nothing. What stands in it is style, and no program."""
_SECTIONS: Final = (
    ("attention", "Needs attention", attention, ""),
    ("failing", "Failing tests", failing, ""),
    (
        "lifecycle",
        "Lifecycle coverage",
        lifecycle,
        "What can happen in each state, what becomes of it, and whether a test made it happen.",
    ),
    (
        "contracts",
        "Contracts",
        contracts,
        "The rules of the lifecycle. One that was never exercised was not broken either: no test came to it.",
    ),
    ("tests", "Tests", tests, ""),
    ("recordings", "Recordings", recordings, ""),
)


def page(document: Document) -> str:
    """The whole page."""
    told = {name: told_of(document) for name, _, told_of, _ in _SECTIONS}
    sections = "".join(section(name, heading, told[name], lead=lead) for name, heading, _, lead in _SECTIONS)
    links = "".join(f'<li><a href="#{name}">{heading}</a></li>' for name, heading, _, _ in _SECTIONS if told[name])
    title = html(f"{verdict(document).text} · pytest-qruntime")
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="color-scheme" content="light dark">\n<title>{title}</title>\n<style>{_style()}</style></head>\n'
        f'<body><a class="skip" href="#main">Skip to the figures</a>{head(document)}'
        f'<main id="main" class="wide">{overview(document)}<nav aria-label="Sections"><ul>{links}</ul></nav>\n'
        f"{sections}"
        f"</main>{_foot(document)}</body></html>\n"
    )


def _style() -> str:
    dark = f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {variables(DARK)} }} }}"
    return f"\n:root {{ {variables(LIGHT)} }}\n{dark}\n{STYLE.read_text(encoding='utf-8')}"


def _foot(document: Document) -> str:
    by = document["generator"]
    return (
        f'<footer><div class="wide"><p>{html(by["name"])} {html(by["version"])}, contracts of {html(by["catalogue"])}. '
        "QPU time is what the service would have charged, had every test run once. Virtual time is that of the "
        "service, and costs no waiting.</p></div></footer>"
    )
