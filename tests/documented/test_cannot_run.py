"""What today's client says to the blocks that it cannot run as they are printed."""

from __future__ import annotations

import pytest

from tests.documented import given
from tests.documented.blocks import Block
from tests.documented.play import Play
from tests.documented.table import BLOCKS


@pytest.mark.filterwarnings("ignore:.*V2.* deprecated:DeprecationWarning")
@pytest.mark.parametrize("block", [block for block in BLOCKS if block.refused], ids=str)
@pytest.mark.usefixtures("qiskit_runtime_service")
def test_the_client_refuses_the_block_as_it_is_printed(block: Block) -> None:
    kind, _, words = str(block.refused).partition(": ")
    names = given.names("legacy")
    names["job"] = names["Sampler"](mode=names["backend"]).run([names["sampler_circuit"]])
    play = Play(block, "legacy", names, printed=True)
    with pytest.raises(Exception, match=words) as caught:
        play.run()
    assert caught.type.__name__ == kind
