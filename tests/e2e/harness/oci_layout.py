"""OCI image layouts that a test can rewrite: configs, layers, indexes."""

import gzip
import json
import subprocess
from pathlib import Path

from .raw_client import digest_of

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
REFERENCE = "org.opencontainers.image.ref.name"


def to_json(value):
    return json.dumps(value, separators=(",", ":")).encode()


def compress(tar, form, level=6):
    """(bytes, media type) of a layer: form is "gzip", "zstd" or "plain"; the
    level is gzip's."""
    if form == "gzip":
        return gzip.compress(tar, level, mtime=0), LAYER + "+gzip"
    if form == "zstd":
        packed = subprocess.run(
            ["zstd", "-q", "-c"], input=tar, capture_output=True, check=True
        )
        return packed.stdout, LAYER + "+zstd"
    return tar, LAYER


def decompress(data):
    """The tar of a layer, whatever its compression."""
    if data[:2] == b"\x1f\x8b":
        return gzip.decompress(data)
    if data[:4] == b"\x28\xb5\x2f\xfd":
        return subprocess.run(
            ["zstd", "-q", "-d", "-c"], input=data, capture_output=True, check=True
        ).stdout
    return data


class OciLayout:
    """The layout in `directory`, made empty where there is none."""

    def __init__(self, directory):
        self.directory = Path(directory)
        self._blobs = self.directory / "blobs" / "sha256"
        if not (self.directory / "index.json").exists():
            self._blobs.mkdir(parents=True)
            (self.directory / "oci-layout").write_text(
                '{"imageLayoutVersion":"1.0.0"}'
            )
            self._write_index({"schemaVersion": 2, "manifests": []})

    def reference(self, tag):
        """As skopeo names an image of this layout."""
        return f"oci:{self.directory}:{tag}"

    # Blobs.

    def add_blob(self, data, media_type):
        digest = digest_of(data)
        (self._blobs / digest.removeprefix("sha256:")).write_bytes(data)
        return {"mediaType": media_type, "digest": digest, "size": len(data)}

    def blob(self, descriptor):
        digest = descriptor["digest"].removeprefix("sha256:")
        return (self._blobs / digest).read_bytes()

    def read(self, descriptor):
        return json.loads(self.blob(descriptor))

    # Tags.

    def descriptor(self, tag):
        for entry in self._index()["manifests"]:
            if entry.get("annotations", {}).get(REFERENCE) == tag:
                return entry
        raise KeyError(tag)

    def tag(self, descriptor, tag):
        index = self._index()
        index["manifests"] = [
            entry
            for entry in index["manifests"]
            if entry.get("annotations", {}).get(REFERENCE) != tag
        ]
        index["manifests"].append({**descriptor, "annotations": {REFERENCE: tag}})
        self._write_index(index)
        return descriptor

    # Whole images.

    def manifest(self, tag):
        return self.read(self.descriptor(tag))

    def config(self, tag):
        return self.read(self.manifest(tag)["config"])

    def add_image(self, tag, config, layers, annotations=None):
        """Tags an image made of a config (as a value) and layer descriptors."""
        config_type = "application/vnd.oci.image.config.v1+json"
        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": self.add_blob(to_json(config), config_type),
            "layers": layers,
        }
        if annotations:
            manifest["annotations"] = annotations
        return self.tag(self.add_blob(to_json(manifest), MANIFEST), tag)

    def with_config(self, tag, new_tag, change):
        """The image `tag` again as `new_tag`, its config changed in place by
        `change(config)`, its layers left as they are."""
        config = self.config(tag)
        change(config)
        return self.add_image(new_tag, config, self.manifest(tag)["layers"])

    def recompressed(self, tag, new_tag, form):
        """The image `tag` again as `new_tag`, the same tars in another form."""
        layers = [
            self.add_blob(*compress(decompress(self.blob(layer)), form))
            for layer in self.manifest(tag)["layers"]
        ]
        return self.add_image(new_tag, self.config(tag), layers)

    def add_index(self, tag, children):
        """Tags an index of `children`: (descriptor, platform) pairs."""
        entries = [
            {
                **{key: child[key] for key in ("mediaType", "digest", "size")},
                "platform": platform,
            }
            for child, platform in children
        ]
        index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}
        return self.tag(self.add_blob(to_json(index), INDEX), tag)

    def _index(self):
        return json.loads((self.directory / "index.json").read_bytes())

    def _write_index(self, index):
        (self.directory / "index.json").write_bytes(to_json(index))
