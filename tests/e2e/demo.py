"""The demonstration: five pushes, each with every client that runs here.

Started by scripts/demo. Exit 0 only if every outcome was as expected.
"""

import argparse
import contextlib
import os
import sys
import tempfile
from pathlib import Path

from .harness.clients import Buildah, Docker, Skopeo
from .harness.debian_root import debian_root_tar
from .harness.docker_daemon import CannotStart, DockerDaemon
from .harness.gateway import Gateway
from .harness.images import Images
from .harness.outcomes import Bases, demo_policy, make_outcomes
from .harness.registry import Registry


def say(text=""):
    print(text, flush=True)


def show(text):
    """Another program's words, set apart from ours."""
    for line in text.strip().splitlines():
        say(f"    | {line}")


def prepare(stack, directory, public_base):
    """Starts everything; returns the gateway and the outcomes to show."""
    say("demo: making images (buildah)")
    images = Images(directory / "images")
    stack.callback(images.remove)
    if public_base:
        bases = Bases(images, public=public_base)
    else:
        bases = Bases(images, debian_tar=debian_root_tar(lambda t: say(f"demo: {t}")))
    outcomes = make_outcomes(bases)

    registry = stack.enter_context(Registry(directory / "registry"))
    say(f"demo: docker-registry listens on {registry.host}")
    gateway = stack.enter_context(
        Gateway(directory / "gateway", registry.url, policies=[demo_policy()])
    )
    say(f"demo: plimsoll serve listens on {gateway.host}, in front of it")
    bases.publish(registry, gateway)
    say("demo: plimsoll catalog list")
    show(gateway.command("catalog", "list").check().output)
    return gateway, outcomes


def start_clients(stack, directory):
    clients = [Skopeo(directory / "skopeo"), Buildah(directory / "buildah")]
    stack.callback(clients[1].remove)
    try:
        daemon = stack.enter_context(DockerDaemon(directory / "docker"))
        say(f"demo: dockerd {daemon.version()} started, on a socket of its own")
        clients.append(Docker(daemon))
    except CannotStart as reason:
        say("demo: no docker push, since no daemon can be started here:")
        show(str(reason))
    return clients


def push(client, outcome, gateway):
    """Pushes, prints what is said and decided; whether all is as expected."""
    reference = f"{gateway.host}/{outcome.repository}:{client.name}"
    say(f"\n  {client.name}: push {outcome.image.name} to {reference}")
    if client.name == "docker" and outcome.forged:
        return docker_refuses_itself(client, outcome, reference)
    pushed = client.push(outcome.image, reference)
    show(pushed.output)
    decision = gateway.decision_on(outcome.repository, pushed)
    if decision["reference"] != client.name:
        say("    no decision was recorded: NOT AS EXPECTED")
        return False
    say(f"    plimsoll explain {decision['id']}")
    show(gateway.explain(decision["id"]).output)
    expected = judged_as_expected(outcome, decision, pushed)
    say(f"    {decision['outcome']}: {'as' if expected else 'NOT AS'} expected")
    return expected


def judged_as_expected(outcome, decision, pushed):
    admitted = outcome.outcome == "admit"
    failed = [f["rule"] for f in decision["findings"] if f["result"] == "fail"]
    return (
        decision["outcome"] == outcome.outcome
        and pushed.ok == admitted
        and (not outcome.rule or outcome.rule in failed)
        and (admitted or "denied" in pushed.output)
    )


def docker_refuses_itself(client, outcome, reference):
    """Docker checks what it loads, so it cannot be made to push a forgery."""
    client.forget_images()
    loaded = client.push(outcome.image, reference)
    show(loaded.output)
    say("    docker does not even load it: as expected")
    return not loaded.ok


def demonstrate(directory, public_base):
    with contextlib.ExitStack() as stack:
        gateway, outcomes = prepare(stack, directory, public_base)
        clients = start_clients(stack, directory)
        results = []
        for number, outcome in enumerate(outcomes, 1):
            say(f"\n{number}. {outcome.name}: an image {outcome.about}")
            for client in clients:
                expected = push(client, outcome, gateway)
                results.append((outcome, client.name, expected))
    say("\ndemo: what came of it")
    for outcome, client, expected in results:
        word = "as expected" if expected else "NOT AS EXPECTED"
        say(f"  {outcome.name:<12}{client:<10}{outcome.outcome:<8}{word}")
    wrong = [1 for *_, expected in results if not expected]
    say(f"demo: {len(results) - len(wrong)} of {len(results)} pushes as expected")
    return 1 if wrong else 0


def main():
    arguments = argparse.ArgumentParser(prog="scripts/demo")
    arguments.add_argument("--base", help="a public image to stand on")
    options = arguments.parse_args()
    if os.geteuid() != 0:
        say("demo: not root: images are built in a user namespace")
    with tempfile.TemporaryDirectory(prefix="plimsoll-demo-") as directory:
        return demonstrate(Path(directory), options.base)


if __name__ == "__main__":
    sys.exit(main())
