"""Shows: blobs of any size stream through both ways; the gateway stays under
64 MiB resident while it inspects what passes."""

import hashlib
import itertools
import os
import tarfile
import unittest
import zlib

from .harness.case import (
    EXTENDED,
    EndToEndTest,
    needs_gateway,
    shared_bases,
    shared_images,
)
from .harness.outcomes import demo_policy
from .harness.oci_layout import LAYER, OciLayout

MIB = 1 << 20


def tar_of_noise(size):
    """A tar of one file of `size` bytes (whole mebibytes) that no compression
    makes smaller, in pieces."""
    entry = tarfile.TarInfo("srv/large")
    entry.size = size
    yield entry.tobuf()
    block = os.urandom(MIB)
    for count in range(size // MIB):
        yield block[count % MIB :] + block[: count % MIB]
    yield bytes(1024)


def add_large_layer(layout, size):
    """Adds a gzip layer (stored, not squeezed) of one file of `size` bytes;
    returns its descriptor and its diff ID."""
    packed_hash, plain_hash, packed_size = hashlib.sha256(), hashlib.sha256(), 0
    squeezer = zlib.compressobj(0, wbits=31)
    path = layout.directory / "large"
    with open(path, "wb") as file:
        for piece in itertools.chain(tar_of_noise(size), [b""]):
            plain_hash.update(piece)
            packed = squeezer.compress(piece) if piece else squeezer.flush()
            packed_hash.update(packed)
            packed_size += file.write(packed)
    path.rename(layout.directory / "blobs/sha256" / packed_hash.hexdigest())
    descriptor = {
        "mediaType": LAYER + "+gzip",
        "digest": "sha256:" + packed_hash.hexdigest(),
        "size": packed_size,
    }
    return descriptor, "sha256:" + plain_hash.hexdigest()


@needs_gateway
class LargeLayerTest(EndToEndTest):
    def test_a_large_layer_streams_both_ways_in_little_memory(self):
        size = 2048 * MIB if EXTENDED else 256 * MIB
        registry = self.start_registry()
        gateway = self.start_gateway(registry, policies=[demo_policy()])
        shared_bases().publish(registry, gateway)
        layout = self.image_with_large_layer(size)
        reference = f"{gateway.host}/shop/large:v1"
        client = self.client("skopeo")
        pushed = client.copy(
            layout.reference("large"), reference, "--preserve-digests", timeout=600
        )
        self.assertSucceeds(pushed)
        self.assertSucceeds(client.pull(reference, timeout=600))
        resident = gateway.peak_resident_bytes()
        print(f"      {size // MIB} MiB layer: gateway peaked at {resident // MIB} MiB")
        self.assertLess(resident, 64 * MIB)

    def image_with_large_layer(self, size):
        images = shared_images()
        tag = images.export(shared_bases().approved)
        base = images.layout.manifest(tag)
        config = images.layout.config(tag)
        layout = OciLayout(self.path("large"))
        layers = [
            layout.add_blob(images.layout.blob(layer), layer["mediaType"])
            for layer in base["layers"]
        ]
        descriptor, diff_id = add_large_layer(layout, size)
        config["rootfs"]["diff_ids"].append(diff_id)
        config["history"].append({"created_by": "a large file"})
        layout.add_image("large", config, [*layers, descriptor])
        return layout


if __name__ == "__main__":
    unittest.main()
