"""Who consented: his number, what there is of him, and his end; whoever did not cannot be found again."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client

from zoco.collector.live.here import Here
from zoco.collector.live.reader import Reader, Sender
from zoco.collector.steps.visitor import pseudonym
from zoco.kit.periods import micros
from zoco.ledger.backups.making import backup_make
from zoco.ledger.backups.restoring import backup_restore
from zoco.ledger.spool import SpoolWriter
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.sites import conf, services
from zoco.sites.consenting.visitors import IdWrong, visitor_erase, visitor_known, visitor_rows
from zoco.sites.models import Site

WHO = "0b9c6f3e-5a0e-4c6b-9e0a-2f5d1c7b8a90"
AT = datetime(2026, 5, 17, 10, 0, tzinfo=UTC)
SENDER = Sender("81.0.32.7", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0")
pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


@pytest.fixture
def site(data: Path) -> Site:
    return services.site_create(name="Shop", hostnames=["shop.example"])


@pytest.fixture
def store(data: Path) -> Iterator[DuckStore]:
    opened = DuckStore(data, lead=True)
    yield opened
    opened.close()


def sent(data: Path, at: datetime, **fact: object) -> None:
    """Send a fact as a browser does, into the spool."""
    here = Here(conf.published_path())
    here.look()
    body = json.dumps({"url": "https://shop.example/a", **fact}).encode()
    read = Reader(here, lambda: micros(at)).read(body, SENDER)
    assert read.refused == []
    writer = SpoolWriter(data / "spool", "test")
    writer.append_lines("".join(read.lines).encode())
    writer.close()


def all_rows(store: DuckStore) -> list[dict[str, int]]:
    rows: list[dict[str, int]] = store.query(
        "SELECT visitor, known FROM facts ORDER BY occurred_at"
    ).to_pylist()
    return rows


def test_visitor_who_shows_his_id_is_exported_and_erased_with_his_days(
    data: Path, site: Site, store: DuckStore
) -> None:
    services.sites_publish(at=AT)
    sent(data, AT)
    sent(data, AT + timedelta(minutes=1), type="consent", choice="given", who=WHO)
    sent(data, AT + timedelta(minutes=2), who=WHO)
    known = visitor_known(site=site.pk, who=WHO)

    rows = visitor_rows(store=store, site=site.pk, known=known)

    assert [row["name"] for row in rows] == ["web.consent.given", "web.page.viewed"]
    assert {row["user_agent"] for row in rows} == {SENDER.user_agent}

    gone = visitor_erase(store=store, site=site.pk, known=known, at=AT + timedelta(hours=1))

    assert gone.facts == 3
    assert all_rows(store) == []
    sent(data, AT + timedelta(minutes=3), who=WHO)  # comes late, and is of before the erasure
    store.drain()
    assert all_rows(store) == []


def test_what_is_no_id_is_refused_with_a_word_on_where_to_find_one(site: Site) -> None:
    with pytest.raises(IdWrong, match=r"zoco\.id"):
        visitor_known(site=site.pk, who="nobody")


def test_nobody_can_work_a_pseudonym_out_again_from_a_backup_after_48_hours(
    data: Path, site: Site, tmp_path: Path
) -> None:
    services.sites_publish(at=AT)
    sent(data, AT)
    first = DuckStore(data, lead=True)
    first.drain()
    (before,) = all_rows(first)
    assert before["visitor"] in recomputed(site.pk, data)  # while the salt is there, anybody with it can
    folder = backup_make(tmp_path / "backups", store=first, databases=[], media=None, at=AT)
    first.close()

    late = AT + timedelta(hours=48)
    services.sites_publish(at=late)
    backup_restore(folder, data=data, databases=[], media=None, at=late)
    services.sites_publish(at=late)

    again = DuckStore(data, lead=True)
    assert all_rows(again) == [before]  # the fact is back
    again.close()
    assert before["visitor"] not in recomputed(site.pk, data, folder)


def recomputed(site: int, *folders: Path) -> set[int]:
    """Return the pseudonyms of the browser under every secret that lies in any file of these folders."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert files
    secrets = {
        bytes.fromhex(found.decode())
        for path in files
        for found in re.findall(rb"(?<![0-9a-f])(?:[0-9a-f]{64}|[0-9a-f]{32})(?![0-9a-f])", path.read_bytes())
    }
    assert len(secrets) >= 4  # two keys, and salts of two days or three
    return {pseudonym(secret, site, SENDER.address, SENDER.user_agent, "shop.example") for secret in secrets}


def test_banner_speaks_the_language_of_the_page_and_only_where_it_is_wanted(
    site: Site, client: Client
) -> None:
    def asked(host: str, language: str) -> dict[str, object]:
        found: dict[str, object] = client.get("/consent.json", {"host": host, "language": language}).json()
        return found

    assert asked("shop.example", "es") == {"ask": False}
    services.site_consent_set(site=site, has_banner=True, privacy_signals="anonymous")

    spanish, chinese = asked("www.shop.example", "es-MX"), asked("shop.example", "zh-CN")
    assert (spanish["language"], spanish["accept"]) == ("es", "Aceptar")
    assert (chinese["language"], chinese["accept"]) == ("zh-hans", "接受")
    assert spanish["version"] != chinese["version"]
    assert asked("other.example", "es") == {"ask": False}
    assert asked("shop.example", "tlh")["language"] == "en"
