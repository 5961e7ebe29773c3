"""What a scenario is played to: the fake, its recording, or a live service."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from pytest_qruntime.contracts.suite.circuits import CIRCUITS
from pytest_qruntime.contracts.suite.play import AstrayError, LackingError, Play
from pytest_qruntime.contracts.suite.played import Evidence, Played
from pytest_qruntime.contracts.suite.scenario import PREMIUM, Scenario
from pytest_qruntime.contracts.terms import Terms
from pytest_qruntime.model import Plan, Policy, QRuntimeError

if TYPE_CHECKING:
    from pytest_qruntime.cassette.tape import Tape
    from pytest_qruntime.recording.phase import Take
    from pytest_qruntime.runtime.surface import Surface

RECORDINGS: Final = Path(__file__).parent / "cassettes"
_NOT_RECORDED: Final = "there is no recording of it"


class Source(ABC):
    """A kind of service.

    Attributes:
        own: whether it is the project's own, so that everything that can be played has to show what it is about.
        tells: whether it has a trace of its own, which shows what answers cannot.
    """

    own = True
    tells = True

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._policy: Mapping[str, Any] = given.get("policy", {})

    def unfit(self, scenario: Scenario) -> str | None:
        """Why a scenario cannot be played; None: it can."""
        return None

    def play_client(self) -> Played | str:
        """Play the stories of the official client; or why nothing can be said of it."""
        return "it is about the official client, which is played to the fake alone"

    @abstractmethod
    def play(self, scenario: Scenario, item: pytest.Item) -> Played:
        """Play a scenario."""

    def _settings(self, scenario: Scenario) -> dict[str, Any]:
        """Those of the world in which it is played. It shows its time to nobody, so nothing is frozen."""
        return {**scenario.settings, "policy": {**self._policy, **scenario.knobs}, "freeze": False}

    def _terms(self, scenario: Scenario) -> Terms:
        """What is known of the service besides what it answers. No answer names the instance, so its name is empty."""
        from pytest_qruntime.arguments import plan

        plans = {"": plan(scenario.settings.get("plan", PREMIUM))}
        return Terms(policy=Policy(**{**self._policy, **scenario.knobs}), plans=plans, alone=True)


def told(scenario: Scenario, play: Play) -> tuple[str | None, str | None]:
    """Tell a scenario, and look at what became of everything; why it ended early, and what the service has not."""
    problem = lacking = None
    try:
        scenario.tell(play)
    except AstrayError as error:
        problem = str(error)
    except LackingError as error:
        lacking = str(error)
    try:
        play.look()
    except AstrayError as error:
        problem = problem or str(error)
    return problem, lacking


class Fake(Source):
    """The fake: a world for each scenario, whose exchanges are kept."""

    def play(self, scenario: Scenario, item: pytest.Item) -> Played:
        """Play a scenario."""
        from pytest_qruntime.cassette.derive import derive
        from pytest_qruntime.cassette.taping import Taping
        from pytest_qruntime.runtime import world

        with world(label=item.nodeid, **self._settings(scenario)) as qruntime:
            taping = Taping(_Handler(qruntime.service.handle), qruntime.world)
            qruntime.service.handle = taping.handle  # type: ignore[method-assign]
            end = told(scenario, Play(qruntime, qruntime.default_backend, CIRCUITS["qasm"]()))
            shown = Evidence(derive(taping.tape()), self._terms(scenario))
            return Played((shown, Evidence(qruntime.trace, Terms.of(qruntime.world))), *end)

    def play_client(self) -> Played | str:
        """Play the stories of the official client; or why nothing can be said of it."""
        if find_spec("qiskit_ibm_runtime") is None:
            return "it is about the official client: pip install 'pytest-qruntime[qiskit]'"
        from pytest_qruntime.mutants.client.stories import CLIENT_STORIES

        return Played(tuple(Evidence(*story.play()) for story in CLIENT_STORIES))


class _Handler:
    """The fake's handler, behind the tape."""

    def __init__(self, handle: Any) -> None:
        self.handle = handle


class Recordings(Source):
    """Recordings of the suite: each scenario has one.

    Args:
        folder: where they are.
        given: the settings of the command line.
    """

    own = False
    tells = False

    def __init__(self, folder: Path, given: Mapping[str, Any]) -> None:
        super().__init__(given)
        self._folder = folder

    def unfit(self, scenario: Scenario) -> str | None:
        """Why a scenario cannot be played; None: it can."""
        return None if (self._folder / scenario.file).exists() else scenario.fake_only or _NOT_RECORDED

    def play(self, scenario: Scenario, item: pytest.Item) -> Played:
        """Play a scenario."""
        from pytest_qruntime.cassette.files import load
        from pytest_qruntime.runtime.replayed import replaying

        tape = load(self._folder / scenario.file)
        with replaying(tape, label=item.nodeid, freeze=False) as qruntime:
            backend, circuits = _asked(tape, qruntime.default_backend)
            end = told(scenario, Play(qruntime, backend, CIRCUITS[circuits]()))
            return Played((Evidence(qruntime.trace, self._terms(scenario)),), *end)


