"""The command line `zoco …`: builds its parser from the registered commands and runs one of them.

Results go to stdout, everything else to stderr; what goes wrong is one sentence and an exit code.
"""

import argparse
import importlib
import logging
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from importlib.util import find_spec
from typing import NoReturn, TypeAlias

from zoco.kit import conf
from zoco.kit.commands import COMMANDS, Command, CommandFailed, Exit, program, typed
from zoco.kit.plugs import load_modules
from zoco.ledger.asking.others import UNREADY, load_plugs

APPS = ("zoco.project", "zoco.sites", "zoco.moving", "zoco.ledger", "zoco.monitor", "zoco.desk")
WITHOUT_APP = ("zoco.collector", "zoco.testing")
DESCRIPTION = "The whole loop of internet marketing in one program, on one ledger of facts."
EPILOG = """\
examples:
  zoco up                                      start everything; Ctrl-C stops it
  zoco import log /var/log/nginx/access.log    read a server log into the ledger
  zoco report traffic --period 2026-05-01..2026-05-31 --format csv
  zoco check                                   say what is wrong and how to mend it

Everything is kept in one folder: ./data, or the folder that ZOCO_DATA names.
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 nothing to do, 4 done in part, 130 stopped.
"""


Groups: TypeAlias = dict[tuple[str, ...], "argparse._SubParsersAction[argparse.ArgumentParser]"]


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command that the arguments name, and exit with its code."""
    sys.exit(run(list(sys.argv[1:] if argv is None else argv)))


def run(argv: list[str]) -> int:
    """Run the command that the arguments name and return its exit code."""
    try:
        return _run(argv)
    except KeyboardInterrupt:
        return Exit.STOPPED
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115
        return Exit.OK
    except CommandFailed as failed:
        print(typed(str(failed)), file=sys.stderr)
        return failed.code
    except Exception as error:
        return _unexpected(error)


def _run(argv: list[str]) -> int:
    if argv[:1] == ["up"]:
        _load("zoco.project.commands")  # the supervisor stays small: nothing else is imported
    else:
        load_commands()
    options = parser().parse_args(argv)
    command: Command | None = getattr(options, "command", None)
    if command is None:
        options.parser.print_help()
        return Exit.OK if not argv else Exit.USAGE
    if command.needs_database:
        _set_up()
    return command.run(options)


def _unexpected(error: Exception) -> int:
    if type(error).__module__.startswith("zoco."):
        print(typed(str(error)), file=sys.stderr)  # our own errors are sentences
        return Exit.USAGE if isinstance(error, ValueError | LookupError) else Exit.FAILED
    if conf.flag(os.environ.get("ZOCO_DEBUG", "")):
        raise error
    kind = type(error).__name__
    print(f"Zoco failed: {kind}: {error}. Set ZOCO_DEBUG=1 to see where.", file=sys.stderr)
    return Exit.FAILED


def load_commands() -> None:
    """Import the `commands` module of each app, of what needs no app, and what PLUGS names."""
    for name in [*_app_names(), *WITHOUT_APP]:
        if find_spec(name) and find_spec(f"{name}.commands"):
            _load(f"{name}.commands")
    _ready_if_asked(lambda: load_plugs(conf.PLUGS()))


def _app_names() -> Iterable[str]:
    registry = sys.modules.get("django.apps")
    if registry is not None and registry.apps.ready:
        return [config.name for config in registry.apps.get_app_configs() if config.name.startswith("zoco.")]
    return APPS


def _load(name: str) -> None:
    """Import a module of commands."""
    _ready_if_asked(lambda: load_modules([name]))


def _ready_if_asked(load: Callable[[], None]) -> None:
    """Import what may need Django's models; Django is set up only for what does."""
    try:
        load()
    except Exception as error:
        if type(error).__name__ not in UNREADY:
            raise
        from zoco.project import ready

        ready.django()
        importlib.invalidate_caches()
        load()


def _set_up() -> None:
    from zoco.project import ready

    ready.django()
    logging.getLogger("zoco").setLevel(logging.WARNING)  # what goes well is no news on a terminal
    ready.database()


def parser() -> argparse.ArgumentParser:
    """Build the parser: one level of sub-parsers for each word of a command's key."""
    root = argparse.ArgumentParser(
        prog=program(),
        description=DESCRIPTION,
        epilog=typed(EPILOG),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    root.add_argument("--version", action=_Version, nargs=0, help="show program's version number and exit")
    root.set_defaults(parser=root)
    groups: Groups = {(): root.add_subparsers(title="commands", metavar="COMMAND")}
    for command in sorted(COMMANDS, key=lambda command: command.key):
        words = tuple(command.key.split())
        for depth in range(1, len(words)):
            _group(groups, words[:depth])
        _add(groups[words[:-1]], words[-1], command)
    return root


def _group(groups: Groups, words: tuple[str, ...]) -> None:
    if words in groups:
        return
    inner = sorted(f"{c.key}: {c.help}" for c in COMMANDS if tuple(c.key.split())[: len(words)] == words)
    group = groups[words[:-1]].add_parser(words[-1], help=" ".join(inner))
    group.set_defaults(parser=group)
    groups[words] = group.add_subparsers(title="commands", metavar="COMMAND")


def _add(group: "argparse._SubParsersAction[argparse.ArgumentParser]", word: str, command: Command) -> None:
    sub = group.add_parser(
        word,
        help=typed(command.help),
        description=typed(command.help),
        epilog=typed(command.epilog) or None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.arguments(sub)
    sub.set_defaults(command=command, parser=sub)


class _Version(argparse.Action):
    """Print the version. Only then is it looked up: the supervisor stays without what that imports."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import version

        print(f"zoco {version('zoco')}")
        parser.exit()


if __name__ == "__main__":
    main()
