"""Programs written in Go that no Debian 12 package has."""

from tests.e2e.harness.go_tools import GoTool

TOOLS = {
    tool.name: tool
    for tool in (
        GoTool(
            "conformance",
            "github.com/opencontainers/distribution-spec/conformance",
            "v0.0.0-20260831232431-97274622c111",
        ),
        GoTool(
            "registry", "github.com/distribution/distribution/v3/cmd/registry", "v3.1.2"
        ),
    )
}


def path_of(name):
    """Where a tool lies once it has been built."""
    return TOOLS[name].path


def build(name):
    """Builds a tool unless it is there; returns why it cannot be had, or ""."""
    return TOOLS[name].build()
