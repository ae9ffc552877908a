"""A bare Django process with nothing but the ledger, on any database: what the outbox is tried in.

Run as a module it is one of the processes that a test starts and kills:
`python -m zoco.ledger.tests.outbox.host migrate|write|sequence|dump …` with its database in
OUTBOX_DATABASE.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import django
from django.conf import settings


def configure(database: dict[str, Any]) -> None:
    """Set Django up with this database."""
    settings.configure(
        SECRET_KEY="only for tests",
        INSTALLED_APPS=["zoco.ledger"],
        DATABASES={"default": database},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )
    django.setup()


def migrate() -> None:
    """Make the tables."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def write(worker: int, count: int, transaction_size: int) -> None:
    """Record facts in transactions of uneven length; every third transaction is rolled back once.

    Fact number n is about person worker * 10 + 1 + n % 5, and n is its quantity.
    """
    from django.db import transaction

    from zoco.ledger.services import record

    number = 0
    while number < count:
        size = min(1 + (number + worker) % transaction_size, count - number)
        for attempt in range(2 if number % 3 == 0 else 1):
            with transaction.atomic():
                for offset in range(size):
                    said = number + offset
                    person = worker * 10 + 1 + said % 5
                    record(name="shop.order.placed", site=1, person=person, quantity=said, origin_key="w")
                    time.sleep(0.0002)
                if number % 3 == 0 and attempt == 0:
                    transaction.set_rollback(True)
        number += size


def sequence(spool: Path, kill_after: int) -> None:
    """Run the sequencer; after so many appends the process kills itself between append and mark."""
    from zoco.ledger.outbox import sequencer
    from zoco.ledger.spool import SpoolWriter

    writer = SpoolWriter(spool, f"seq{os.getpid()}")
    appended = 0

    class Fragile:
        def append_lines(self, lines: bytes) -> None:
            nonlocal appended
            writer.append_lines(lines)
            appended += 1
            if kill_after and appended == kill_after:
                os.kill(os.getpid(), 9)

    while True:
        sequencer.tick(Fragile())  # type: ignore[arg-type]
        time.sleep(0.05)


def dump(path: Path) -> None:
    """Write what was placed, in the order of positions: [person, quantity, is spooled]."""
    from zoco.ledger.models import OutboxRow
    from zoco.ledger.schema import decoder

    rows = OutboxRow.objects.exclude(position=None).order_by("position")
    said = [(row.person, decoder.decode(row.fact).quantity, row.spooled_at is not None) for row in rows]
    path.write_text(json.dumps(said))


if __name__ == "__main__":
    configure(json.loads(os.environ["OUTBOX_DATABASE"]))
    what, *arguments = sys.argv[1:]
    if what == "migrate":
        migrate()
    elif what == "write":
        write(*map(int, arguments))
    elif what == "dump":
        dump(Path(arguments[0]))
    else:
        sequence(Path(arguments[0]), int(arguments[1]))
