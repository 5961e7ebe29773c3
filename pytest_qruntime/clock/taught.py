"""What other libraries must know about freezegun's classes, and freezegun about time zones.

`teach_fake_classes` changes freezegun's two classes for good, once: they are not part of the process unless somebody
freezes, objects of theirs outlive every freeze, and the changes keep to freezes of this package.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import timezone
from typing import TYPE_CHECKING, Any, Final

from pytest_qruntime.clock.held import HELD
from pytest_qruntime.clock.real import Real

if TYPE_CHECKING:
    from pytest_qruntime.clock.freezing import View

_done: Final[set[str]] = set()


def prepare_pydantic() -> None:
    """Build a pydantic model with a date and a datetime before the first freeze.

    pydantic keeps the classes that it sees while its schema machinery loads. If that happened under a freeze, every
    later model with a datetime field would fail for the rest of the process. Without pydantic there is nothing to do;
    and when a plain freeze of somebody else has done that damage already, nothing can be.
    """
    if "pydantic" in _done:
        return
    _done.add("pydantic")
    with suppress(ImportError):
        from pydantic import PydanticSchemaGenerationError, create_model

        with suppress(PydanticSchemaGenerationError):
            create_model("Warm", at=(Real.datetime, ...), on=(Real.date, ...))


def teach_fake_classes(api: Any) -> None:
    """Give freezegun's classes pydantic's schema hook, and the zone of the process while one of our views is on top.

    freezegun knows one fixed offset for all instants and adds it to aware times too; here naive local times follow
    the process's zone with its summer time, `datetime.now(tz)` is right for every tz, and naive objects that outlive
    the freeze still have a `timestamp()`.
    """
    if "freezegun" in _done:
        return
    _done.add("freezegun")
    _Taught(api).install()
    api.FakeDatetime.__get_pydantic_core_schema__ = classmethod(_datetime_schema)
    api.FakeDate.__get_pydantic_core_schema__ = classmethod(_date_schema)


class _Taught:
    """What `now` and its kin of freezegun's classes do: ours under a view of ours, else freezegun's, else the real."""

    def __init__(self, api: Any) -> None:
        self._api = api
        self._datetime, self._date = api.FakeDatetime, api.FakeDate
        self._factories: list[Any] = api.freeze_factories

    def install(self) -> None:
        """Replace the methods, keeping freezegun's for its own freezes."""
        for cls, name in (
            (self._datetime, "now"),
            (self._datetime, "utcnow"),
            (self._datetime, "fromtimestamp"),
            (self._date, "today"),
        ):
            setattr(cls, name, classmethod(_with_theirs(getattr(self, name), cls.__dict__[name])))
        theirs = self._datetime.timestamp

        def timestamp(moment: Any) -> Any:
            return theirs(moment) if self._is_foreign() else Real.datetime.timestamp(moment)

        self._datetime.timestamp = timestamp

    def now(self, theirs: Callable[..., Any], tz: Any = None) -> Any:
        """`datetime.now`: local time without a zone, the right time in any other."""
        if self._is_foreign():
            return theirs(tz)
        view = self._view()
        if view is None:
            return self._fake(Real.datetime.now(tz))
        return self._fake(local_now(view) if tz is None else tz.fromutc(view.naive_utc.replace(tzinfo=tz)))

    def utcnow(self, theirs: Callable[..., Any]) -> Any:
        """`datetime.utcnow`."""
        if self._is_foreign():
            return theirs()
        view = self._view()
        return self._fake(view.naive_utc if view else Real.datetime.now(timezone.utc).replace(tzinfo=None))

    def fromtimestamp(self, theirs: Callable[..., Any], t: float, tz: Any = None) -> Any:
        """`datetime.fromtimestamp`, in the zone of the process at that time."""
        return theirs(t, tz) if self._is_foreign() else self._fake(Real.datetime.fromtimestamp(t, tz))

    def today(self, theirs: Callable[..., Any]) -> Any:
        """`date.today`, in the zone of the process."""
        if self._is_foreign():
            return theirs()
        view = self._view()
        return self._api.date_to_fakedate(local_now(view) if view else Real.date.today())

    def _view(self) -> View | None:
        return HELD[-1].view if HELD else None

    def _is_foreign(self) -> bool:
        """Whether a freeze of somebody else is the innermost."""
        if not self._factories:
            return False
        innermost = self._factories[-1]
        return not any(clock.view is not None and clock.view.factory is innermost for clock in HELD)

    def _fake(self, t: Any) -> Any:
        parts = (t.year, t.month, t.day, t.hour, t.minute, t.second, t.microsecond, t.tzinfo)
        return self._datetime(*parts, fold=t.fold)


def _with_theirs(ours: Callable[..., Any], theirs: classmethod[Any, Any, Any]) -> Callable[..., Any]:
    """A class method's function that calls `ours` with freezegun's own method, bound, before its arguments."""

    def method(cls: Any, *args: Any, **kwargs: Any) -> Any:
        return ours(theirs.__get__(None, cls), *args, **kwargs)

    return method


def local_now(view: View) -> Any:
    """The view's instant as a naive time in the zone of the process, summer time and `fold` included."""
    seconds, micros = divmod(view.unix_us, 1_000_000)
    return Real.datetime.fromtimestamp(seconds).replace(microsecond=micros)


def _datetime_schema(cls: Any, source: Any, handler: Any) -> Any:
    from pydantic_core import core_schema

    return core_schema.datetime_schema()


def _date_schema(cls: Any, source: Any, handler: Any) -> Any:
    from pydantic_core import core_schema

    return core_schema.date_schema()


def yaml_knows(api: Any) -> Callable[[], None]:
    """Let PyYAML, if it is loaded, write freezegun's datetimes like any other; returns what forgets them again."""
    yaml = sys.modules.get("yaml")
    if yaml is None:
        return lambda: None
    base = yaml.representer.SafeRepresenter
    dumpers = [yaml.representer.Representer, yaml.SafeDumper, yaml.Dumper]
    dumpers += [getattr(yaml, name) for name in ("CSafeDumper", "CDumper") if hasattr(yaml, name)]
    tables = [vars(cls)["yaml_representers"] for cls in (base, *dumpers) if "yaml_representers" in vars(cls)]
    added = []
    for cls, how in ((api.FakeDatetime, base.represent_datetime), (api.FakeDate, base.represent_date)):
        for table in tables:
            if cls not in table:
                table[cls] = how
                added.append((table, cls))

    def forget() -> None:
        for table, cls in added:
            table.pop(cls, None)

    return forget
