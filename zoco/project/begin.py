"""The first steps of `zoco up`, in the nursery: tables, files, roles, the owner's account."""

import sys
import textwrap

from zoco.kit.commands import CommandFailed, Exit, program, typed
from zoco.kit.conf import SettingWrong
from zoco.project import ready


def main() -> int:
    """Begin where there is no nursery. Returns the exit code of `zoco up`, 0 to go on."""
    try:
        begin()
    except CommandFailed as failed:
        print(typed(str(failed)), file=sys.stderr)
        return failed.code
    except SettingWrong as wrong:
        print(wrong, file=sys.stderr)
        return Exit.FAILED
    return 0


def begin() -> None:
    """Make ready; print what a person must know. Raises CommandFailed."""
    ready.django()
    from zoco.content.pages.first import home_ensure
    from zoco.project import collect, env
    from zoco.project.entry import accounts
    from zoco.sites import reads, services

    if len(ready.missing()) > 20:
        print("First start: making the tables …", file=sys.stderr, flush=True)
    ready.migrate()
    collect.collect()
    made = accounts.owner_ensure()
    home_ensure(env.address())
    services.sites_publish()
    if made is not None:
        name, password = made
        # What is no terminal is a log, which others read and which is kept.
        said = password if sys.stdout.isatty() else f"in the file {accounts.password_keep(password)}"
        _welcome(env.ADDRESS(), name, said)
    if not reads.sites_with_parts():
        print(_first_steps(env.address().hostname or ""), flush=True)


def _welcome(address: str, name: str, password: str) -> None:
    print(
        textwrap.dedent(
            f"""
            This is the first start. Log in as the owner:

              address    {address}/admin/
              name       {name}
              password   {password}

            The password works once: you choose your own when you log in.
            """
        ),
        flush=True,
    )


def _first_steps(host: str) -> str:
    steps = (
        (f"{program()} demo", "look around in a simulated company"),
        (f'{program()} site add "My site" --host {host}', "count the pages that Zoco itself serves"),
        (f'{program()} site add "My shop" --host shop.example --counting log', "count a site of your own"),
    )
    width = max(len(command) for command, _why in steps)
    lines = "\n".join(f"  {command:{width}}   {why}" for command, why in steps)
    return f"There is no site yet. Begin with one of these, in another terminal:\n\n{lines}\n"


if __name__ == "__main__":
    sys.exit(main())
