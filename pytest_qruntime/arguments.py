"""What a world can be made of, and what stands behind a test: each argument is checked here, whoever gives it.

`world()` in a script, a marker, the fixture `qruntime_config`, an option and an ini file all end up here, so that a
wrong value has the same message everywhere, at once, and before anything is patched.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Final

from pytest_qruntime.clock.durations import seconds_of
from pytest_qruntime.model import ConfigurationError, Durations, JobRequest, Plan, Policy, estimate
from pytest_qruntime.model.errors import whole_number
from pytest_qruntime.model.instance import DEFAULT_REGION
from pytest_qruntime.model.plan import PLANS
from pytest_qruntime.several import ALL_ORDERS, SWEEP

if TYPE_CHECKING:
    from pytest_qruntime.network import Fault

DurationsFunction = Callable[[JobRequest], Durations | tuple[float, float]]

__tracebackhide__ = True  # what is wrong with an argument is told where it is given

_ORDER: Final = re.compile(r"\d+(\.\d+)+")
_REGION: Final = re.compile(r"[a-z][a-z0-9-]*")
_CRN: Final = re.compile(r"crn:v1:[a-z0-9-]+:[a-z]+:quantum-computing:([a-z][a-z0-9-]*):a/[^:\s]+:[^:\s]+::")
SOURCES: Final = ("fake", "cassette", "live")
STALE: Final = ("warn", "error")
LEVELS: Final = ("fail", "warn", "off")
LEAK: Final = "leak"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)


def plan(value: object) -> Plan:
    """The plan: its name or a `Plan`."""
    if isinstance(value, (str, Plan)):
        return Plan.named(value)
    raise ConfigurationError(f"plan is {value!r}; expected one of {', '.join(PLANS)} or a Plan")


def policy(value: object) -> Policy:
    """The policy: a `Policy`, or a mapping of the knobs that differ from the default; None is the default."""
    if isinstance(value, Policy):
        return value
    found = knobs(value)
    if SWEEP in found:
        raise ConfigurationError(
            f"policy is {value!r}; a world has one policy. To run a test with every one, say policy={SWEEP!r} in "
            f"@pytest.mark.qruntime, or --qruntime-policy={SWEEP}"
        )
    return Policy().but(**found)


def swept_policy(value: object) -> Policy:
    """The policy of a test, which may ask for a sweep."""
    found = dict(knobs(value))
    if not isinstance(found.pop(SWEEP, True), bool):
        raise ConfigurationError(f"policy is {value!r}; expected True or False for {SWEEP!r}")
    return Policy().but(**found)


def knobs(value: object) -> dict[str, Any]:
    """The knobs that a policy turns: those of a mapping, every knob of a `Policy`, none of None; and the sweep."""
    if value is None:
        return {}
    if value == SWEEP:
        return {SWEEP: True}
    if isinstance(value, Policy):
        return {knob.name: getattr(value, knob.name) for knob in Policy.knobs()}
    if not isinstance(value, Mapping):
        raise ConfigurationError(
            f"policy is {value!r}; expected a Policy or a mapping of knobs to values, such as {{'batch_autoend': 0}}"
        )
    return {str(name): turned for name, turned in value.items()}


def backend(value: object) -> str:
    """The name of a backend: it becomes a part of paths."""
    if not isinstance(value, str) or not value or not value.isprintable() or set(value) & set(" /?#%"):
        raise ConfigurationError(f"backend is {value!r}; expected a name such as 'ibm_fez', without spaces and /?#%")
    return value


def lanes(value: object) -> int:
    """How many jobs a backend runs at once."""
    return _whole_number("lanes", value, minimum=1)


def seed(value: object) -> int:
    """The seed: a whole number."""
    return _whole_number("seed", value, minimum=0)


def freeze(value: object) -> bool:
    """Whether the process shows virtual time."""
    return _switch("freeze", value)


def qpu_contention(value: object) -> bool:
    """Whether the QPU runs one job at a time."""
    return _switch("qpu_contention", value)


def engine(value: object) -> str:
    """What computes the results of circuits."""
    from pytest_qruntime.programs.engines import ENGINES  # a marker without an engine need not load it

    if value not in ENGINES:
        raise ConfigurationError(f"engine is {value!r}; expected one of {', '.join(ENGINES)}")
    return str(value)


def region(value: object) -> str:
    """A region of the service."""
    if not isinstance(value, str) or not _REGION.fullmatch(value):
        raise ConfigurationError(f"region is {value!r}; expected one such as 'us-east' or 'eu-de'")
    return value


def instance_name(value: object) -> str:
    """The name of a service instance."""
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or value.startswith("crn:"):
        raise ConfigurationError(f"instance name is {value!r}; expected text such as 'my-lab', and no CRN")
    return value


def crn(value: object) -> str:
    """The CRN of a service instance."""
    if not isinstance(value, str) or not _CRN.fullmatch(value):
        raise ConfigurationError(
            f"crn is {value!r}; expected one such as "
            "'crn:v1:bluemix:public:quantum-computing:us-east:a/ACCOUNT:INSTANCE::'"
        )
    return value


def instance_region(value: object, of_crn: str | None) -> str:
    """The region of an instance: the one that is named, or that of its CRN, or the default one."""
    match = None if of_crn is None else _CRN.fullmatch(of_crn)
    found = DEFAULT_REGION if match is None else match[1]
    if value is None:
        return found
    if match is not None and value != found:
        raise ConfigurationError(f"region is {value!r}, and the CRN is of {found}; expected the same, or one of them")
    return region(value)


def tags(value: object) -> tuple[str, ...]:
    """The tags of an instance."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise ConfigurationError(f"tags is {value!r}; expected a list of texts such as ['team-a']")
    found = tuple(value)
    for tag in found:
        if not isinstance(tag, str) or not tag:
            raise ConfigurationError(f"tags has {tag!r}; expected texts such as 'team-a'")
    return found


