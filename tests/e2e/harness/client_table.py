"""docs/clients.md as the tests see it: a section for each client, written by
what the client itself did and compared with what is committed."""

import difflib
import os
import re
from dataclasses import dataclass
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "clients.md"
# Writes the sections instead of comparing them.
WRITE = os.environ.get("PLIMSOLL_WRITE_DOCS") == "1"

_HEAD = "| situation | what | exit | manifest PUTs | what it shows |\n|---|---|---|---|---|\n"
_TELLING = re.compile(r"denied|warning|unexpected status", re.IGNORECASE)
_MAX_LINES = 3
_MAX_COLUMN = 1500
_LONG = 150
# What differs between runs and says nothing.
_PLACEHOLDERS = (
    (r"\x1b\[[0-9;]*[A-Za-z]", ""),
    (r"(127\.0\.0\.1|0\.0\.0\.0):\d+", "registry.example"),
    (r"sha256:[0-9a-f]{12,64}", "sha256:DIGEST"),
    (r"\bdecision [0-9a-f]{32}", "decision ID"),
    (r"\b[0-9a-f]{64}\b", "DIGEST"),
    (r"/tmp/[^\s\"':,)]+", "DIRECTORY"),
    (r'^time="[^"]*" level=', "level="),
    (r"^\[[0-9T:.-]+Z\](?=\[)", ""),
    (r"^\d{4}[/-]\d\d[/-]\d\d[ T]\d\d:\d\d:\d\d(\.\d+)? ", ""),
    (r"\bsize: \d+", "size: N"),
    (r"^(elapsed|done): .*", r"\1: TIME"),
    (r"^#\d+ (DONE \d\S*s$)?", lambda found: "DONE TIME" if found[1] else ""),
)


def shown(output):
    """The lines that tell the user why, else the last one; normalised."""
    lines = [line.strip() for line in re.split(r"[\r\n]+", output)]
    lines = [line for line in lines if line]
    telling = [line for line in lines if _TELLING.search(line)] or lines[-1:]
    different = dict.fromkeys(_normal(line) for line in telling)
    return list(different)[:_MAX_LINES]


def _normal(line):
    for pattern, placeholder in _PLACEHOLDERS:
        line = re.sub(pattern, placeholder, line)
    return line if len(line) <= _MAX_COLUMN else line[:_MAX_COLUMN] + "..."


@dataclass
class Row:
    """What came of one command of a client; `puts` counts the manifest PUTs
    that it sent, and those of them that were refused, or is None for a pull."""

    situation: str
    what: str
    code: int
    output: str
    puts: tuple | None = None
    parallel: bool = False  # how many it had sent is chance

    def text(self, before):
        """A line of the table; `before` holds the long outputs of those above."""
        # Two backticks, since reasons have single ones.
        lines = [f"`` {line.replace('|', chr(92) + '|')} ``" for line in shown(self.output)]
        said = "<br>".join(lines) or "-"
        if said in before:
            said = "the same"
        elif len(said) > _LONG:
            before.add(said)
        cells = [self.situation, self.what, self.code, self._counted(), said]
        return f"| {' | '.join(map(str, cells))} |\n"

    def _counted(self):
        if self.puts is None:
            return "-"
        sent, refused = self.puts
        if self.parallel and refused:
            return f"{refused} refused"
        return f"{sent}, {refused} refused" if refused else str(sent)


def section(client, version, notes, rows):
    """Of docs/clients.md: the heading names client and version."""
    before = set()
    table = _HEAD + "".join(row.text(before) for row in rows)
    return f"## {client} {version}\n\n{notes}\n\n{table}"


class Document:
    """docs/clients.md: what is above the first client is written by hand."""

    def __init__(self, path=DOCUMENT):
        self._path = path
        parts = re.split(r"(?m)^(?=## )", path.read_text(encoding="utf-8"))
        self._opening, self._sections = parts[0], [p.strip() + "\n" for p in parts[1:]]

    def clients(self):
        return [self._names(text)[0] for text in self._sections]

    def version(self, client):
        """The one that it tells of, or ""."""
        return dict(map(self._names, self._sections)).get(client, "")

    def difference(self, text):
        """Between the section of the same client and `text`; "" for none."""
        client = self._names(text)[0]
        committed = [s for s in self._sections if self._names(s)[0] == client]
        lines = difflib.unified_diff(
            "".join(committed).splitlines(),
            text.splitlines(),
            *("docs/clients.md", "what was seen"),
            lineterm="",
            n=0,
        )
        return "\n".join(lines)

    def write(self, text, order):
        """Puts a section into the file, in the order of `order`."""
        client = self._names(text)[0]
        kept = [s for s in self._sections if self._names(s)[0] != client]
        self._sections = sorted([*kept, text], key=lambda s: order.index(self._names(s)[0]))
        whole = "\n".join([self._opening.strip() + "\n", *self._sections])
        self._path.write_text(whole, encoding="utf-8")

    @staticmethod
    def _names(text):
        client, _, version = text.splitlines()[0].removeprefix("## ").rpartition(" ")
        return client, version
