"""Where the house's files are. The checks read the tree through this alone."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get('PLIMSOLL_BUILD_DIR', ROOT / 'build' / 'debug'))
# The scripts' own modules are checked and used here too.
sys.path.insert(0, str(ROOT / 'scripts'))

_SKIPPED = {'build', '.git', '__pycache__', 'testdata', 'corpus'}


def files(*folders, endings):
    """Paths relative to the root, sorted, of files with one of `endings`."""
    found = []
    for folder in folders or ('.', ):
        for place, folders_here, names in os.walk(ROOT / folder):
            folders_here[:] = sorted(set(folders_here) - _SKIPPED)
            found += [(Path(place) / name).relative_to(ROOT)
                      for name in sorted(names) if name.endswith(endings)]
    return [str(path) for path in found]


def sources(*folders):
    """The C++ files of `folders`."""
    return files(*folders, endings=('.h', '.cc'))


def read(path):
    """The text of the file at `path`, relative to the root."""
    return (ROOT / path).read_text(encoding='utf-8')


def tree(*folders):
    """{path: text} of the C++ files of `folders`."""
    return {path: read(path) for path in sources(*folders)}
