"""What the reports of a test that ran several times say of it: JUnit files and the summary are made of that."""

from __future__ import annotations

from typing import Final

ORDERS: Final = "qruntime_orders"
"""In how many orders of events the test ran."""

CUT_OFF: Final = "qruntime_orders_cut_off"
"""There are more orders than that."""

ORDER: Final = "qruntime_order"
"""The order in which it failed, or the one that was asked for, as `interleavings` takes it."""

VALUES: Final = "qruntime_policies"
"""With how many values of knobs it ran, besides its own."""

RELIES: Final = "qruntime_relies_on"
"""A knob on which its result depends, and how; once for each."""
