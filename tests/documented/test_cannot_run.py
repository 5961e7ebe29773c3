"""What today's client says to the blocks that it cannot run as they are printed."""

from __future__ import annotations

import pytest

from tests.documented import changes_page, given
from tests.documented.blocks import Block
from tests.documented.play import Play
from tests.documented.table import BLOCKS
from tests.sdk.needs import needs_client

NEWER = {changes_page.QPU_TIME: needs_client("0.48.0", "the version of the API that has other usage keys")}
REFUSED = [pytest.param(block, marks=NEWER.get(block, ()), id=str(block)) for block in BLOCKS if block.refused]


@pytest.mark.filterwarnings("ignore:.*V2.* deprecated:DeprecationWarning")
@pytest.mark.parametrize("block", REFUSED)
@pytest.mark.usefixtures("qiskit_runtime_service")
def test_the_client_refuses_the_block_as_it_is_printed(block: Block) -> None:
    kind, _, words = str(block.refused).partition(": ")
    names = given.names("legacy")
    names["job"] = names["Sampler"](mode=names["backend"]).run([names["sampler_circuit"]])
    play = Play(block, "legacy", names, printed=True)
    with pytest.raises(Exception, match=words) as caught:
        play.run()
    assert caught.type.__name__ == kind
