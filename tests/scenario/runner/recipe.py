"""How an image of a scenario is to be made: what its YAML says, as values.

`from` an entry of the catalog copies its layers, history and settings, as
every builder does. Each step is an entry of the history, and a layer too where
it has files.
"""

from dataclasses import dataclass, field

from .strict_yaml import Keys, Mapping

TWO_MEMBERS = "gzip in two members"
MORE_BEHIND = "gzip with more behind it"
PACKINGS = ("gzip", "gzip-1", TWO_MEMBERS, MORE_BEHIND, "zstd", "plain")
FORGED_DIFF_IDS = ("none", "null", "one too few", "one too many")


@dataclass
class Step:
    by: str = ""  # created_by
    comment: str = ""
    author: str = ""
    files: dict = None  # {path: text, or a number of bytes}; None: no layer
    packed: str = "gzip"
    media_type: str = ""  # "": that of the packing
    urls: list = field(default_factory=list)
    empty_layer: bool = False  # a layer without a file, as WORKDIR makes


@dataclass
class Edit:
    """Other bytes in place of the honest ones."""

    replace: str
    put: str


@dataclass
class Forgery:
    diff_ids: str = ""  # the entry of the catalog whose they are to be
    diff_id_list: str = ""  # one of FORGED_DIFF_IDS
    config: Edit = None
    manifest: Edit = None


@dataclass
class ImageRecipe:
    base: str = ""  # an entry of the catalog
    repacked: str = ""  # how the base's layers are packed instead
    platform: str = "linux/amd64"
    created: str = ""  # "40d ago", or an RFC 3339 time
    steps: list = field(default_factory=list)
    history: list = None  # instead of the one that the steps make
    config: dict = field(default_factory=dict)
    annotations: dict = field(default_factory=dict)
    format: str = "oci"
    config_type: str = ""
    artifact_type: str = ""
    layer_type: str = ""
    forged: Forgery = field(default_factory=Forgery)
    missing: list = field(default_factory=list)  # "config", "layer 1"


@dataclass
class ArtifactRecipe:
    config_type: str
    config: str
    artifact_type: str
    layers: list  # (media type, text, packed files or None)
    annotations: dict


@dataclass
class ChildRecipe:
    recipe: object
    platform: str = ""  # as it is listed; "": the image's own
    annotations: dict = field(default_factory=dict)
    urls: list = field(default_factory=list)
    missing: bool = False


@dataclass
class IndexRecipe:
    children: list
    annotations: dict
    format: str = "oci"


def read_subject(keys):
    """The one of `image`, `index` and `artifact` that is there."""
    kinds = {"image": read_image, "index": read_index, "artifact": read_artifact}
    found = [
        read(value)
        for kind, read in kinds.items()
        if (value := keys.take(kind, Mapping)) is not None
    ]
    if len(found) != 1:
        keys.complain(f"exactly one of {', '.join(kinds)} is needed")
    return found[0]


def read_image(value):
    keys = Keys(value, "image")
    made = ImageRecipe(
        base=keys.take("from", str, ""),
        repacked=keys.choose("repacked", PACKINGS, ""),
        platform=keys.take("platform", str, "linux/amd64"),
        created=keys.take("created", str, ""),
        steps=[_step(item) for item in keys.take("steps", list, [])],
        config=keys.take("config", Mapping, {}),
        annotations=keys.text_map("annotations"),
        format=keys.choose("format", ("oci", "docker"), "oci"),
        config_type=keys.take("config type", str, ""),
        artifact_type=keys.take("artifact type", str, ""),
        layer_type=keys.take("layer type", str, ""),
        missing=keys.texts("missing"),
    )
    if keys.has("history"):
        made.history = [_entry(item) for item in keys.take("history", list)]
    if keys.has("forged"):
        made.forged = _forgery(keys.take("forged", Mapping))
    keys.end()
    return made


def _step(value):
    keys = Keys(value, "step")
    step = Step(
        by=keys.take("by", str, ""),
        comment=keys.take("comment", str, ""),
        author=keys.take("author", str, ""),
        files=keys.take("files", Mapping),
        packed=keys.choose("packed", PACKINGS, "gzip"),
        media_type=keys.take("type", str, ""),
        urls=keys.texts("urls"),
        empty_layer=keys.take("empty layer", bool, False),
    )
    for content in (step.files or {}).values():
        if not isinstance(content, (str, int)):
            keys.complain("a file is a text, or a number of bytes")
    keys.end()
    return step


def _entry(value):
    keys = Keys(value, "history")
    entry = {
        "created_by": keys.take("by", str, ""),
        "comment": keys.take("comment", str, ""),
        "empty_layer": keys.take("empty", bool, False),
    }
    keys.end()
    return {name: said for name, said in entry.items() if said}


def _forgery(value):
    keys = Keys(value, "forged")
    forgery = Forgery(
        diff_ids=keys.take("diff IDs of", str, ""),
        diff_id_list=keys.choose("diff IDs", FORGED_DIFF_IDS, ""),
        config=_edit(keys.take("config", Mapping)),
        manifest=_edit(keys.take("manifest", Mapping)),
    )
    keys.end()
    return forgery


def _edit(value):
    if value is None:
        return None
    keys = Keys(value, "forged")
    edit = Edit(
        keys.take("replace", str, required=True), keys.take("with", str, required=True)
    )
    keys.end()
    return edit


def read_index(value):
    keys = Keys(value, "index")
    made = IndexRecipe(
        [_child(item) for item in keys.take("children", list, [], required=True)],
        keys.text_map("annotations"),
        keys.choose("format", ("oci", "docker"), "oci"),
    )
    keys.end()
    return made


def _child(value):
    keys = Keys(value, "child")
    child = ChildRecipe(
        read_subject(keys),
        keys.take("platform", str, ""),
        keys.text_map("annotations"),
        keys.texts("urls"),
        keys.take("missing", bool, False),
    )
    keys.end()
    return child


def read_artifact(value):
    keys = Keys(value, "artifact")
    made = ArtifactRecipe(
        keys.take("config type", str, "application/vnd.oci.empty.v1+json"),
        keys.take("config", str, "{}"),
        keys.take("artifact type", str, ""),
        [_artifact_layer(item) for item in keys.take("layers", list, [])],
        keys.text_map("annotations"),
    )
    keys.end()
    return made


def _artifact_layer(value):
    keys = Keys(value, "layer")
    layer = (
        keys.take("type", str, required=True),
        keys.take("text", str, ""),
        keys.take("files", Mapping),
    )
    keys.end()
    return layer
