"""Imports from upload to undo: twice changes nothing, days have one owner, people have their rights."""

import json
import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from zoco.kit import conf
from zoco.kit.commands import COMMANDS, Exit
from zoco.ledger.store.base import Store
from zoco.ledger.store.imported_sql import held_sql, sums_sql
from zoco.ledger.tests.reports.made import ledger
from zoco.monitor.imports import commands, services
from zoco.monitor.imports.adapters import ga4_events
from zoco.monitor.imports.base import ExportUnreadable
from zoco.monitor.imports.exports import Export, Part
from zoco.monitor.imports.models import ImportRun
from zoco.monitor.tests.imports import made
from zoco.project.roles import roles_ensure
from zoco.sites import uploads
from zoco.sites.models import CountingOrigin, Site
from zoco.sites.reads import site_infos

pytestmark = pytest.mark.django_db
FIRST, SECOND = date(2024, 2, 28), date(2024, 2, 29)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with ledger(tmp_path) as opened:
        yield opened


@pytest.fixture
def site(store: Store, db: None) -> Site:
    return Site.objects.create(pk=1, slug="shop", name="Shop", zone="Europe/Madrid")


def client_of(role: str) -> Client:
    roles_ensure()
    user = User.objects.create_user(role)
    user.groups.add(Group.objects.get(name=role))
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def run_of(site: Site, content: bytes, kind: str = "plausible", name: str = "export.zip") -> ImportRun:
    run = services.run_begin(site=site.pk, kind=kind, name=name, size=len(content), website="", by=None)
    services.part_take(run=run, offset=0, piece=content)
    ImportRun.objects.filter(pk=run.pk).update(state=ImportRun.State.READING)
    return services.read_through(key=run.pk)


def put(run: ImportRun) -> ImportRun:
    ImportRun.objects.filter(pk=run.pk, state=ImportRun.State.READY).update(state=ImportRun.State.IMPORTING)
    return services.put_through(key=run.pk)


def sums(store: Store, key: str) -> dict[tuple[str, str], Decimal]:
    rows = store.query(sums_sql(1, key)).to_pylist()
    return {(row["dimension"], row["measure"]): row["amount"] for row in rows}


def test_an_export_comes_once_and_goes_whole(site: Site, store: Store) -> None:
    first = put(run_of(site, made.plausible()))
    again = put(run_of(site, made.plausible()))

    assert (first.state, first.days_in, again.state, again.days_in) == ("done", 2, "repeated", 0)
    assert first.totals == {
        "page_views": "30", "visits": "16", "visitors": "13", "bounces": "7", "seconds": "100",
    }  # fmt: skip
    assert sums(store, first.key)["", "page_views"] == 30
    assert sums(store, again.key) == {}
    assert not (services.folder_of(first) / "upload").exists()

    services.run_undo(run=first)

    assert store.query(held_sql(1)).to_pylist() == []
    assert not services.folder_of(first).exists()
    assert put(run_of(site, made.plausible())).state == "done"


def test_days_of_another_import_are_left_out(site: Site, store: Store) -> None:
    put(run_of(site, made.plausible()))
    longer = made.zipped(
        {"imported_visitors.csv": made.HEAD + "2024-02-29,9,9,9,9,9\n2024-03-01,1,2,0,1,7\n"}
    )

    run = put(run_of(site, longer))

    assert (run.state, run.days, run.days_in) == ("done", 2, 1)
    assert sums(store, run.key)["", "page_views"] == 2


def test_a_step_that_is_done_twice_changes_nothing(site: Site, store: Store) -> None:
    run = put(run_of(site, made.plausible()))
    ImportRun.objects.filter(pk=run.pk).update(state=ImportRun.State.IMPORTING)

    run = services.put_through(key=run.pk)

    assert (run.state, run.days_in) == ("done", 2)
    assert sums(store, run.key)["", "page_views"] == 30


