"""The registries that the suite is run against, each with a `host` and `url`.

Between them they write every form of Location: relative, of their own address,
and of the one that was asked for.
"""

from tests.e2e.harness.registry import Registry

from . import tools
from .whole_registry import WholeRegistry

# The tool that each needs; None: nothing that is not there.
REGISTRIES = {"whole": None, "distribution-2": None, "distribution-3": "registry"}


def missing(name):
    """Why the registry of that name cannot be started, or ""."""
    tool = REGISTRIES[name]
    return "" if not tool or tools.path_of(tool).exists() else f"{tool} is not built"


def start(name, directory):
    """The registry of that name, empty; `directory` is for its storage."""
    if name == "whole":
        return WholeRegistry()
    if name == "distribution-2":
        return Registry(directory, names_itself=True)
    return Registry(directory, program=tools.path_of(REGISTRIES[name]))
