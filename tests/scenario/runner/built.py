"""What was built from a recipe: bytes, and what they are for."""

from dataclasses import dataclass, field

from ...e2e.harness.raw_client import digest_of


@dataclass
class Child:
    """An entry of an index and what it lists."""

    image: object
    descriptor: dict
    missing: bool


@dataclass
class Built:
    """A manifest or an index with all that it reaches."""

    data: bytes
    media_type: str
    platform: str = ""
    blobs: dict = field(default_factory=dict)  # {digest: bytes}
    missing: set = field(default_factory=set)  # digests that no registry gets
    children: list = field(default_factory=list)
    config: dict = None
    manifest: dict = None

    @property
    def digest(self):
        return digest_of(self.data)

    @property
    def descriptor(self):
        size = len(self.data)
        return {"mediaType": self.media_type, "digest": self.digest, "size": size}

    def add_blob(self, data, media_type):
        digest = digest_of(data)
        self.blobs[digest] = data
        return {"mediaType": media_type, "digest": digest, "size": len(data)}

    def on(self, platform):
        """The image for a platform: itself, or that child of an index."""
        for child in self.children:
            if child.image.platform == platform:
                return child.image
        return self


def add_to_layout(layout, tag, built):
    """Writes all that is not missing into an OCI layout, under a tag."""
    for digest, data in built.blobs.items():
        if digest not in built.missing:
            layout.add_blob(data, "")
    for child in built.children:
        if not child.missing:
            add_to_layout(layout, f"{tag}-{child.image.digest[7:19]}", child.image)
    layout.add_blob(built.data, built.media_type)
    layout.tag(built.descriptor, tag)
