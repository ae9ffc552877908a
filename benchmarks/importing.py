"""A file of 100,000 people imported twice: the same people and facts, row by row, and how long both take.

    python -m benchmarks.importing                      100,000 rows

Seven columns: number of another system, address, name, city, a number, tags, when a letter was opened; each
row agreed to letters. The named reference is Django's own bulk_create of the same people with their addresses
and nothing else, in the same database of the same run. Bound: 60 s of a processor for writing them the first
time, and again: what other processes take meanwhile is not counted.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoco.people.importing.models import PeopleImport

NOW = datetime(2026, 11, 20, tzinfo=UTC)
SECONDS_MOST = 60.0
CHUNK = 500
CITIES = ("Lugo", "Toledo", "Puebla", "Kazan", "Wuhan")


def table(path: Path, rows: int) -> None:
    """Write the file."""
    with path.open("w") as file:
        file.write("id,email,name,city,points,tags,confirmed,opened\n")
        for n in range(rows):
            file.write(
                f"{n},person.{n}@shop-{n % 997}.example,Person Number{n},{CITIES[n % 5]},{n % 100},"
                f'"group {n % 7},fair",2025-03-0{n % 9 + 1}T10:00:00+00:00,'
                f"2026-10-{n % 28 + 1:02}T08:00:00\n"
            )


def imported(path: Path) -> tuple[PeopleImport, dict[str, float]]:
    """Import the file; return what came of it, and the seconds of each step."""
    from zoco.people.importing import running
    from zoco.people.importing.made import Options

    run = running.import_begin(name=path.name, size=path.stat().st_size, by=None, at=NOW)
    running.RUNS.part_take(run, offset=0, piece=path.read_bytes())
    options = Options(topic="", where="form", space="shop")
    found = {}
    for step in ("read", "plan", "write"):
        run.refresh_from_db()
        given = {"id": "external", "confirmed": "given_at", "points": "new.number", "opened": "did.opened"}
        if step == "plan":
            assert running.plan_begin(run=run, mapping=run.mapping | given, options=options)
        else:
            assert running.step_begin(run=run, step=step, place=0, counts={})
        began = time.process_time()
        running.through(key=run.pk)
        found[step] = time.process_time() - began
    run.refresh_from_db()
    assert run.state == "done", run.said
    return run, found


def digest() -> str:
    """Return what tells all rows of people and permission from any others."""
    from zoco.consent.models import Choice, Standing
    from zoco.people.models import AttributeValue, Identity, Person, Tagged, Word

    made = hashlib.sha256()
    for model in (Person, Identity, AttributeValue, Tagged, Word, Choice, Standing):
        names = [each.attname for each in model._meta.concrete_fields]
        for row in model._default_manager.order_by("pk").values_list(*names).iterator():
            made.update(repr(row).encode())
    return made.hexdigest()


def facts() -> int:
    """Return how many facts the ledger has once all segments are in it."""
    from zoco.ledger.store.opening import store

    store().drain()
    return int(store().query("SELECT count(*) n FROM facts WHERE origin = 'import'").to_pylist()[0]["n"])


def reference(rows: int) -> float:
    """Return the seconds that bulk_create of as many people and addresses takes."""
    from django.db import transaction

    from zoco.people.models import Identity, Person

    began = time.process_time()
    for start in range(0, rows, CHUNK):
        some = range(start, min(start + CHUNK, rows))
        with transaction.atomic():
            people = [
                Person(name=f"Person Number{n}", city="Lugo", created_at=NOW, changed_at=NOW) for n in some
            ]
            Person.objects.bulk_create(people)
            addresses = [f"reference.{n}@shop.example" for n in some]
            Identity.objects.bulk_create(
                Identity(person=person, kind="email", key=key, value=key, created_at=NOW)
                for person, key in zip(people, addresses, strict=True)
            )
    return time.process_time() - began


def main() -> None:
    """Import twice, compare, tell the figures; 1 where people differ or the bound does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        os.environ |= {"ZOCO_DATA": made, "DJANGO_SETTINGS_MODULE": "zoco.project.settings"}
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        (Path(made) / "spool").mkdir(exist_ok=True)
        path = Path(made) / "people.csv"
        table(path, given.rows)
        first, seconds = imported(path)
        was = digest(), facts()
        second, again = imported(path)
        is_same = (digest(), facts()) == was and was[1] == given.rows
        slow = reference(given.rows)
    told = "the same" if is_same else "NOT THE SAME"
    print(f"{given.rows:,} rows: {first.counts}, then {second.counts}, {told}")
    for name, found in (("first", seconds), ("again", again)):
        steps = ", ".join(f"{step} {each:.1f} s" for step, each in found.items())
        print(f"{name}: {steps}; writing takes {found['write'] / slow:.1f} times bulk_create's {slow:.1f} s")
    sys.exit(int(not is_same or max(seconds["write"], again["write"]) > SECONDS_MOST))


if __name__ == "__main__":
    main()
