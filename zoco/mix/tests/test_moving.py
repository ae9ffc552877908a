"""A site moves with its controls and tests of channels; what was fitted stays, and nothing is on the way."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from zoco.mix import fits
from zoco.mix.controls.services import controls_put
from zoco.mix.models import ChannelTest, Control, ControlDay, MediaMix
from zoco.moving.tests.conftest import folder as folder
from zoco.moving.tests.conftest import shop as shop
from zoco.moving.tests.moved import exported, installation, taken
from zoco.project.tests.readers import client_of
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
FIRST = date(2026, 1, 5)
DAYS = {
    "Precio, sin IVA": {FIRST: 19.9, date(2026, 1, 6): -3.25},
    "降雨": {FIRST: 1e11, date(2020, 2, 29): 0.0},
}


def days() -> list[tuple[str, date, float]]:
    return list(
        ControlDay.objects.order_by("control__name", "on").values_list("control__name", "on", "value")
    )


def made(shop: Site) -> None:
    """Write down controls and a test of a channel; keep a model that was fitted."""
    controls_put(site=shop.pk, columns=DAYS, by=None, at=NOW)
    ChannelTest.objects.create(
        site=shop, channel="news", first_on=FIRST, last_on=date(2026, 1, 18), change=-200.5, effect=-31,
        error=4, is_revenue=False, goals=["Call", "Order"],
    )  # fmt: skip
    MediaMix.objects.create(
        site=shop, first_on=FIRST, weeks_count=60, state="done", controls=["control:Precio, sin IVA"],
        weeks={"first_on": "2026-01-05"}, created_at=NOW, told_at=NOW,
    )  # fmt: skip


def test_controls_move_along_and_nothing_is_fitted_in_a_request(
    folder: Path, shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(shop)
    before, path = days(), exported(shop, folder / "shop.zip")
    installation(folder / "two", monkeypatch)
    assert not Control.objects.exists()
    monkeypatch.setattr(fits, "do", lambda _mix: pytest.fail("It was fitted on the way."))

    first = taken(path)
    after = days()
    ControlDay.objects.filter(on=FIRST).update(value=7.0)
    second = taken(path)
    marketer = client_of("marketer")
    listed = marketer.get("/admin/media-mix/?site=shop")
    shown = marketer.get("/admin/media-mix/controls/?site=shop")

    assert len(before) == 4
    assert after == before
    assert (first.state, first.found["refused"]) == ("done", [])
    assert (second.state, second.added) == ("done", 0)
    # What is there already is left as it is; nothing comes twice.
    assert [value for _name, on, value in days() if on == FIRST] == [7.0, 7.0]
    assert len(days()) == 4
    assert Control.objects.filter(site=first.site).count() == 2
    test = ChannelTest.objects.get()
    assert (test.site_id, test.channel, test.change, test.effect) == (first.site_id, "news", -200.5, -31)
    assert test.goals == ["Call", "Order"]
    assert not MediaMix.objects.exists()
    assert b"Precio, sin IVA" in shown.content
    assert b'value="control:Precio, sin IVA"' in listed.content
