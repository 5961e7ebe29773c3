"""What a test's world is made of, and who decides: command line, marker, `qruntime_config`, ini file, default."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    import pytest

MARKER: Final = "qruntime"


class Setting(NamedTuple):
    """One thing that can be decided. `read` turns text into the value and raises ValueError with what is allowed."""

    name: str
    read: Callable[[str], Any]
    metavar: str
    help: str
    default: str

    @property
    def option(self) -> str:
        """Its option on the command line."""
        return f"--qruntime-{self.name.replace('_', '-')}"

    @property
    def ini(self) -> str:
        """Its name in an ini file."""
        return f"qruntime_{self.name}"


def _whole(minimum: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.strip().isdecimal() or int(text) < minimum:
            raise ValueError(f"{text!r}; expected a whole number, at least {minimum}")
        return int(text)

    return read


def _yes_or_no(text: str) -> bool:
    words = {"yes": True, "true": True, "on": True, "1": True, "no": False, "false": False, "off": False, "0": False}
    if text.strip().lower() not in words:
        raise ValueError(f"{text!r}; expected yes or no")
    return words[text.strip().lower()]


def _plan(text: str) -> str:
    from pytest_qruntime.model import Plan

    return Plan.named(text.strip()).name


def _policy(text: str) -> dict[str, Any]:
    """``knob=value`` pairs, separated by commas or line ends."""
    from pytest_qruntime.model import Policy

    knobs: dict[str, Any] = {}
    for pair in text.replace("\n", ",").split(","):
        name, equals, value = pair.partition("=")
        if pair.strip():
            if not equals:
                raise ValueError(f"{pair.strip()!r}; expected knob=value")
            knobs[name.strip()] = _literal(value.strip())
    Policy().but(**knobs)
    return knobs


def _literal(text: str) -> Any:
    words = {"true": True, "false": False, "none": None}
    if text.lower() in words:
        return words[text.lower()]
    return int(text) if text.lstrip("-").isdecimal() else text


def _text(text: str) -> str:
    if not text.strip():
        raise ValueError(f"{text!r}; expected some text")
    return text.strip()


SETTINGS: Final = (
    Setting("plan", _plan, "NAME", "plan of the instance: open, payg, flex or premium", "premium"),
    Setting(
        "policy", _policy, "KNOB=VALUE,...", "knobs where the documents disagree; see the policy page", "(defaults)"
    ),
    Setting("backend", _text, "NAME", "name of the backend that exists from the beginning", "fake_backend"),
    Setting("lanes", _whole(1), "N", "jobs that a backend runs at once", "5"),
    Setting("qpu_contention", _yes_or_no, "yes|no", "whether the QPU runs one job at a time", "yes"),
    Setting("seed", _whole(0), "N", "where every id and random number comes from", "0"),
    Setting("start", _text, "ISO", "date and time at which a world begins", "2026-01-15T12:00:00Z"),
    Setting("freeze", _yes_or_no, "yes|no", "whether datetime.now() and time.time() show virtual time", "yes"),
)
NAMES: Final = tuple(setting.name for setting in SETTINGS)


def read_text(setting: Setting, text: str, where: str) -> Any:
    """The value of an option or ini key. Raises `pytest.UsageError` that says where it stands and what is allowed."""
    import pytest

    try:
        return setting.read(text)
    except ValueError as error:
        raise pytest.UsageError(f"{where}: {error}") from None


def check_names(found: Mapping[str, object], where: str) -> None:
    """Raise `pytest.UsageError` if a marker or config names a setting that does not exist."""
    import pytest

    unknown = sorted(str(name) for name in found if name not in NAMES)
    if unknown:
        raise pytest.UsageError(f"{where}: unknown {', '.join(unknown)}; expected some of {', '.join(NAMES)}")


def resolve(request: pytest.FixtureRequest, config: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `pytest_qruntime.world` for this test.

    Precedence: command line, marker, `qruntime_config` fixture, ini file, default. Of several markers the nearest one
    wins. Policies are merged knob by knob in the same order.
    """
    check_names(config, "the fixture qruntime_config")
    layers = [from_ini(request.config), dict(config), from_markers(request.node), from_command_line(request.config)]
    merged: dict[str, Any] = {}
    policy: dict[str, Any] = {}
    for layer in layers:
        policy.update(_knobs(layer.pop("policy", None)))
        merged.update(layer)
    if policy:
        merged["policy"] = policy
    return merged


def from_ini(config: pytest.Config) -> dict[str, Any]:
    """What the ini file says."""
    found = {setting: str(config.getini(setting.ini)) for setting in SETTINGS}
    return {setting.name: read_text(setting, text, f"ini {setting.ini}") for setting, text in found.items() if text}


def from_command_line(config: pytest.Config) -> dict[str, Any]:
    """What the command line says."""
    found = {setting: config.getoption(setting.option, default=None) for setting in SETTINGS}
    return {
        setting.name: read_text(setting, text, setting.option) for setting, text in found.items() if text is not None
    }


def from_markers(node: pytest.Item) -> dict[str, Any]:
    """What the test's markers say, the nearest one last."""
    merged: dict[str, Any] = {}
    policy: dict[str, Any] = {}
    for marker in reversed(list(node.iter_markers(MARKER))):
        keywords = dict(marker.kwargs)
        policy.update(_knobs(keywords.pop("policy", None)))
        merged.update(keywords)
    return {**merged, "policy": policy} if policy else merged


def _knobs(policy: Any) -> dict[str, Any]:
    """The knobs of a layer: a mapping as it is, a `Policy` as all of its knobs."""
    if policy is None:
        return {}
    if isinstance(policy, Mapping):
        return dict(policy)
    from pytest_qruntime.model import ConfigurationError, Policy

    if not isinstance(policy, Policy):
        raise ConfigurationError(f"policy is {policy!r}; expected a Policy or a mapping of knobs to values")
    return {knob.name: getattr(policy, knob.name) for knob in Policy.knobs()}
