"""`zoco account reset`: let somebody in who is locked out."""

import argparse
import sys

from zoco.kit.commands import COMMANDS, Command, CommandFailed, Exit


@COMMANDS.plug
class AccountReset(Command):
    """Turn off a second step, and give a first password if asked."""

    key = "account reset"
    help = "Turn off the second step of an account and end its sessions."
    epilog = """\
examples:
  zoco account reset owner                  the authenticator is lost
  zoco account reset owner --password       the password too: a first one is printed, to be changed at log-in
"""

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add name and password."""
        parser.add_argument("name", help="the account's name")
        parser.add_argument("--password", action="store_true", help="give it a first password as well")

    def run(self, options: argparse.Namespace) -> Exit:
        """Do it, and say what was done."""
        from django.contrib.auth import get_user_model

        from zoco.project.entry import accounts, services

        try:
            user = services.account_named(options.name)
        except get_user_model().DoesNotExist:
            raise CommandFailed(f"There is no account {options.name}.") from None
        services.second_step_turn_off(user=user)
        services.sessions_end(user_id=user.pk)
        print(f"{options.name} logs in with the password alone now.", file=sys.stderr)
        if options.password:
            print(accounts.first_password_give(user=user))
        return Exit.OK
