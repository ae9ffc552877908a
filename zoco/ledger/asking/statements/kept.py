"""Statement templates on disk: a new process need not write again what another one wrote.

One file for each state of the program's code, in the data folder: a line holds a key and a template.
It is a cache: what cannot be read is written anew, what cannot be stored is not.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import msgspec

import zoco
from zoco.kit import conf
from zoco.ledger.asking.statements.outlines import Template

LOG = logging.getLogger(__name__)
FOLDER = "statements"
SIZE_MOST = 8 << 20
ROOM = SIZE_MOST // 2
Lasting = Literal["always", "with room", "never"]
NO_CODE = ("__pycache__", "tests", "locale", "static", "templates")
WRITERS = ("ibis-framework", "sqlglot")


class _Line(msgspec.Struct):
    key: str
    template: Template


_decoder = msgspec.json.Decoder(_Line)
_read: set[Path] = set()


def unread() -> Iterator[tuple[str, Template]]:
    """Return what is on disk, once in a process and data folder."""
    path = _path()
    if path in _read:
        return
    _read.add(path)
    try:
        lines = path.read_bytes().splitlines() if path.stat().st_size <= 2 * SIZE_MOST else []
    except OSError:
        return
    for line in lines:
        try:
            found = _decoder.decode(line)
        except msgspec.DecodeError:  # a line that a killed process began
            continue
        yield found.key, found.template


def append(key: str, template: Template, lasting: Lasting) -> None:
    """Store a template for the next process. Files of other states of the code go.

    Some are stored only while half of the file is free, so that the others always find room.
    """
    if lasting == "never":
        return
    path, line = _path(), msgspec.json.encode(_Line(key, template)) + b"\n"
    try:
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            for other in path.parent.iterdir():
                other.unlink(missing_ok=True)
        with path.open("ab") as file:
            # A line that a killed process began must not swallow this one.
            if file.tell() < (SIZE_MOST if lasting == "always" else ROOM):
                file.write(b"\n" + line)
    except OSError as error:
        LOG.debug("A statement could not be kept: %s", error)


def _path() -> Path:
    return conf.DATA() / "tmp" / FOLDER / f"{_code()}.ndjson"


@cache
def _code() -> str:
    """Return a fingerprint of all code that decides on a statement's text."""
    print_ = hashlib.sha256()
    for name in WRITERS:
        print_.update(f"{name} {version(name)}\n".encode())
    for line in sorted(_sources(str(Path(zoco.__file__).parent), "")):
        print_.update(line.encode())
    return print_.hexdigest()[:24]


def _sources(folder: str, within: str) -> Iterator[str]:
    """Return a line of each source file: every process reads them as it starts, so by what is quickest."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                told = entry.stat()
                yield f"{within}/{entry.name} {told.st_size} {told.st_mtime_ns}\n"
            elif entry.name not in NO_CODE and entry.is_dir():
                yield from _sources(entry.path, f"{within}/{entry.name}")


# At the import of this module, so that code changed under a running process is not taken for its own.
_code()
