"""Puts images into a registry: past the gateway, or through it."""

from ...e2e.harness.raw_client import RawClient


def place(client, repository, built, *, instead=None):
    """Uploads all that the manifest `built` refers to and is not missing.

    A child that the gateway refuses is put by `instead`, which speaks to the
    registry itself: else no index with it could be judged.
    """
    for digest, data in built.blobs.items():
        if digest not in built.missing:
            client.upload_blob(repository, data)
    for child in built.children:
        place(client, repository, child.image, instead=instead)
        if not child.missing:
            _put(client, repository, child.image, instead)


def _put(client, repository, image, instead):
    answer = client.put_manifest(
        repository, image.digest, image.data, image.media_type
    )
    if answer.status != 201 and instead is not None:
        answer = instead.put_manifest(
            repository, image.digest, image.data, image.media_type
        )
    if answer.status != 201:
        raise AssertionError(f"child refused: {answer.status} {answer.body!r}")


def place_whole(host, repository, tag, built):
    """Makes the registry at `host` serve what was placed there in part, under a
    tag. It refuses a manifest whose parts are missing: they are put, and taken
    away again."""
    client = RawClient(host)
    absent = _put_all(client, repository, built)
    for reference in (built.digest, tag):
        answer = client.put_manifest(
            repository, reference, built.data, built.media_type
        )
        if answer.status != 201:
            raise AssertionError(f"{repository}: {answer.status} {answer.body!r}")
    for target in absent:
        answer = client.request("DELETE", target)
        if answer.status != 202:
            raise AssertionError(f"{target} stays: {answer.status} {answer.body!r}")


def _put_all(client, repository, built):
    """Puts what is not there yet; returns what is to be taken away."""
    absent = []
    for digest in built.missing:
        client.upload_blob(repository, built.blobs[digest])
        absent.append(f"/v2/{repository}/blobs/{digest}")
    for child in built.children:
        image = child.image
        absent += _put_all(client, repository, image)
        _put(client, repository, image, None)
        if child.missing:
            absent.append(f"/v2/{repository}/manifests/{image.digest}")
    return absent
