"""The command line."""

import argparse
import json
from collections.abc import Iterator

import pytest

from zoco.kit.commands import COMMANDS, Command, CommandFailed, Exit, program
from zoco.project import cli


class Sample(Command):
    """A command of two words that does what it is told."""

    key = "sample run"
    help = "Run a sample."
    epilog = "examples:\n  zoco sample run well"
    needs_database = False

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("how")

    def run(self, options: argparse.Namespace) -> Exit:
        if options.how == "badly":
            raise CommandFailed("The sample is spent; take another.", Exit.NOTHING_TO_DO)
        if options.how == "unfinished":
            raise CommandFailed("Nobody leads; start `zoco up` first.")
        if options.how == "stopped":
            raise KeyboardInterrupt
        if options.how == "broken":
            raise RuntimeError("on purpose")
        print(options.how)
        return Exit.OK


@pytest.fixture(autouse=True)
def sample() -> Iterator[None]:
    COMMANDS.add(Sample())
    yield
    COMMANDS.remove("sample run")


def test_words_of_a_key_are_nested_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["sample", "run", "well"]) == 0
    assert capsys.readouterr().out == "well\n"


def test_first_word_alone_shows_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["sample"]) == Exit.USAGE
    assert "Run a sample." in capsys.readouterr().out


def test_failure_is_one_sentence_and_its_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["sample", "run", "badly"]) == 3
    assert capsys.readouterr().err == "The sample is spent; take another.\n"


def test_help_and_failures_name_the_program_as_it_can_be_typed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    name = program()
    assert name != "zoco"

    with pytest.raises(SystemExit):
        cli.run(["sample", "run", "--help"])
    helped = capsys.readouterr().out
    cli.run(["sample", "run", "unfinished"])

    assert helped.startswith(f"usage: {name} sample run")
    assert f"  {name} sample run well" in helped
    assert capsys.readouterr().err == f"Nobody leads; start `{name} up` first.\n"


def test_interrupt_is_130() -> None:
    assert cli.run(["sample", "run", "stopped"]) == 130


def test_what_was_not_foreseen_is_one_sentence_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli.run(["sample", "run", "broken"]) == 1
    assert capsys.readouterr().err == (
        "Zoco failed: RuntimeError: on purpose. Set ZOCO_DEBUG=1 to see where.\n"
    )

    monkeypatch.setenv("ZOCO_DEBUG", "1")
    with pytest.raises(RuntimeError):
        cli.run(["sample", "run", "broken"])


def test_module_of_plugs_that_is_not_there_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_PLUGS", "nosuchmodule")

    assert cli.run(["sample", "run", "well"]) == 1
    assert capsys.readouterr().err == (
        "The plug nosuchmodule cannot be imported (ModuleNotFoundError: No module named 'nosuchmodule'); "
        "put it where Python finds it, or take it out of ZOCO_PLUGS.\n"
    )


def test_wrong_usage_is_2() -> None:
    with pytest.raises(SystemExit) as ended:
        cli.run(["sample", "run"])

    assert ended.value.code == 2


def test_help_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.run(["sample", "run", "--help"])

    assert f"  {program()} sample run well\n" in capsys.readouterr().out


@pytest.mark.django_db
def test_sites_are_added_and_listed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli.run(["site", "add", "My shop", "--host", "shop.example", "--zone", "Europe/Madrid"]) == 0
    assert cli.run(["sites", "--format", "json"]) == 0

    out = capsys.readouterr().out.partition("\n")
    assert out[0] == "my-shop"
    assert json.loads(out[2]) == [
        {
            "slug": "my-shop",
            "name": "My shop",
            "hostnames": ["shop.example"],
            "zone": "Europe/Madrid",
            "currency": "EUR",
            "counting": "tracker",
            "is_demo": False,
        }
    ]
    assert cli.run(["site", "add", "Other", "--zone", "Nowhere"]) == 2
    assert cli.run(["site", "count", "nothing", "log", "--since", "2026-05-01"]) == 2
