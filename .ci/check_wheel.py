"""Checks a built wheel: `python check_wheel.py WHEEL`, where only the wheel and its own dependencies are installed."""

from __future__ import annotations

import importlib
import pkgutil
import sys
import zipfile
from importlib.metadata import entry_points

OPTIONAL = {
    "hypothesis",
    "ibm_quantum_schemas",
    "numpy",
    "qiskit",
    "qiskit_aer",
    "qiskit_ibm_runtime",
    "requests",
    "samplomatic",
    "uvicorn",
}


def missing_files(wheel: str) -> list[str]:
    """What the wheel lacks of what its users need beside the modules."""
    names = zipfile.ZipFile(wheel).namelist()
    needed = {
        "py.typed": lambda name: name == "pytest_qruntime/py.typed",
        "JSON Schemas": lambda name: name.startswith("pytest_qruntime/rest/schemas/") and name.endswith(".json"),
        "the recordings of the suite of contracts": lambda name: name.startswith(
            "pytest_qruntime/contracts/suite/cassettes/"
        ),
        "the licence": lambda name: name.endswith(".dist-info/licenses/LICENSE"),
    }
    return [what for what, test in needed.items() if not any(map(test, names))]


def unimportable_modules() -> list[str]:
    """The modules that need more than the declared dependencies; what only an extra brings may be missing."""
    problems = []
    package = importlib.import_module("pytest_qruntime")
    for module in pkgutil.walk_packages(package.__path__, "pytest_qruntime."):
        if module.name.endswith(".__main__"):
            continue  # importing it would run it
        try:
            importlib.import_module(module.name)
        except ImportError as problem:
            if (problem.name or "").partition(".")[0] not in OPTIONAL:
                problems.append(f"{module.name}: {problem}")
    return problems


def main(wheel: str) -> int:
    """The exit code: 0 if nothing is missing. Prints what is."""
    problems = [f"the wheel lacks {what}" for what in missing_files(wheel)] + unimportable_modules()
    if "qruntime" not in {point.name for point in entry_points(group="pytest11")}:
        problems.append("pytest would not find the plugin: there is no entry point")
    print("\n".join(problems) or "the wheel is complete")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
