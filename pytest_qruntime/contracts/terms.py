"""The terms on which a service runs, as far as a trace does not say them: without them some rules cannot be judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pytest_qruntime.model import Plan, Policy, World


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What is known of the service besides the trace.

    Attributes:
        policy: how it behaves where documents disagree.
        lanes: by backend, how many jobs run at once.
        contention: by backend, whether its QPU takes one job at a time.
        plans: by instance.
        alone: whether nobody else used the sessions and batches that were opened in a recording, so that the recording
            shows all of their jobs. Of no account for a complete trace.
        now_us: when the trace was taken; None: at its last event, and more may have been due at that instant.
    """

    policy: Policy = field(default_factory=Policy)
    lanes: Mapping[str, int] = field(default_factory=dict)
    contention: Mapping[str, bool] = field(default_factory=dict)
    plans: Mapping[str, Plan] = field(default_factory=dict)
    alone: bool = False
    now_us: int | None = None

    @classmethod
    def of(cls, world: World) -> Terms:
        """The terms of a fake service, at this moment."""
        backends = world.backends.values()
        return cls(
            policy=world.policy,
            lanes={backend.name: backend.lanes for backend in backends},
            contention={backend.name: backend.qpu.contention for backend in backends},
            plans={instance.name: instance.plan for instance in world.instances.values()},
            now_us=world.now_us,
        )
