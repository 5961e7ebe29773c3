"""What a service has, for a test to decide: backends, and instances of the account."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Literal

from pytest_qruntime import arguments
from pytest_qruntime.client import BackendLike, Duration, backend_name
from pytest_qruntime.client.errors import hidden
from pytest_qruntime.clock import seconds_of
from pytest_qruntime.model import ConfigurationError, Plan, World
from pytest_qruntime.model.backend import Backend
from pytest_qruntime.model.errors import one_of
from pytest_qruntime.rest import Service, ServiceInstance
from pytest_qruntime.rest.snapshots import Snapshot, find, named

__tracebackhide__ = hidden

DEFAULT_BACKEND: Final = "fake_backend"
DEFAULT_QUBITS: Final = 127


class Premises:
    """What the service of a test consists of."""

    def __init__(self, model: World, service: Service, backend: str) -> None:
        self.world = model
        self.service = service
        self.default_backend = self._new(arguments.backend(backend), None, {}).name

    # -- backends ----------------------------------------------------------------------------------------------------

    def backend(
        self,
        name: str | None = None,
        *,
        snapshot: str | None = None,
        qubits: int | None = None,
        lanes: int | None = None,
        qpu_contention: bool | None = None,
        region: str | None = None,
    ) -> Backend:
        """The backend of that name (None: the default one); a new one if there is none yet.

        Args:
            name: what clients call it. A name of one of Qiskit's own fake backends, such as ``"fake_sherbrooke"``, is
                that snapshot of a real device, if qiskit-ibm-runtime is installed.
            snapshot: the fake backend of Qiskit's that a new one is a copy of, under its own name.
            qubits: those of the snapshot, else 127 for a new one.
            lanes: jobs that it runs at once; for a new one, as many as the world's.
            qpu_contention: whether its QPU runs one job at a time; for a new one, as in the world.
            region: whose instances see it, such as ``"eu-de"``; a new one is seen from everywhere without it.

        Raises `ConfigurationError` when an existing backend is asked to be different, and for a snapshot that there is
        not.
        """
        name = self.default_backend if name is None else arguments.backend(name)
        if qpu_contention is not None:
            arguments.qpu_contention(qpu_contention)
        if region is not None:
            arguments.region(region)
        taken = None if snapshot is None else named(snapshot)
        asked = {"qubits": qubits, "lanes": lanes, "region": region}
        with self.world.lock:
            if name in self.world.backends:
                return self._existing(name, taken, asked, qpu_contention)
            return self._new(name, taken, {**asked, "qpu_contention": qpu_contention})

    def maintenance(
        self,
        lasting: Duration = "1h",
        *,
        after: Duration | None = None,
        backend: BackendLike | None = None,
        status: Literal["paused", "offline"] = "paused",
    ) -> None:
        """A backend is in maintenance, now or `after` some time; it starts no job, and comes back by itself.

        Args:
            lasting: how long, as ``"25m"``, seconds or a timedelta. Times that overlap end with the last of them.
            after: how long from now it begins; None: now.
            backend: which one; None: the default backend.
            status: ``"paused"``: clients may still use it and their jobs wait; ``"offline"``: it is not operational.
        """
        where, seconds = self.world.backends[self._known(backend)], _seconds("lasting", lasting)
        with self.world.lock:
            where.maintenance.plan(seconds=seconds, at_us=self._at_us(after), status=status)

    def calibrate(
        self, lasting: Duration = "5m", *, after: Duration | None = None, backend: BackendLike | None = None
    ) -> None:
        """The service calibrates a backend, now or `after` some time; between jobs, never inside a session (ORD-10)."""
        where, seconds = self._known(backend), _seconds("lasting", lasting)
        with self.world.lock:
            self.world.calibrate(where, seconds=seconds, at_us=self._at_us(after))

    def _new(self, name: str, taken: Snapshot | None, asked: dict[str, Any]) -> Backend:
        taken = taken or find(name)
        qubits = asked.get("qubits")
        if taken is not None:
            if qubits not in (None, taken.configuration.qubits):
                raise ConfigurationError(
                    f"backend {name!r} has the {taken.configuration.qubits} qubits of the snapshot {taken.name}, not "
                    f"{qubits}; leave qubits out, or give it another name"
                )
            qubits = taken.configuration.qubits
        backend = self.world.add_backend(name, **{**asked, "qubits": DEFAULT_QUBITS if qubits is None else qubits})
        if taken is not None:
            self.service.devices.take(name, taken)
        return backend

    def _existing(
        self, name: str, taken: Snapshot | None, asked: dict[str, Any], qpu_contention: bool | None
    ) -> Backend:
        existing, is_now = self.world.backends[name], self.service.devices.snapshot(name)
        for what, wanted in asked.items():
            if wanted is not None and wanted != getattr(existing, what):
                raise ConfigurationError(
                    f"backend {name!r} exists with {what}={getattr(existing, what)}, not {wanted}; "
                    "give the new one another name"
                )
        if taken is not None and taken is not is_now:
            made_of = "no snapshot" if is_now is None else f"the snapshot {is_now.name}"
            raise ConfigurationError(
                f"backend {name!r} exists with {made_of}, not {taken.name}; give the new one another name"
            )
        if qpu_contention is not None:
            raise ConfigurationError(
                f"backend {name!r} exists, and qpu_contention is decided when a backend is made; "
                "give the new one another name, or decide for the whole world"
            )
        return existing

    def _known(self, backend: BackendLike | None) -> str:
        """The name of a backend that exists; a typing error would otherwise match nothing in silence."""
        name = self.default_backend if backend is None else backend_name(backend)
        one_of("backend", name, tuple(self.world.backends))
        return name

    # -- instances ---------------------------------------------------------------------------------------------------

    def instance(
        self,
        name: str,
        *,
        plan: str | Plan = "premium",
        region: str | None = None,
        crn: str | None = None,
        tags: Iterable[str] = (),
    ) -> ServiceInstance:
        """One more service instance of the account; every API key of the account is good for it too.

        Args:
            name: what clients find it by; other instances may have the same name.
            plan: ``"open"``, ``"payg"``, ``"flex"``, ``"premium"`` or a `Plan`.
            region: where it is, us-east unless the CRN says otherwise. It sees the backends of this region, and those
                without one.
            crn: its CRN; made up without it.
            tags: what clients can choose instances by.

        Raises `ConfigurationError` for values that make no sense, and for a CRN that is taken or of another region.
        """
        name, given = arguments.instance_name(name), None if crn is None else arguments.crn(crn)
        place = arguments.instance_region(region, given)
        marks = arguments.tags(tags)
        with self.world.lock:
            if given is not None and self.service.knows_crn(given):
                raise ConfigurationError(f"crn is {given!r}, which an instance has already; give each its own")
            model = self.world.add_instance(self._free_name(name), plan=arguments.plan(plan), region=place)
            return self.service.accounts.register(model, name=name, crn=given, tags=marks)

    @property
    def instances(self) -> list[ServiceInstance]:
        """Every service instance of the account; the first one is that which the world began with."""
        return self.service.accounts.owned()

    def _free_name(self, name: str) -> str:
        """A name for the model, which knows each name once."""
        number, free = 1, name
        while free in self.world.instances:
            number += 1
            free = f"{name} ({number})"
        return free

    def _at_us(self, after: Duration | None) -> int | None:
        return None if after is None else self.world.now_us + round(_seconds("after", after) * 1_000_000)


def _seconds(what: str, duration: Duration) -> float:
    return seconds_of(duration, what=what)