def test_pieces_may_come_twice_but_leave_no_gap(site: Site) -> None:
    content = made.plausible()
    run = services.run_begin(
        site=1, kind="plausible", name="a/b\\export.zip", size=len(content), website="", by=None
    )

    assert run.name == "export.zip"
    assert services.part_take(run=run, offset=0, piece=content[:100]) == 100
    assert services.part_take(run=run, offset=0, piece=content[:100]) == 100
    with pytest.raises(services.ImportWrong, match="100 of"):
        services.part_take(run=run, offset=200, piece=b"x")
    with pytest.raises(services.ImportWrong, match="does not fit"):
        services.part_take(run=run, offset=100, piece=content)
    with pytest.raises(services.ImportWrong, match="not there in full"):
        services.read_begin(run=run)


def test_what_is_no_export_fails_in_words_and_can_be_read_again(site: Site) -> None:
    run = run_of(site, b"hello\n", name="hello.csv")

    assert run.state == "failed"
    assert "imported_visitors" in run.said
    services.read_begin(run=run)
    assert services.read_through(key=run.pk).state == "failed"
    shown = client_of("analyst").get(f"/admin/imports/{run.pk}/").content.decode()
    assert "hello.csv could not be read as an export of Plausible; nothing was imported." in shown
    assert '<p lang="en">hello.csv holds no imported_visitors….csv;' in shown


def test_the_pages_lead_from_a_file_to_its_undoing(site: Site, store: Store) -> None:
    marketer = client_of("marketer")
    file = SimpleUploadedFile("export.zip", made.plausible())

    page = marketer.post("/admin/imports/new/", {"site": 1, "kind": "plausible", "file": file}, follow=True)
    run = ImportRun.objects.get()
    services.read_through(key=run.pk)
    ready = marketer.get(f"/admin/imports/{run.pk}/").content.decode()

    assert page.status_code == 200
    assert "Read, not imported" in ready
    assert "it names no day, or none that can be" in ready
    refused = marketer.get(f"/admin/imports/{run.pk}/refused.csv")
    assert b"yesterday" in b"".join(refused)

    marketer.post(f"/admin/imports/{run.pk}/act/", {"do": "put"})
    services.put_through(key=run.pk)
    done = marketer.get(f"/admin/imports/{run.pk}/").content.decode()
    curve = marketer.get("/admin/ledger/reports/traffic/?period=2024-02-28..2024-02-29").content.decode()

    assert "See them in the curve" in done
    assert "imported from Plausible" in curve

    asks = marketer.get(f"/admin/imports/{run.pk}/undo/").content.decode()
    assert "Take this import out?" in asks
    assert "% read" not in marketer.get(f"/admin/imports/{run.pk}/").content.decode()
    assert ImportRun.objects.get(pk=run.pk).state == ImportRun.State.DONE

    marketer.post(f"/admin/imports/{run.pk}/undo/")

    assert ImportRun.objects.get().state == "undone"
    assert store.query(held_sql(1)).to_pylist() == []


def test_pieces_by_script(site: Site) -> None:
    marketer = client_of("marketer")
    content = made.plausible()
    accept = {"accept": "application/json"}
    given = {"site": 1, "kind": "plausible", "name": "export.zip", "size": len(content)}

    begun = marketer.post("/admin/imports/new/", given, headers=accept).json()
    kind = "application/octet-stream"
    first = marketer.post(f"{begun['part']}?offset=0", content[:50], content_type=kind).json()
    gap = marketer.post(f"{begun['part']}?offset=999", b"x", content_type=kind)
    last = marketer.post(f"{begun['part']}?offset=50", content[50:], content_type=kind).json()

    assert first == {"received": 50, "size": len(content)}
    assert gap.status_code == 409
    assert last["received"] == len(content)
    assert ImportRun.objects.get().state == "reading"
    none = marketer.post("/admin/imports/new/", {"site": 1, "kind": "plausible"}, headers=accept)
    assert none.json() == {"error": "Choose the file that was exported."}


