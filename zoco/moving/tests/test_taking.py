"""Settings of an archive come in a few at once: held to a number, stopped, gone on with, none twice."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from zoco.kit.runs import RunStopped
from zoco.monitor.models import Annotation, Goal
from zoco.moving import exporting, taking
from zoco.moving.models import SiteMove
from zoco.moving.parts import Part
from zoco.moving.tests.moved import exported, installation, taken
from zoco.moving.tests.test_archives import with_part
from zoco.sites.models import Hostname, Site
from zoco.sites.services import site_create

pytestmark = pytest.mark.django_db


def settings(**parts: list[Any]) -> taking.Settings:
    return {"site": {}, "parts": parts}


def test_what_was_taken_before_a_stop_is_not_taken_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation(folder / "two", monkeypatch)
    monkeypatch.setattr(taking, "AT_ONCE", 2)
    site = site_create(name="New")
    move = SiteMove.objects.create(kind="in", name="x", site=site, is_fresh=True)
    goals = [{"name": f"Goal {number}", "pattern": f"/{number}"} for number in range(5)]
    told = settings(goals=goals, annotations=[{"on": "2026-04-01", "kind": "note", "text": "April"}])
    done: list[int] = []

    def tell(**fields: int) -> None:
        done.append(fields["done"])
        if len(done) == 3:
            raise RunStopped

    with pytest.raises(RunStopped):
        taking.settings_take(move, site, told, tell)
    kept = SiteMove.objects.get()
    first = Goal.objects.count()
    Goal.objects.get(name="Goal 1").delete()
    taking.settings_take(kept, site, told, tell)
    taking.settings_take(kept, site, told, tell)

    assert (taking.portions_of(told), first, done) == (4, 4, [0, 1, 2, 0, 1])
    assert sorted(Goal.objects.values_list("name", flat=True)) == ["Goal 0", "Goal 2", "Goal 3", "Goal 4"]
    assert Annotation.objects.count() == 1
    assert SiteMove.objects.get().found == {"settings": 6, "refused": [], "refused_count": 0}


def test_refused_rows_are_counted_and_no_more_are_kept_than_are_shown(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation(folder / "two", monkeypatch)
    site = site_create(name="New")
    move = SiteMove.objects.create(kind="in", name="x", site=site, is_fresh=True)

    taking.settings_take(move, site, settings(hostnames=[0] * 450), lambda **fields: None)

    assert move.found["refused_count"] == 450
    assert len(move.found["refused"]) == taking.REFUSED_KEPT
    assert Hostname.objects.count() == 0


def test_more_rows_than_a_part_may_have_are_refused_before_anything_is_written(
    folder: Path, shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = exported(shop, folder / "shop.zip")
    with zipfile.ZipFile(path) as file:
        told = json.loads(file.read("settings.json"))
    told["parts"]["goals"] *= 201
    installation(folder / "two", monkeypatch)

    move = taken(with_part(path, folder / "many.zip", json.dumps(told).encode(), part="settings.json"))

    assert "it holds 201 goals, and 200 is the most" in move.said
    assert Site.objects.count() == 0


def test_what_is_packed_is_read_before_the_transaction_that_others_wait_for(
    folder: Path, shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    depths: list[int] = []

    def packed(site: int) -> Iterator[dict[str, Any]]:
        depths.append(len(connection.savepoint_ids))
        yield {"site": site}

    part = Part("packed", "zoco_sites.Hostname", (), (), rows=packed)
    monkeypatch.setattr(exporting, "parts_all", lambda: [part])
    before = len(connection.savepoint_ids)

    entry = exporting._settings(shop, folder)

    assert depths == [before]
    assert json.loads((folder / entry.name).read_bytes())["parts"] == {"packed": [{"site": shop.pk}]}


def test_rows_that_are_much_by_themselves_are_taken_in_fewer_at_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation(folder / "two", monkeypatch)
    site = site_create(name="New")
    move = SiteMove.objects.create(kind="in", name="x", site=site, is_fresh=True)
    told, done = settings(**{"units of bandits": [0] * 3}), list[int]()

    taking.settings_take(move, site, told, lambda **fields: done.append(fields["done"]))

    assert (taking.portions_of(told), done) == (3, [0, 1, 2])
    assert move.found["refused_count"] == 3
