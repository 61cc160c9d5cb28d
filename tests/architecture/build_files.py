"""What CMake was told, and what the linker will be."""

import posixpath
import re

# Of each library that the core must stand without, a piece of its file name.
FORBIDDEN_LINKS = ('grpc', 'protobuf', 'ssl', 'boost', 'sqlite', 'isal',
                   'zstd', 'libz', 'cares', 'upb', 'libgateway', 'libproto')


def listed_sources(path, text):
    """The .cc files that one CMakeLists.txt names, relative to the root."""
    folder = posixpath.dirname(path)
    clean = re.sub(r'#[^\n]*', '', text)
    found = {
        posixpath.normpath(posixpath.join(folder, name))
        for name in re.findall(r'(?<![\w/${}.-])[\w/.-]+\.cc\b', clean)
    }
    for name in re.findall(r'plimsoll_fuzzer\(\s*(\w+)', clean):
        found.add(posixpath.join(folder, name + '_fuzz.cc'))
    return found


def unlisted(sources, lists):
    """Source files that no list names, and names without a file."""
    named = set()
    for path, text in lists.items():
        named |= listed_sources(path, text)
    found = [f'{p}:1: in no CMakeLists.txt' for p in sources if p not in named]
    found += [f'{p}: listed, but there is no such file'
              for p in sorted(named - set(sources))]
    return found


def globs(path, text):
    """Uses of GLOB, which hides what is built."""
    clean = re.sub(r'#[^\n]*', '', text)
    return [f'{path}: lists are written out, not globbed'
            ] if re.search(r'\bGLOB', clean) else []


def link_line(ninja, output):
    """The files and libraries that build.ninja links into `output`."""
    match = re.search(
        rf'^build {re.escape(output)}: CXX_EXECUTABLE_LINKER__\S+ (.*?)\n'
        r'((?:  .*\n)*)', ninja, re.MULTILINE)
    if match is None:
        return None
    inputs = match.group(1).split('|')[0].split()
    libraries = re.search(r'^  LINK_LIBRARIES = (.*)$', match.group(2),
                          re.MULTILINE)
    return inputs + (libraries.group(1).split() if libraries else [])


def forbidden_links(ninja, output):
    """What `output` links that the core must stand without."""
    line = link_line(ninja, output)
    if line is None:
        return [f'{output} is not built']
    return [
        f'{output} links {item}' for item in line
        for piece in FORBIDDEN_LINKS if piece in posixpath.basename(item)
    ]
