"""What the clients of docs/clients.md push: the same images as a store, an OCI
layout and a registry have them, and what to build the like from, for a policy
that asks for an approved base and a user."""

from dataclasses import dataclass
from pathlib import Path

from .clients import Skopeo
from .gateway import policy
from .oci_layout import OciLayout
from .process import run

PLATFORMS = ("amd64", "arm64")
TAG = "app"
APPROVED = "bases.example.com/debian:12"
UNAPPROVED = "bases.example.com/homemade:1"
RULES = [
    {"name": "approved", "check": "base.approved"},
    {"name": "non-root", "check": "config.user", "with": {"forbidRoot": True}},
]


def table_policies():
    """Refusing in enforced/**, warning of the same in warned/**."""
    warning = policy("warned", RULES, repositories=["warned/**"])
    warning["spec"]["action"] = "Warn"
    return [policy("enforced", RULES, repositories=["enforced/**"]), warning]


@dataclass(frozen=True)
class Source:
    """An image, or an index of several, under three names and as a recipe."""

    images: tuple  # in a store
    directory: Path  # an OCI layout that has nothing else
    published: str  # in a registry without authentication
    recipe: str  # a Dockerfile on bases that are published there; "" of a base

    @property
    def is_index(self):
        return len(self.images) > 1

    @property
    def platforms(self):
        return PLATFORMS[: len(self.images)]

    @property
    def named(self):
        return f"{self.directory}:{TAG}"


class Sources:
    """Admitted, refused at the tag and refused by digest, each as one image and
    as an index that holds it. `registry` is open and keeps them and the bases."""

    def __init__(self, images, directory, registry):
        self._images = images
        self._directory = Path(directory)
        self._registry = registry
        self._skopeo = Skopeo(self._directory / "skopeo")
        self._recipes = {}  # by image
        self._make()

    @property
    def host(self):
        """Of the registry."""
        return self._registry.host

    def __getitem__(self, key):
        """`key` is like ("admitted", "index")."""
        return self._sources[key]

    def catalogue(self, gateway):
        """Puts both bases into the gateway's catalog, one of them approved."""
        gateway.catalog_add(APPROVED, self._approved.published, "--approve").check()
        gateway.catalog_add(UNAPPROVED, self._unapproved.published).check()

    def _make(self):
        bases = [self._base_of(platform, "approved") for platform in PLATFORMS]
        self._approved = self._source("approved", bases)
        homemade = self._base_of("amd64", "homemade")
        self._unapproved = self._source("unapproved", [homemade])
        good, arm = [
            self._app("admitted", base, platform, self._approved)
            for base, platform in zip(bases, PLATFORMS)
        ]
        unapproved = self._app("tag", homemade, "amd64", self._unapproved)
        root = self._app("child", bases[0], "amd64", self._approved, user="root")
        self._sources = {}
        for name, image in (("admitted", good), ("tag", unapproved), ("child", root)):
            self._sources[name, "image"] = self._source(f"{name}-image", [image])
            self._sources[name, "index"] = self._source(f"{name}-index", [image, arm])

    def _base_of(self, platform, content):
        return self._images.build(
            f"base/{content}-{platform}:table",
            'FROM scratch\nCOPY file /base\nCMD ["/base"]\n',
            *["--platform", f"linux/{platform}"],
            files={"file": f"{content} {platform}".encode()},
        )

    def _app(self, name, base, platform, published, *, user="1000"):
        steps = f"COPY app /srv/app\nUSER {user}\n"
        image = self._images.build(
            f"table/{name}-{platform}:1",
            f"FROM {base.name}\n{steps}",
            *["--platform", f"linux/{platform}"],
            files={"app": b"an application"},
        )
        self._recipes[image] = f"FROM {published.published} AS {platform}\n{steps}"
        return image

    def _source(self, name, images):
        shared = self._images.layout
        tag = f"table-{name}"
        children = [shared.descriptor(self._images.export(image)) for image in images]
        if len(children) == 1:
            shared.tag(children[0], tag)
        else:
            platforms = [{"architecture": p, "os": "linux"} for p in PLATFORMS]
            shared.add_index(tag, list(zip(children, platforms)))
        layout = OciLayout(self._directory / name)
        run(
            ["skopeo", "copy", "--quiet", "--all", shared.reference(tag)]
            + [layout.reference(TAG)]
        ).check()
        published = f"{self._registry.host}/sources/{name}:1"
        self._skopeo.copy(layout.reference(TAG), published, "--all").check()
        stages = [self._recipes[image] for image in images if image in self._recipes]
        recipe = "".join([*stages, "FROM ${TARGETARCH}\n"]) if stages else ""
        return Source(tuple(images), layout.directory, published, recipe)