def test_an_analyst_looks_on(site: Site) -> None:
    run = run_of(site, made.plausible())
    analyst = client_of("analyst")

    assert analyst.get(f"/admin/imports/{run.pk}/").status_code == 200
    assert analyst.post(f"/admin/imports/{run.pk}/act/", {"do": "put"}).status_code in (302, 403)
    assert ImportRun.objects.get().state == "ready"


def test_the_command(site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from argparse import ArgumentParser

    path = made.written(tmp_path, "export.zip", made.plausible())

    def run(key: str, *words: Any) -> Exit:
        command = COMMANDS.get(key)
        parser = ArgumentParser()
        command.arguments(parser)
        return command.run(parser.parse_args([str(word) for word in words]))

    assert commands.ImportExport.kind == ""
    assert run("import plausible", path, "--dry-run") == Exit.OK
    assert "page_views: 30" in capsys.readouterr().out
    assert run("import plausible", path) == Exit.PARTLY
    assert "2 days are in." in capsys.readouterr().out
    assert run("import plausible", path) == Exit.NOTHING_TO_DO
    done = ImportRun.objects.get(state="done")
    assert run("import undo", done.pk) == Exit.OK
    assert json.dumps(ImportRun.objects.get(pk=done.pk).state) == '"undone"'


def test_days_of_an_import_count_instead_of_own_ones_until_that_is_undone(site: Site, store: Store) -> None:
    run = put(run_of(site, made.plausible()))
    CountingOrigin.objects.create(site=site, origin="log", since=date(2024, 2, 1))
    marketer, page = client_of("marketer"), f"/admin/imports/{run.pk}/"
    own = ((date(2024, 2, 1), "log"),)
    assert site_infos()[0].counted == own

    marketer.post(f"{page}act/", {"do": "prefer"})

    assert site_infos()[0].counted == (
        (date(2024, 2, 1), "log"),
        (FIRST, "import"),
        (date(2024, 3, 1), "log"),
    )
    assert "On its days these figures count instead" in marketer.get(page).content.decode()

    marketer.post(f"{page}act/", {"do": "own"})
    assert site_infos()[0].counted == own

    marketer.post(f"{page}act/", {"do": "prefer"})
    marketer.post(f"{page}undo/")
    assert site_infos()[0].counted == own


def test_large_files_wait_three_at_a_time(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "LARGE_BYTES", 1_000)
    begun = [
        services.run_begin(site=1, kind="umami", name="dump.sql", size=1_000, website="", by=None)
        for _ in range(services.LARGE_MOST)
    ]

    with pytest.raises(services.ImportWrong, match="3 large files wait"):
        services.run_begin(site=1, kind="umami", name="dump.sql", size=1_000, website="", by=None)
    services.run_begin(site=1, kind="umami", name="small.sql", size=999, website="", by=None)
    services.run_undo(run=begun[0])
    services.run_begin(site=1, kind="umami", name="dump.sql", size=1_000, website="", by=None)


def test_uploads_are_held_to_the_room_on_the_disk_and_to_a_number(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begin(size: int) -> ImportRun:
        return services.run_begin(site=1, kind="umami", name="dump.sql", size=size, website="", by=None)

    free = shutil.disk_usage(conf.DATA()).free
    monkeypatch.setattr(uploads, "FREE_BYTES", free - 300_000_000)
    begin(200_000_000)

    with pytest.raises(
        services.ImportWrong, match=r"no room for dump.sql: it has 250 MB, and \d+ MB are free"
    ):
        begin(250_000_000)

    monkeypatch.setattr(uploads, "UPLOADS_MOST", 1)
    with pytest.raises(services.ImportWrong, match="1 uploads are begun"):
        begin(1_000)


def test_list_without_end_is_given_up_at_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ga4_events, "DUMP_LINE_MOST", 1_000)
    read = 0

    def lines() -> Iterator[str]:
        nonlocal read
        while True:
            read += 1
            yield "{},\n"

    part = Part("events.json", lambda: None, Export(Path(__file__), "events.json"))
    with pytest.raises(ExportUnreadable, match="one long list"):
        list(ga4_events._array(part, lines()))
    assert read < 300
