"""A tree of four rules over people and their facts, against counting person by person in plain Python.

    python -m benchmarks.audiences                      1 million people, 20 million facts of a year

"Bought twice in 90 days, opened nothing in 30, from Spain or Mexico, not wholesale." The very first count
writes its statements; the first of a new process, as of a web server or worker that was started anew, opens
the ledger and finds its statements kept; the others are as a page that is edited asks. All must name the same
people. The bound is 2 seconds for each but the very first, which is told beside.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

SQL = Path(__file__).parent / "sql"
NOW = datetime(2026, 11, 20, tzinfo=UTC)
SECONDS_MOST = 2.0
COUNTRIES = ("ES", "MX", "US", "CN", "RU")
ROUNDS = 5
NUMBER_BASE = 1 << 62
TREE: Any = {
    "version": 1,
    "rules": {
        "all": [
            {
                "leaf": "behaviour", "fact": "shop.order.placed", "how": "least", "number": "2",
                "when": "last", "days": 90,
            },
            {"leaf": "behaviour", "fact": "mail.letter.opened", "how": "never", "when": "last", "days": 30},
            {"leaf": "attribute", "field": "own.country", "how": "is", "value": "ES|MX"},
            {"not": {"leaf": "tag", "tag": "wholesale"}},
        ]
    },
}  # fmt: skip


def generate(folder: Path, people: int, facts: int) -> None:
    """Fill a data folder with people in its database and facts in its ledger."""
    import duckdb
    from django.core.management import call_command
    from django.db import connection

    from zoco.ledger.store.duckdb.ddl import migrate

    call_command("migrate", verbosity=0)
    places = " ".join(f"WHEN {n} THEN '{code}'" for n, code in enumerate(COUNTRIES))
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %s)"
            " INSERT INTO zoco_people_person (id, name, given_name, family_name, language, zone, country,"
            " city, attributes, created_at, changed_at, is_compared) SELECT i, 'P' || i, '', '', 'es', '',"
            f" CASE i * 7 %% 5 {places} END, '', '{{}}', '2026-01-01', '2026-01-01', 1 FROM n",
            [people],
        )
        cursor.execute("INSERT INTO zoco_people_tag (id, name) VALUES (1, 'wholesale')")
        cursor.execute(
            "INSERT INTO zoco_people_tagged (tag_id, person_id, since)"
            " SELECT 1, id, '2026-01-01' FROM zoco_people_person WHERE id % 50 = 0"
        )
    with duckdb.connect(str(folder / "ledger.duckdb"), config={"threads": 2}) as con:
        migrate(con)
        for text in (SQL / "audience.sql").read_text().split(";\n"):
            needs = {"people": people, "facts": facts}
            con.execute(text, {name: value for name, value in needs.items() if f"${name}" in text})


def ours() -> tuple[set[int], list[float]]:
    """Return who is counted, and the seconds of each time."""
    from zoco.people.audiences.rules import rules_read
    from zoco.people.audiences.services import rules_count

    node = rules_read(TREE)
    counts = [rules_count(node, at=NOW) for _round in range(ROUNDS)]
    return set(counts[0].people), [each.seconds for each in counts]


def first(folder: Path) -> float:
    """Return the seconds of the first count in a process of its own."""
    said = subprocess.run(
        [sys.executable, "-m", "benchmarks.audiences", "--folder", str(folder), "--first"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return float(said.stdout.split()[-1])


def counted_once() -> None:
    """Count and tell the seconds, the reading of the rules among them."""
    from zoco.people.audiences.rules import rules_read
    from zoco.people.audiences.services import rules_count

    began = time.perf_counter()
    rules_count(rules_read(TREE), at=NOW)
    print(time.perf_counter() - began)


def brute() -> tuple[set[int], float]:
    """Return the same, one fact and one person after the other, and the seconds."""
    from zoco.ledger.store import opening
    from zoco.people.models import Person, Tagged

    began = time.perf_counter()
    since_90, since_30 = ((NOW - timedelta(days=days)).replace(tzinfo=None) for days in (90, 30))
    store = opening.store()
    browsers = dict(_rows(store, "SELECT known, person FROM visitor_person"))
    survivors = dict(_rows(store, "SELECT person, survivor FROM person_current"))
    bought: dict[int, int] = {}
    opened: set[int] = set()
    facts = "SELECT name, occurred_at, person, known FROM facts WHERE person <> 0 OR known <> 0"
    for name, at, person, known in _rows(store, facts):
        who = person or browsers.get(known, 0)
        who = survivors.get(who, who)
        if name == "shop.order.placed" and at >= since_90:
            bought[who] = bought.get(who, 0) + 1
        elif name == "mail.letter.opened" and at >= since_30:
            opened.add(who)
    tagged = set(Tagged.objects.filter(tag__name="wholesale").values_list("person", flat=True))
    found = set()
    for key, country in Person.objects.filter(merged_into=None).values_list("pk", "country").iterator():
        number = NUMBER_BASE | key
        if bought.get(number, 0) >= 2 and number not in opened and country in {"ES", "MX"}:
            found |= {key} - tagged
    return found, time.perf_counter() - began


def _rows(store: Any, sql: str) -> Any:
    for batch in store.stream(sql):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def main() -> None:
    """Generate, count both ways, tell the figures; 1 where the bound or the members do not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--facts", type=int, default=20_000_000)
    parser.add_argument("--folder", type=Path, help="a folder of an earlier run, or a new one that is kept")
    parser.add_argument("--first", action="store_true", help="tell the seconds of one count alone")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = given.folder or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        os.environ |= {"ZOCO_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "zoco.project.settings"}
        import django

        django.setup()
        (folder / "spool").mkdir(exist_ok=True)
        if not (folder / "ledger.duckdb").exists():
            generate(folder, given.people, given.facts)
        if given.first:
            counted_once()
            return
        shutil.rmtree(folder / "tmp" / "statements", ignore_errors=True)
        unwritten, anew = first(folder), min(first(folder) for _round in range(ROUNDS))
        counted, seconds = ours()
        by_hand, slow = brute()
        print(
            f"{given.people:,} people, {given.facts:,} facts, four rules: the first in a new process"
            f" {anew:.2f} s ({unwritten:.2f} with statements to be written),"
            f" then {min(seconds[1:]):.2f}–{max(seconds[1:]):.2f} s; person by person {slow:.1f} s"
            f" (ratio {slow / min(seconds[1:]):.0f}); {len(counted):,} members,"
            f" {'the same' if counted == by_hand else 'NOT THE SAME'}"
        )
    sys.exit(int(counted != by_hand or max(anew, *seconds[1:]) > SECONDS_MOST))


if __name__ == "__main__":
    main()
