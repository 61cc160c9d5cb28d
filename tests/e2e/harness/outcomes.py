"""The five outcomes that the demonstration shows and the tests repeat: real
images on real bases, and what the gateway must say about each."""

from dataclasses import dataclass

from .gateway import policy
from .process import run
from .scan_report import critical, trivy_report

# As the catalog calls them.
APPROVED = "bases.example.com/debian:12"
UNAPPROVED = "bases.example.com/homemade:1"
VULNERABLE = "bases.example.com/debian:11"


def demo_policy():
    """Known, approved, and free of critical vulnerabilities that are mendable."""
    return policy(
        "production",
        [
            {
                "name": "known",
                "check": "base.identified",
                "with": {"minProof": "verified"},
            },
            {
                "name": "approved",
                "check": "base.approved",
                "hint": "Build FROM a base that `plimsoll catalog list` shows as approved",
            },
            {
                "name": "base-scan-clean",
                "check": "vulnerabilities",
                "with": {
                    "scope": "base",
                    "maxReportAge": "24h",
                    "deny": [{"severity": "Critical", "fixable": True}],
                },
            },
        ],
    )


@dataclass(frozen=True)
class Outcome:
    """A push and what must come of it."""

    name: str
    about: str  # for people
    image: object
    outcome: str  # "admit" or "deny"
    rule: str = ""  # the rule that fails; "" where none does
    forged: bool = False

    @property
    def repository(self):
        return f"shop/{self.name}"


class Bases:
    """Three bases: built, pushed to a registry and catalogued."""

    def __init__(self, images, debian_tar=None, public=None):
        """The approved one is a Debian root (a tar file), a public image, or
        where neither is given a small stand-in."""
        self.images = images
        # A public base may hold no shell for a RUN.
        self.has_shell = public is None
        if debian_tar:
            self.approved = images.tar_base("base/debian:12", debian_tar)
        elif public:
            self.approved = images.fetch("base/debian:12", public)
        else:
            self.approved = images.busybox_base("base/debian:12", "Debian, as it were")
        self.unapproved = images.busybox_base("base/homemade:1", "Homemade")
        self.vulnerable = images.busybox_base("base/debian:11", "Debian, an old one")

    def publish(self, registry, gateway):
        """Puts the bases into the registry, past the gateway, and into the
        gateway's catalog, each with a scan report."""
        for image, name, options in (
            (self.approved, APPROVED, ["--approve"]),
            (self.unapproved, UNAPPROVED, []),
            (self.vulnerable, VULNERABLE, ["--approve"]),
        ):
            reference = f"{registry.host}/{image.name.removeprefix('localhost/')}"
            digest = self._push(image, reference)
            gateway.catalog_add(name, reference, *options).check()
            report = self._report(image, reference, digest)
            gateway.report_add(digest, report).check()

    def _push(self, image, reference):
        run(
            ["skopeo", "copy", "--quiet", "--dest-tls-verify=false"]
            + [image.skopeo_name, f"docker://{reference}"]
        ).check()
        shown = run(
            ["skopeo", "inspect", "--tls-verify=false", "--format", "{{.Digest}}"]
            + [f"docker://{reference}"]
        )
        return shown.check().output.strip()

    def _report(self, image, reference, digest):
        tag = self.images.export(image)
        layout = self.images.layout
        found = []
        if image is self.vulnerable:
            found.append(critical("CVE-2099-0001", "libssl1.1", "1.1.1n-0", "1.1.1w-0"))
        return trivy_report(
            layout.config(tag),
            layout.manifest(tag)["config"]["digest"],
            [f"{reference.rpartition(':')[0]}@{digest}"],
            found,
        )


def make_outcomes(bases):
    """The five, in the order in which they are told."""
    images = bases.images
    on_approved = {"base": bases.approved, "step": bases.has_shell}
    admitted = images.app("shop/admitted:1", **on_approved)
    unapproved = images.app("shop/unapproved:1", bases.unapproved)
    return [
        Outcome("admitted", "on the approved base", admitted, "admit"),
        Outcome(
            *("unapproved", "on a base that nobody approved", unapproved),
            *("deny", "approved"),
        ),
        Outcome(
            "squashed",
            "on the approved base, squashed: the base cannot be proven",
            images.app("shop/squashed:1", **on_approved, options=["--squash"]),
            *("deny", "known"),
        ),
        Outcome(
            "forged",
            "on another base, its config forged to claim the approved one",
            images.forged("shop/forged:1", unapproved, bases.approved),
            "deny",
            forged=True,
        ),
        Outcome(
            "vulnerable",
            "on an approved base with a critical vulnerability that is fixable",
            images.app("shop/vulnerable:1", bases.vulnerable),
            *("deny", "base-scan-clean"),
        ),
    ]
