"""Regions: an instance sees the backends of its own region, and those that have none."""

from __future__ import annotations

import pytest

from pytest_qruntime.model import JobRequest, RefusedError, World
from pytest_qruntime.model.instance import Instance
from tests.model.timeline import J, Timeline


def german(world: World) -> Instance:
    return world.add_instance("german", region="eu-de")


def test_a_backend_of_another_region_is_unknown() -> None:
    t = Timeline()
    t.world.add_backend("here", region="us-east")
    t.world.add_backend("there", region="eu-de")
    request = t.request(None, J(10, 5), backend="there")
    assert t.refused(lambda: t.world.submit(request)) == "backend_unknown"
    assert t.refused(lambda: t.world.open("batch", backend="there")) == "backend_unknown"
    assert t.world.submit(request, instance=german(t.world)).status == "Running"


def test_a_backend_without_a_region_is_everybodys() -> None:
    t = Timeline()
    other = german(t.world)
    assert [t.backend.seen_by(instance) for instance in (t.world.instance, other)] == [True, True]
    assert t.world.submit(JobRequest(durations=J(1, 1).durations), instance=other).backend is t.backend


def test_a_refusal_names_the_backends_of_the_region() -> None:
    t = Timeline()
    t.world.add_backend("here", region="us-east")
    t.world.add_backend("there", region="eu-de")
    with pytest.raises(RefusedError) as refused:
        t.world.backend("nowhere", instance=german(t.world))
    assert refused.value.details["known"] == "fake_backend, there"
