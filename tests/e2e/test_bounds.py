"""Shows: what a push holds and leaves is bounded by the bytes that it brought, not
by those that it names or declares."""

import io
import socket
import tarfile

from .harness.case import EndToEndTest, needs_gateway
from .harness.gateway import policy
from .harness.oci_layout import INDEX, LAYER, MANIFEST, to_json
from .harness.process import wait_until
from .harness.raw_client import RawClient, basic, digest_of

CONFIG = "application/vnd.oci.image.config.v1+json"
REPOSITORY = "team/app"
MIB = 1 << 20
ADMIT = [policy("all", [{"name": "small", "check": "image.size", "with": {"maxLayers": 30}}])]
VERIFIED = [policy("all", [{"name": "known", "check": "base.identified"}])]


def small_layer():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        tar.addfile(tarfile.TarInfo("srv/empty"))
    return out.getvalue()


def padded(data, size):
    return data + b" " * (size - len(data))


def described(data, media_type, **more):
    return {"mediaType": media_type, "digest": digest_of(data), "size": len(data), **more}


@needs_gateway
class BoundsTest(EndToEndTest):
    def size_of_store(self, gateway):
        files = [gateway.store, gateway.store.with_name(gateway.store.name + "-wal")]
        return sum(file.stat().st_size for file in files if file.exists())

    def wait_for_decisions(self, gateway, count):
        wait_until(lambda: len(gateway.decisions()) == count, 30, f"{count} decisions")

    def upload_child(self, client, number, size):
        """The descriptor of an image whose documents are blanks for the most part."""
        layer = small_layer()
        config = {
            "architecture": "amd64", "os": "linux", "author": str(number),
            "rootfs": {"type": "layers", "diff_ids": [digest_of(layer)]},
        }
        config = padded(to_json(config), size)
        manifest = to_json({
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": described(config, CONFIG), "layers": [described(layer, LAYER)],
        })
        manifest = padded(manifest, size)
        client.upload_blob(REPOSITORY, layer)
        client.upload_blob(REPOSITORY, config)
        self.assertEqual(
            client.put_manifest(REPOSITORY, digest_of(manifest), manifest, MANIFEST).status, 201)
        platform = {"os": "linux", "architecture": "amd64"}
        return described(manifest, MANIFEST, platform=platform)

    def index(self, children, note):
        return to_json({
            "schemaVersion": 2, "mediaType": INDEX, "manifests": children,
            "annotations": {"note": str(note)},
        })

    def test_an_index_leaves_no_more_each_time_than_it_brings(self):
        registry = self.start_registry()
        gateway = self.start_gateway(registry, policies=VERIFIED)
        direct, client = RawClient(registry.host), RawClient(gateway.host)
        children = [self.upload_child(direct, i, 2 * MIB) for i in range(3)]
        first = client.put_manifest(REPOSITORY, "v0", self.index(children, 0), INDEX)
        self.assertEqual(first.status, 403, first.body)
        self.wait_for_decisions(gateway, 1)
        before = self.size_of_store(gateway)
        for i in range(1, 9):
            tag = f"v{i}"
            answer = client.put_manifest(REPOSITORY, tag, self.index(children, i), INDEX)
            self.assertEqual(answer.status, 403, answer.body)
        self.wait_for_decisions(gateway, 9)
        self.assertLess(self.size_of_store(gateway) - before, 4 * MIB)

    def test_an_index_that_names_too_much_is_read_up_to_the_bound(self):
        registry = self.start_registry()
        gateway = self.start_gateway(registry, policies=ADMIT)
        direct, client = RawClient(registry.host), RawClient(gateway.host)
        children = [self.upload_child(direct, i, 4 * MIB - 1) for i in range(7)]
        before = self.size_of_store(gateway)
        answer = client.put_manifest(REPOSITORY, "v1", self.index(children, 1), INDEX)
        self.assertEqual(answer.status, 403, answer.body)
        self.assertIn(b"more than 32 MiB together", answer.body)
        self.wait_for_decisions(gateway, 1)
        self.assertLess(self.size_of_store(gateway) - before, MIB)

    def test_what_is_declared_stops_nobodys_push(self):
        registry = self.start_registry(users={"u": "p"})
        one_loop = {"limits": {"threads": 1}}
        gateway = self.start_gateway(registry, policies=ADMIT, spec=one_loop)
        client = RawClient(gateway.host, basic("u", "p"))
        child = self.upload_child(client, 0, MIB)
        manifest = RawClient(registry.host, basic("u", "p")).get_manifest(
            REPOSITORY, child["digest"]).body
        head = (
            f"PUT /v2/any/thing/manifests/v1 HTTP/1.1\r\nHost: {gateway.host}\r\n"
            f"Content-Type: {MANIFEST}\r\nContent-Length: {4 * MIB}\r\n\r\n "
        )
        idle = []
        try:
            for _ in range(140):
                idle.append(socket.create_connection(("127.0.0.1", gateway.port)))
                idle[-1].sendall(head.encode())
            # The first may overtake connections that are not yet accepted.
            for i in range(10):
                answer = client.put_manifest(REPOSITORY, f"v{i}", manifest, MANIFEST)
                self.assertEqual(answer.status, 201, answer.body)
        finally:
            for connection in idle:
                connection.close()

    def test_garbage_of_nobody_is_not_kept(self):
        registry = self.start_registry()
        gateway = self.start_gateway(registry, policies=ADMIT)
        client = RawClient(gateway.host)
        before = self.size_of_store(gateway)
        for i in range(4):
            body = padded(b"{%d" % i, 4 * MIB)
            answer = client.put_manifest(REPOSITORY, "v1", body, MANIFEST)
            self.assertEqual(answer.status, 403, answer.body)
        self.wait_for_decisions(gateway, 4)
        self.assertLess(self.size_of_store(gateway) - before, MIB)
