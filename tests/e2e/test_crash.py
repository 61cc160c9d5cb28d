"""Shows: killed in the middle of 200 concurrent pushes, the gateway has after
its restart no admission without its record, has lost none, and its decisions
and the registry's tags agree."""

import os
import random
import threading
import unittest

from .harness.case import EXTENDED, EndToEndTest, needs_gateway, shared_images
from .harness.case import shared_outcomes
from .harness.gateway import policy
from .harness.oci_layout import MANIFEST, to_json
from .harness.process import wait_until
from .harness.raw_client import RawClient, digest_of

PUSHES = 200
ROUNDS = int(os.environ.get("PLIMSOLL_CRASH_ROUNDS", 20 if EXTENDED else 2))
REPOSITORY = "team/crash"
# Some pushes share one tag, so that they supersede each other.
SHARED_TAG_EVERY = 20


class Push(threading.Thread):
    """One manifest PUT; `status` is what the client heard, None if nothing."""

    def __init__(self, host, tag, manifest, start):
        super().__init__(daemon=True)
        self.tag, self.digest, self.status = tag, digest_of(manifest), None
        self._call = (RawClient(host), manifest, start)

    def run(self):
        client, manifest, start = self._call
        start.wait()
        try:
            answer = client.put_manifest(REPOSITORY, self.tag, manifest, MANIFEST)
            self.status = answer.status
        except OSError:
            pass  # killed: nothing was heard
        except Exception as error:  # a truncated answer, too
            self.status = None if "Remote" in type(error).__name__ else error


@needs_gateway
class CrashTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.registry = self.start_registry()
        rules = [{"name": "small", "check": "image.size", "with": {"maxLayers": 50}}]
        self.gateway = self.start_gateway(
            self.registry,
            policies=[policy("any", rules)],
            # What a crash left open is found out by asking the registry.
            upstream_settings={"anonymousReads": True},
        )
        self.upstream = RawClient(self.registry.host)
        self.manifests = self.upload_images()

    def upload_images(self):
        """As many images as pushes: one layer, a config of their own each."""
        layout = shared_images().layout
        tag = shared_images().export(shared_outcomes()["admitted"].image)
        manifest = layout.manifest(tag)
        for layer in manifest["layers"]:
            self.upstream.upload_blob(REPOSITORY, layout.blob(layer))
        manifests = []
        for number in range(PUSHES):
            config = layout.config(tag)
            config["config"]["Labels"] = {"number": str(number)}
            data = to_json(config)
            digest = self.upstream.upload_blob(REPOSITORY, data)
            described = {**manifest["config"], "digest": digest, "size": len(data)}
            manifests.append(to_json({**manifest, "config": described}))
        return manifests

    def test_kill_in_the_middle_of_concurrent_pushes(self):
        seed = random.SystemRandom().randrange(1 << 32)
        chance = random.Random(seed)
        rounds = [
            self.crash_round(number, chance.randrange(5, PUSHES - 20))
            for number in range(ROUNDS)
        ]
        # What the registry does not have counts as absent only once it has had
        # time to end what it was sent.
        wait_until(lambda: not self.open_intents(), 120, "end of the reconciliation")
        for number, pushes in enumerate(rounds):
            with self.subTest(round=number, seed=seed):
                self.compare(number, pushes)

    def crash_round(self, number, answers_before_kill):
        start = threading.Event()
        pushes = [
            Push(self.gateway.host, self.tag(number, index), manifest, start)
            for index, manifest in enumerate(self.manifests)
        ]
        for push in pushes:
            push.start()
        start.set()
        wait_until(
            lambda: sum(push.status is not None for push in pushes)
            >= answers_before_kill,
            60,
            "answers before the kill",
        )
        self.gateway.kill()
        for push in pushes:
            push.join(60)
        self.gateway.start()
        return pushes

    @staticmethod
    def tag(number, index):
        shared = index % SHARED_TAG_EVERY == 0
        return f"r{number}-shared" if shared else f"r{number}-{index}"

    def open_intents(self):
        return [d for d in self.decisions() if self.state(d) in ("intent", "unknown")]

    def decisions(self):
        return self.gateway.decisions("--repository", REPOSITORY, "--limit", "100000")

    @staticmethod
    def state(decision):
        return decision["forward"]["state"]

    def compare(self, number, pushes):
        mine = [d for d in self.decisions() if d["reference"].startswith(f"r{number}-")]
        forwarded = {
            (d["reference"], d["digest"])
            for d in mine
            if self.state(d) in ("forwarded", "superseded")
        }
        stored = {
            (tag, self.upstream_digest(tag))
            for tag in self.upstream.tags(REPOSITORY)
            if tag.startswith(f"r{number}-")
        }
        heard = {(push.tag, push.digest) for push in pushes if push.status == 201}
        self.assertFalse(stored - forwarded, "in the registry without a record")
        self.assertFalse(heard - forwarded, "the client heard 201, no record of it")
        current = {
            (d["reference"], d["digest"]) for d in mine if self.state(d) == "forwarded"
        }
        alone = {pair for pair in current if not pair[0].endswith("-shared")}
        self.assertFalse(alone - stored, "recorded as forwarded, not in the registry")
        absent = {
            (d["reference"], d["digest"]) for d in mine if self.state(d) == "absent"
        }
        self.assertFalse(absent & stored, "recorded as absent, yet in the registry")
        unexpected = {push.status for push in pushes} - {201, None}
        self.assertFalse(unexpected, "answers that nobody expects")
        print(
            f"      round {number}: {len(heard)} heard 201, {len(stored)} tags, "
            f"{len(mine)} decisions, {len(absent)} absent",
            flush=True,
        )

    def upstream_digest(self, tag):
        return digest_of(self.upstream.get_manifest(REPOSITORY, tag).body)


if __name__ == "__main__":
    unittest.main()
