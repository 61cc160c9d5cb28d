"""Shows: docker, podman, skopeo and buildah push and pull through the gateway
as they do without it: open, with Basic and with Bearer authentication."""

import unittest

from .harness.case import CLIENTS, EndToEndTest, shared_outcomes
from .harness.oci_layout import OciLayout
from .harness.token_server import TokenServer

USER, PASSWORD = "tester", "a long pass phrase"


class ClientsTest(EndToEndTest):
    def push_and_pull(self, name, front, login):
        client = self.client(name)
        if login:
            self.assertSucceeds(client.login(front.host, USER, PASSWORD))
        image = shared_outcomes()["admitted"].image
        reference = f"{front.host}/team/{name}:v1"
        self.assertSucceeds(client.push(image, reference))
        self.assertSucceeds(client.pull(reference))
        self.assertSucceeds(client.inspect(reference))
        return client, reference

    def each_client(self, front, login=False):
        for name in CLIENTS:
            with self.subTest(client=name):
                self.push_and_pull(name, front, login)

    def test_push_and_pull_without_authentication(self):
        self.each_client(self.start_front(self.start_registry()))

    def test_push_and_pull_with_basic_authentication(self):
        registry = self.start_registry(users={USER: PASSWORD})
        self.each_client(self.start_front(registry), login=True)

    def test_push_and_pull_with_bearer_tokens(self):
        tokens = TokenServer(self.path("tokens"), {USER: PASSWORD})
        self.addCleanup(tokens.stop)
        registry = self.start_registry(token_server=tokens)
        self.each_client(self.start_front(registry), login=True)
        self.assertIn("repository:team/docker:push,pull", str(tokens.requests))

    def test_a_wrong_password_is_refused_as_the_registry_refuses_it(self):
        registry = self.start_registry(users={USER: PASSWORD})
        front = self.start_front(registry)
        for name in CLIENTS:
            with self.subTest(client=name):
                refused = self.assertFails(
                    self.client(name).login(front.host, USER, "wrong")
                )
                self.assertRegex(
                    refused.output.lower(), "unauthorized|invalid username"
                )

    def test_what_is_pulled_is_what_was_pushed(self):
        front = self.start_front(self.start_registry())
        client, _ = self.push_and_pull("skopeo", front, login=False)
        image = shared_outcomes()["admitted"].image
        pushed = OciLayout(self.path("pushed"))
        self.assertSucceeds(
            client.copy_local(image.skopeo_name, pushed.reference("pulled"))
        )
        pulled = OciLayout(client.pulled)
        self.assertEqual(pulled.config("pulled"), pushed.config("pulled"))
        for layer in pulled.manifest("pulled")["layers"]:
            pulled.blob(layer)

    def test_images_keep_their_identity_with_each_client(self):
        front = self.start_front(self.start_registry())
        ids = set()
        for name in ("buildah", "podman", "docker"):
            with self.subTest(client=name):
                client, reference = self.push_and_pull(name, front, login=False)
                ids.add(client.image_id(reference))
        self.assertEqual(len(ids), 1, ids)

    def test_tags_are_listed_and_images_deleted(self):
        front = self.start_front(self.start_registry())
        client, reference = self.push_and_pull("skopeo", front, login=False)
        listed = self.assertSucceeds(client.list_tags(reference.rpartition(":")[0]))
        self.assertIn('"v1"', listed.output)
        self.assertSucceeds(client.delete(reference))
        self.assertFails(client.inspect(reference))


if __name__ == "__main__":
    unittest.main()
