"""What a registry holds, in memory: by repository, blobs, manifests, tags."""

import hashlib
import json
import re
from dataclasses import dataclass, field

INDEX = "application/vnd.oci.image.index.v1+json"
_DIGEST = re.compile("(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})")


def is_digest(text):
    return bool(_DIGEST.fullmatch(text))


def matches(digest, data):
    """Whether `data` has that digest."""
    algorithm = digest.partition(":")[0]
    return is_digest(digest) and digest == digest_of(data, algorithm)


def digest_of(data, algorithm="sha256"):
    return f"{algorithm}:{hashlib.new(algorithm, data).hexdigest()}"


@dataclass
class Manifest:
    media_type: str
    data: bytes

    @property
    def document(self):
        return json.loads(self.data)

    @property
    def subject(self):
        """The digest of the manifest that it refers to, or ""."""
        return (self.document.get("subject") or {}).get("digest", "")

    def described(self, digest):
        """Its entry in the list of its subject's referrers."""
        document = self.document
        kind = document.get("artifactType") or document.get("config", {}).get("mediaType")
        entry = {
            "mediaType": self.media_type,
            "digest": digest,
            "size": len(self.data),
            "artifactType": kind,
            "annotations": document.get("annotations"),
        }
        return {name: value for name, value in entry.items() if value is not None}


@dataclass
class Repository:
    blobs: dict = field(default_factory=dict)  # digest: bytes
    manifests: dict = field(default_factory=dict)  # digest: Manifest
    tags: dict = field(default_factory=dict)  # tag: digest

    def find(self, reference):
        """(digest, Manifest) of a tag or digest; None where there is none."""
        digest = reference if ":" in reference else self.tags.get(reference)
        manifest = self.manifests.get(digest)
        return manifest and (digest, manifest)

    def delete(self, reference):
        """Whether there was a tag or a manifest of that name."""
        if ":" not in reference:
            return self.tags.pop(reference, None) is not None
        self.tags = {tag: of for tag, of in self.tags.items() if of != reference}
        return self.manifests.pop(reference, None) is not None

    def referrers(self, subject, kind=None):
        """The index of the manifests that refer to `subject`."""
        entries = [
            manifest.described(digest)
            for digest, manifest in self.manifests.items()
            if manifest.subject == subject
        ]
        if kind:
            entries = [entry for entry in entries if entry.get("artifactType") == kind]
        return {"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}
