"""Reports about a real image, with real digests: Trivy's JSON (SchemaVersion 2)
and Grype's.

The findings are ours: identifiers of the year 2099 exist nowhere.
"""

import time


def trivy_report(config, config_digest, repo_digests, vulnerabilities, at=None):
    """A report about the image with this config (as a value).

    `repo_digests` are "repository@sha256:..." names, `at` is when it was made.
    A list of packages is always there: the image was looked at.
    """
    family, version = "debian", "12.11"
    diff_ids = config["rootfs"]["diff_ids"]
    name = repo_digests[0].partition("@")[0] if repo_digests else "image"
    now = at or time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    database = {"Version": 2, "UpdatedAt": now, "NextUpdate": now, "DownloadedAt": now}
    return {
        "SchemaVersion": 2,
        # Trivy names its database only where a server did the scan.
        "Trivy": {"Version": "0.72.0", "Server": {"VulnerabilityDB": database}},
        "CreatedAt": now,
        "ArtifactName": name,
        "ArtifactType": "container_image",
        "Metadata": {
            "OS": {"Family": family, "Name": version},
            "ImageID": config_digest,
            "DiffIDs": diff_ids,
            "RepoTags": [name],
            "RepoDigests": repo_digests,
            "ImageConfig": {
                "architecture": config["architecture"],
                "os": config["os"],
                "created": config["created"],
                "rootfs": config["rootfs"],
            },
        },
        "Results": [
            {
                "Target": f"{name} ({family} {version})",
                "Class": "os-pkgs",
                "Type": family,
                "Packages": _packages(family, vulnerabilities, diff_ids[0]),
                "Vulnerabilities": [
                    _finding(family, vulnerability, diff_ids[0])
                    for vulnerability in vulnerabilities
                ],
            }
        ],
    }


def critical(identifier, package, installed, fixed):
    """A critical vulnerability that `fixed` (a version, or "") mends."""
    return {
        "id": identifier,
        "package": package,
        "installed": installed,
        "fixed": fixed,
        "severity": "CRITICAL",
    }


def _purl(family, package, version):
    return f"pkg:deb/{family}/{package}@{version}?arch=amd64"


def _packages(family, vulnerabilities, diff_id):
    found = {("base-files", "12.4+deb12u11")}
    found |= {(v["package"], v["installed"]) for v in vulnerabilities}
    return [
        {
            "ID": f"{name}@{version}",
            "Name": name,
            "Identifier": {"PURL": _purl(family, name, version)},
            "Version": version,
            "Arch": "amd64",
            "Layer": {"DiffID": diff_id},
        }
        for name, version in sorted(found)
    ]


def _finding(family, vulnerability, diff_id):
    package, installed = vulnerability["package"], vulnerability["installed"]
    finding = {
        "VulnerabilityID": vulnerability["id"],
        "PkgID": f"{package}@{installed}",
        "PkgName": package,
        "PkgIdentifier": {"PURL": _purl(family, package, installed)},
        "InstalledVersion": installed,
        "FixedVersion": vulnerability["fixed"],
        "Status": "fixed" if vulnerability["fixed"] else "affected",
        "Layer": {"DiffID": diff_id},
        "SeveritySource": family,
        "Severity": vulnerability["severity"].upper(),
        "Title": f"{package}: made up for a demonstration",
    }
    if not vulnerability["fixed"]:
        del finding["FixedVersion"]
    return finding


def grype_report(config_digest, repo_digests, vulnerabilities, at):
    """Grype's report about an image, made and its database built `at`."""
    return {
        "matches": [_match(vulnerability) for vulnerability in vulnerabilities],
        "source": {
            "type": "image",
            "target": {
                "imageID": config_digest,
                "manifestDigest": repo_digests[0].partition("@")[2],
                "repoDigests": repo_digests,
                "layers": [],
            },
        },
        "distro": {"name": "debian", "version": "12"},
        "descriptor": {
            "name": "grype",
            "version": "0.112.0",
            "db": {"status": {"built": at, "valid": True}},
            "timestamp": at,
        },
    }


def _match(vulnerability):
    package, installed = vulnerability["package"], vulnerability["installed"]
    fixed = vulnerability["fixed"]
    return {
        "vulnerability": {
            "id": vulnerability["id"],
            "severity": vulnerability["severity"].capitalize(),
            "fix": {
                "versions": [fixed] if fixed else [],
                "state": "fixed" if fixed else "not-fixed",
            },
        },
        "artifact": {
            "name": package,
            "version": installed,
            "purl": _purl("debian", package, installed),
        },
    }
