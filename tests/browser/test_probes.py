"""The probes would notice: each finds what is wrong with a page that was broken on purpose, and a good one passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.chromium import Chromium
from tests.browser.looking import everywhere, heard, loaded, seen, walked

GOOD = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>a page</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>:root { color-scheme: light dark; }</style></head><body><main><h1>a page</h1>
<svg viewBox="0 0 300 40" width="300" role="img" aria-label="a picture">
<text x="10" y="20" fill="CanvasText">one</text></svg>
<table><caption>a table</caption><tr><th scope="col">a column</th></tr><tr><td>a cell</td></tr></table>
<p style="font-size: 24px; color: #7b7b7b">large letters</p><details open><summary>more</summary><p>words</p></details>
</main></body></html>"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "page.html"


def test_nothing_is_wrong_with_a_good_page(chromium: Chromium, file: Path) -> None:
    file.write_text(GOOD, encoding="utf-8")
    with chromium.page(file) as page:
        assert (everywhere(page), heard(page)) == ({}, {})
        assert walked(page) == (["<summary>more</summary>"], {})
        assert (loaded(file, page), page.complaints()) == ([], [])


SEEN = {
    '<p style="width: 600px">far</p>': "wide",
    '<p style="white-space: nowrap; background: none">' + "a long line " * 9 + "</p>": "wide",
    '<div style="height: 20px">under</div><div style="margin-top: -20px">over</div>': "overlaps",
    '<svg viewBox="0 0 99 20" width="99"><text y="15">two</text><text x="12" y="15">one</text></svg>': "overlaps",
    '<p style="width: 50px; overflow: hidden; white-space: nowrap">it is cut off</p>': "cut",
    '<svg viewBox="0 0 50 20" width="50"><text x="30" y="15">beyond</text></svg>': "cut",
    '<svg viewBox="0 0 50 20" width="50"><rect x="30" y="5" width="40" height="9"/></svg>': "outside",
    '<p style="color: #999">pale</p>': "pale",
    '<p style="opacity: .5">pale</p>': "pale",
    '<p style="font-size: 30px; color: #aaa">large</p>': "pale",
    '<p style="background: #333; color: #111">dark</p>': "pale",
    '<svg viewBox="0 0 90 20"><rect width="90" height="20" fill="navy"/><text y="15">ink</text></svg>': "pale",
    '<p style="font-size: 8px">tiny</p>': "small",
    '<svg viewBox="0 0 200 20" width="100"><text y="15" font-size="12">tiny</text></svg>': "small",
}


@pytest.mark.parametrize(("part", "trouble"), SEEN.items())
def test_what_looks_wrong_is_seen(chromium: Chromium, file: Path, part: str, trouble: str) -> None:
    file.write_text(GOOD.replace("</main>", f"{part}</main>"), encoding="utf-8")
    with chromium.page(file, width=390) as page:
        assert trouble in seen(page)


def test_what_cannot_be_read_on_a_dark_page_is_seen_there_alone(chromium: Chromium, file: Path) -> None:
    file.write_text(GOOD.replace("</main>", '<p style="color: #222">ink</p></main>'), encoding="utf-8")
    with chromium.page(file) as page:
        assert seen(page) == {}
    with chromium.page(file, dark=True) as page:
        assert list(seen(page)) == ["pale"]
        assert list(everywhere(page)) == ["1280 px, dark", "390 px, dark"]


HEARD = {
    (' lang="en"', ""): "page",
    ("<title>a page</title>", ""): "page",
    ("<!DOCTYPE html>", ""): "page",
    ("<main>", "<main></main><main>"): "page",
    ("<main>", "<p>stray</p><main>"): "page",
    ("h1>", "h2>"): "headings",
    ("<table>", "<h3>too deep</h3><table>"): "headings",
    ("<caption>a table</caption>", ""): "tables",
    ('th scope="col"', "th"): "tables",
    ("th", "td"): "tables",
    ('role="img" ', ""): "pictures",
    ('aria-label="a picture"', ""): "pictures",
    ("<text ", '<text aria-label="a mark" '): "pictures",
    ("<table>", '<i id="x"></i><i id="x"></i><table>'): "twice",
    ("<table>", '<a href="#nowhere">go</a><table>'): "lost",
    ("<table>", '<div style="width: 9px; overflow: auto"><b>scrolls</b></div><table>'): "scrolled",
    ("<table>", '<i tabindex="0"></i><table>'): "nameless",
    ("<table>", "<button></button><table>"): "nameless",
}


@pytest.mark.parametrize(("change", "trouble"), HEARD.items())
def test_what_nobody_can_find_without_eyes_is_heard(
    chromium: Chromium, file: Path, change: tuple[str, str], trouble: str
) -> None:
    file.write_text(GOOD.replace(*change), encoding="utf-8")
    with chromium.page(file) as page:
        assert trouble in heard(page)


@pytest.mark.parametrize(
    ("part", "trouble"),
    [
        ('<a href="#" style="outline: none">a</a>', "unseen"),
        ('<a href="#" onkeydown="event.preventDefault()">a</a>', "trapped"),
    ],
)
def test_what_the_keys_do_not_get_through_is_found(chromium: Chromium, file: Path, part: str, trouble: str) -> None:
    file.write_text(GOOD.replace("</main>", f"{part}</main>"), encoding="utf-8")
    with chromium.page(file) as page:
        assert list(walked(page)[1]) == [trouble]


@pytest.mark.parametrize(
    "part",
    [
        '<img src="http://example.com/a.png" alt="">',
        '<link rel="stylesheet" href="https://example.com/a.css">',
        '<script src="//example.com/a.js"></script>',
        '<style>@import "https://example.com/a.css";</style>',
        '<p style="background: url(https://example.com/a.png)">a</p>',
        '<img src="beside.png" alt="">',
        '<script>fetch("https://example.com/a.json").catch(() => 0)</script>',
    ],
)
def test_what_is_loaded_from_elsewhere_is_found(chromium: Chromium, file: Path, part: str) -> None:
    file.write_text(GOOD.replace("</main>", f"{part}</main>"), encoding="utf-8")
    with chromium.page(file) as page:
        assert any(url.endswith((".png", ".css", ".js", ".json")) for url in loaded(file, page))


def test_a_script_that_raises_complains(chromium: Chromium, file: Path) -> None:
    file.write_text(GOOD.replace("</main>", "<script>undefined.length</script></main>"), encoding="utf-8")
    with chromium.page(file) as page:
        assert page.complaints() == ["Uncaught"]
