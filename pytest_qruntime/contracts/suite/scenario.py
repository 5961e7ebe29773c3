"""What a scenario is: a short story that a service is led through, and what that is to show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pytest_qruntime.contracts.suite.play import Play

PREMIUM: Final = "premium"


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A short story, told once for every kind of service.

    Attributes:
        name: a few words; with underscores the name of its recording.
        tell: what happens.
        shows: the contracts that it is to exercise.
        takes_s: how long it takes on a service whose time is real and whose jobs are short.
        exact: whether it has to act at exact instants, which nobody can in real time.
        fake_only: what it needs that nobody can ask of a service; None: nothing.
        settings: of the world that it is told in: `plan`, `lanes`, `policy`, `qpu_contention`.
    """

    name: str
    tell: Callable[[Play], None]
    shows: frozenset[str]
    takes_s: float
    exact: bool
    fake_only: str | None
    settings: Mapping[str, Any]

    @property
    def file(self) -> str:
        """The name of its recording."""
        return f"{self.name.replace(' ', '_')}.yaml"

    @property
    def plan(self) -> str:
        """The name of the plan that its instance has."""
        plan = self.settings.get("plan", PREMIUM)
        return str(getattr(plan, "name", plan))

    @property
    def knobs(self) -> Mapping[str, Any]:
        """The knobs of the policy that it is about."""
        knobs: Mapping[str, Any] = self.settings.get("policy", {})
        return knobs


class Scenarios:
    """The scenarios of one chapter, in the order in which they are written down."""

    def __init__(self) -> None:
        self.all: list[Scenario] = []

    def scenario(
        self,
        shows: str,
        *,
        takes_s: float = 0,
        exact: bool = False,
        fake_only: str | None = None,
        **settings: Any,
    ) -> Callable[[Callable[[Play], None]], Callable[[Play], None]]:
        """Register a function as a scenario of its name; `shows` has the ids of contracts, with spaces between them."""

        def register(tell: Callable[[Play], None]) -> Callable[[Play], None]:
            made = Scenario(
                name=tell.__name__.replace("_", " "),
                tell=tell,
                shows=frozenset(shows.split()),
                takes_s=takes_s,
                exact=exact,
                fake_only=fake_only,
                settings=settings,
            )
            self.all.append(made)
            return tell

        return register
