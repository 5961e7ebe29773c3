"""The freezegun view of a clock: what `datetime.now()` and `time.time()` show while a clock with `freeze=True` is held.

freezegun changes and restores the names; the values come from the clock. Four things are done differently from a plain
`freeze_time().start()`, each because a test of the traps in tests/clock failed without it:

- freezegun is shown only the modules that keep a name of the clock (see `aliases`), so a freeze costs microseconds per
  such module and never imports anything;
- its stack inspection is off, since it shows real time to code in threads; modules that must see real time are told
  apart by who calls (see `real.keeps_real_time`). But pytest's timing may have a function that a freeze before ours
  gave it, and that one looks through the stack;
- its functions are replaced by those of `held`, which know the zone of the process and a monotonic clock that goes on;
- asyncio keeps `loop.time()` through `held.loop_time`, in place of freezegun's `real_asyncio`.
"""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from pytest_qruntime.clock import held
from pytest_qruntime.clock.aliases import Alias, Aliases, aliases_in
from pytest_qruntime.clock.real import FREEZABLE, Real
from pytest_qruntime.clock.taught import prepare_pydantic, teach_fake_classes, yaml_knows

if TYPE_CHECKING:
    from collections.abc import Iterator

_EPOCH: Final = Real.datetime(1970, 1, 1)
_FREEZABLE_IDS: Final = frozenset(map(id, FREEZABLE))
_FAKES: Final[Mapping[str, Callable[..., Any]]] = {
    name: getattr(held, name)
    for name in (
        "fake_time",
        "fake_time_ns",
        "fake_monotonic",
        "fake_monotonic_ns",
        "fake_perf_counter",
        "fake_perf_counter_ns",
        "fake_localtime",
        "fake_gmtime",
        "fake_strftime",
    )
}


class View:
    """One freeze. `unix_us` is what it shows; `move` follows the clock; `stop` restores what `start` changed."""

    def __init__(self, unix_us: int) -> None:
        prepare_pydantic()
        self._api: Any = importlib.import_module("freezegun.api")
        teach_fake_classes(self._api)
        self.unix_us = unix_us
        self.naive_utc = naive_utc(unix_us)
        self._origin_us = unix_us
        self._monotonic_ns = Real.monotonic_ns()
        self._perf_counter_ns = Real.perf_counter_ns()
        self.factories: list[Any] = self._api.freeze_factories
        self.factory: Any = None
        self._freezer: Any = None
        self._forget_yaml: Callable[[], None] = lambda: None

    @property
    def monotonic_ns(self) -> int:
        """The monotonic clock: real until the freeze, then moved by virtual time only."""
        return self._monotonic_ns + (self.unix_us - self._origin_us) * 1000

    @property
    def perf_counter_ns(self) -> int:
        """The performance counter, likewise."""
        return self._perf_counter_ns + (self.unix_us - self._origin_us) * 1000

    def move(self, unix_us: int) -> None:
        """Show another instant."""
        self.unix_us = unix_us
        self.naive_utc = naive_utc(unix_us)
        self.factory.move_to(self.naive_utc)

    def start(self, aliases: Sequence[Alias]) -> None:
        """Freeze the process: the modules `time`, `datetime` and `uuid`, and the names in `aliases`."""
        had_clock = hasattr(time, "clock")
        freezer = self._api.freeze_time(self.naive_utc)
        freezer.ignore = ("_pytest.timing",)
        frozen_names: dict[ModuleType, list[tuple[str, Any]]] = {}
        for alias in aliases:
            if id(alias.real) in _FREEZABLE_IDS:
                frozen_names.setdefault(alias.module, []).append((alias.name, alias.real))
        modules = {alias.loaded_as: alias.module for alias in aliases if alias.module in frozen_names}
        ours = swapped(self._api, _get_cached_module_attributes=lambda module: frozen_names[module], **_FAKES)
        with self._showing(modules), ours:
            self.factory = freezer.start()
        self._freezer = freezer
        self._leaves_clock = not had_clock
        freezer.modules_at_start = set()
        self._forget_yaml = yaml_knows(self._api)

    def stop(self, aliases: Aliases) -> None:
        """Undo `start`, also in the modules that were imported since."""
        self._forget_yaml()
        fakes = getattr(self._freezer, "reals", {})
        fresh = {name: module for name, module in aliases.fresh() if aliases_in(name, module, fakes)}
        with self._showing(fresh):
            self._freezer.stop()
        if self._leaves_clock and vars(time).get("clock", self) is None:
            del time.clock  # type: ignore[attr-defined]  # freezegun leaves a name behind that Python 3 does not have

    def outranked(self) -> Any:
        """What the freeze that lies over this one shows, in the terms of a view."""
        if not self.factories:
            return None
        unix_us = (self.factories[-1]() - _EPOCH) // timedelta(microseconds=1)
        return SimpleNamespace(unix_us=unix_us, monotonic_ns=unix_us * 1000, perf_counter_ns=unix_us * 1000)

    @contextmanager
    def _showing(self, modules: Mapping[str, ModuleType]) -> Iterator[None]:
        """Let freezegun see these modules as all there are."""
        with swapped(self._api, sys=SimpleNamespace(modules=dict(modules), version_info=sys.version_info)):
            yield


@contextmanager
def swapped(target: Any, **replacements: Any) -> Iterator[None]:
    """Replace those of the attributes that exist, and put them back."""
    before = {name: getattr(target, name) for name in replacements if hasattr(target, name)}
    for name in before:
        setattr(target, name, replacements[name])
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(target, name, value)


def naive_utc(unix_us: int) -> Any:
    """A plain datetime in UTC, which is what freezegun's factory holds."""
    return _EPOCH + timedelta(microseconds=unix_us)
