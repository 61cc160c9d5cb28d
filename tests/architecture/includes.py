"""Which room may include which, and what the core may not touch at all."""

import re

import cpp_text

_INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)

# Headers that would let the core wait, print, or know of the shell.
FORBIDDEN_IN_CORE = re.compile(
    r'^(gateway/|plimsoll/v1/|grpc|google/protobuf/|openssl/(ssl|bio)\.h|'
    r'sys/(socket|epoll|stat)\.h|unistd\.h|fcntl\.h|netdb\.h|netinet/|arpa/|'
    r'thread$|mutex$|shared_mutex$|condition_variable$|future$|coroutine$|'
    r'fstream$|iostream$|filesystem$|cstdio$|chrono$|ctime$|random$|csignal$|'
    r'boost/|sqlite3|libpq|isa-l|zstd|zlib|'
    r'absl/(time/clock|synchronization/|base/thread|random/))')
# The same for what needs no header of its own.
FORBIDDEN_CALLS = re.compile(
    r'\b(getenv|setenv|absl::Now|system_clock|steady_clock|gettimeofday|'
    r'clock_gettime|printf|fprintf|fopen|rand|srand|exit)\b(?=\s*[(:])|'
    r'\b(absl::Now|std::cout|std::cerr|thread_local)\b')
YAML_READERS = ('policy/language/', 'gateway/config')


def includes(text):
    """[(line, header)] of a file's text."""
    return [(cpp_text.line_of(text, m.start(1)), m.group(1))
            for m in _INCLUDE.finditer(text)]


def forbidden_in_core(path, text):
    """Breaches of the core's purity in one file, as "path:line: ..."."""
    found = [
        f'{path}:{line}: the core may not include {header}'
        for line, header in includes(text) if FORBIDDEN_IN_CORE.match(header)
    ]
    found += [
        f'{path}:{cpp_text.line_of(text, m.start())}: the core may not use '
        f'{m.group(0)}'
        for m in FORBIDDEN_CALLS.finditer(cpp_text.blank(text))
    ]
    return found


def yaml_outside_its_readers(path, text):
    """yaml-cpp throws and keeps duplicate keys: one reader knows how to."""
    if path.startswith(YAML_READERS):
        return []
    return [
        f'{path}:{line}: yaml-cpp belongs to {" and ".join(YAML_READERS)}'
        for line, header in includes(text) if header.startswith('yaml-cpp/')
    ]


def unit(path):
    """A file without its ending: x.h and x.cc are one unit."""
    return re.sub(r'\.(h|cc)$', '', path)


def room(path, graph):
    """The room of `path`: the longest name in `graph` that holds it. x_more
    belongs to x."""
    name = unit(path)
    holding = [
        r for r in graph
        if name == r or name.startswith((r + '/', r + '_'))
    ]
    return max(holding, key=len, default=None)


def wrong_direction(files, graph):
    """Includes between the graph's rooms that the graph does not allow."""
    found = []
    for path, text in sorted(files.items()):
        here = room(path, graph)
        if here is None:
            found.append(f'{path}:1: in no room of tests/architecture/rooms.py')
            continue
        for line, header in includes(text):
            there = room(header, graph)
            if there in (None, here) or there in graph[here]:
                continue
            found.append(f'{path}:{line}: {here} may not include {there} '
                         f'({header})')
    return found


def reach(graph):
    """`graph` with every room's allowed set closed over its allowed rooms.

    A room may use whatever the rooms below it may use. ValueError names a
    cycle.
    """
    closed = {}

    def visit(name, above):
        if name in above:
            raise ValueError(' -> '.join([*above, name]))
        if name not in closed:
            below = set(graph[name])
            for other in graph[name]:
                below |= visit(other, [*above, name])
            closed[name] = below
        return closed[name]

    for name in graph:
        visit(name, [])
    return closed


def cycles(files):
    """Headers that include each other, directly or not: one path each."""
    edges = {
        path: {h for _, h in includes(text) if h in files}
        for path, text in files.items() if path.endswith('.h')
    }
    found, done = [], set()

    def visit(name, above):
        if name in above:
            found.append(' -> '.join([*above[above.index(name):], name]))
            return
        if name in done:
            return
        for other in sorted(edges.get(name, ())):
            visit(other, [*above, name])
        done.add(name)

    for name in sorted(edges):
        visit(name, [])
    return found