def _asked(tape: Tape, backend: str) -> tuple[str, str]:
    """The backend and the circuits of a recording."""
    bodies = [one.request_body for one in tape.exchanges if one.method == "POST"]
    return backend, "qiskit" if any(b"QuantumCircuit" in body for body in bodies) else "qasm"


class Live(Source):
    """A live service: a server of our own, where each scenario gets a world of its own, or somebody else's.

    Args:
        given: the settings of the command line.
        own: whether it is a server of our own.
        circuits: a key of `CIRCUITS`.
        at_most_s: how much real time a scenario may take.
        folder: where what is exchanged is kept as recordings; None: nowhere.
    """

    def __init__(
        self, given: Mapping[str, Any], *, own: bool, circuits: str, at_most_s: float, folder: Path | None
    ) -> None:
        super().__init__(given)
        self.own = self.tells = own
        self._given = given
        self._circuits = circuits
        self._at_most_s = at_most_s
        self._folder = folder
        self._backend: str | None = given.get("backend")

    def unfit(self, scenario: Scenario) -> str | None:
        """Why a scenario cannot be played; None: it can."""
        if scenario.fake_only:
            return f"it needs {scenario.fake_only}"
        return None if self.own else self._unfit_for_others(scenario)

    def _unfit_for_others(self, scenario: Scenario) -> str | None:
        plan = self._given.get("plan", PREMIUM)
        if scenario.plan != (plan.name if isinstance(plan, Plan) else plan):
            return f"it needs an instance on the plan {scenario.plan}, and --qruntime-plan says {plan}"
        differ = [knob for knob, value in scenario.knobs.items() if self._policy.get(knob) != value]
        if differ:
            return f"it needs a service with {', '.join(f'{knob}={scenario.knobs[knob]}' for knob in differ)}"
        if scenario.exact:
            return "it needs virtual time, to act at an exact instant"
        if scenario.takes_s > self._at_most_s:
            allowed = f"--qruntime-real-time allows {self._at_most_s:g}"
            return f"it would take {scenario.takes_s:g} s of real time, and {allowed}"
        return None

    def play(self, scenario: Scenario, item: pytest.Item) -> Played:
        """Play a scenario."""
        from pytest_qruntime.cassette.derive import derive
        from pytest_qruntime.recording.choice import Choice
        from pytest_qruntime.recording.phase import Take
        from pytest_qruntime.recording.taking import live

        settings = self._settings(scenario) if self.own else {"backend": self._backend or ""}
        file = (self._folder or RECORDINGS) / scenario.file
        take = Take("none", choice=Choice("live", file, None, "warn", settings))
        assert take.choice is not None
        with live(item, take.choice, take) as qruntime:
            backend = qruntime.default_backend if self.own else self._backend_of(qruntime)
            at_most_s = None if self.own else self._at_most_s
            end = told(scenario, Play(qruntime, backend, CIRCUITS[self._circuits](), at_most_s))
            own = (Evidence(qruntime.trace, self._terms_of(scenario, backend, qruntime)),) if self.own else ()
        assert take.tape is not None
        played = Played((Evidence(derive(take.tape), self._terms(scenario)), *own), *end)
        if self._folder is not None and played.lacking is None:
            keep(scenario, item, take)
        return played

    def _backend_of(self, qruntime: Surface) -> str:
        """That of the command line, or the first that the service lists, which is asked once."""
        if self._backend is None:
            self._backend = first_backend(qruntime)
        return self._backend

    def _terms_of(self, scenario: Scenario, backend: str, qruntime: Surface) -> Terms:
        """What is known of a world that was made of the scenario's settings."""
        from pytest_qruntime.arguments import plan
        from pytest_qruntime.model.world import DEFAULT_LANES

        settings = scenario.settings
        instances = {event.data["instance"] for event in qruntime.trace if "instance" in event.data}
        return replace(
            self._terms(scenario),
            alone=False,
            lanes={backend: settings.get("lanes", DEFAULT_LANES)},
            contention={backend: settings.get("qpu_contention", True)},
            plans={str(name): plan(settings.get("plan", PREMIUM)) for name in instances},
            now_us=qruntime.clock.world.now_us,
        )


def keep(scenario: Scenario, item: pytest.Item, take: Take) -> None:
    """Save what was exchanged as the recording of a scenario, scrubbed. Raises `CassetteError` if a secret is left."""
    from pytest_qruntime.recording.run import RUN
    from pytest_qruntime.recording.saving import put_in_place, saved

    assert take.tape is not None
    assert take.tape.provenance is not None
    assert take.choice is not None
    named = replace(take.tape.provenance, test=f"pytest_qruntime.contracts.suite: {scenario.name}")
    take.tape = replace(take.tape, provenance=named)
    take.choice.file.parent.mkdir(parents=True, exist_ok=True)
    put_in_place(saved(item.config.stash[RUN], take), take.choice.file)


def first_backend(qruntime: Surface) -> str:
    """The name of the first backend that a service lists. Raises `QRuntimeError` if it lists none."""
    devices = qruntime.http.get("/v1/backends").json().get("devices") or []
    for device in devices:
        name = device.get("name") if isinstance(device, Mapping) else device
        if isinstance(name, str):
            return name
    raise QRuntimeError("the service lists no backend; name one with --qruntime-backend")
