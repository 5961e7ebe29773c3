"""The colours of pages and pictures, for light and dark screens: each can be read on its ground, and on tints of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LIGHT: Final = {
    "ground": "#ffffff",
    "raised": "#f6f8fa",
    "ink": "#1b1f24",
    "soft": "#57606a",
    "line": "#d0d7de",
    "waits": "#9a6700",
    "active": "#1a7f37",
    "idle": "#8c959f",
    "closing": "#8250df",
    "classical": "#0969da",
    "quantum": "#116329",
    "bad": "#cf222e",
}
DARK: Final = {
    "ground": "#0d1117",
    "raised": "#151b23",
    "ink": "#e6edf3",
    "soft": "#9198a1",
    "line": "#3d444d",
    "waits": "#d29922",
    "active": "#3fb950",
    "idle": "#6e7681",
    "closing": "#ab7df8",
    "classical": "#4493f8",
    "quantum": "#7ee787",
    "bad": "#f85149",
}


def variables(colours: Mapping[str, str]) -> str:
    """Declarations for a style sheet: ``--ink: #1b1f24; ...``."""
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())
