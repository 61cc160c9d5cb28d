"""Images made from recipes, in memory: small tars, a config, a manifest.

The bytes of two scenarios never meet: the files of each carry a time of its
own. Forged and missing things are made last, on an image that was honest.
"""

import copy
import io
import random
import re
import tarfile
import time
import zlib

from ...e2e.harness.oci_layout import INDEX, MANIFEST, compress, decompress, to_json
from ...e2e.harness.raw_client import digest_of
from .built import Built, Child
from .recipe import MORE_BEHIND, TWO_MEMBERS, ArtifactRecipe, ImageRecipe
from .strict_yaml import Mistake

DOCKER = "application/vnd.docker."
CONFIG = "application/vnd.oci.image.config.v1+json"
DOCKER_MANIFEST = DOCKER + "distribution.manifest.v2+json"
DOCKER_INDEX = DOCKER + "distribution.manifest.list.v2+json"
DOCKER_CONFIG = DOCKER + "container.image.v1+json"
DOCKER_LAYER = DOCKER + "image.rootfs.diff.tar.gzip"
MADE = "2026-03-01T12:00:00Z"  # what has no other date
EMPTY_TAR = bytes(1024)
UNITS = {"d": 86400, "h": 3600, "m": 60}


def seconds(text):
    """The length of an age: "40d", "2h"."""
    found = re.fullmatch(r"(\d+)([dhm])", text)
    if not found:
        raise Mistake(f"`{text}` is no age: write 40d, 2h or 5m")
    return int(found[1]) * UNITS[found[2]]


def instant(text):
    """An RFC 3339 time, also of "40d ago"."""
    if not text.endswith(" ago"):
        return text or MADE
    then = time.time() - seconds(text.removesuffix(" ago"))
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(then))


class Builder:
    """Builds what one scenario names. `catalog` grows as its bases are built."""

    def __init__(self, name):
        self._time = 1_600_000_000 + zlib.crc32(name.encode()) % 100_000_000
        self.catalog = {}

    def build(self, recipe):
        if isinstance(recipe, ImageRecipe):
            return self._image(recipe)
        if isinstance(recipe, ArtifactRecipe):
            return self._artifact(recipe)
        return self._index(recipe)

    def _base(self, entry, platform):
        if entry not in self.catalog:
            raise Mistake(f"`{entry}` is no base of the catalog above")
        return self.catalog[entry].on(platform)

    # Images.

    def _image(self, recipe):
        built = Built(b"", MANIFEST, recipe.platform)
        config, layers = self._inherited(built, recipe)
        for step in recipe.steps:
            self._add_step(built, step, config, layers)
        if recipe.history is not None:
            config["history"] = recipe.history
        _set_up(config, recipe)
        _forge_diff_ids(config, recipe.forged, self.catalog)
        self._finish(built, recipe, config, layers)
        return built

    def _inherited(self, built, recipe):
        """The config and the layers that the base hands on."""
        if not recipe.base:
            return {"config": {}, "rootfs": _rootfs([]), "history": []}, []
        base = self._base(recipe.base, recipe.platform)
        config = copy.deepcopy(base.config)
        layers = copy.deepcopy(base.manifest["layers"])
        built.blobs.update(
            {layer["digest"]: base.blobs[layer["digest"]] for layer in layers}
        )
        if recipe.repacked:
            tars = [decompress(base.blobs[layer["digest"]]) for layer in layers]
            layers = [self._pack(built, tar, recipe.repacked) for tar in tars]
        return config, layers

    def _add_step(self, built, step, config, layers):
        entry = {"created": MADE, "created_by": step.by}
        if step.comment:
            entry["comment"] = step.comment
        if step.author:
            entry["author"] = step.author
        config["history"].append(entry)
        if step.files is None and not step.empty_layer:
            entry["empty_layer"] = True
            return
        tar = EMPTY_TAR if step.empty_layer else self._tar(step.files)
        layer = self._pack(built, tar, step.packed, step.media_type)
        if step.urls:
            layer["urls"] = step.urls
        layers.append(layer)
        config["rootfs"]["diff_ids"].append(digest_of(tar))

    def _tar(self, files):
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            for path, content in files.items():
                data = content.encode() if isinstance(content, str) else None
                if data is None:
                    data = random.Random(path).randbytes(content)
                member = tarfile.TarInfo(path)
                member.size, member.mtime, member.mode = len(data), self._time, 0o755
                tar.addfile(member, io.BytesIO(data))
        return packed.getvalue()

    def _pack(self, built, tar, packing, media_type=""):
        if packing == "gzip-1":
            data, kind = compress(tar, "gzip", level=1)
        elif packing == TWO_MEMBERS:
            data, kind = compress(tar[:700], "gzip")
            data += compress(tar[700:], "gzip")[0]
        elif packing == MORE_BEHIND:
            data, kind = compress(tar, "gzip")
            data += b"and more"
        else:
            data, kind = compress(tar, packing)
        return built.add_blob(data, media_type or kind)

    def _finish(self, built, recipe, config, layers):
        is_docker = recipe.format == "docker"
        config_bytes = _edited(to_json(config), recipe.forged.config)
        config_type = DOCKER_CONFIG if is_docker else CONFIG
        manifest = {
            "schemaVersion": 2,
            "mediaType": DOCKER_MANIFEST if is_docker else MANIFEST,
            "config": built.add_blob(config_bytes, recipe.config_type or config_type),
            "layers": layers,
        }
        for layer in layers:
            layer["mediaType"] = recipe.layer_type or layer["mediaType"]
            if is_docker and not recipe.layer_type:
                layer["mediaType"] = DOCKER_LAYER
        if recipe.artifact_type:
            manifest["artifactType"] = recipe.artifact_type
        if recipe.annotations:
            manifest["annotations"] = _filled(recipe.annotations, self.catalog)
        built.media_type = manifest["mediaType"]
        built.data = _edited(to_json(manifest), recipe.forged.manifest)
        built.config, built.manifest = config, manifest
        built.missing = {_named(name, manifest) for name in recipe.missing}

    # Artifacts and indexes.

    def _artifact(self, recipe):
        built = Built(b"", MANIFEST, "")
        layers = []
        for media_type, text, files in recipe.layers:
            data = text.encode()
            if files is not None:
                data, _ = compress(self._tar(files), "gzip")
            layers.append(built.add_blob(data, media_type))
        built.manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": built.add_blob(recipe.config.encode(), recipe.config_type),
            "layers": layers,
        }
        if recipe.artifact_type:
            built.manifest["artifactType"] = recipe.artifact_type
        if recipe.annotations:
            built.manifest["annotations"] = recipe.annotations
        built.data = to_json(built.manifest)
        return built

    def _index(self, recipe):
        is_docker = recipe.format == "docker"
        built = Built(b"", DOCKER_INDEX if is_docker else INDEX)
        for child in recipe.children:
            image = self.build(child.recipe)
            descriptor = image.descriptor
            platform = child.platform or image.platform
            if platform:
                descriptor["platform"] = _platform(platform)
            if child.annotations:
                descriptor["annotations"] = child.annotations
            if child.urls:
                descriptor["urls"] = child.urls
            built.children.append(Child(image, descriptor, child.missing))
        document = {
            "schemaVersion": 2,
            "mediaType": built.media_type,
            "manifests": [child.descriptor for child in built.children],
        }
        if recipe.annotations:
            document["annotations"] = recipe.annotations
        built.data = to_json(document)
        return built


