"""The events of an order in words, as a reader of the test knows them: job 2, session 1, another user's job 1."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pytest_qruntime.clock.durations import words_of
from pytest_qruntime.model import World
from pytest_qruntime.model import trace as kinds
from pytest_qruntime.model.choosing import Point
from pytest_qruntime.model.events import Deadline

_MODES = {"dedicated": "session", "batch": "batch"}


def differences(points: Iterable[Point], world: World) -> Iterator[str]:
    """A line for each place of a run that was not as in the fixed order."""
    names = named(world)
    for options, chosen in points:
        if chosen:
            first, others = options[chosen], [*options[:chosen], *options[chosen + 1 :]]
            after = ", and before ".join(_event(other, names) for other in others)
            yield f"at +{words_of(first.at_us)}: {_event(first, names)}, before {after}"


def _event(event: Deadline, names: dict[str, str]) -> str:
    return f"{names.get(event.subject, f'{event.kind} {event.subject}')} {event.text}"


def named(world: World) -> dict[str, str]:
    """What jobs, sessions and batches are called, by their ids: their kind, and which one of the kind it is."""
    names: dict[str, str] = {}
    counts: dict[str, int] = {}
    for event in world.trace:
        if event.kind == kinds.JOB_QUEUED:
            subject, kind = event.job, _kind_of_job(event.data, world)
        elif event.kind == kinds.WORKLOAD_OPENED:
            subject, kind = event.workload, _MODES[str(event.data["mode"])]
        else:
            continue
        if subject is not None and subject not in names:
            counts[kind] = counts.get(kind, 0) + 1
            names[subject] = f"{kind} {counts[kind]}"
    return names


def _kind_of_job(data: Mapping[str, object], world: World) -> str:
    if data["instance"] != world.others.name:
        return "job"
    return "calibration" if data["program"] == "calibration" else "another user's job"
