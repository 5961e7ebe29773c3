"""What a recording shows of the service that gave its answers: instances with plans and limits, backends."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pytest_qruntime.cassette.drift.entries import Entry
from pytest_qruntime.model import Plan
from pytest_qruntime.model.errors import Refusal
from pytest_qruntime.model.plan import PLANS
from pytest_qruntime.model.policy import BATCH, DEDICATED
from pytest_qruntime.rest.catalogue import CATALOGUE
from pytest_qruntime.rest.faults import Fault
from pytest_qruntime.rest.platform.plans import PLANS as SOLD
from pytest_qruntime.rest.platform.plans import plan_id
from pytest_qruntime.rest.regions import answered_by

QUBITS: Final = 127
MOST: Final = 10**9

_CRN: Final = re.compile(r"crn:v1:[^:\s]+:[^:\s]+:quantum-computing:([a-z][a-z0-9-]*):a/([^:\s]+):[^:\s]+::")
_DIGITS: Final = re.compile(r"limit (?:of|is) (\d+)")
_DENIED: Final = (401, 403)


@dataclass
class ShownInstance:
    """One instance of the account.

    Attributes:
        crn: its CRN, as recorded.
        strange: whether the credentials of the recording were never good for it.
        denied: whether the service refused them as those of somebody else.
        name: what its owner calls it; None if that is not shown.
        tags: by which it can be found.
        plan: the name of its plan; None if that is not shown.
        limits: what its plan has otherwise than the plan of that name, by the names of the fields of `Plan`.
        usage_limit_s: its usage limit at first; None if it has none, or that is not shown.
        limit_settled: whether the limit at first cannot be shown any more.
    """

    crn: str
    strange: bool = True
    denied: bool = False
    name: str | None = None
    tags: tuple[str, ...] = ()
    plan: str | None = None
    limits: dict[str, Any] = field(default_factory=dict)
    usage_limit_s: int | None = None
    limit_settled: bool = False

    @property
    def region(self) -> str:
        """Where it is."""
        found = _CRN.fullmatch(self.crn)
        assert found is not None
        return found[1]

    @property
    def account(self) -> str:
        """The id of the account."""
        found = _CRN.fullmatch(self.crn)
        assert found is not None
        return found[2]

    def described(self) -> Plan:
        """Its plan."""
        return Plan.named(self.plan or "premium").but(**self.limits)


class Shown:
    """What the exchanges of a recording show.

    Attributes:
        instances: those that requests speak of, and those that a search found, by their CRNs; in order.
        backends: the qubits of each backend that the service had, by name.
        plans: what the recorded service called the plans, and what the fake calls them.
        lanes: how many jobs a backend seems to run at once.
    """

    def __init__(self, entries: Iterable[Entry], lanes: int) -> None:
        self.lanes = lanes
        self.instances: dict[str, ShownInstance] = {}
        self.backends: dict[str, int] = {}
        self.plans: dict[str, str] = {}
        entries = list(entries)
        for entry in entries:
            self._look_for_plans(entry)
        for entry in entries:
            self._look_for_instances(entry)
        self._look_for_backends(entries)

    # -- plans and instances -----------------------------------------------------------------------------------------

    def _look_for_plans(self, entry: Entry) -> None:
        """The catalog says how the plan is called whose id is in the path."""
        if answered_by(entry.address.host).platform != "catalog" or not entry.worked:
            return
        shown = entry.said.get("overview_ui")
        english = shown.get("en") if isinstance(shown, dict) else None
        display = english.get("display_name") if isinstance(english, dict) else None
        name = next((name for name, sold in SOLD.items() if sold.display_name == display), None)
        if name is not None:
            self.plans[entry.address.path.rpartition("/")[2]] = plan_id(name)

    def _look_for_instances(self, entry: Entry) -> None:
        answers = answered_by(entry.address.host)
        if answers.platform in ("search", "resources"):
            for row in _rows(entry.said.get("items", entry.said.get("resources"))):
                self._look_at_resource(row)
        instance = self._instance(entry.crn)
        if instance is None:
            return
        if _is_let_in(entry):
            instance.strange = False
        instance.denied = instance.denied or entry.exchange.status == 403
        for look in _LOOKS:
            look(instance, entry, self.plans)

    def _instance(self, crn: object) -> ShownInstance | None:
        if not isinstance(crn, str) or _CRN.fullmatch(crn) is None:
            return None
        return self.instances.setdefault(crn, ShownInstance(crn))

    def _look_at_resource(self, row: Mapping[str, Any]) -> None:
        instance = self._instance(row.get("crn"))
        if instance is None:
            return
        instance.strange = False
        if isinstance(row.get("name"), str):
            instance.name = row["name"]
        if isinstance(row.get("tags"), list):
            instance.tags = tuple(str(tag) for tag in row["tags"])
        _plan_of(instance, row.get("service_plan_unique_id", row.get("resource_plan_id")), self.plans)

    # -- backends ----------------------------------------------------------------------------------------------------

    def _look_for_backends(self, entries: Iterable[Entry]) -> None:
        """What is only named in requests that were refused for another reason is there, if nobody says it is not."""
        named: dict[str, None] = {}
        absent = set()
        for entry in entries:
            for name, qubits in _backends(entry):
                if entry.worked:
                    self.backends[name] = _whole(qubits) or self.backends.get(name, QUBITS)
                elif entry.exchange.status == CATALOGUE[Refusal.BACKEND_UNKNOWN].status:
                    absent.add(name)
                else:
                    named[name] = None
        for name in named:
            if name not in absent:
                self.backends.setdefault(name, QUBITS)


def _backends(entry: Entry) -> Iterator[tuple[str, object]]:
    """The names of backends that a request or its answer speaks of, with their qubits if it says so."""
    kind = entry.where.kind
    if kind == "backends" and entry.where.id:
        yield entry.where.id, entry.said.get("n_qubits")
    elif kind == "backends":
        for row in _rows(entry.said.get("devices")):
            if isinstance(row.get("name"), str):
                yield row["name"], row.get("qubits")
    elif entry.submits or entry.opens:
        name = entry.sent.get("backend") or entry.sent.get("backend_name")
        if isinstance(name, str):
            yield name, None


def _rows(found: object) -> list[dict[str, Any]]:
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _whole(value: object) -> int:
    """A number of seconds, qubits and the like; 0 for what is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < MOST:
        return 0
    return int(value)


