"""Kill -9 the process of an import wherever it writes: gone on with, the same people and facts are there."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from django.utils import timezone

from zoco.consent.models import Choice
from zoco.kit.periodic import PERIODIC
from zoco.kit.plugs import load_modules
from zoco.ledger.models import OutboxRow
from zoco.ledger.tests.reports.made import ledger
from zoco.people.importing import running, steps
from zoco.people.importing.made import Options
from zoco.people.importing.models import PeopleImport
from zoco.people.importing.past import telling
from zoco.people.models import Identity, Person, Tagged
from zoco.testing.dying import killed

NOW = datetime(2026, 11, 20, tzinfo=UTC)
ROWS = 300
PLACES = (
    ("zoco.people.importing.steps.people_write", 1),  # some are there, of the next nothing is written
    ("zoco.consent.importing.record_many", 3),  # people and their permission are written, not committed
    (
        "zoco.people.importing.steps.refusal_packed",
        7,
    ),  # the report of refused rows is longer than sure
    ("zoco.people.importing.past.telling._write", 2),  # of the past some is in the spool
    ("zoco.people.importing.running._over", 0),  # all are there, and the import is not said to be over
)


def through(run: PeopleImport, steps_to_take: tuple[str, ...]) -> PeopleImport:
    """Do steps of an import, one after the other."""
    for step in steps_to_take:
        run.refresh_from_db()
        if step == "plan":
            options = Options(topic="", where="form", space="shop", agreed_on="2025-03-01")
            assert running.plan_begin(run=run, mapping=run.mapping | {"id": "external"}, options=options)
        else:
            assert running.step_begin(run=run, step=step)
        running.through(key=run.pk)
    run.refresh_from_db()
    return run


def begun(content: bytes) -> PeopleImport:
    """Upload a file, read it and try it out."""
    run = running.import_begin(name="people.csv", size=len(content), by=None, at=NOW)
    running.RUNS.part_take(run, offset=0, piece=content)
    return through(run, ("read", "plan"))


def facts_told(folder: Path) -> int:
    """Return how many facts a ledger of this folder has, once all segments are in it."""
    with ledger(folder, []) as store:
        found = store.query("SELECT count(*) n FROM facts WHERE name = 'mail.letter.opened'").to_pylist()
    return int(found[0]["n"])


@pytest.mark.alone
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_import_that_is_killed_again_and_again_brings_each_person_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    (tmp_path / "spool").mkdir()
    for module, name in ((steps, "CHUNK"), (telling, "CHUNK"), (telling, "TABLE_ROWS")):
        monkeypatch.setattr(module, name, 50)
    lines = [
        f"{n},{'no address' if n % 10 == 7 else f'p{n}@shop.example'},Ana {n},fair,2026-10-01 08:00:00"
        for n in range(ROWS)
    ]
    content = "\n".join(["id,email,name,tags,opened_at", *lines]).encode()
    run = begun(content)
    assert running.step_begin(run=run, step="write", place=0, counts={}, refused_bytes=0)

    done = []
    for where, after in PLACES:
        killed(partial(running.through, key=run.pk), where=where, after=after)
        run.refresh_from_db()
        done.append((run.state, run.done))
    running.through(key=run.pk)
    run.refresh_from_db()
    refused = (running.RUNS.folder_of(run) / steps.REFUSED).read_text().splitlines()

    assert done == [("working", each) for each in (50, 100, 150, 300, 300)]
    assert (run.state, run.counts) == ("done", {"added": 270, "given": 270, "refused": 30, "deeds": 270})
    assert len(set(refused)) == len(refused) == 30
    there = set(Identity.objects.filter(kind="email").values_list("key", "person__name"))
    assert there == {(f"p{n}@shop.example", f"Ana {n}") for n in range(ROWS) if n % 10 != 7}
    counts = [Person, Choice, Tagged, OutboxRow]
    assert [*(model._default_manager.count() for model in counts), facts_told(tmp_path)] == [270] * 5

    again = through(begun(content), ("write",))

    assert again.counts == {"same": 270, "refused": 30, "deeds": 270}
    assert [*(model._default_manager.count() for model in counts), facts_told(tmp_path)] == [270] * 5


@pytest.mark.django_db
def test_whoever_waits_for_a_dead_import_may_go_on_with_it_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    run = begun(b"email\nana@shop.example\n")
    assert running.write_begin(run=run)
    load_modules(["zoco.people.periodic"])
    look = PERIODIC.get("people.imports")

    look.run()
    run.refresh_from_db()
    lives = run.state
    PeopleImport.objects.update(told_at=timezone.now() - timedelta(minutes=11))
    look.run()
    run.refresh_from_db()

    assert (look.every_seconds, lives, run.state) == (60, "working", "failed")
    assert running.go_on(run=run)