def start(value: object) -> int:
    """The instant at which the world begins, in microseconds since 1970; without a zone it is taken as UTC."""
    moment = value
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value.strip().replace("Z", "+00:00"))
        except ValueError:
            moment = None
    if not isinstance(moment, datetime):
        raise ConfigurationError(
            f"start is {value!r}; expected ISO 8601 text such as '2026-01-15T12:00:00Z', or a datetime"
        )
    aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    return (aware - _EPOCH) // timedelta(microseconds=1)


def durations(function: object) -> Callable[[JobRequest], Durations]:
    """How long a job takes; what the function answers is checked when a job is submitted."""
    if function is estimate:
        return estimate
    if not callable(function):
        raise ConfigurationError(
            f"durations is {function!r}; expected a function from a JobRequest to Durations or (classical, quantum) "
            "seconds; to decide about single jobs, use qruntime.next_jobs()"
        )

    def checked(request: JobRequest) -> Durations:
        found = function(request)
        if isinstance(found, Durations):
            return found
        if not isinstance(found, tuple) or len(found) != 2:
            raise ConfigurationError(
                f"the durations function answered {found!r}; expected Durations or (classical, quantum) seconds"
            )
        return Durations.of(*found)

    return checked


def source(value: object) -> str:
    """What answers the requests of a test."""
    if value not in SOURCES:
        raise ConfigurationError(f"source is {value!r}; expected one of {', '.join(SOURCES)}")
    return str(value)


def cassette(value: object) -> str:
    """The file of a recording, relative to the folder of the test file."""
    text = os.fspath(value) if isinstance(value, (str, os.PathLike)) else None
    if not isinstance(text, str) or not text.isprintable() or not text.endswith((".yaml", ".yml", ".json")):
        raise ConfigurationError(f"cassette is {value!r}; expected the name of a file such as 'close.yaml'")
    if text.startswith(("/", "~")) or "\\" in text or re.match("[A-Za-z]:", text):
        raise ConfigurationError(
            f"cassette is {value!r}, a path of this machine that nobody else has; expected one that is relative to the "
            "folder of the test file, with / between its parts, such as 'cassettes/close.yaml'"
        )
    return text