def _is_let_in(entry: Entry) -> bool:
    unknown = CATALOGUE[Fault.INSTANCE_UNKNOWN]
    return entry.exchange.status not in _DENIED and (entry.exchange.status, code_of(entry)) != (
        unknown.status,
        unknown.code,
    )


def code_of(entry: Entry) -> object:
    """The code of the error that was answered; None if there is none."""
    return error_code(entry.said)


def error_code(document: Any) -> object:
    """The code of an error, as the service or a service of the platform writes it; None if there is none."""
    if not isinstance(document, dict):
        return None
    errors = _rows(document.get("errors"))
    return errors[0].get("code") if errors else document.get("errorCode", document.get("error_code"))


def is_refusal(entry: Entry, refusal: Refusal) -> bool:
    """Whether it was answered with this refusal: some share their code with others, and have a text of their own."""
    known = CATALOGUE[refusal]
    return entry.exchange.status >= 400 and isinstance(known.code, int) and code_of(entry) == known.code


# -- what single answers say of an instance --------------------------------------------------------------------------


def _of_refusals(instance: ShownInstance, entry: Entry, _: Mapping[str, str]) -> None:
    if is_refusal(entry, Refusal.OPEN_PLAN_SESSION) or is_refusal(entry, Refusal.QUOTA_EXHAUSTED):
        instance.plan = "open"
    for refusal, limit in ((Refusal.TOO_MANY_PENDING, "pending_limit"), (Refusal.RATE_LIMITED, "submits_per_minute")):
        if is_refusal(entry, refusal):
            number = _DIGITS.search(str(_rows(entry.said.get("errors"))[0].get("message")))
            if number is not None and int(number[1]) > 0:
                instance.limits[limit] = int(number[1])


def _of_instance(instance: ShownInstance, entry: Entry, plans: Mapping[str, str]) -> None:
    """The first answer that knows the limit tells it, unless somebody set another one before."""
    if entry.where.kind not in ("instance", "instances") or not entry.worked:
        return
    _plan_of(instance, entry.said.get("plan_id"), plans)
    if entry.exchange.method == "PUT":
        instance.limit_settled = True
    limit = _whole(entry.said.get("instance_limit", entry.said.get("usage_limit_seconds")))
    if limit and not instance.limit_settled:
        instance.usage_limit_s, instance.limit_settled = limit, True


_LONGEST: Final = {DEDICATED: "session_max_ttl_s", BATCH: "batch_max_ttl_s"}


def _of_session(instance: ShownInstance, entry: Entry, _: Mapping[str, str]) -> None:
    """A session for which nothing was asked has what its plan gives; what it was granted, its plan allows."""
    mode, longest = str(entry.said.get("mode")), _whole(entry.said.get("max_ttl"))
    if not entry.opens or not entry.worked or mode not in _LONGEST:
        return
    limit, idle = _LONGEST[mode], _whole(entry.said.get("interactive_ttl"))
    if longest and (entry.sent.get("max_ttl") is None or longest > getattr(instance.described(), limit)):
        instance.limits[limit] = longest
    if mode == DEDICATED and idle:
        instance.limits["session_ittl_s"] = idle


_LOOKS: Final[tuple[Callable[[ShownInstance, Entry, Mapping[str, str]], None], ...]] = (
    _of_refusals,
    _of_instance,
    _of_session,
)


def _plan_of(instance: ShownInstance, recorded_id: object, plans: Mapping[str, str]) -> None:
    if isinstance(recorded_id, str):
        name = plans.get(recorded_id, recorded_id).removeprefix(plan_id(""))
        if name in PLANS:
            instance.plan = name
