"""Images to push: one base, one layer upon it, and as many configs as wanted."""

import io
import random
import tarfile
import time

from tests.e2e.harness.oci_layout import LAYER, MANIFEST, compress, to_json
from tests.e2e.harness.raw_client import digest_of

CONFIG = "application/vnd.oci.image.config.v1+json"
FILE_BYTES = 256 << 10


def layer_of(name, files, text=False):
    """(blob, diff ID) of a gzip layer of such a tar."""
    tar = tar_of(name, files, text)
    return compress(tar, "gzip")[0], digest_of(tar)


def tar_of(name, files, text=False):
    """So many files of 256 KiB, of noise or of words, which gzip packs into a
    third of their size."""
    noise = random.Random(name)
    words = [noise.randbytes(4).hex()[: noise.randint(2, 8)] for _ in range(4096)]
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for number in range(files):
            entry = tarfile.TarInfo(f"usr/lib/{name}/{number}")
            entry.size = FILE_BYTES
            content = noise.randbytes(FILE_BYTES)
            if text:
                some = " ".join(noise.choices(words, k=FILE_BYTES // 3))
                content = some.encode()[:FILE_BYTES]
            tar.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


class Image:
    """An image of the given layers; `config(label)` and `manifest(config)` make
    as many of it as there are labels, alike in all but that."""

    def __init__(self, layers):
        self._layers = layers
        self._created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())

    @property
    def blobs(self):
        """Of the layers."""
        return [blob for blob, _ in self._layers]

    def config(self, label):
        return to_json(self.config_value(label))

    def config_value(self, label):
        steps = [
            {"created": self._created, "created_by": f"COPY {number} /"}
            for number, _ in enumerate(self._layers)
        ]
        return {
            "architecture": "amd64",
            "os": "linux",
            "created": self._created,
            "config": {
                "User": "1000",
                "Env": ["PATH=/usr/local/bin:/usr/bin:/bin"],
                "Cmd": ["/srv/app"],
                "Labels": {"org.opencontainers.image.revision": label},
            },
            "rootfs": {"type": "layers", "diff_ids": [d for _, d in self._layers]},
            "history": steps,
        }

    def manifest(self, config):
        return to_json(
            {
                "schemaVersion": 2,
                "mediaType": MANIFEST,
                "config": _descriptor(CONFIG, config),
                "layers": [_descriptor(LAYER + "+gzip", b) for b in self.blobs],
            }
        )


def _descriptor(media_type, blob):
    return {"mediaType": media_type, "digest": digest_of(blob), "size": len(blob)}
