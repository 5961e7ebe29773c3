"""The protocol of a test that runs several times on the fake."""

from __future__ import annotations

from typing import Final

import pytest

from pytest_qruntime.recording.phase import DIRECTION, Direction
from pytest_qruntime.recording.rounds import Reports, only_shows, report_once, run_once
from pytest_qruntime.repeating.asked import Asked, asked_of
from pytest_qruntime.repeating.orders import all_orders, one_order
from pytest_qruntime.repeating.runs import went_through
from pytest_qruntime.repeating.sweep import every_policy
from pytest_qruntime.telling import repeats

ASKED: Final = pytest.StashKey[Asked]()
"""On a test that runs several times: what is asked of it."""


class Repeater:
    """The plugin that runs tests several times."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
        """Run a test as often as is asked of it. Others are not for this plugin."""
        if ASKED not in item.stash or only_shows(item.config):
            return None
        report_once(item, nextitem, lambda: _reports(item, item.stash[ASKED]))
        return True


def begin_repeating(session: pytest.Session) -> None:
    """Write down what is asked of the tests, for the plugin that does it."""
    for item in session.items:
        asked = asked_of(item)
        if asked is not None:
            item.stash[ASKED] = asked
    session.config.pluginmanager.register(Repeater(), "qruntime-repeater")


def _reports(item: pytest.Item, asked: Asked) -> Reports:
    def run(direction: Direction) -> Reports:
        return run_once(item, DIRECTION, direction)

    if asked.orders is None:
        return every_policy(run)
    if isinstance(asked.orders, str):
        return one_order(item, asked.orders, run)
    reports = all_orders(item, asked.orders, run)
    if not asked.sweep or not went_through(reports):
        return reports
    return _both(reports, every_policy(run))


def _both(orders: Reports, policies: Reports) -> Reports:
    """The reports of the second, with what the first say of themselves."""
    for report, earlier in zip(policies, orders, strict=False):
        report.user_properties.extend(one for one in earlier.user_properties if one[0].startswith(repeats.ORDERS))
        report.duration += earlier.duration
    return policies
