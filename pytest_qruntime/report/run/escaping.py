"""What tests are called and say, made harmless: it may hold markup, control characters, or halves of characters."""

from __future__ import annotations

import re
from html import escape
from typing import Final

_PICTURES: Final = {code: 0x2400 + code for code in range(32) if chr(code) not in "\n\t"}
"""Control characters, by those that stand for them in print."""
_DIRECTIONS: Final = (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)
"""Characters that make others read in another order."""
_SPELLED: Final = {code: f"\\u{code:04x}" for code in (*range(0x80, 0xA0), *_DIRECTIONS)}
_INVISIBLE: Final[dict[int, int | str]] = {**_PICTURES, 0x7F: 0x2421, **_SPELLED}
_HALVES: Final = re.compile("[\ud800-\udfff\ufffe\uffff]")
_MARKDOWN: Final = str.maketrans({char: f"&#{ord(char)};" for char in "\\`*_[]~|#!&<>\"'"})
_FENCE: Final = re.compile("`{3,}")


def visible(text: str) -> str:
    """Text as it can be printed: what cannot be seen is shown by what stands for it."""
    return _HALVES.sub(lambda half: f"\\u{ord(half[0]):04x}", text.translate(_INVISIBLE))


def line(text: str) -> str:
    """The same in one line."""
    return " ".join(visible(text).split())


def html(text: str) -> str:
    """Text in HTML, also in an attribute between quotes."""
    return escape(visible(text))


def markdown(text: str) -> str:
    """Text in a line or a cell of Markdown; nobody is notified by it."""
    return line(text).translate(_MARKDOWN).replace("@", "@&#8203;")


def code(text: str) -> str:
    """The same as code."""
    return f"<code>{line(text).translate(_MARKDOWN)}</code>"


def fenced(text: str, language: str) -> str:
    """A block of code in Markdown, which nothing in it can end."""
    shown = visible(text).rstrip("\n")
    longest = max(map(len, _FENCE.findall(shown)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{shown}\n{fence}\n"
