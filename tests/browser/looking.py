"""What is wrong with a page, as a browser shows it, reads it aloud and goes through it by keys."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from tests.browser.chromium import Page

PROBE: Final = Path(__file__).with_name("probe.js").read_text(encoding="utf-8")
STRUCTURE: Final = Path(__file__).with_name("structure.js").read_text(encoding="utf-8")
LOADS: Final = re.compile(
    r"""<(?:script|img|link|iframe|object|embed|video|audio|source|base)\b[^>]*?\s(?:src|href|srcset|data)\s*=\s*
        |@import|url\((?!\s*["']?(?:data:|\#))""",
    re.VERBOSE | re.IGNORECASE,
)
HIGHEST: Final = 16_000
STOPS: Final = 400

_HERE: Final = """(() => {
  const one = document.activeElement;
  window.numbers ??= new Map();
  if (one === document.body) return null;
  if (!numbers.has(one)) numbers.set(one, numbers.size);
  const style = getComputedStyle(one);
  return [numbers.get(one), one.outerHTML.slice(0, 80), style.outlineStyle !== 'none' || style.boxShadow !== 'none'];
})()"""

Troubles = dict[str, list[str]]


def everywhere(page: Page) -> dict[str, Troubles]:
    """What is wrong with how it looks, where anything is: on a desk and on a phone, light and dark."""
    found: dict[str, Troubles] = {}
    for width in (1280, 390):
        for dark in (False, True):
            page.resize(width)
            page.darken(dark)
            troubles = seen(page)
            if troubles:
                found[f"{width} px, {'dark' if dark else 'light'}"] = troubles
    return found


def seen(page: Page) -> Troubles:
    """What is wrong with how it looks; by kind, and only kinds of which there is something."""
    width, height = page.run("[innerWidth, document.scrollingElement.scrollHeight]")
    page.resize(width, min(height + 1, HIGHEST))
    return _some(page.run(PROBE))


def heard(page: Page) -> Troubles:
    """What is wrong with how it is made, and what a screen reader finds without a name."""
    nodes = page.spoken()
    troubles: Troubles = _some(page.run(STRUCTURE))
    nameless = [node["role"] for node in nodes if node["focus"] and not node["name"]]
    return troubles | ({"nameless": nameless} if nameless else {})


def walked(page: Page) -> tuple[list[str], Troubles]:
    """What the tab key comes to, in order, until it leaves the page; and what is wrong on the way."""
    stops: list[str] = []
    troubles: Troubles = {"trapped": [], "unseen": []}
    before = -1
    for _ in range(STOPS):
        page.press("Tab")
        here = page.run(_HERE)
        if here is None or here[0] < before:  # the end, or the beginning again
            return stops, _some(troubles)
        number, words, outlined = here
        if number == before:
            troubles["trapped"].append(words)
            break
        if not outlined:
            troubles["unseen"].append(words)
        stops.append(words)
        before = number
    return stops, _some(troubles)


def loaded(file: Path, page: Page) -> list[str]:
    """What is loaded from elsewhere, or would be: by what it asked for, and by what stands in it."""
    own = file.resolve().as_uri()
    asked = [url for url in page.requests() if url != own and not url.startswith("data:")]
    return asked + [match[0] for match in LOADS.finditer(file.read_text(encoding="utf-8"))]


def _some(troubles: Troubles) -> Troubles:
    return {kind: found for kind, found in troubles.items() if found}
