"""Installations that a site leaves and comes to, and what it has of each kind."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from zoco.kit.ids import uuid8
from zoco.kit.periods import micros
from zoco.ledger.schema import Fact
from zoco.ledger.store import opening
from zoco.moving import moving
from zoco.moving.exporting import export_begin
from zoco.moving.models import SiteMove
from zoco.moving.targets import target_confirm
from zoco.project.tests.readers import client_of
from zoco.sites import reads
from zoco.sites.models import Site

FIRST = datetime(2026, 3, 30, 23, 40, tzinfo=UTC)
REPORTS = ("pages", "sources", "goals")
SECRET = "https://hooks.example/T0KEN-OF-OURS"


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


def reports() -> dict[str, Any]:
    """Return what reports say, whatever the engine."""
    boss = client_of("owner")
    query = "site=shop&period=2026-03-01..2026-04-30"
    asked = {key: f"{key}?{query}" for key in REPORTS}
    asked["past"] = "traffic?site=shop&period=2024-12-01..2025-01-31"
    found = {key: boss.get(f"/api/v1/reports/{each}").json() for key, each in asked.items()}
    for each in found.values():
        assert each.pop("seconds")
        assert each.pop("query")
    return found


def answers() -> dict[str, Any]:
    """Return what reports say, and every fact with its evidence."""
    return reports() | {
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
    return confirmed(found)


def confirmed(move: SiteMove) -> SiteMove:
    """Say yes where an import asks whether a site that is here is the right one, and go on."""
    if move.state != SiteMove.State.ASKING or move.target is None:
        return move
    target_confirm(move=move, site=move.target.pk, is_background=False)
    found = moving.through(key=move.pk)
    assert found is not None
    return found
