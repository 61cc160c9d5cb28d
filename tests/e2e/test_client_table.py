"""Shows: what each client's user sees of an admission, a refusal and a warning,
over TLS and with authentication: docs/clients.md says so, word for word."""

import re
import unittest

from .harness.buildkit import BuildKit
from .harness.case import extended, needs_gateway, shared_docker
from .harness.client_table import Document, Row
from .harness.containerd import Ctr
from .harness.go_clients import Cosign, Crane, Helm, Oras
from .harness.oci_layout import INDEX, MANIFEST, OciLayout
from .harness.process import run
from .harness.raw_client import RawClient, basic
from .harness.replay import IN_TOTO, Docker26
from .harness.sources import TAG
from .harness.table_case import NOT_LOOPBACK, PASSWORD, USER, TableTest
from .harness.table_notes import NOTES


class _Debian:
    """skopeo, podman, buildah and docker as clients of a Source."""

    def __init__(self, client):
        self._client = client
        self.name = client.name
        self.login = client.login

    def push(self, source, reference):
        if self.name == "skopeo":
            return self._client.copy(f"oci:{source.named}", reference, "--all")
        if source.is_index:
            return self._client.push_list(source.images, reference)
        return self._client.push(source.images[0], reference)

    def pull(self, reference):
        if self.name == "skopeo":
            return self._client.pull(reference, "--all")
        return self._client.pull(reference)


def _version(program):
    said = run([program, "--version"]).check().output
    return re.search(r"\d+(\.\d+)+", said).group()


@needs_gateway
class DebianClientsTest(TableTest):
    def section_of(self, name):
        client = self.client(name)
        client.trust(self.authority.cert_dir(f"for-{name}"))
        self.all_situations(_Debian(client))
        self.finish(name, _version(name))

    def refusals(self, row):
        """An index is pushed once more, re-encoded as a Docker manifest list."""
        return 2 if (row.situation, row.what) == ("refused at the tag", "index") else 1

    def test_what_skopeo_shows(self):
        self.section_of("skopeo")

    def test_what_podman_shows(self):
        self.section_of("podman")

    def test_what_buildah_shows(self):
        self.section_of("buildah")

    # Docker takes loopback registries without asking who signed them.
    def test_what_docker_shows(self):
        client = self.client("docker")
        version = shared_docker()[0].version().partition("+")[0]
        self.all_situations(_Debian(client), kinds=["image"])
        self.finish("docker", version)


@extended
@needs_gateway
class ContainerdTest(TableTest):
    def test_what_ctr_shows(self):
        client = self.start_or_skip(Ctr, self.path("ctr"))
        client.trust(self.authority.certificate)
        self.all_situations(client)
        self.finish("ctr", _version("ctr"))


@needs_gateway
class ReplayedClientsTest(TableTest):
    def test_what_docker_26_with_the_containerd_store_shows(self):
        client = Docker26(self.authority.context(), USER, PASSWORD)
        for situation in ("admitted", "refused at the tag", "warned"):
            for kind in ("image", "index"):
                reference = self.push(client, situation, kind, self.bearer)
                if kind == "index":
                    self.tag_is_an_image_or_index(client, situation, reference)
        self.finish(client.name, client.version)

    def tag_is_an_image_or_index(self, client, situation, reference):
        """It pushes children to the tag, attestations too: the tag is never left
        on one of these."""
        media_type, layers = client.media_types(reference)
        refused = situation.startswith("refused")
        self.assertEqual(media_type, MANIFEST if refused else INDEX)
        self.assertNotIn(IN_TOTO, layers)


@extended
@needs_gateway
class BuildKitTest(TableTest):
    def test_what_buildkit_shows(self):
        hosts = [gateway.host for gateway in (self.basic, self.bearer)]
        authority = self.authority.certificate
        client = self.start_or_skip(
            *(BuildKit, self.path("buildkit"), self.sources.host, hosts, authority)
        )
        self.all_situations(client)
        for situation, source in (("admitted", "admitted"), ("refused at the tag", "tag")):
            self.push_plain(client, situation, self.sources[source, "image"])
        self.tags_hold_provenances_or_nothing()
        self.finish(client.name, BuildKit.version())

    def push_plain(self, client, situation, source):
        repository = f"enforced/plain-{source.directory.name}"
        reference = f"{self.basic.host}/{repository}:v1"
        done = client.push(source, reference, provenance=False)
        what = "image without a provenance"
        self.add(Row(situation, what, done.code, done.output), self.basic, repository)

    def tags_hold_provenances_or_nothing(self):
        reader = RawClient(
            self.basic.host, basic(USER, PASSWORD), tls=self.authority.context()
        )
        for kind, images in (("image", 1), ("index", 2)):
            repository = f"enforced/admitted-{kind}"
            stored = reader.get_manifest(repository, "v1").json()["manifests"]
            provenances = [
                entry
                for entry in stored
                for layer in reader.get_manifest(repository, entry["digest"]).json()["layers"]
                if layer["mediaType"] == IN_TOTO
            ]
            self.assertEqual((len(stored), len(provenances)), (2 * images, images))
            for situation in ("tag", "child"):
                self.assertEqual(reader.tags(f"enforced/{situation}-{kind}"), [])


