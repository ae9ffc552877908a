"""Typing errors at the command line: each command has help, and answers nonsense with a sentence."""

import argparse
from collections.abc import Iterator
from pathlib import Path

import pytest

from zoco.kit.commands import COMMANDS, Command, Exit
from zoco.project import cli
from zoco.sites import reads

NONSENSE = "n0nsense"
# With nothing but words as arguments these begin their work instead.
WORKS = {"up", "work", "check", "demo", "backup", "reports", "sites", "site add", "annotate"}
HERE = "2026-11-02"


def commands() -> list[Command]:
    cli.load_commands()
    return sorted(COMMANDS, key=lambda command: command.key)


def actions(command: Command) -> list[argparse.Action]:
    parser = argparse.ArgumentParser(add_help=False)
    command.arguments(parser)
    return parser._actions


def filled(command: Command) -> list[str]:
    """Return the arguments that a command cannot be without; nonsense wherever any word will do."""
    found: list[str] = []
    for action in actions(command):
        if not action.required:
            continue
        found += action.option_strings[:1]
        kind = getattr(action.type, "__name__", "")
        if action.choices:
            found.append(str(next(iter(action.choices))))
        else:
            found.append({"int": "987654321", "fromisoformat": HERE}.get(kind, NONSENSE))
    return found


def ended(argv: list[str]) -> int:
    try:
        return cli.run(argv)
    except SystemExit as end:
        return int(end.code or 0)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    monkeypatch.setattr(cli, "_set_up", lambda: None)  # the tests' own database is ready
    reads.forget()
    yield tmp_path
    reads.forget()


def test_each_command_has_help_with_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    for command in commands():
        assert ended([*command.key.split(), "--help"]) == 0, command.key
        said = capsys.readouterr()
        assert said.err == ""
        assert command.help.split()[0] in said.out


def test_an_unknown_option_or_value_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    for command in commands():
        words = command.key.split()
        wrong = [[*words, *filled(command), f"--{NONSENSE}"]]
        for action in actions(command):
            if action.option_strings and (action.choices or action.type not in (None, Path)):
                wrong.append([*words, *filled(command), action.option_strings[0], NONSENSE])
        for argv in wrong:
            assert ended(argv) == Exit.USAGE, argv
            said = capsys.readouterr().err
            assert "error: " in said, argv
            assert "Traceback" not in said, argv


@pytest.mark.django_db
def test_a_name_that_is_none_gets_a_sentence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in commands():
        argv = [*command.key.split(), *filled(command)]
        if any("--site" in action.option_strings for action in actions(command)):
            argv += ["--site", NONSENSE]
        elif command.key in WORKS:
            continue

        code = ended(argv)

        said = capsys.readouterr().err
        assert code not in (Exit.OK, Exit.STOPPED), (argv, said)
        assert said.strip(), argv
        assert "Traceback" not in said, argv
        assert "Zoco failed:" not in said, (argv, said)
