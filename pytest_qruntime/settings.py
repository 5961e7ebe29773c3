"""Who decides what a test's world is made of, and what stands behind the test.

Command line, marker, `qruntime_config`, ini file, default.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import pytest

from pytest_qruntime import several
from pytest_qruntime.several import SWEEP

MARKER: Final = "qruntime"
MAX_AGE: Final = "90d"
MODES: Final = ("dedicated:", "batch:")

__tracebackhide__ = True  # what is wrong with a setting is told in one line


class Setting(NamedTuple):
    """One thing that can be decided. `read` turns text into a value, or raises ValueError with what is expected."""

    name: str
    read: Callable[[str], Any]
    metavar: str
    help: str
    default: str
    example: str

    @property
    def option(self) -> str:
        """Its option on the command line."""
        return f"--qruntime-{self.name.replace('_', '-')}"

    @property
    def ini(self) -> str:
        """Its name in an ini file."""
        return f"qruntime_{self.name}"

    @property
    def repeatable(self) -> bool:
        """Whether the option may be given several times, and then adds up."""
        return self.name == "policy"


def _number(text: str) -> int:
    if not text.isdecimal():
        raise ValueError(f"{text!r}; expected a whole number, zero or more")
    return int(text)


def _age(text: str) -> str | None:
    return None if text.lower() == "none" else text


def _orders(text: str) -> int | str:
    return int(text) if text.isdecimal() else text


def _yes_or_no(text: str) -> bool:
    words = {"yes": True, "true": True, "on": True, "1": True, "no": False, "false": False, "off": False, "0": False}
    if text.lower() not in words:
        raise ValueError(f"{text!r}; expected yes or no")
    return words[text.lower()]


def _knobs(text: str) -> dict[str, Any]:
    """``knob=value`` pairs, separated by commas."""
    knobs: dict[str, Any] = {}
    for pair in text.split(","):
        name, equals, value = (part.strip() for part in pair.partition("="))
        if pair.strip() and not equals and name != SWEEP:
            raise ValueError(f"{pair.strip()!r}; expected knob=value, and commas between several, or {SWEEP}")
        if name:
            knobs[name] = _literal(value) if equals else True
    return knobs


def _literal(text: str) -> Any:
    """The value of a knob; what belongs to each mode is written ``dedicated:1800+batch:600``."""
    words: dict[str, Any] = {"true": True, "false": False, "none": None, "{}": {}}
    if text.lower() in words:
        return words[text.lower()]
    if text.startswith(MODES):
        return {mode: _literal(value) for mode, _, value in (part.partition(":") for part in text.split("+"))}
    return int(text) if text.lstrip("-").isdecimal() else text


SETTINGS: Final = (
    Setting("plan", str, "NAME", "plan of the instance: open, payg, flex or premium", "premium", "'open'"),
    Setting(
        "policy",
        _knobs,
        "KNOB=VALUE,...",
        "behaviour where IBM's documents disagree or are silent; the knobs are the fields of pytest_qruntime.Policy",
        "each knob's own",
        "{'batch_autoend': 0}",
    ),
    Setting("backend", str, "NAME", "name of the one backend that a world begins with", "fake_backend", "'ibm_fez'"),
    Setting("lanes", _number, "N", "jobs that a backend runs at once", "5", "1"),
    Setting("qpu_contention", _yes_or_no, "yes|no", "whether the QPU runs one job at a time", "yes", "False"),
    Setting(
        "engine",
        str,
        "NAME",
        "what computes the results of circuits: ideal, aer, aer-noisy or schema",
        "ideal",
        "'aer'",
    ),
    Setting("seed", _number, "N", "where every id and every random number comes from", "0", "7"),
    Setting(
        "start", str, "ISO", "date and time at which a world begins", "2026-01-15T12:00:00Z", "'2030-06-01T08:00:00Z'"
    ),
    Setting(
        "freeze",
        _yes_or_no,
        "yes|no",
        "whether datetime.now() and time.time() show virtual time; sleeping is virtual in any case",
        "yes",
        "False",
    ),
)
"""What a world is made of."""

SOURCES: Final = (
    Setting("source", str, "fake|cassette|live", "what answers the requests of a test", "fake", "'cassette'"),
    Setting(
        "cassette",
        str,
        "FILE",
        "the recording that a test replays, relative to the folder of the test file",
        "cassettes/MODULE/TEST.yaml",
        "'close.yaml'",
    ),
    Setting("max_age", _age, "AGE", "how old a recording may become, such as 90d; or none", MAX_AGE, "'30d'"),
    Setting(
        "stale", str, "warn|error", "what becomes of a test whose recording is older than max_age", "warn", "'error'"
    ),
)
"""What stands behind a test."""

JUDGEMENTS: Final = (
    Setting(
        "contracts",
        str,
        "fail|warn|off",
        "what becomes of a test in which the service broke a contract",
        "fail",
        "'warn'",
    ),
    Setting(
        "leaks", str, "fail|warn|off", "what becomes of a test that leaves a session or batch open", "fail", "'warn'"
    ),
)
"""How a test is judged when it is over."""

REPEATS: Final = (
    Setting(
        "interleavings",
        _orders,
        "all|N|ORDER",
        "in how many orders events of the same instant are tried, at most; or one order; on the fake alone",
        "1",
        "'all'",
    ),
)
"""How often a test runs."""

TROUBLES: Final = (
    Setting(
        "scenario",
        str,
        "NAME",
        "what goes wrong: the name of a scenario; on the fake alone",
        "none",
        "'expires_mid_loop'",
    ),
)
"""What goes wrong in a test."""

ALL: Final = (*SETTINGS, *SOURCES, *JUDGEMENTS, *REPEATS, *TROUBLES)
NAMES: Final = tuple(setting.name for setting in ALL)
OF_MARKERS: Final = ("allow", "fault")
"""What a marker alone can say: it is about one test."""
_OF_A_WORLD: Final = frozenset(setting.name for setting in SETTINGS)


def check(found: object, where: str, more: Sequence[str] = ()) -> None:
    """Raise `ConfigurationError`, which begins with `where`, for an unknown name or a value that cannot be used.

    Args:
        found: a mapping of names to values.
        where: it stands.
        more: names that are known there besides those of settings.
    """
    from pytest_qruntime.arguments import CHECKS
    from pytest_qruntime.model.errors import ConfigurationError

    if not isinstance(found, Mapping):
        raise ConfigurationError(f"{where} is {found!r}; expected a mapping such as {{'plan': 'open', 'lanes': 1}}")
    misplaced = [name for name in found if name in OF_MARKERS and name not in more]
    if misplaced:
        raise ConfigurationError(f"{where}: {misplaced[0]} is about one test; say it with @pytest.mark.{MARKER}")
    known = (*NAMES, *more)
    unknown = [repr(name) for name in found if name not in known]
    if unknown:
        raise ConfigurationError(f"{where}: unknown {', '.join(unknown)}; expected some of {', '.join(known)}")
    for name, value in found.items():
        try:
            if several.is_list(value) and more:
                several.check(name, value, CHECKS[name])
            else:
                CHECKS[name](value)
        except ConfigurationError as error:
            raise ConfigurationError(f"{where}: {error}") from None


def read(setting: Setting, text: str, where: str) -> Any:
    """The value that text stands for. Raises `ConfigurationError` that says where it stands and what is expected."""
    from pytest_qruntime.model.errors import ConfigurationError

    try:
        value = setting.read(text.strip())
    except ValueError as error:
        raise ConfigurationError(f"{where}: {setting.name} is {error}") from None
    check({setting.name: value}, where)
    return value


def refuse_several(config: object) -> None:
    """Raise `ConfigurationError` for what has to be known before fixtures run: a matrix, a sweep, interleavings."""
    from pytest_qruntime.model.errors import ConfigurationError

    for name, value in config.items() if isinstance(config, Mapping) else ():
        if several.asks(name, value):
            raise ConfigurationError(
                f"the fixture qruntime_config: {name} is {value!r}, and how often a test runs is settled before "
                f"fixtures are; say it with @pytest.mark.{MARKER}"
            )


def of_world(found: Mapping[str, Any]) -> dict[str, Any]:
    """The settings among these that are arguments of `pytest_qruntime.world`."""
    return {name: value for name, value in found.items() if name in _OF_A_WORLD}


def decided(request: pytest.FixtureRequest, config: Mapping[str, Any]) -> dict[str, Any]:
    """Every setting of this test that somebody has decided.

    Precedence: command line, marker, `qruntime_config` fixture, ini file, default. Of several markers the nearest one
    wins. Policies are merged knob by knob in the same order.
    """
    refuse_several(config)
    check(config, "the fixture qruntime_config")
    check_several(request.node)
    markers = from_markers(request.node)
    for marker in markers:  # those that were added since the collection have not been looked at
        check(marker, f"@pytest.mark.{MARKER}", OF_MARKERS)
    ini, command_line = given(request.config)
    return _with_scenario(several.once(merged(ini, config, *markers, command_line)))


def _with_scenario(found: Mapping[str, Any]) -> dict[str, Any]:
    """These settings, and those of the scenario that is among them, where nobody has decided otherwise."""
    if "scenario" not in found:
        return dict(found)
    from pytest_qruntime.scenarios import named

    return merged(named(found["scenario"]).settings, found)


def check_several(item: pytest.Item) -> None:
    """Raise `ConfigurationError` if a test has a matrix, and is not one of the tests that it makes."""
    left = matrix(item)
    if left and several.PARAMETER not in getattr(getattr(item, "callspec", None), "params", ()):
        from pytest_qruntime.model.errors import ConfigurationError

        raise ConfigurationError(
            f"@pytest.mark.{MARKER}: {', '.join(left)} has several values, and each makes a test of its own; that is "
            "for a function or method, not of a unittest.TestCase, that has the fixture qruntime, or one that uses it, "
            "among its arguments"
        )


def uses(item: pytest.Item) -> bool:
    """Whether a test has the fixture of a world among those that pytest knows beforehand."""
    return "qruntime" in getattr(item, "fixturenames", ())


def asks_several(item: pytest.Item) -> bool:
    """Whether somebody asks for several runs of a test, be it that they are not for this one."""
    if not uses(item):
        return False
    layers = (*given(item.config), *from_markers(item))
    return any(several.asks(name, value) for layer in layers for name, value in layer.items())


def matrix(node: pytest.Item) -> dict[str, Sequence[Any]]:
    """The settings that have several values for a test, by name."""
    marked = [spelled_out(marker.kwargs) for marker in reversed(list(node.iter_markers(MARKER)))]
    if not any(several.is_list(value) for marker in marked for value in marker.values()):
        return {}
    return several.axes(marked, [name for name in given(node.config)[1] if name != "policy"])


def spelled_out(marker: Mapping[str, Any]) -> dict[str, Any]:
    """What a marker says, with every scenario by its name if it says all of them."""
    if marker.get("scenario") != "all":
        return dict(marker)
    from pytest_qruntime.scenarios import SCENARIOS  # what only few markers need is loaded for them

    return {**marker, "scenario": list(SCENARIOS)}


_GIVEN: Final = pytest.StashKey[tuple[dict[str, Any], dict[str, Any]]]()


def given(config: pytest.Config) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the ini file and the command line say, read by the first test that asks."""
    if _GIVEN not in config.stash:
        config.stash[_GIVEN] = from_ini(config), from_command_line(config)
    return config.stash[_GIVEN]