def _rootfs(diff_ids):
    return {"type": "layers", "diff_ids": diff_ids}


def _platform(text):
    parts = dict(zip(("os", "architecture", "variant"), text.split("/")))
    return {"architecture": parts.pop("architecture"), **parts}


def _set_up(config, recipe):
    """Sets what the image says of itself, on top of what it inherited."""
    if recipe.created or "created" not in config:
        config["created"] = instant(recipe.created)
    config.update(_platform(recipe.platform))
    own = copy.deepcopy(dict(recipe.config))
    inherited = config["config"]
    for key in ("Env", "Labels"):
        if key in own and key in inherited:
            both = inherited[key]
            own[key] = both + own[key] if key == "Env" else {**both, **own[key]}
    config["config"] = {**inherited, **own}


def _forge_diff_ids(config, forged, catalog):
    honest = config["rootfs"]["diff_ids"]
    if forged.diff_ids:
        theirs = catalog[forged.diff_ids].config["rootfs"]["diff_ids"]
        honest[: len(theirs)] = theirs
    made = {
        "none": [],
        "null": None,
        "one too few": honest[:-1],
        "one too many": honest + [digest_of(b"no layer")],
    }
    if forged.diff_id_list:
        config["rootfs"]["diff_ids"] = made[forged.diff_id_list]


def _edited(data, edit):
    if edit is None:
        return data
    old = edit.replace.encode()
    if data.count(old) == 0:
        raise Mistake(f"nothing to replace: {edit.replace} is not in {data.decode()}")
    return data.replace(old, edit.put.encode(), 1)


def _filled(texts, catalog):
    """Annotations, with {digest of ENTRY} filled in."""

    def fill(text):
        return re.sub(r"\{digest of ([^}]+)\}", lambda m: catalog[m[1]].digest, text)

    return {name: fill(text) for name, text in texts.items()}


def _named(name, manifest):
    """The digest of "config" or "layer 1"."""
    if name == "config":
        return manifest["config"]["digest"]
    number = re.fullmatch(r"layer (\d+)", name)
    if not number:
        raise Mistake(f"`{name}` is neither config nor layer N")
    return manifest["layers"][int(number[1]) - 1]["digest"]
