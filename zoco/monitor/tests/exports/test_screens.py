"""The pages of exports and the command: who may see them, what they do, what they say when it fails."""

from argparse import ArgumentParser
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from zoco.kit.commands import COMMANDS, CommandFailed, Exit
from zoco.ledger.store.base import Store
from zoco.monitor.exports import commands as _commands  # noqa: F401 - registers
from zoco.monitor.exports import services
from zoco.monitor.exports.models import ExportDay, ExportDuty, ExportPlan, ExportRun
from zoco.monitor.tests.exports import made
from zoco.project.tests.readers import body, client_of
from zoco.sites.access.services import sites_seen_set
from zoco.sites.models import Site
from zoco.sites.services import site_create

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
PERIOD = {"first": "2026-03-28", "last": "2026-03-30", "format": "csv"}


@pytest.fixture(autouse=True)
def opened(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoco.ledger.store.opening.store", lambda: store)


def test_marketer_exports_a_period_and_downloads_a_day(site: Site, store: Store, data: Path) -> None:
    client = client_of("marketer")
    assert "Nothing is exported yet" in body(client.get(reverse("zoco_exports")))

    answer = client.post(reverse("zoco_exports_new"), {"site": site.pk, **PERIOD})

    run = ExportRun.objects.get()
    assert answer.headers["Location"] == reverse("zoco_exports_one", args=[run.pk])
    assert "Waiting · 0 of 3 days" in body(client.get(answer.headers["Location"]))
    services.run_through(key=run.pk, store=store)
    page = body(client.get(answer.headers["Location"]))
    assert "Done · 3 of 3 days" in page
    assert f"shop-{site.pk}_2026-03-28_1.csv.gz" in page
    day = ExportDay.objects.get(day=made.FIRST)
    file = client.get(reverse("zoco_exports_file", args=[day.pk, 1]))
    assert file.headers["Content-Disposition"] == f'attachment; filename="shop-{site.pk}_2026-03-28_1.csv.gz"'
    (data / "got.gz").write_bytes(b"".join(file))
    assert len(made.lines(data / "got.gz")) == 5  # head, three facts, a line end in one of them
    assert client.get(reverse("zoco_exports_file", args=[day.pk, 2])).status_code == 404

    client.post(reverse("zoco_exports_act", args=[run.pk]), {"do": "delete"})

    assert made.paths(data, "csv") == {}
    assert "marketer" in body(client.get(reverse("zoco_exports")))


def test_analyst_reads_reports_and_takes_no_facts_away(site: Site) -> None:
    client = client_of("analyst")

    assert client.get(reverse("zoco_exports")).status_code == 302
    assert client.post(reverse("zoco_exports_new"), {"site": site.pk, **PERIOD}).status_code == 302


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"last": "2026-03-27"}, "The last day lies before the first."),
        ({"first": "2026-02-31"}, "Enter a valid date."),
        ({"first": "1990-01-01"}, "at most 3700 days"),
        ({"format": "xml"}, "Select a valid choice"),
        ({"site": "99"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_exported_is_told(site: Site, given: dict[str, str], said: str) -> None:
    answer = client_of("owner").post(reverse("zoco_exports_new"), {"site": site.pk, **PERIOD, **given})

    assert answer.status_code == 200
    assert said in body(answer)
    assert not ExportRun.objects.exists()


def test_owner_sees_what_fails_and_what_is_owed(site: Site, store: Store, tmp_path: Path) -> None:
    made.exported(store, site.pk)
    day = ExportDay.objects.get(day=made.FIRST)
    ExportDuty.objects.create(day=day, said="The folder is away.")
    ExportPlan.objects.create(site=site, failing_since=timezone.now(), said="The disk is full.")

    page = body(client_of("owner").get(reverse("zoco_exports")))

    assert "1 day in the data folder still holds facts of somebody who was erased" in page
    assert "The folder is away." in page
    assert "The disk is full." in page


def ran(*words: str) -> Exit:
    command = COMMANDS.get("export")
    parser = ArgumentParser()
    command.arguments(parser)
    return command.run(parser.parse_args(list(words)))


def test_command_writes_a_period_where_it_is_told(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").mkdir()
    words = ("--period", "2026-03-28..2026-03-30", "--format", "csv", "--to", str(tmp_path / "out"))

    assert ran(*words) == Exit.OK
    assert capsys.readouterr().out == "3 of 3 days written, 5 facts in all of them.\n"
    assert ran(*words) == Exit.NOTHING_TO_DO
    assert len(made.paths(tmp_path / "out", "csv")) == 3
    with pytest.raises(CommandFailed, match="not there; mount it"):
        ran("--to", str(tmp_path / "nowhere"))
    with pytest.raises(CommandFailed, match="is no period"):
        ran("--period", "soon")
    with pytest.raises(CommandFailed, match="s3://bucket/folder"):
        ran("--to", "s3://key:secret@bucket")


def test_whoever_sees_some_sites_only_finds_no_export_of_another(site: Site, store: Store) -> None:
    run = made.exported(store, site.pk)
    client = client_of("marketer")
    own = site_create(name="Own", hostnames=["own.example"])
    sites_seen_set(user=User.objects.get(username="marketer"), sites=[own])
    day = ExportDay.objects.get(day=made.FIRST)

    assert "Nothing is exported yet" in body(client.get(reverse("zoco_exports")))
    assert client.get(reverse("zoco_exports_one", args=[run.pk])).status_code == 404
    assert client.get(reverse("zoco_exports_file", args=[day.pk, 1])).status_code == 404
    assert client.post(reverse("zoco_exports_act", args=[run.pk]), {"do": "delete"}).status_code == 404
    refused = body(client.post(reverse("zoco_exports_new"), {"site": site.pk, **PERIOD}))
    assert "Select a valid choice" in refused
    assert ExportDay.objects.count() == 3