def merged(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """One mapping out of several, the last one first in rank; policies knob by knob."""
    from pytest_qruntime.arguments import knobs

    whole: dict[str, Any] = {name: value for layer in layers for name, value in layer.items() if name != "policy"}
    policy = {name: value for layer in layers for name, value in knobs(layer.get("policy")).items()}
    return {**whole, "policy": policy} if policy else whole


def from_ini(config: pytest.Config) -> dict[str, Any]:
    """What the ini file says."""
    found = {setting: config.getini(setting.ini) for setting in ALL}
    return {
        setting.name: read(setting, _joined(value), f"ini {setting.ini}") for setting, value in found.items() if value
    }


def from_command_line(config: pytest.Config) -> dict[str, Any]:
    """What the command line says."""
    found = {setting: config.getoption(setting.option, default=None) for setting in ALL}
    return {
        setting.name: read(setting, _joined(value), setting.option)
        for setting, value in found.items()
        if value is not None
    }


def _joined(value: str | list[str]) -> str:
    """One text: what is repeatable comes as a list."""
    return value if isinstance(value, str) else ",".join(value)


def from_markers(node: pytest.Item) -> list[dict[str, Any]]:
    """What the test's markers say, the nearest one last; of a matrix the values of this test."""
    marked = [spelled_out(marker.kwargs) for marker in reversed(list(node.iter_markers(MARKER)))]
    return [several.singles(marker) for marker in marked]
