"""What a test lets go wrong on the way to the service: faults, and what happens just before a request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from typing_extensions import Unpack

from pytest_qruntime.client.errors import hidden
from pytest_qruntime.model import Plan
from pytest_qruntime.model.errors import ConfigurationError
from pytest_qruntime.network import Failing, Fault, FaultKind, FaultOptions, Network, RequestOptions, Where
from pytest_qruntime.network.rules import Interlude
from pytest_qruntime.runtime.staging import Staging
from pytest_qruntime.scenarios import named

__tracebackhide__ = hidden


def arrange(surface: Any, decided: Mapping[str, Any]) -> None:
    """Arrange what the settings of a test say of a fault and a scenario. Raises `SourceError` where nothing can be."""
    if "fault" in decided:
        surface.fail(decided["fault"])
    if "scenario" in decided:
        surface.play(decided["scenario"])


def heal(surface: object) -> None:
    """Let nothing go wrong any more, nor anything happen between requests: the test that arranged it is over."""
    if isinstance(surface, Troubles):
        surface.network.heal()


class Troubles(Staging):
    """The stage of a test, and the network in front of it.

    Attributes:
        network: where faults act.
        scenario: name of the scenario that is played; None: none is.
    """

    network: Network
    scenario: str | None

    def play(self, scenario: str) -> None:
        """Let a scenario begin: ``qruntime.play("expires_mid_loop")``. A marker does so before the test.

        Raises `ConfigurationError` for an unknown name, and for a scenario whose world is made of other settings.
        """
        found = named(scenario)
        for name, value in found.settings.items():
            self._check_setting(found.name, name, value)
        found.stage(self)
        self.scenario = found.name

    def _check_setting(self, scenario: str, name: str, wanted: Any) -> None:
        """A scenario is about a world with a certain plan or policy, which cannot be changed any more."""
        if name == "plan":
            fits = self.world.instance.plan == Plan.named(wanted)
        else:
            fits = all(getattr(self.world.policy, knob) == value for knob, value in wanted.items())
        if not fits:
            raise ConfigurationError(
                f"scenario {scenario!r} is about a world with {name}={wanted!r}, and this one has another; leave it to "
                f"@pytest.mark.qruntime(scenario={scenario!r}), or make the world so"
            )

    def fail(
        self, what: int | FaultKind | Fault, operation: str | None = None, **options: Unpack[FaultOptions]
    ) -> Failing:
        """Let something go wrong with requests to come: ``qruntime.fail(503, "read job", times=2)``.

        Args:
            what: an HTTP status, such as 429, or ``"refused"``, ``"connect_timeout"``, ``"reset"``,
                ``"read_timeout"``, ``"lost"`` (the service does it, and its answer is lost), ``"slow"``,
                ``"truncated"``, ``"malformed"``; or a `Fault`, which says everything.
            operation: with which requests: ``"submit"``, ``"close"``, ``"read job"``, ...; or `method` and `path`; or
                none of them: all requests.
            options: the others of a `Fault`: `method`, `path`, `times`, `after`, `rate`, `lasting`, `delay`,
                `retry_after`, `body`, `effect`.

        Returns what is in force now: its `count` says how often it struck, `stop()` ends it, and so does leaving it as
        a context manager. Of several that are about a request, the first one counts.

        Raises `ConfigurationError` for values that make no sense, alone or together.
        """
        if isinstance(what, Fault):
            if operation is not None or options:
                raise ConfigurationError("a Fault says everything; leave the other arguments out, or the Fault")
            return self.network.fail(what)
        return self.network.fail(Fault(what, operation, **options))

    def before(
        self,
        operation: str | None,
        happens: Callable[[], object],
        *,
        nth: int = 1,
        times: int | None = 1,
        **options: Unpack[RequestOptions],
    ) -> Interlude:
        """Let something happen just before a request reaches the service.

        ``qruntime.before("submit", lambda: qruntime.limit_usage(0), nth=2)``: the quota runs out between two submits.

        Args:
            operation: which requests, as in `fail`; None: `method` and `path` say it.
            happens: a function without arguments. It may stage whatever `qruntime` can, ask the service itself, and
                move its clock.
            nth: before which of them first, from 1.
            times: before how many of them (None: before every one from that one on).
        """
        where = Where(operation, **options)
        return self.network.interrupt(Interlude(happens, where, when="before", nth=nth, times=times))

    def after(
        self,
        operation: str | None,
        happens: Callable[[], object],
        *,
        nth: int = 1,
        times: int | None = 1,
        **options: Unpack[RequestOptions],
    ) -> Interlude:
        """Let something happen just after a request was answered, before the code under test goes on; as `before`.

        ``qruntime.after("submit", lambda: qruntime.clock.tick("8h"), nth=2)``: the code computes for very long.
        """
        where = Where(operation, **options)
        return self.network.interrupt(Interlude(happens, where, when="after", nth=nth, times=times))
