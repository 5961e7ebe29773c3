"""A fresh fake that is made as the recorded service was: from the settings of the recording, or from what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pytest_qruntime.cassette.drift.shown import QUBITS, Shown, ShownInstance
from pytest_qruntime.cassette.drift.stage import StagedWorld
from pytest_qruntime.cassette.errors import CassetteError
from pytest_qruntime.cassette.tape import Provenance
from pytest_qruntime.model import Plan, Policy
from pytest_qruntime.model.errors import ConfigurationError, one_of
from pytest_qruntime.model.instance import Instance
from pytest_qruntime.model.world import DEFAULT_LANES
from pytest_qruntime.programs import ENGINES
from pytest_qruntime.rest import Service, timestamps
from pytest_qruntime.rest.mocks import PREFIX, mock_of
from pytest_qruntime.rest.snapshots import find

OWN: Final = "pytest-qruntime"
Settings = Mapping[str, Any]

DEFAULT_BACKEND: Final = "fake_backend"
_REAL: Final = "ibm_"
_SNAPSHOT: Final = "fake_"


def service_of(provenance: Provenance, began_us: int, shown: Shown) -> Service:
    """The fake, at the instant at which the recording began.

    Args:
        provenance: of the recording.
        began_us: when it began, in microseconds since 1970.
        shown: what its exchanges show.

    Raises `CassetteError` if no world can be made of them.
    """
    try:
        return _made(provenance.settings, began_us, shown, own=provenance.service == OWN)
    except (ConfigurationError, LookupError, TypeError, ValueError) as error:
        of_what = "what its exchanges show" if provenance.settings is None else "the settings in its provenance"
        raise CassetteError(f"no world can be made of {of_what}: {error}. Record it anew, or put that right") from None


def _made(told: Settings | None, began_us: int, shown: Shown, *, own: bool) -> Service:
    """The settings hold what is not the default, so that an empty mapping tells everything."""
    settings = {} if told is None else told
    instances = list(shown.instances.values())
    first = next((instance for instance in instances if not instance.strange), None)
    engine = settings.get("engine", "ideal" if own else "schema")
    one_of("engine", engine, ENGINES)
    start_us = min(timestamps.parse(settings["start"]), began_us) if settings.get("start") else began_us
    world = StagedWorld(
        seed=settings.get("seed", 0),
        plan=_plan(told, first),
        policy=Policy().but(**(settings.get("policy") or {})),
        lanes=settings.get("lanes", shown.lanes if told is None else DEFAULT_LANES),
        # What the QPU was busy with besides stands in the times of a recorded job already.
        qpu_contention=settings.get("qpu_contention", own),
        start_unix_us=start_us,
    )
    service = Service(world, engine=engine)
    _add_backends(service, told, shown, own=own)
    _add_instances(service, instances, first, with_limits=told is None)
    world.advance_to(began_us - start_us)
    return service


def _plan(told: Settings | None, first: ShownInstance | None) -> Plan:
    if told is None:
        return Plan.named("premium") if first is None else first.described()
    plan = told.get("plan", "premium")
    if isinstance(plan, Mapping):  # one with limits of its own
        return Plan(**{**plan, "modes": frozenset(plan["modes"])})
    return Plan.named(plan)


def _add_backends(service: Service, told: Settings | None, shown: Shown, *, own: bool) -> None:
    qubits = dict(shown.backends)
    if told is not None or not qubits:
        name = DEFAULT_BACKEND if told is None else told.get("backend", DEFAULT_BACKEND)
        if not isinstance(name, str) or not name:
            raise ConfigurationError(f"backend is {name!r}; expected a name such as {DEFAULT_BACKEND!r}")
        qubits = {name: qubits.get(name, QUBITS), **qubits}
    originals = {mock_of(name) for name in qubits if not name.startswith(PREFIX)}
    for name, width in qubits.items():
        if name in originals:
            continue  # a mock comes by itself when it is first named
        snapshot = find(name) or (None if own else find(_SNAPSHOT + name.removeprefix(_REAL)))
        service.world.add_backend(name, qubits=width if snapshot is None else snapshot.configuration.qubits)
        if snapshot is not None:
            service.devices.take(name, snapshot)


def _add_instances(
    service: Service, instances: list[ShownInstance], first: ShownInstance | None, *, with_limits: bool
) -> None:
    world = service.world
    for number, shown in enumerate(instances):
        if shown is first:
            instance = world.instance
            instance.region = shown.region  # nothing has looked at it yet
        elif shown.strange:
            continue
        else:
            instance = world.add_instance(f"instance {number}", plan=shown.described(), region=shown.region)
        service.accounts.register(instance, name=shown.name, crn=shown.crn, tags=shown.tags)
        if shown.usage_limit_s is not None and with_limits:
            instance.usage_limit_s = shown.usage_limit_s
    _add_stranger(service, instances)


def _add_stranger(service: Service, instances: list[ShownInstance]) -> None:
    """An instance that nobody was let into is that of somebody else."""
    denied = next((shown for shown in instances if shown.strange and shown.denied), None)
    if denied is not None:
        others: Instance = service.world.others
        others.region = denied.region
        service.accounts.register(others, crn=denied.crn)
