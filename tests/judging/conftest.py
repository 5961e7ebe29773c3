"""Small projects of a user whose service may be faulty; the faults are those of the mutants."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Project
from tests.plugin.conftest import project as project  # a fixture

FAULTY = """
    import pytest
    from pytest_qruntime.mutants import MUTANTS, Patches

    @pytest.fixture(autouse=True)
    def faulty(request):
        names = [name for marker in request.node.iter_markers("faulty") for name in marker.args]
        with Patches() as patches:
            for mutant in MUTANTS:
                if mutant.name in names:
                    mutant.put(patches)
            yield

    def pytest_configure(config):
        config.addinivalue_line("markers", "faulty(name): the service has this fault")
"""


@pytest.fixture
def faulty(project: Project) -> Project:
    """A project whose tests can have a faulty service: ``@pytest.mark.faulty("close_cancels_queued_jobs")``."""
    return project.write(conftest=FAULTY)
