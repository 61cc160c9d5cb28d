"""The OCI distribution conformance suite, run against registries alone and
through Plimsoll: what passes alone must pass through the gateway."""
