"""``python -m pytest_qruntime.mutants``: compute the kill matrix and print it as a page in Markdown."""

from __future__ import annotations

import sys

from pytest_qruntime.mutants.matrix import page, whole_matrix

sys.stdout.write(page(whole_matrix()))
