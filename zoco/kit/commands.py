"""Commands: what `zoco …` and `manage.py zoco …` can do. Each is a plug; its words are its key."""

import re
import sys
from argparse import ArgumentParser, Namespace
from enum import IntEnum
from pathlib import Path

from zoco.kit.plugs import Registry


class Exit(IntEnum):
    """Exit codes that scripts may rely on."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NOTHING_TO_DO = 3
    PARTLY = 4
    STOPPED = 130


class CommandFailed(Exception):
    """A command cannot do what was asked; the message says what, which, and what to do."""

    def __init__(self, message: str, code: Exit = Exit.FAILED) -> None:
        super().__init__(message)
        self.code = code


class Command:
    """One command. Subclass, set key ("import log") and help, register with `@COMMANDS.plug`.

    `epilog` holds examples. Where `needs_database` is true Django is set up before `run`, and an
    empty database is migrated; import models inside `run`, so that `--help` stays quick.
    The command line builds the parser from all registered commands, calls `run` and exits with
    what it returns; CommandFailed becomes one sentence on stderr.
    """

    key: str
    help: str
    epilog: str = ""
    needs_database: bool = True

    def arguments(self, parser: ArgumentParser) -> None:
        """Add the command's own arguments."""

    def run(self, options: Namespace) -> Exit:
        """Do it. Results go to stdout, everything else to stderr."""
        raise NotImplementedError


COMMANDS: Registry[Command] = Registry("command")


def program() -> str:
    """Return what to type for `zoco` in a hint: the bare name where a shell finds it, else its path.

    In a checkout it stands in .venv/bin, which is on nobody's PATH.
    """
    import shutil  # the supervisor stays without it

    mine = Path(sys.executable).with_name("zoco")
    found = shutil.which("zoco")
    if not mine.exists() or (found is not None and mine.samefile(found)):
        return "zoco"
    try:
        here = Path.cwd()
    except OSError:
        return str(mine)
    return str(mine.relative_to(here)) if here != here.parent and mine.is_relative_to(here) else str(mine)


_HINT = re.compile(r"(?:(?<=[\s`(])|^)zoco(?= [a-z])", re.MULTILINE)


def typed(text: str) -> str:
    """Return a sentence or an example in which each `zoco …` is named so that it can be typed here.

    Whoever writes sentences writes `zoco up`; whoever prints them to a terminal sends them through this.
    """
    name = program() if _HINT.search(text) else ""
    return _HINT.sub(lambda _: name, text)
