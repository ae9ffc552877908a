"""A site begins anew: counted things go from store, spool, outbox and imports; settings and others stay."""

from argparse import Namespace
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from zoco.kit.commands import COMMANDS, CommandFailed, Exit
from zoco.kit.ids import uuid7, uuid8
from zoco.kit.periods import micros
from zoco.kit.plugs import load_modules
from zoco.ledger import sitebook
from zoco.ledger.models import OutboxRow
from zoco.ledger.schema import Fact
from zoco.ledger.services import record
from zoco.ledger.spool import SpoolWriter
from zoco.ledger.store import opening
from zoco.ledger.store.base import StoreBusy
from zoco.ledger.store.imported import SCHEMA
from zoco.ledger.tests.store.chdb import opened
from zoco.monitor.exports import services as exports
from zoco.monitor.models import Alarm, Goal, ImportRun, Incident
from zoco.moving import resetting as services
from zoco.moving.models import SiteReset
from zoco.project.models import Change
from zoco.project.tests.readers import body, client_of
from zoco.sites import leaving, reads
from zoco.sites.models import GoneSite, Site
from zoco.sites.services import site_create, site_delete
from zoco.sites.tasks import gone_erase

pytestmark = pytest.mark.django_db
NOW = timezone.now()
FOUND = {"measure": "bots", "is_fall": False}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    monkeypatch.setattr(leaving, "SETTLED_SECONDS", 0.0)
    (tmp_path / "keys").mkdir(mode=0o700)
    reads.forget()
    yield tmp_path
    opening.close()
    reads.forget()


@pytest.fixture
def sites(folder: Path) -> list[Site]:
    made = [site_create(name=name) for name in ("Shop", "Blog")]
    for site in made:
        written(folder, site.pk, [NOW - timedelta(days=days) for days in (0, 40, 400)])
        rows = pa.Table.from_pylist(
            [
                {
                    "day": date(2025, 1, 1),
                    "dimension": "",
                    "label": "",
                    "measure": "visits",
                    "amount": Decimal(3),
                }
            ],
            SCHEMA,
        )
        run = ImportRun.objects.create(site=site, kind="umami", name="x", state="done")
        opening.store().put_imported(site.pk, run.key, rows)
        Goal.objects.create(site=site, name="Thanks", pattern="/thanks")
        alarm = Alarm.objects.create(site=site, kind="bots")
        Incident.objects.create(alarm=alarm, began_at=NOW, opened_at=NOW, seen_at=NOW, found=FOUND)
        record(name="shop.order.placed", site=site.pk)
    opening.store().drain()
    return made


def written(folder: Path, site: int, moments: list[datetime], word: str = "old") -> None:
    """Acknowledge facts; they lie in the spool."""
    writer = SpoolWriter(folder / "spool", word)
    facts = [
        Fact(id=str(uuid7()) if word == "late" else uuid8(site, number, word.encode()), site=site,
             name="web.page.served", origin="log", occurred_at=micros(at))
        for number, at in enumerate(moments)
    ]  # fmt: skip
    writer.append(facts)
    writer.close()


def counts(table: str = "facts") -> dict[int, int]:
    rows = opening.store().query(f"SELECT site, count(*) AS found FROM {table} GROUP BY site").to_pylist()
    return {row["site"]: row["found"] for row in rows}


def test_what_was_counted_goes_and_what_was_set_stays(folder: Path, sites: list[Site]) -> None:
    shop, blog = sites
    written(folder, shop.pk, [NOW - timedelta(days=2)], "undrained")
    asked_at = timezone.now()
    later = asked_at + timedelta(seconds=1)

    reset = services.reset_begin(site=shop.pk, by=None, at=asked_at)
    written(folder, shop.pk, [later], "after")
    services.reset_through(key=reset.pk, store=opening.store())
    opening.store().drain()

    assert counts() == {shop.pk: 1, blog.pk: 3}
    assert counts("imported_daily") == {blog.pk: 1}
    assert list(OutboxRow.objects.values_list("site", flat=True)) == [blog.pk]
    assert list(Incident.objects.values_list("alarm__site", flat=True)) == [blog.pk]
    assert dict(ImportRun.objects.values_list("site", "state")) == {shop.pk: "undone", blog.pk: "done"}
    assert Goal.objects.count() == Alarm.objects.count() == 2
    done = SiteReset.objects.get()
    assert (done.state, done.facts, done.total) == ("done", 4, 4)


def test_lines_set_aside_and_exported_files_go_as_well(folder: Path, sites: list[Site]) -> None:
    shop, blog = sites
    aside = folder / "spool" / "aside" / "x.ndjson"
    aside.parent.mkdir(exist_ok=True)
    torn = [f'{{"site":{site.pk},"occurred_at":5,"path":"/{site.slug}"}}' for site in sites]
    aside.write_text("\n".join([*torn, f'{{"site":{shop.pk},']) + "\n")
    for site in sites:
        day = (NOW - timedelta(days=40)).date()
        run = exports.run_begin(site=site.pk, first=day, last=day, format="parquet", is_background=False)
        exports.run_through(key=run.pk, store=opening.store())
    assert len(list((folder / "exports").rglob("*.parquet"))) == 2

    reset = services.reset_begin(site=shop.pk, by=None, at=timezone.now())
    services.reset_through(key=reset.pk, store=opening.store())

    assert aside.read_text() == torn[1] + "\n"
    assert [path.parts[-4] for path in (folder / "exports").rglob("*.parquet")] == [f"blog-{blog.pk}"]


