"""A site goes to another installation: reports are the same there, a second time adds nothing."""

import json
import zipfile
from argparse import Namespace
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.contrib.auth.models import User

from zoco.campaigns.models import Campaign, Cost, Link, Word
from zoco.kit.commands import COMMANDS, CommandFailed, Exit
from zoco.kit.ids import uuid8
from zoco.kit.periods import micros
from zoco.kit.plugs import load_modules
from zoco.ledger.schema import Fact
from zoco.ledger.spool import SpoolWriter
from zoco.ledger.store import opening
from zoco.ledger.store.imported import SCHEMA
from zoco.monitor.models import Alarm, Annotation, Goal, ImportRun, Schedule, Segment
from zoco.moving import moving
from zoco.moving.exporting import export_begin
from zoco.moving.models import SiteMove
from zoco.project.models import Change
from zoco.project.tests.readers import client_of
from zoco.sites import leaving, reads
from zoco.sites.models import CountingOrigin, Exclusion, Hostname, Site, SourceRule
from zoco.sites.services import site_create

pytestmark = pytest.mark.django_db
FIRST = datetime(2026, 3, 30, 23, 40, tzinfo=UTC)
REPORTS = ("pages", "sources", "goals")
SECRET = "https://hooks.example/T0KEN-OF-OURS"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(leaving, "SETTLED_SECONDS", 0.0)
    load_modules(["zoco.moving.commands"])
    installation(tmp_path / "one", monkeypatch)
    yield tmp_path
    opening.close()
    reads.forget()


def installation(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin with an installation that knows nothing."""
    opening.close()
    (data / "keys").mkdir(parents=True, mode=0o700)
    monkeypatch.setenv("ZOCO_DATA", str(data))
    Site.objects.all().delete()
    SiteMove.objects.all().delete()
    User.objects.all().delete()
    reads.forget()


def facts(site: int, count: int = 60) -> list[Fact]:
    """Return visits over the end of a month: landings with a campaign, an order, a known visitor."""
    made = []
    for number in range(count):
        visitor, at = 1 + number // 4, FIRST + timedelta(minutes=number * 7)
        made.append(
            Fact(
                id=uuid8(site, number, b"moving"), site=site, name="web.page.viewed", origin="tracker",
                occurred_at=micros(at), received_at=micros(at), visitor=visitor, host="shop.example",
                path=f"/p/{number % 5}", source="news" if number % 4 == 0 else "", medium="email"
                if number % 4 == 0 else "", channel="email" if number % 4 == 0 else "direct",
                device="phone", props={"size": number}, user_agent=f"Agent {number}",
                person=9 if number == 8 else 0, known=77 if number == 8 else 0,
            )
        )  # fmt: skip
    return made


@pytest.fixture
def shop(folder: Path) -> Site:
    site = site_create(name="Shop", hostnames=["shop.example"], zone="Europe/Madrid", currency="USD")
    writer = SpoolWriter(folder / "one" / "spool", "test")
    writer.append(facts(site.pk))
    writer.close()
    opening.store().drain()
    Goal.objects.create(site=site, name="Three", pattern="/p/3", conditions=[["size", "above", "1"]])
    segment = Segment.objects.create(site=site, name="Phones", filters={"f.device": ["phone"]})
    Annotation.objects.create(site=site, on=date(2026, 4, 1), text="April")
    Alarm.objects.create(site=site, kind="bots", hook_url=SECRET)
    Schedule.objects.create(site=site, name="Weekly", kind="report", key="pages", segment=segment,
                            hook_url=SECRET, asked={"order": "visitors"})  # fmt: skip
    Exclusion.objects.create(site=site, kind="page", value="/inside")
    SourceRule.objects.create(site=site, position=1, channel="Letters", source="news")
    CountingOrigin.objects.create(site=site, origin="log", since=date(2026, 5, 1))
    spring = Campaign.objects.create(site=site, name="Spring", code="spring", budget=Decimal("10.50"))
    Cost.objects.create(campaign=spring, on=date(2026, 4, 1), source="news", amount=3, currency="USD")
    Link.objects.create(site=site, slug="spring1", target="https://shop.example/", campaign=spring)
    Word.objects.create(site=site, tag="medium", value="email")
    run = ImportRun.objects.create(site=site, kind="umami", name="x", state="done", digest="d" * 64, days=1)
    rows = [
        {"day": date(2025, 1, 1), "dimension": "", "label": "", "measure": "visits", "amount": Decimal(3)}
    ]
    opening.store().put_imported(site.pk, run.key, pa.Table.from_pylist(rows, SCHEMA))
    return site


def answers() -> dict[str, Any]:
    boss = client_of("owner")
    query = "site=shop&period=2026-03-01..2026-04-30"
    asked = {key: f"{key}?{query}" for key in REPORTS}
    asked["past"] = "traffic?site=shop&period=2024-12-01..2025-01-31"
    found = {key: boss.get(f"/api/v1/reports/{each}").json() for key, each in asked.items()}
    for each in found.values():
        assert each.pop("seconds")
        assert each.pop("query")
    return found | {
        "rows": opening.store().query(
            "SELECT f.* EXCLUDE (site), e.user_agent FROM facts f JOIN evidence e ON e.id = f.id ORDER BY 1"
        ).to_pylist(),
        "joins": opening.store().query("SELECT count(*) AS found FROM facts WHERE known = 77").to_pylist(),
    }  # fmt: skip


def exported(site: Site, path: Path) -> Path:
    move = moving.through(key=export_begin(site=site, by=None, path=str(path)).pk)
    assert (move.state, move.facts) == ("done", 60)  # type: ignore[union-attr]
    return path


def taken(path: Path) -> SiteMove:
    made = moving.import_begin(name=path.name, size=path.stat().st_size, by=None, path=str(path))
    found = moving.through(key=made.pk)
    assert found is not None
    return found


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


def rewritten(path: Path, target: Path, change: Any, *, packed: int = zipfile.ZIP_STORED) -> Path:
    """Write an archive anew with other contents; a change that returns None leaves a file out."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", packed) as out:
        for name in source.namelist():
            for new_name, content in change(name, source.read(name)):
                out.writestr(new_name, content)
    return target


