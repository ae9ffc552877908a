"""Kill -9 the process of an import wherever it writes: gone on with, everything is there, and once."""

from functools import partial
from pathlib import Path

import pytest

from zoco.ledger.store import opening
from zoco.monitor.models import Annotation, Goal, ImportRun
from zoco.moving import moving, taking
from zoco.moving.files.archive import Archive
from zoco.moving.models import SiteMove
from zoco.moving.tests.moved import answers, exported, installation
from zoco.sites import reads
from zoco.sites.models import Hostname, Site
from zoco.testing.dying import killed

PLACES = (
    ("zoco.moving.taking._note", 2),  # rows of settings are written and not committed
    ("zoco.ledger.store.duckdb.store.DuckStore.drain", 1),  # a month lies in the spool
    ("zoco.moving.importing.sums_take", 0),  # all months are in
)


@pytest.mark.alone
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_import_whose_process_is_killed_again_and_again_takes_everything_in_once(
    folder: Path, shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = answers()
    path = exported(shop, folder / "shop.zip")
    installation(folder / "two", monkeypatch)
    monkeypatch.setattr(taking, "AT_ONCE", 1)
    with Archive(path) as archive:
        rows = sum(len(each) for each in archive.settings()["parts"].values())
    made = moving.import_begin(name="shop.zip", size=path.stat().st_size, by=None, path=str(path))

    steps = []
    for where, after in PLACES:
        opening.close()
        killed(partial(moving.through, key=made.pk), where=where, after=after)
        now = SiteMove.objects.get(pk=made.pk)
        steps.append((now.state, now.found["settings"], "place" in now.found))
    done = moving.through(key=made.pk)
    reads.forget()

    assert steps == [("running", 2, True), ("running", rows, False), ("running", rows, False)]
    assert done is not None
    assert (done.state, done.added, done.said) == ("done", 60, "")
    assert (done.found["settings"], done.found["refused"]) == (rows, [])
    assert answers() == before
    assert [model.objects.count() for model in (Site, Hostname, Goal, Annotation, ImportRun)] == [1] * 5
