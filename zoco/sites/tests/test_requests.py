"""The owner's page of what visitors ask for: look, download, erase; nobody else opens it, no id is kept."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from zoco.kit.commands import COMMANDS
from zoco.ledger.store.opening import close, store
from zoco.monitor.exports import services as exports
from zoco.project.models import Change
from zoco.project.tests.readers import body, client_of
from zoco.sites import services
from zoco.sites.commands import persons as _persons  # noqa: F401 - registers
from zoco.sites.commands import visitors as _visitors  # noqa: F401 - registers
from zoco.sites.models import Site, VisitorRequest
from zoco.sites.tests.test_consenting import WHO, sent

URL = "/admin/visitor-requests/"
AT = datetime.now(UTC).replace(hour=0, minute=5, second=0, microsecond=0)
pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    data = tmp_path / "data"
    data.mkdir()
    monkeypatch.setenv("ZOCO_DATA", str(data))
    close()
    made = services.site_create(name="Shop", hostnames=["shop.example"])
    services.sites_publish(at=AT)
    for minute, fact in enumerate([{}, {"type": "consent", "choice": "given", "who": WHO}, {"who": WHO}]):
        sent(data, AT + timedelta(minutes=minute), **fact)
    yield made
    close()


def asked(client: Client, site: Site, do: str, who: str = WHO, **more: str) -> object:
    return client.post(URL, {"site": site.pk, "who": who, "do": do, **more})


def facts() -> int:
    return int(store().query("SELECT count(*) AS n FROM facts").to_pylist()[0]["n"])


@pytest.mark.parametrize("role", ["analyst", "marketer"])
def test_only_an_owner_answers_visitors(site: Site, role: str) -> None:
    client = client_of(role)
    erase = {"site": site.pk, "who": WHO, "do": "erase", "sure": "yes"}

    assert client.get(URL).headers["location"] == client.post(URL, erase).headers["location"] == "/admin/"
    assert client.post(URL, erase, headers={"x-requested-with": "XMLHttpRequest"}).status_code == 403
    store().drain()
    assert facts() == 3


def test_owner_looks_downloads_and_erases_after_a_question(site: Site) -> None:
    client = client_of("owner")
    assert "None yet. Ids are not kept here" in body(client.get(URL))

    looked = body(asked(client, site, "look"))
    file = client.post(URL, {"site": site.pk, "who": WHO, "do": "export"})
    question = body(asked(client, site, "ask"))
    unsure = body(asked(client, site, "erase"))

    assert "2 facts" in looked
    assert [json.loads(line)["name"] for line in file.content.decode().splitlines()] == [
        "web.consent.given",
        "web.page.viewed",
    ]
    assert file["content-disposition"] == 'attachment; filename="visitor-shop.ndjson"'
    assert "Erase all of it?" in question
    assert "2 facts" in unsure
    assert "rows were erased" not in unsure
    assert "web.consent.given" not in unsure
    assert facts() == 3
    assert "Erase for good" in question
    assert not VisitorRequest.objects.filter(what="erased").exists()

    done = client.post(URL, {"site": site.pk, "who": WHO, "do": "erase", "sure": "yes"}, follow=True)

    assert "3 rows were erased." in body(done)
    assert facts() == 0
    assert "There is nothing of this id" in body(asked(client, site, "look"))


def test_log_of_changes_tells_what_was_done_and_not_whose(site: Site) -> None:
    client = client_of("owner")
    asked(client, site, "look")
    client.post(URL, {"site": site.pk, "who": WHO, "do": "erase", "sure": "yes"})

    kept = list(VisitorRequest.objects.order_by("id").values_list("what", "facts", "by__username"))
    lines = Change.objects.filter(kind="zoco_sites.visitorrequest").order_by("id")

    assert kept == [("looked", 2, "owner"), ("erased", 3, "owner")]
    assert [(line.by_name, line.details["what"][1]) for line in lines] == [
        ("owner", "looked"),
        ("owner", "erased"),
    ]
    assert not any(WHO in str(vars(line)) for line in lines)


def test_page_names_exported_copies(site: Site) -> None:
    day = AT.astimezone(ZoneInfo(site.zone)).date()
    span: Any = {"first": day, "last": day, "format": "csv", "place": None}
    assert exports.run_now(site=site.pk, **span).state == "done"

    looked = body(asked(client_of("owner"), site, "look"))

    assert "Copies outside the ledger" in looked
    assert f"shop-{site.pk}_{day}_1.csv.gz" in looked


def command(key: str, *words: str) -> None:
    found, parser = COMMANDS.get(key), ArgumentParser()
    found.arguments(parser)
    found.run(parser.parse_args(list(words)))


def test_commands_stand_in_the_log_of_changes_with_nobody_named(site: Site) -> None:
    command("visitor export", "shop", WHO)
    command("visitor erase", "shop", WHO, "--yes")
    command("site person-key", "shop", "--renew")

    lines = list(Change.objects.filter(by_name="command line").order_by("id"))[-3:]
    assert [(line.kind, line.details.get("facts", [0, 0])[1]) for line in lines] == [
        ("zoco_sites.visitorrequest", 2),
        ("zoco_sites.visitorrequest", 3),
        ("zoco_sites.site", 0),
    ]
    assert lines[2].details == {"person_key": [None, "•••"]}
    assert not any(WHO in str(vars(line)) for line in lines)


def test_what_is_no_id_is_told_at_its_field(site: Site) -> None:
    answer = client_of("owner").post(URL, {"site": site.pk, "who": "nobody", "do": "erase", "sure": "yes"})

    assert answer.status_code == 422
    assert "This is no id of a visitor" in body(answer)
    assert VisitorRequest.objects.count() == 0
