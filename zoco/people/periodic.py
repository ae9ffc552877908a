"""Periodic work of people: audiences are counted anew, old uploads taken away, doubles looked for."""

from zoco.kit.periodic import PERIODIC, Periodic
from zoco.people.audiences import renewing

PERIODIC.add(Periodic("people.audiences", 60, renewing.look))
PERIODIC.add(Periodic("people.audiences.tidy", 3_600, renewing.tidy))


def _imports_look() -> None:
    """Let imports that died with their process have failed; what does it is imported when it is time."""
    from zoco.people.importing import running

    running.RUNS.look()


def _imports_tidy() -> None:
    """Take uploads away; what does it is imported when it is time."""
    from zoco.people.importing import running

    running.RUNS.tidy()


PERIODIC.add(Periodic("people.imports", 60, _imports_look))
PERIODIC.add(Periodic("people.imports.tidy", 3_600, _imports_tidy))


def _doubles_look() -> None:
    """Compare people who were changed; what does it is imported when it is time."""
    from zoco.people.doubles import looking

    looking.look()


PERIODIC.add(Periodic("people.doubles", 20, _doubles_look))
