"""`manage.py zoco …`: the same as `zoco …`, in whichever Django project the ledger is installed."""

from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Hand everything to Zoco's own command line."""

    help = "Run a command of Zoco; `manage.py zoco --help` lists them."

    def run_from_argv(self, argv: list[str]) -> None:
        """Run before Django's own parser sees the arguments."""
        from importlib import import_module

        import_module("zoco.project.cli").main(argv[2:])

    def handle(self, *args: Any, **options: Any) -> str | None:
        """Run without arguments (through call_command)."""
        from importlib import import_module

        import_module("zoco.project.cli").main(list(args))
        return None