def manifest_with(**values: object) -> Any:
    def change(name: str, content: bytes) -> Any:
        is_it = name == "manifest.json"
        yield name, json.dumps(json.loads(content) | values).encode() if is_it else content

    return change


def flipped(name: str, content: bytes) -> Any:
    yield (
        name,
        content[:-9] + bytes([content[-9] ^ 1]) + content[-8:] if name.startswith("facts") else content,
    )


def climbing(name: str, content: bytes) -> Any:
    yield name, content
    if name == "settings.json":
        yield "../../evil", b"x"


def other_types(name: str, content: bytes) -> Any:
    yield name, content


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (manifest_with(version=2), "A newer Zoco wrote this archive"),
        (manifest_with(schema=99), "A newer Zoco wrote this archive"),
        (manifest_with(format="other"), "of another program"),
        (manifest_with(facts=61), "counts do not add up"),
        (manifest_with(parts=[]), "list of parts"),
        (flipped, "checksum"),
        (climbing, "do not belong there"),
    ],
)
def test_what_was_changed_is_refused_before_anything_is_written(
    folder: Path, shop: Site, monkeypatch: pytest.MonkeyPatch, change: Any, said: str
) -> None:
    path = exported(shop, folder / "shop.zip")
    installation(folder / "two", monkeypatch)

    move = taken(rewritten(path, folder / "bad.zip", change))

    assert move.state == "failed"
    assert said in move.said
    assert Site.objects.count() == 0
    assert not list((folder / "two" / "spool").glob("*"))


def test_bombs_half_files_and_wrong_columns_are_refused(
    folder: Path, shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = exported(shop, folder / "shop.zip")
    installation(folder / "two", monkeypatch)
    plain = rewritten(path, folder / "packed.zip", other_types, packed=zipfile.ZIP_DEFLATED)
    half = folder / "half.zip"
    half.write_bytes(path.read_bytes()[:-400])
    month = folder / "month.parquet"
    with zipfile.ZipFile(path) as source:
        month.write_bytes(source.read("facts/2026-03.parquet"))
    table = pq.read_table(month)
    wrong = {
        "visitor": table.set_column(table.schema.get_field_index("visitor"), "visitor",
                                    pa.array(["x"] * table.num_rows)),
        "no verdict": table.set_column(
            table.schema.get_field_index("verdict"), pa.field("verdict", pa.string(), False),
            pa.array(["odd"] * table.num_rows)),
        "cannot be read": table.set_column(
            table.schema.get_field_index("props"), pa.field("props", pa.string(), False),
            pa.array(["{"] * table.num_rows)),
    }  # fmt: skip

    assert "is packed" in taken(plain).said
    assert "cut off" in taken(half).said
    for said, changed in wrong.items():
        pq.write_table(changed, month)
        assert said in taken(with_month(path, folder / "wrong.zip", month.read_bytes())).said
    assert Site.objects.count() == 0


def with_month(path: Path, target: Path, content: bytes) -> Path:
    """Put another file in the place of a month, with its right hash: whoever writes one can do that."""
    from hashlib import sha256

    def change(name: str, old: bytes) -> Any:
        if name == "manifest.json":
            known = json.loads(old)
            for part in known["parts"]:
                if part["name"] == "facts/2026-03.parquet":
                    part |= {"size": len(content), "sha256": sha256(content).hexdigest()}
            yield name, json.dumps(known).encode()
        else:
            yield name, content if name == "facts/2026-03.parquet" else old

    return rewritten(path, target, change)


def test_the_commands_write_and_take_in(
    folder: Path, shop: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "shop.zip"
    codes = [COMMANDS.get("site export").run(Namespace(site="shop", file=path))]
    installation(folder / "two", monkeypatch)

    codes += [COMMANDS.get("site import").run(Namespace(file=path)) for _again in range(2)]
    with pytest.raises(CommandFailed, match="no file"):
        COMMANDS.get("site import").run(Namespace(file=folder / "none.zip"))

    assert codes == [Exit.OK, Exit.OK, Exit.NOTHING_TO_DO]
    assert "shop: 60 new facts of 60 in the archive." in capsys.readouterr().out


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
