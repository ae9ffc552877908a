#!/usr/bin/env python
"""Django's own command line; `manage.py zoco …` is the same as `zoco …`."""

import os
import sys

from zoco.kit.commands import CommandFailed
from zoco.ledger.asking.others import PlugBroken
from zoco.project import folder

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zoco.project.settings")
    try:
        folder.prepare()
    except CommandFailed as failed:
        sys.exit(str(failed))

    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except PlugBroken as broken:
        sys.exit(str(broken))