def max_age(value: object) -> float | None:
    """How old a recording may become, in seconds; None for any age."""
    if value is None:
        return None
    return seconds_of(value, what="max_age")  # type: ignore[arg-type]  # it refuses other types itself


def interleavings(value: object) -> int | str:
    """In how many orders a test is tried, at most; ``"all"``; or one order, such as ``"1.0.2"``."""
    if isinstance(value, str) and (value == ALL_ORDERS or _ORDER.fullmatch(value)):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    raise ConfigurationError(
        f"interleavings is {value!r}; expected {ALL_ORDERS!r}, or how many orders are tried at most, or the one that a "
        "failure names, such as '1.0.2'"
    )


def stale(value: object) -> str:
    """What becomes of a test whose recording is too old."""
    if value not in STALE:
        raise ConfigurationError(f"stale is {value!r}; expected one of {', '.join(STALE)}")
    return str(value)


def contracts(value: object) -> str:
    """What becomes of a test in which the service broke a contract."""
    return _level("contracts", value)


def leaks(value: object) -> str:
    """What becomes of a test that leaves a session or batch open."""
    return _level("leaks", value)


def _level(what: str, value: object) -> str:
    if value not in LEVELS:
        raise ConfigurationError(f"{what} is {value!r}; expected one of {', '.join(LEVELS)}")
    return str(value)


def allow(value: object) -> dict[str, str]:
    """What a test breaks deliberately: ids of contracts, or "leak", each with the reason."""
    if not isinstance(value, Mapping):
        raise ConfigurationError(
            f"allow is {value!r}; expected a mapping such as {{'SUB-02': 'why'}}, or {{'{LEAK}': 'why'}}"
        )
    for name, reason in value.items():
        if name != LEAK:
            _contract(name)
        if not isinstance(reason, str) or not reason.strip():
            raise ConfigurationError(f"allow[{name!r}] is {reason!r}; expected the reason, in words")
    return dict(value)


def fault(value: object) -> Fault:
    """What goes wrong with requests."""
    from pytest_qruntime.network import Fault  # a marker without one need not load it

    if not isinstance(value, Fault):
        raise ConfigurationError(
            f"fault is {value!r}; expected a Fault such as Fault(503, 'submit'), or a list of them, each of which "
            "makes a test"
        )
    return value


def scenario(value: object) -> str:
    """What goes wrong, by name."""
    from pytest_qruntime.scenarios import ALL, named  # likewise

    if value == ALL:
        raise ConfigurationError(
            f"scenario is {ALL!r}, and each makes a test of its own; say it with "
            f"@pytest.mark.qruntime(scenario={ALL!r})"
        )
    return named(value).name


def _contract(name: object) -> None:
    from pytest_qruntime.contracts.checker import check_id  # a marker that allows nothing need not load them

    check_id(name)


CHECKS: Final[Mapping[str, Callable[[object], object]]] = {
    "plan": plan,
    "policy": swept_policy,
    "backend": backend,
    "lanes": lanes,
    "qpu_contention": qpu_contention,
    "engine": engine,
    "seed": seed,
    "start": start,
    "freeze": freeze,
    "source": source,
    "cassette": cassette,
    "max_age": max_age,
    "stale": stale,
    "interleavings": interleavings,
    "contracts": contracts,
    "leaks": leaks,
    "allow": allow,
    "fault": fault,
    "scenario": scenario,
}
"""The arguments that options, markers and fixtures can give too, each with its check; raises `ConfigurationError`."""


def _whole_number(what: str, value: object, *, minimum: int) -> int:
    whole_number(what, value, minimum=minimum)
    assert isinstance(value, int)
    return value


def _switch(what: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise ConfigurationError(f"{what} is {value!r}; expected True or False")
    return value
