"""Where the sources disagree or are silent: one named, validated knob for each, with the default and its evidence.

The ids X-01 to X-23 are the contradictions between the public documents; a knob without such an id settles something
that no document states. `Policy.knobs()` describes every field, so the reference page is generated from here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from functools import cache
from typing import Any, Final, Literal, NamedTuple

from pytest_qruntime.model.errors import ConfigurationError, one_of, whole_number

DEDICATED: Final = "dedicated"
BATCH: Final = "batch"
MODES: Final = (DEDICATED, BATCH)

WITHOUT_KNOB: Final[Mapping[str, str]] = {
    "X-03": "The REST guide calls DELETE /close a close; everything else calls it a cancel. It is a cancel here.",
    "X-20": "A primitive built with backend= inside a context: decided by the client's version, not by the service.",
    "X-21": "PATCH accepting_jobs=true on a closed workload flips the flag; the state stays closed, as measured live.",
    "X-22": "Three wordings of when the interactive timer starts; equivalent: idle since the last completion.",
}
"""The contradictions that need no knob, and how they are settled."""


class Knob(NamedTuple):
    """What there is to say of one field of `Policy`.

    `examples` are values that stand for all: every one of a choice, of a number some that are likely. A limit that is
    the user's own to set has none.
    """

    name: str
    default: object
    allowed: str
    contradiction: str
    meaning: str
    examples: tuple[object, ...]


Check = Callable[[str, Any], None]


def _knob(
    default: Any, allowed: str, check: Check, contradiction: str, meaning: str, examples: tuple[object, ...]
) -> Any:
    return field(
        default=default,
        metadata={
            "allowed": allowed,
            "check": check,
            "contradiction": contradiction,
            "meaning": meaning,
            "examples": examples,
        },
    )


def _choice(default: object, choices: tuple[object, ...], contradiction: str, meaning: str) -> Any:
    def check(name: str, value: object) -> None:
        one_of(f"policy knob {name}", value, choices)

    return _knob(default, " | ".join(repr(choice) for choice in choices), check, contradiction, meaning, choices)


def _switch(default: bool, contradiction: str, meaning: str) -> Any:
    def check(name: str, value: object) -> None:
        if not isinstance(value, bool):
            raise ConfigurationError(f"policy knob {name} is {value!r}; expected True or False")

    return _knob(default, "True | False", check, contradiction, meaning, (True, False))


def _number(
    default: int | None,
    contradiction: str,
    meaning: str,
    *,
    minimum: int,
    unit: str,
    optional: bool,
    examples: tuple[object, ...],
) -> Any:
    allowed = f"{'None | ' if optional else ''}a whole number of {unit}, at least {minimum}"

    def check(name: str, value: object) -> None:
        whole_number(f"policy knob {name}", value, minimum=minimum, optional=optional)

    return _knob(default, allowed, check, contradiction, meaning, examples)


def _check_batch_order(name: str, value: object) -> None:
    if value == "fifo":
        return
    if isinstance(value, str) and value.startswith("shuffle:") and value.removeprefix("shuffle:").isdecimal():
        return
    raise ConfigurationError(f"policy knob {name} is {value!r}; expected 'fifo' or 'shuffle:<seed>', the seed a number")


def _check_autoclose(name: str, value: object) -> None:
    if not isinstance(value, Mapping):
        raise ConfigurationError(f"policy knob {name} is {value!r}; expected a mapping of mode to seconds")
    for mode, seconds in value.items():
        one_of(f"policy knob {name}: mode", mode, MODES)
        whole_number(f"policy knob {name}[{mode!r}]", seconds, minimum=1)


@dataclass(frozen=True, kw_only=True)
class Policy:
    """How this world behaves where documents disagree (X-nn) or say nothing.

    Every field is validated at once; `ConfigurationError` names the field and what it takes.
    """

    queued_on_end: Literal["failed", "cancelled"] = _choice(
        "failed",
        ("failed", "cancelled"),
        "X-01",
        "What becomes of queued jobs when a workload is cancelled or reaches max TTL.",
    )
    open_plan_session: Literal["error", "job_mode"] = _choice(
        "error",
        ("error", "job_mode"),
        "X-02",
        "Opening a session on the Open plan: refused, or an id whose jobs run in job mode.",
    )
    idle_close: Literal["immediate", "lazy"] = _choice(
        "immediate",
        ("immediate", "lazy"),
        "X-04",
        "Closing a workload that has nothing to run and is not active: at once, or when a timer ends it.",
    )
    batch_autoend: int | None = _number(
        None,
        "X-05",
        "A batch whose last job ended closes by itself after so many seconds; None: it stays.",
        minimum=0,
        unit="seconds",
        optional=True,
        examples=(None, 1),
    )
    cost_limit_s: int | None = _number(
        None,
        "X-06",
        "The instance's cost limit in seconds of usage; crossing it ends every workload of the instance.",
        minimum=1,
        unit="seconds",
        optional=True,
        examples=(),
    )
    batch_ittl: Literal["documented", "literal", "consistent"] = _choice(
        "documented",
        ("documented", "literal", "consistent"),
        "X-07",
        "Interactive TTL of a batch, effective and reported: 60 s and 1, 1 s and 1, 60 s and 60.",
    )
    active_ttl_report: Literal["max", "remaining"] = _choice(
        "max", ("max", "remaining"), "X-08", "What active_ttl shows: the constant maximum, or the time that remains."
    )
    session_usage: Literal["windows", "span"] = _choice(
        "windows",
        ("windows", "span"),
        "X-09",
        "Session usage: the sum of the active windows, or one span from first start to last end.",
    )
    cost_limit_running: Literal["complete", "stop_ran_too_long"] = _choice(
        "complete", ("complete", "stop_ran_too_long"), "X-10", "What running jobs do when the cost limit is crossed."
    )
    batch_exclusion: Literal["workloads", "none"] = _choice(
        "workloads",
        ("workloads", "none"),
        "X-11",
        "Whether sessions and other batches wait while the jobs of a batch are processed.",
    )
    closing_state: Literal["closed", "pending_closed"] = _choice(
        "closed",
        ("closed", "pending_closed"),
        "X-12",
        "The state of a cancelled workload while its running jobs finish.",
    )
    legacy_usage_keys: bool = _switch(
        False, "X-13", "Send the old usage keys for every IBM-API-Version, not only for those before 2026-03-15."
    )
    ran_too_long: Literal["coded", "uncoded", "status_string"] = _choice(
        "coded", ("coded", "uncoded", "status_string"), "X-14", "How a job over its maximum execution time is reported."
    )
    delete_nonterminal: Literal["reject", "allow"] = _choice(
        "reject", ("reject", "allow"), "X-15", "Deleting a job that is queued or running."
    )
    service_timeout: int = _number(
        10_800,
        "X-16",
        "The service's own limit on a job's QPU time; a job may be given a shorter one.",
        minimum=1,
        unit="seconds",
        optional=False,
        examples=(10_800, 3_600),
    )
    backend_required: bool = _switch(True, "X-17", "Whether opening a workload without a backend is refused.")
    backend_name_when_open: Literal["shown", "null"] = _choice(
        "shown", ("shown", "null"), "X-17", "Whether backend_name is shown while the workload is open."
    )
    unused_autoclose: Mapping[str, int] = field(
        default_factory=lambda: {DEDICATED: 1800},
        metadata={
            "allowed": "a mapping of 'dedicated' and 'batch' to whole seconds",
            "check": _check_autoclose,
            "contradiction": "X-18",
            "meaning": "After how many seconds a workload that never had a job closes by itself, by mode.",
            "examples": ({DEDICATED: 1800}, {DEDICATED: 1800, BATCH: 1800}, {}),
        },
    )
    max_payload_bytes: int | None = _number(
        None,
        "X-19",
        "The largest body of a job submission; None: no limit.",
        minimum=1,
        unit="bytes",
        optional=True,
        examples=(None, 300_000_000, 64_000_000, 50_000_000),
    )
    max_ttl_from: Literal["start", "open"] = _choice(
        "start", ("start", "open"), "X-23", "Whether the max TTL counts from the first job's start or from the opening."
    )
    session_activation: Literal["drain", "immediate"] = _choice(
        "drain",
        ("drain", "immediate"),
        "",
        "Whether a session that is next waits for other users' running jobs (OPN-08).",
    )
    allow_custom_ttl: bool = _switch(
        False,
        "",
        "Whether interactive_ttl and active_ttl of a request are honoured (OPN-14); if not, they are ignored.",
    )
    max_ttl_over: Literal["reject", "clamp"] = _choice(
        "reject", ("reject", "clamp"), "", "A max_ttl above the plan's maximum (MAX-08)."
    )
    active_ttl_expiry: Literal["deactivate", "close", "ignore"] = _choice(
        "deactivate",
        ("deactivate", "close", "ignore"),
        "",
        "What happens when the active time is used up before max TTL (ACT-04).",
    )
    cancel_closed: Literal[204, 404, 409] = _choice(
        204, (204, 404, 409), "", "What cancelling a closed workload answers (CAN-07)."
    )
    reopen_while_draining: bool = _switch(
        True, "", "Whether PATCH accepting_jobs=true on a draining workload lets it take jobs again (CLS-13)."
    )
    batch_order: str = _knob(
        "fifo",
        "'fifo' | 'shuffle:<seed>'",
        _check_batch_order,
        "",
        "The order of the jobs of a batch, which the documents do not promise (ORD-08).",
        ("fifo", "shuffle:0", "shuffle:1", "shuffle:2"),
    )
    queue_order: Literal["fifo", "fair_share"] = _choice(
        "fifo",
        ("fifo", "fair_share"),
        "",
        "The normal queue over several instances: by arrival, or the least used allocation first (ORD-11).",
    )

    def __post_init__(self) -> None:
        for name, default, check in _checks():
            value = getattr(self, name)
            if value is not default:
                check(name, value)

    def but(self, **changes: Any) -> Policy:
        """This policy with some knobs turned. Raises `ConfigurationError` for an unknown knob or value."""
        if not changes:
            return self
        unknown = sorted(set(changes) - {knob.name for knob in fields(self)})
        if unknown:
            known = ", ".join(knob.name for knob in fields(self))
            raise ConfigurationError(f"unknown policy knob {', '.join(unknown)}; the knobs are {known}")
        return replace(self, **changes)

    @classmethod
    def knobs(cls) -> list[Knob]:
        """Every knob with its default, allowed values, contradiction (or an empty string), meaning and examples."""
        said = ("allowed", "contradiction", "meaning", "examples")
        return [Knob(knob.name, _default(knob), *(knob.metadata[key] for key in said)) for knob in fields(cls)]


@cache
def _checks() -> tuple[tuple[str, object, Check], ...]:
    """Name, default and check of every knob; every world has a policy, and most have the default in most knobs."""
    return tuple((knob.name, knob.default, knob.metadata["check"]) for knob in fields(Policy))


def _default(knob: Field[Any]) -> object:
    return knob.default if knob.default_factory is MISSING else knob.default_factory()


BATCH_ITTL_S: Final[Mapping[str, tuple[int, int]]] = {
    "documented": (60, 1),
    "literal": (1, 1),
    "consistent": (60, 60),
}
"""Effective and reported interactive TTL of a batch in seconds, by the knob `batch_ittl` (X-07)."""
