"""A site goes to another installation: reports are the same there, a second time adds nothing."""

from argparse import Namespace
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from zoco.campaigns.models import Cost, Link, Word
from zoco.kit.commands import COMMANDS, CommandFailed, Exit
from zoco.ledger.erasing import facts_erase
from zoco.ledger.spool import SpoolWriter
from zoco.ledger.store import opening
from zoco.monitor.models import Alarm, Goal, ImportRun, Schedule, Segment
from zoco.moving import importing, moving, running
from zoco.moving.arriving import is_half_here, sites_arrived
from zoco.moving.exporting import export_begin
from zoco.moving.models import SiteMove
from zoco.moving.running import archive_of, folder_of
from zoco.moving.targets import target_confirm
from zoco.moving.tests.moved import answers, exported, facts, installation, taken
from zoco.project.models import Change
from zoco.project.tests.readers import body, client_of
from zoco.sites import leaving
from zoco.sites.models import Exclusion, Hostname, Site, SourceRule
from zoco.sites.services import site_create

pytestmark = pytest.mark.django_db


def test_every_report_is_the_same_in_the_other_installation_and_a_second_time_adds_nothing(
    folder: Path, shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = answers()
    path = exported(shop, folder / "shop.zip")
    installation(folder / "two", monkeypatch)

    first = taken(path)
    after = answers()
    Goal.objects.update(name="Mine by now")
    second = taken(path)

    assert after == before
    assert len(before["rows"]) == 60
    assert (first.state, first.added, first.said, first.found["refused"]) == ("done", 60, "", [])
    assert (second.state, second.added, second.site) == ("done", 0, first.site)
    assert [goal.name for goal in Goal.objects.all()] == ["Mine by now"]
    site = Site.objects.get()
    assert (site.slug, site.zone, site.currency, site.hostnames.get().name) == (
        "shop", "Europe/Madrid", "USD", "shop.example",
    )  # fmt: skip
    assert site.counting_origins.count() == 2
    assert Schedule.objects.values_list("is_on", "segment__name", "hook_url").get() == (False, "Phones", "")
    assert Cost.objects.get().campaign.budget == Decimal("10.50")
    assert Link.objects.get().campaign.code == "spring"  # type: ignore[union-attr]
    assert [model.objects.count() for model in (Word, Exclusion, SourceRule, Alarm, ImportRun)] == [1] * 5
    assert b"T0KEN" not in path.read_bytes()
    assert shop.key_name.encode() not in path.read_bytes()


def test_a_site_with_facts_of_the_same_host_is_not_touched(
    folder: Path, shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = exported(shop, folder / "shop.zip")
    installation(folder / "two", monkeypatch)
    other = site_create(name="Other", hostnames=["shop.example"])
    writer = SpoolWriter(folder / "two" / "spool", "test")
    writer.append([fact for fact in facts(other.pk, 61) if fact.props["size"] == 60])
    writer.close()

    refused = taken(path)
    Hostname.objects.all().delete()
    gone_on = moving.through(key=refused.pk)  # failed: only going on does it again

    assert (refused.state, Site.objects.count()) == ("failed", 1)
    assert "reset or delete it, then go on" in refused.said
    assert gone_on.state == "failed"  # type: ignore[union-attr]
    assert taken(path).added == 60
    assert [site.slug for site in Site.objects.all()] == ["other", "shop"]


def test_an_empty_site_of_the_same_host_is_taken_and_a_cut_off_import_goes_on(
    folder: Path, shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = exported(shop, folder / "shop.zip")
    installation(folder / "two", monkeypatch)
    empty = site_create(name="Empty", hostnames=["shop.example"])
    made = moving.import_begin(name="shop.zip", size=1, by=None, path=str(path))
    moving.through(key=made.pk)
    target_confirm(move=made, site=empty.pk, is_background=False)
    real = opening.store().drain
    calls: list[int] = []

    def dies() -> object:
        calls.append(1)
        if len(calls) > 2:
            raise KeyboardInterrupt
        return real()

    with monkeypatch.context() as patch:
        patch.setattr(type(opening.store()), "drain", lambda store: dies())
        with pytest.raises(KeyboardInterrupt):
            moving.through(key=made.pk)
    SiteMove.objects.update(state="running")  # as a killed process leaves it
    done = moving.through(key=made.pk)

    assert done is not None
    assert (done.state, done.added, done.site, done.said) == ("done", 60, empty, "")
    assert Goal.objects.count() == Alarm.objects.count() == 1
    empty.refresh_from_db()
    assert (empty.slug, empty.zone) == ("empty", "Europe/Madrid")


def test_the_commands_write_and_take_in(
    folder: Path, shop: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "shop.zip"
    codes = [COMMANDS.get("site export").run(Namespace(site="shop", file=path))]
    installation(folder / "two", monkeypatch)

    site_import = COMMANDS.get("site import").run
    with pytest.raises(CommandFailed, match="no file"):
        site_import(Namespace(file=folder / "none.zip", into=""))
    other = site_create(name="Other")
    with pytest.raises(CommandFailed, match="it makes a new one"):
        site_import(Namespace(file=path, into="other"))
    codes += [site_import(Namespace(file=path, into=""))]
    for wrong in ("", "other"):
        with pytest.raises(CommandFailed, match="If this is the site: --into shop"):
            site_import(Namespace(file=path, into=wrong))
    codes += [site_import(Namespace(file=path, into="shop"))]
    monkeypatch.setattr("sys.stdin", StringIO(" shop\n"))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    codes += [site_import(Namespace(file=path, into=""))]

    assert codes == [Exit.OK, Exit.OK, Exit.NOTHING_TO_DO, Exit.NOTHING_TO_DO]
    said = capsys.readouterr().out
    assert "shop: 60 new facts of 60 in the archive." in said
    assert "The archive would go into shop: Shop, shop.example." in said
    assert "It has 60 facts here, 2026-03-30 to 2026-03-31; its settings stay as they are." in said
    assert leaving.facts_until(opening.store(), other.pk, leaving.EVER)[0] == 0
    assert SiteMove.objects.exclude(state="done").count() == 0


def test_the_pages_write_an_archive_and_take_one_in_pieces(
    folder: Path, shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss = client_of("owner")
    page = boss.post("/admin/moving/out/", {"site": shop.pk}).headers["location"]
    moving.through(key=SiteMove.objects.get().pk)
    content = b"".join(boss.get(f"{page}file/"))
    refused = client_of("marketer").get("/admin/moving/")
    installation(folder / "two", monkeypatch)

    boss = client_of("owner")
    begun = boss.post(
        "/admin/moving/new/",
        {"name": "shop.zip", "size": len(content)},
        headers={"accept": "application/json"},
    ).json()
    for at in range(0, len(content), 5_000):
        piece = content[at : at + 5_000]
        boss.post(f"{begun['part']}?offset={at}", piece, content_type="application/octet-stream")
    assert SiteMove.objects.get().state == "waiting"
    moving.through(key=SiteMove.objects.get().pk)

    shown = boss.get(begun["page"]).content.decode()
    assert refused.headers["location"] == "/admin/"
    assert "<dt>New here</dt><dd>60</dd>" in shown
    boss.post(f"{begun['page']}act/", {"do": "delete"})
    assert not list((folder / "two" / "moving").iterdir())
    assert Change.objects.filter(kind="zoco_moving.sitemove", by_name="owner").exists()


def test_an_archive_goes_into_a_site_that_is_here_only_when_somebody_says_so(
    folder: Path, shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = exported(shop, folder / "shop.zip")
    installation(folder / "two", monkeypatch)
    mine = site_create(name="Mine", hostnames=["shop.example"], zone="Asia/Tokyo", currency="JPY")
    other = site_create(name="Other")
    made = moving.import_begin(name="shop.zip", size=path.stat().st_size, by=None)
    moving.part_take(move=made, offset=0, piece=path.read_bytes())
    running.move_enqueue(made)
    boss, page = client_of("owner"), f"/admin/moving/{made.pk}/"

    asked = moving.through(key=made.pk)
    shown = body(boss.get(page))
    boss.post(f"{page}act/", {"do": "join", "site": other.pk})
    boss.post(f"{page}act/", {"do": "go"})
    untouched, goals = Site.objects.get(pk=mine.pk), Goal.objects.count()
    states = [SiteMove.objects.get().state]
    boss.post(f"{page}act/", {"do": "join", "site": mine.pk})
    states += [SiteMove.objects.get().state]
    done = moving.through(key=made.pk)

    assert (asked.state, asked.target, asked.site, states) == ("asking", mine, None, ["asking", "waiting"])  # type: ignore[union-attr]
    assert "<dt>Site</dt><dd>Mine (mine)</dd>" in shown
    assert "<dt>Host names</dt><dd>shop.example</dd>" in shown
    assert "<dt>Facts here</dt><dd>0</dd>" in shown
    assert (untouched.zone, untouched.currency, goals) == ("Asia/Tokyo", "JPY", 0)
    assert (done.state, done.site, done.added) == ("done", mine, 60)  # type: ignore[union-attr]
    assert Change.objects.filter(kind="zoco_moving.sitemove", details__has_key="is_sure").exists()


def test_whoever_is_erased_is_in_no_archive(folder: Path, shop: Site) -> None:
    kept = exported(shop, folder / "elsewhere.zip")
    here = moving.through(key=export_begin(site=shop, by=None).pk)
    assert here is not None
    assert archive_of(here).exists()

    gone = facts_erase(store=opening.store(), persons=[9], at=datetime.now(UTC))

    assert gone.rows["archives of sites"] == 1
    assert not archive_of(here).exists()
    assert kept.exists()
    assert client_of("owner").get(f"/admin/moving/{here.pk}/file/").status_code == 404
    again = moving.through(key=export_begin(site=shop, by=None).pk)
    assert again is not None
    assert again.facts < here.facts


def test_an_alarm_on_a_segment_goes_along_beside_that_on_the_whole_site(
    folder: Path, shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Alarm.objects.get(site=shop)
    phones = Segment.objects.get(site=shop, name="Phones")
    Alarm.objects.create(site=shop, kind="fall", measure="visits", segment=phones)
    Alarm.objects.create(site=shop, kind="fall", measure="visits", segment_name="Gone")
    path = exported(shop, folder / "shop.zip")
    installation(folder / "two", monkeypatch)

    move = taken(path)

    assert move.found["refused"] == []
    assert sorted(Alarm.objects.values_list("kind", "segment__name", "segment_name"), key=str) == sorted(
        [("fall", None, "Gone"), ("fall", "Phones", "Phones"), (whole.kind, None, "")], key=str
    )


def test_a_note_of_a_month_never_outlives_the_file_that_it_is_of(
    folder: Path, shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = export_begin(site=shop, by=None, path=str(folder / "shop.zip"))
    months = folder_of(begun) / "facts"
    months.mkdir()
    note = months / "2026-03.parquet.json"
    note.write_text("{}")

    def dies(*_given: object, **_named: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("zoco.moving.files.facts.month_write", dies)
    with pytest.raises(KeyboardInterrupt):
        moving.through(key=begun.pk)

    assert not note.exists()


def test_a_site_is_half_here_until_the_last_of_its_facts_has_come(
    folder: Path, shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = exported(shop, folder / "shop.zip")
    installation(folder / "two", monkeypatch)
    real, during = importing._facts_take, []

    def take(store: Any, site: Site, *given: Any) -> None:
        real(store, site, *given)
        during.append((is_half_here(site.pk), len(sites_arrived())))

    monkeypatch.setattr(importing, "_facts_take", take)
    move = taken(path)

    assert move.state == "done"
    assert during
    assert set(during) == {(True, 0)}
    assert move.site is not None
    assert (is_half_here(move.site.pk), len(sites_arrived())) == (False, 1)