def test_a_site_that_is_deleted_leaves_nothing_and_is_counted(folder: Path, sites: list[Site]) -> None:
    shop, blog = sites
    gone = shop.pk
    site_delete(site=shop)
    with pytest.raises(LookupError):
        sitebook.site("shop")

    gone_erase.func(site=gone)
    gone_erase.func(site=gone)

    assert counts() == {blog.pk: 3}
    assert counts("imported_daily") == {blog.pk: 1}
    assert list(OutboxRow.objects.values_list("site", flat=True)) == [blog.pk]
    assert GoneSite.objects.values_list("name", "facts").get() == ("Shop", 3)
    assert Change.objects.filter(kind="zoco_sites.gonesite", details__facts=[0, 3]).exists()
    assert DBTaskResult.objects.filter(task_path="zoco.sites.tasks.gone_erase").count() == 1


def test_the_cluster_is_emptied_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaving, "FORGET", {})
    store = opened(folder / "spool")
    for site in (7, 8):
        written(folder, site, [NOW - timedelta(days=days) for days in (1, 40, 400)])
    store.drain()
    steps: list[tuple[int, int]] = []

    gone = leaving.site_empty(
        store=store, site=7, until=NOW, told=lambda gone, left: steps.append((gone, left))
    )

    left = store.query("SELECT site, count(*) AS found FROM facts GROUP BY site").to_pylist()
    store.close()
    assert (gone, sum(step for step, _left in steps), steps[0], steps[-1]) == (3, 3, (0, 3), (0, 0))
    assert left == [{"site": 8, "found": 3}]


def test_a_reset_that_was_cut_off_goes_on_and_one_that_is_over_erases_nothing(
    folder: Path, sites: list[Site]
) -> None:
    shop = sites[0]
    first = services.reset_begin(site=shop.pk, by=None, at=timezone.now())
    again = services.reset_begin(site=shop.pk, by=None, at=timezone.now())
    SiteReset.objects.update(state="running")

    services.reset_through(key=first.pk, store=opening.store())
    written(folder, shop.pk, [NOW - timedelta(days=9)], "imported anew")
    opening.store().drain()
    services.reset_through(key=first.pk, store=opening.store())

    assert again.pk == first.pk
    assert counts()[shop.pk] == 1
    assert SiteReset.objects.get().state == "done"


def test_a_reset_that_fails_says_why(sites: list[Site], monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*given: Any) -> None:
        raise OSError("No room.")

    reset = services.reset_begin(site=sites[0].pk, by=None, at=timezone.now())
    monkeypatch.setattr(leaving, "FORGET", {"fails": fails})

    with pytest.raises(OSError, match="room"):
        services.reset_through(key=reset.pk, store=opening.store())

    owner = client_of("owner")
    assert "Failed: OSError: No room." in body(owner.get("/admin/reset/shop/"))
    SiteReset.objects.update(said="", state="running", told_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert services.last_reset(sites[0].pk).said == "The process ended."  # type: ignore[union-attr]
    shown = owner.get("/admin/reset/shop/", headers={"accept-language": "ru"})
    assert "Процесс завершился." in body(shown)


def test_a_reset_that_meets_a_busy_ledger_goes_on_when_it_is_tried_again(
    sites: list[Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*given: Any) -> None:
        raise StoreBusy("The ledger is busy.")

    reset = services.reset_begin(site=sites[0].pk, by=None, at=timezone.now())
    with monkeypatch.context() as patch:
        patch.setattr(leaving, "FORGET", {"busy": busy})
        with pytest.raises(StoreBusy):
            services.reset_through(key=reset.pk, store=opening.store())

    done = services.reset_through(key=reset.pk, store=opening.store())

    assert done is not None
    assert done.state == "done"


def test_owners_type_the_name_and_nobody_else_comes_near(sites: list[Site]) -> None:
    boss, page = client_of("owner"), "/admin/reset/shop/"

    wrong = boss.post(page, {"name": "shop"})
    refused = client_of("marketer").post(page, {"name": "Shop"})
    before = SiteReset.objects.count()
    answer = boss.post(page, {"name": "Shop"})
    boss.post(page, {"name": "Shop"})

    assert "This is not the name of the site: Shop" in body(wrong)
    assert (refused.headers["location"], before) == ("/admin/", 0)
    assert answer.headers["location"] == page
    assert SiteReset.objects.get().asked_by.username == "owner"  # type: ignore[union-attr]
    assert DBTaskResult.objects.filter(task_path="zoco.moving.tasks.site_reset").count() == 1
    assert "Waiting" in body(boss.get(page))
    assert Change.objects.filter(kind="zoco_moving.sitereset", by_name="owner").exists()
    assert page in body(boss.get(f"/admin/counted-sites/edit/{sites[0].pk}/"))


def test_the_command_wants_the_name_too(sites: list[Site], capsys: pytest.CaptureFixture[str]) -> None:
    load_modules(["zoco.moving.commands"])
    command = COMMANDS.get("site reset")

    with pytest.raises(CommandFailed, match="--yes 'Shop'"):
        command.run(Namespace(site="shop", yes="shop"))
    code = command.run(Namespace(site="shop", yes="Shop"))

    assert (code, capsys.readouterr().out) == (Exit.OK, "3 facts erased.\n")
