"""Reports of scanners about a scenario's bases, as the scanners write them."""

from ...e2e.harness.scan_report import grype_report, trivy_report
from .build import instant
from ...e2e.harness.raw_client import digest_of


def make_report(report, base):
    config_digest = base.manifest["config"]["digest"]
    config = base.config
    if report.other_layers:
        # The image ID is right, and nothing else: anyone could write it.
        config = {**config, "rootfs": {"diff_ids": [digest_of(b"another layer")]}}
        named = []
    else:
        named = [f"registry.example.com/base@{base.digest}"]
    at = instant(f"{report.age} ago")
    if report.scanner == "grype":
        return grype_report(config_digest, named, report.finds, at)
    return trivy_report(config, config_digest, named, report.finds, at=at)
