"""The page of options, ini keys and the marker."""

from __future__ import annotations

from docs.generating.markdown import cell
from pytest_qruntime.recording.options import MODES
from pytest_qruntime.settings import JUDGEMENTS, REPEATS, SETTINGS, SOURCES, TROUBLES, Setting

OPTIONS = """\
# Options, ini keys and the marker

Each setting has an option, an ini key, and a keyword of `@pytest.mark.qruntime` and of the mapping that the fixture
`qruntime_config` returns. Precedence: command line, marker (the nearest one), `qruntime_config`, ini file, default;
policies are merged knob by knob in the same order. A value that cannot be used, an unknown keyword, or an unknown knob
is an error before any test runs.

| option | ini key | keyword | what it decides | default |
| --- | --- | --- | --- | --- |
"""

OPTIONS_OF_SOURCES = """
What stands behind a test is decided in the same way:

| option | ini key | keyword | what it decides | default |
| --- | --- | --- | --- | --- |
"""

OPTIONS_OF_JUDGEMENTS = """
What becomes of a test that is over is decided so, too; see [what is judged by itself](../how-to/contracts.md):

| option | ini key | keyword | what it decides | default |
| --- | --- | --- | --- | --- |
"""

OPTIONS_OF_REPEATS = """
And how often it runs; see [tests that run several times](repeating.md), also for settings that are lists in the marker:

| option | ini key | keyword | what it decides | default |
| --- | --- | --- | --- | --- |
"""

OPTIONS_OF_TROUBLES = """
And what goes wrong in it, by the name of a [scenario](scenarios.md). The marker alone takes `scenario="all"`, and
`fault=Fault(503, "submit")`: a [fault](faults.md), or a list of them, each of which makes a test.

| option | ini key | keyword | what it decides | default |
| --- | --- | --- | --- | --- |
"""

OPTIONS_IN_INI = """
In code the values are Python's: numbers, `True` and `False`, a `Plan`, a mapping or a `Policy`, an aware `datetime`. On
the command line and in an ini file they are text; policies may be given several times, and add up:

```toml
[tool.pytest.ini_options]
qruntime_plan = "open"
qruntime_seed = "7"
qruntime_policy = ["queued_on_end=cancelled", "batch_ittl=literal", "unused_autoclose=dedicated:600+batch:600"]
```

## What a test may break

`allow={"SUB-02": "why"}` has its place in the marker alone: this test may break that contract, or leave something open
(`"leak"`). See [what is judged by itself](../how-to/contracts.md).

## The whole run

| option | ini key | what it decides | default |
| --- | --- | --- | --- |
"""

OF_THE_RUN = (
    (
        "--qruntime-strict",
        "a [strict run](../how-to/contracts.md#strict-runs) fails for every contract that is broken where that is not "
        "allowed, and lists all of them",
        "no",
    ),
    (
        "--qruntime-cov-fail-under PERCENT",
        "the run fails if its tests drove less of the [lifecycle](coverage.md)",
        "none is required",
    ),
    (
        "--qruntime-report PATH",
        "a [report](../how-to/reports.md) is written; it may be given several times, and the ini key has a path in "
        "each line",
        "none",
    ),
    (
        "--qruntime-github auto|on|off",
        "whether [GitHub Actions](../how-to/ci.md) are told; `auto`: if the run is one",
        "`auto`",
    ),
)

OPTIONS_OF_RECORDING = """
## Recording

What dials out is said on the command line, each time: these options have no ini keys. See
[how to record](../how-to/record.md).

| option | |
| --- | --- |
| `--qruntime-record` | record tests with `source="cassette"` against a live service |
| `--qruntime-record-mode MODE` | which of them; see below |
| `--qruntime-url URL` | the live service; by default `QISKIT_IBM_URL`, or the account that the client has saved |
| `--qruntime-budget SECONDS` | QPU time that the whole run may use, also as `10m`; not required for `qruntime serve` |
| `--qruntime-record-in-ci` | record although the environment variable `CI` is set |
| `--qruntime-auth iam\\|bearer` | at somebody else's service: `QISKIT_IBM_TOKEN` is a key, or the token itself |

The [suite of contracts](suite.md#options) that others run has options of its own.

| mode | records |
| --- | --- |
"""


def page() -> str:
    """Options, ini keys and marker keywords, which are one list."""
    return "".join(
        [
            OPTIONS,
            *map(_setting, SETTINGS),
            OPTIONS_OF_SOURCES,
            *map(_setting, SOURCES),
            OPTIONS_OF_JUDGEMENTS,
            *map(_setting, JUDGEMENTS),
            OPTIONS_OF_REPEATS,
            *map(_setting, REPEATS),
            OPTIONS_OF_TROUBLES,
            *map(_setting, TROUBLES),
            OPTIONS_IN_INI,
            *(_of_the_run(*one) for one in OF_THE_RUN),
            OPTIONS_OF_RECORDING,
            *(f"| `{mode}` | {meaning} |\n" for mode, meaning in MODES.items()),
        ]
    )


def _setting(setting: Setting) -> str:
    return (
        f"| `{setting.option} {cell(setting.metavar)}` | `{setting.ini}` | `{setting.name}=` | {setting.help} "
        f"| `{setting.default}` |\n"
    )


def _of_the_run(option: str, what: str, default: str) -> str:
    ini = option.partition(" ")[0].removeprefix("--").replace("-", "_")
    return f"| `{cell(option)}` | `{ini}` | {what} | {default} |\n"
