"""`python -m pytest_qruntime.cli` is the command `qruntime`."""

from __future__ import annotations

import sys

from pytest_qruntime.cli.command import main

sys.exit(main())