@extended
@needs_gateway
class GoClientsTest(TableTest):
    def go_client(self, kind):
        reason = kind.why_not()
        if reason:
            self.skipTest(reason)
        client = kind(self.path(kind.name))
        client.trust(self.authority.certificate)
        return client

    def artifact(self, situation, what, done, repository, tag=""):
        row = Row(situation, what, done.code, done.output)
        self.add(row, self.basic, repository, tag)

    def test_what_crane_shows(self):
        self.all_situations(self.go_client(Crane))
        self.finish("crane", Crane.version())

    def test_what_oras_shows(self):
        oras = self.go_client(Oras)
        self.all_situations(oras)
        file = oras.directory / "notes.txt"
        file.write_text("notes")
        config = ["--config", f"{file.name}:application/vnd.example.config"]
        for situation, what, options in (
            ("admitted", "file", []),
            ("refused at the tag", "file, config of an unknown type", config),
        ):
            repository = f"enforced/file-{len(options)}"
            reference = f"{self.basic.host}/{repository}:v1"
            done = oras.push_file(file, reference, *options)
            self.artifact(situation, what, done, repository)
        self.finish("oras", Oras.version())

    def test_what_cosign_shows(self):
        cosign = self.go_client(Cosign)
        self.all_situations(cosign, kinds=["image"])
        skopeo = self.client("skopeo")
        skopeo.trust(self.authority.cert_dir("for-skopeo"))
        self.assertSucceeds(skopeo.login(self.basic.host, USER, PASSWORD))
        pusher = _Debian(skopeo)
        self.sign(cosign, pusher, "image", "signed")
        self.sign(cosign, pusher, "index", "signed-index")
        self.sign(cosign, pusher, "index", "signed-whole", "--recursive")
        self.finish("cosign", Cosign.version())

    def sign(self, cosign, pusher, kind, name, *options):
        """Signs an admitted image or index, whose signatures are then there:
        --recursive signs what is in an index too."""
        source = self.sources["admitted", kind]
        repository = f"enforced/{name}"
        name = f"{self.basic.host}/{repository}"
        self.assertSucceeds(pusher.push(source, f"{name}:v1"))
        layout = OciLayout(source.directory)
        top = layout.descriptor(TAG)
        signed = cosign.sign(f"{name}@{top['digest']}", *options)
        what = " ".join([f"signature of an {kind}", *options])
        self.artifact("admitted", what, signed, repository, ".sig")
        self.assertSucceeds(cosign.verify(f"{name}@{top['digest']}"))
        children = layout.read(top)["manifests"] if kind == "index" else []
        for child in children:
            verified = cosign.verify(f"{name}@{child['digest']}")
            self.assertEqual(verified.ok, bool(options), verified.output)

    def test_what_helm_shows(self):
        helm = self.go_client(Helm)
        basic, bearer = [
            f"{NOT_LOOPBACK}:{gateway.port}" for gateway in (self.basic, self.bearer)
        ]
        for host in (basic, bearer):
            self.assertSucceeds(helm.login(host, USER, PASSWORD))
        pushed = helm.push(helm.package("good"), f"{basic}/enforced")
        self.artifact("admitted", "chart", pushed, "enforced/good")
        pulled = self.assertSucceeds(helm.pull(f"{basic}/enforced/good"))
        self.add(Row("pulled", "chart", pulled.code, pulled.output))
        pushed = helm.push(helm.package("tokens"), f"{bearer}/enforced")
        row = Row("admitted (Bearer)", "chart", pushed.code, pushed.output)
        self.add(row, self.bearer, "enforced/tokens")
        self.finish("helm", Helm.version())


class DocumentTest(unittest.TestCase):
    def test_every_client_has_its_section(self):
        self.assertEqual(Document().clients(), list(NOTES))


if __name__ == "__main__":
    unittest.main()
