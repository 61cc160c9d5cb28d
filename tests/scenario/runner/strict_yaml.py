"""YAML that is read strictly: a key that is there twice, or that nobody asked
for, is a mistake, named with its file and line."""

import re

import yaml


class Mistake(Exception):
    """Something in a scenario that is not as it must be."""


class Mapping(dict):
    """A mapping that knows where it stands."""

    place = ""


# The same reader in C, where PyYAML was built with it.
_Fastest = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Fastest):
    file = ""


def _mapping(loader, node):
    made = Mapping()
    made.place = f"{loader.file}:{node.start_mark.line + 1}"
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        line = key_node.start_mark.line + 1
        if not isinstance(key, str):
            raise Mistake(f"{loader.file}:{line}: key {key!r} is no text")
        if key in made:
            raise Mistake(f"{loader.file}:{line}: `{key}` is there already")
        made[key] = loader.construct_object(value_node, deep=True)
    return made


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
# As YAML 1.2 and the product read them: `on` and `2026-01-01` are texts.
_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag.rpartition(":")[2] not in ("bool", "timestamp")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf")
)


def load(file, text):
    """The one document of `text`; `file` is its name in mistakes."""
    loader = _Loader(text)
    loader.file = file
    try:
        document = loader.get_single_data()
    except yaml.YAMLError as error:
        raise Mistake(f"{file}: {error}") from error
    finally:
        loader.dispose()
    if not isinstance(document, Mapping):
        raise Mistake(f"{file}: holds no mapping")
    return document


class Keys:
    """The keys of one mapping. Whoever reads them takes each, once; `end` says
    which are left over."""

    def __init__(self, mapping, what):
        if not isinstance(mapping, Mapping):
            raise Mistake(f"{what}: must be a mapping, is {mapping!r}")
        self.place = f"{mapping.place}: {what}"
        self._mapping = mapping
        self._known = []

    def take(self, key, kind, default=None, *, required=False):
        """The value under `key`, which must be of the type `kind`."""
        self._known.append(key)
        if key not in self._mapping:
            if required:
                self.complain(f"`{key}` is missing")
            return default
        value = self._mapping[key]
        # A bool is an int to Python alone.
        is_kind = isinstance(value, kind) and (kind is bool or value is not True)
        if not is_kind or (kind is int and value is False):
            self.complain(f"`{key}` must be of type {_name(kind)}, is {value!r}")
        return value

    def choose(self, key, choices, default=None, *, required=False):
        """A word out of `choices`."""
        word = self.take(key, str, default, required=required)
        if word is not default and word not in choices:
            self.complain(f"`{key}`: `{word}` is none of {', '.join(choices)}")
        return word

    def texts(self, key):
        """A list of texts; empty where there is none."""
        items = self.take(key, list, [])
        if not all(isinstance(item, str) for item in items):
            self.complain(f"`{key}` must be a list of texts")
        return items

    def text_map(self, key):
        """Texts by name; empty where there is none."""
        pairs = self.take(key, Mapping, Mapping())
        if not all(isinstance(value, str) for value in pairs.values()):
            self.complain(f"`{key}` must map names to texts")
        return dict(pairs)

    def has(self, key):
        return key in self._mapping

    def end(self):
        unknown = [key for key in self._mapping if key not in self._known]
        if unknown:
            self.complain(
                f"`{unknown[0]}` is not known; known are {', '.join(self._known)}"
            )

    def complain(self, text):
        raise Mistake(f"{self.place}: {text}")


def _name(kind):
    kinds = kind if isinstance(kind, tuple) else (kind,)
    names = {Mapping: "mapping", str: "text", int: "number", list: "list"}
    return " or ".join(names.get(kind, kind.__name__) for kind in kinds)
