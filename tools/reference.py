"""`make docs`: write docs/reference from the code, one heading for everything that can be named.

The pages are committed, and a test fails when they differ from the code; so they hold nothing that
depends on the machine or on the version of Python.
"""

import argparse
import importlib
import os
import pkgutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import zoco

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"
NOTICE = "<!-- Made from the code by `make docs`; edit the code, not this page. -->"
# Defaults that are worked out on the machine, in words.
WORKED_OUT = {"THREADS": "the number of processors"}
OUTSIDE = """## Beside these

Read under the names that other projects use as well:

| variable | what it says |
| --- | --- |
| `DATABASE_URL` | `postgres://name:password@host:5432/database`; without it SQLite in the data folder |
| `EVENTS_URL` | `clickhouse://…`; the same as `ZOCO_EVENTS_URL` |
| `EMAIL_URL` | `smtp://name:password@host:587` or `smtps://…`; without it letters go to the log |
| `SECRET_KEY` | replaces the key that the first start writes into `keys/` |
| `SECRET_KEY_FALLBACKS` | keys that were in force before, parted by spaces: what they sealed still opens |
"""


def load_everything() -> None:
    """Import every module of Zoco but tests and migrations, so that all plugs are registered."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zoco.project.settings")
    import django

    django.setup()
    for found in pkgutil.walk_packages(zoco.__path__, "zoco."):
        if not {"tests", "migrations"} & set(found.name.split(".")):
            importlib.import_module(found.name)


def registries() -> list[Any]:
    """Return all registries of plugs, by kind."""
    from zoco.kit.plugs import Registry

    found: dict[str, Any] = {}
    for name, module in sorted(sys.modules.items()):
        if name.split(".")[0] == "zoco":
            for value in vars(module).values():
                if isinstance(value, Registry):
                    found[value.kind] = value
    return [found[kind] for kind in sorted(found)]


def pages() -> dict[str, str]:
    """Return the text of each page by its file name. `load_everything` comes first."""
    from django.utils import translation

    with translation.override(None):
        made = {
            "settings.md": _settings(),
            "facts.md": _facts(),
            "reports.md": _reports(),
            "commands.md": _commands(),
            "plugs.md": _plugs(),
        }
    made["README.md"] = _page(
        "Reference",
        "Every setting, fact, report, command and plug, as the code has them.",
        *(f"- [{name.removesuffix('.md').capitalize()}]({name})" for name in made),
        apart="\n",
    )
    return made


def _page(title: str, intro: str, *blocks: str, apart: str = "\n\n") -> str:
    return f"{NOTICE}\n\n# {title}\n\n{intro}\n\n" + apart.join(block.strip() for block in blocks) + "\n"


def _settings() -> str:
    from zoco.kit.conf import SETTINGS

    blocks = []
    for name in sorted(SETTINGS):
        setting = SETTINGS[name]
        default = WORKED_OUT.get(name) or _default(setting.default)
        blocks.append(f"## ZOCO_{name}\n\n{setting.help}\n\nDefault: {default}.")
    intro = (
        "A setting is read from the environment as `ZOCO_<NAME>`, and inside another Django project "
        "also from the key `<NAME>` of the dict `ZOCO` in its settings; the environment wins."
    )
    return _page("Settings", intro, *blocks, OUTSIDE)


def _default(value: object) -> str:
    if isinstance(value, bool):
        return f"`{int(value)}`"
    text = " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return f"`{text}`" if text else "empty"


def _facts() -> str:
    from zoco.ledger import schema
    from zoco.ledger.pictures.labels import NAMES

    names = [f"### {name}\n\n{label}." for name, label in NAMES.items()]
    blocks = ["## Names", *names]
    for part, title in (("facts", "Columns of facts"), ("evidence", "Columns of evidence")):
        blocks.append(f"## {title}")
        for column in schema.columns(part):
            since = f", since version {column.since}" if column.since > 1 else ""
            blocks.append(f"### {column.name}\n\n{column.description} ({column.kind}{since})")
    intro = (
        f"One row of the ledger says who did what, when and where. This is version {schema.VERSION} of the "
        "schema. No column is nullable: an empty text and 0 mean none. Moments are UTC microseconds."
    )
    return _page("Facts", intro, *blocks)


def _reports() -> str:
    from zoco.ledger.report import REPORTS

    blocks = []
    for report in sorted(REPORTS, key=lambda one: one.key):
        lines = [f"## {report.key}\n\n**{report.label}.** {report.question}\n\n{report.definition}\n"]
        lines += [f"Method: {report.method}\n"] if report.method else []
        lines += [f"- `{one.name}`: {one.label}" for one in report.dimensions]
        lines += [f"- `{one.name}`: {one.label} ({one.unit})" for one in report.measures]
        for one in report.parameters:
            choices = ", ".join(f"`{value}`" for value, _label in one.choices)
            lines.append(f"- parameter `{one.name}`: {one.label}" + (f" ({choices})" if choices else ""))
        blocks.append("\n".join(lines))
    intro = "Each is a page, `zoco report KEY` and an endpoint of the API, with these columns."
    return _page("Reports", intro, *blocks)


def _commands() -> str:
    from zoco.kit.commands import COMMANDS, Exit

    blocks = []
    for command in sorted(COMMANDS, key=lambda one: one.key):
        parser = argparse.ArgumentParser(prog=f"zoco {command.key}")
        command.arguments(parser)
        lines = [f"## zoco {command.key}\n\n{command.help}\n", *_arguments(parser)]
        if command.epilog:
            lines.append(f"\n```\n{command.epilog.strip()}\n```")
        blocks.append("\n".join(lines))
    exits = "\n".join(f"- {code.value}: {code.name.lower().replace('_', ' ')}" for code in Exit)
    intro = "The same commands are `manage.py zoco …` inside another Django project."
    return _page("Commands", intro, *blocks, f"## Exit codes\n\n{exits}")


def _arguments(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        if action.help == argparse.SUPPRESS or isinstance(action, argparse._HelpAction):
            continue
        words = ", ".join(action.option_strings) or str(action.metavar or action.dest)
        if action.option_strings and action.nargs != 0:
            words += f" {action.metavar or action.dest.upper()}"
        told = [(action.help or "") % {**vars(action), "prog": parser.prog}]
        told += ["one of " + ", ".join(f"`{choice}`" for choice in action.choices)] if action.choices else []
        yield f"- `{words}`: " + "; ".join(part for part in told if part)


def _plugs() -> str:
    blocks = []
    for registry in registries():
        plugs = sorted(registry, key=lambda one: str(one.key))
        lines = [f"## {registry.kind}\n"]
        lines += [f"- `{plug.key}`: {summary(plug)}" for plug in plugs] or ["None is built in."]
        blocks.append("\n".join(lines))
    intro = (
        "A plug is a class or object with a key, registered where it is defined. Modules named in "
        "`ZOCO_PLUGS`, and those that installed distributions offer under the entry point group "
        "`zoco.plugs`, are imported at start and register exactly as the built-in ones."
    )
    return _page("Plugs", intro, *blocks)


def summary(plug: object) -> str:
    """Return what a plug is in one line: its help, label or first line of documentation."""
    for name in ("help", "label"):
        if text := str(getattr(plug, name, "")):
            return text
    made_by = getattr(plug, "run", None) or getattr(plug, "handle", None) or type(plug)
    documented = made_by if made_by.__doc__ else type(plug)
    return (documented.__doc__ or "").strip().splitlines()[0]


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="zoco-reference-") as data:
        os.environ.setdefault("ZOCO_DATA", data)
        load_everything()
        made = pages()
    stale = [name for name, text in made.items() if _held(FOLDER / name) != text]
    if "--check" in sys.argv[1:]:
        for name in stale:
            print(f"docs/reference/{name} differs from the code; run make docs.")
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in stale:
        (FOLDER / name).write_text(made[name], "utf-8")
    print(f"{len(stale)} pages of the reference changed.")
    return 0


def _held(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
