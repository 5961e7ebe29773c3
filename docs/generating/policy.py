"""The page of policy knobs."""

from __future__ import annotations

from docs.generating.markdown import choices
from pytest_qruntime.model import Policy
from pytest_qruntime.model.policy import WITHOUT_KNOB

POLICY = """\
# Policy knobs

The public documents on execution modes contradict each other in places (`X-nn`), and are silent in others. Each such
point is a knob with the better evidence as its default. Turn knobs for a test with
`@pytest.mark.qruntime(policy={"queued_on_end": "cancelled"})`, in `qruntime_config`, with
`--qruntime-policy queued_on_end=cancelled`, or in `pytest_qruntime.world(policy=...)`. An unknown knob or value is an
error at once. `policy="sweep"` runs a test with [every other value](../how-to/repeat.md#every-policy) of the knobs
that it has to do with.

| knob | contradiction | values | default | what it decides |
| --- | --- | --- | --- | --- |
"""


def page() -> str:
    """Every knob of `Policy`, and the contradictions that need none."""
    rows = [
        f"| `{knob.name}` | {knob.contradiction or '-'} | {choices(knob.allowed)} | `{knob.default!r}` "
        f"| {knob.meaning} |\n"
        for knob in Policy.knobs()
    ]
    others = [f"- **{contradiction}**: {settled}\n" for contradiction, settled in sorted(WITHOUT_KNOB.items())]
    return "".join([POLICY, *rows, "\n## Contradictions without a knob\n\n", *others])
