"""Which sites are arriving: an import is told by what it is at, not by what was asked for last."""

from argparse import Namespace
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from zoco.kit import holding
from zoco.kit.commands import COMMANDS, CommandFailed
from zoco.moving import importing
from zoco.moving.arriving import is_half_here, sites_arrived
from zoco.moving.models import SiteMove
from zoco.moving.tests.moved import exported, installation, taken
from zoco.project.tests.readers import body, client_of
from zoco.sites import reads
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db


def test_a_second_command_while_an_import_runs_leaves_it_to_its_end(
    folder: Path, shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = exported(shop, folder / "shop.zip")
    installation(folder / "two", monkeypatch)
    monkeypatch.setattr(holding, "MOMENT", 0.1)
    real, said = importing._facts_take, []

    def take(*given: Any) -> None:
        with pytest.raises(CommandFailed, match="Another process is at it") as refused:
            COMMANDS.get("site import").run(Namespace(file=path, into=""))
        said.append((str(refused.value), SiteMove.objects.get().state))
        real(*given)

    monkeypatch.setattr(importing, "_facts_take", take)
    move = taken(path)

    now = SiteMove.objects.get()
    assert {state for _words, state in said} == {"running"}
    assert (move.state, now.state, now.added) == ("done", "done", 60)
    assert (is_half_here(now.site_id), len(sites_arrived())) == (False, 1)


@pytest.fixture
def site() -> Iterator[Site]:
    reads.forget()
    yield Site.objects.create(slug="there", name="There")
    reads.forget()


def imported(site: Site, state: str, *, is_fresh: bool = False, quiet_minutes: int = 0) -> SiteMove:
    move = SiteMove.objects.create(kind="in", site=site, name="shop.zip", state=state, is_fresh=is_fresh)
    SiteMove.objects.filter(pk=move.pk).update(told_at=timezone.now() - timedelta(minutes=quiet_minutes))
    return move


def judged(site: Site) -> tuple[bool, bool]:
    """Say whether alarms of a site are off, and whether its trials wait."""
    return site.pk not in {each.id for each in sites_arrived()}, is_half_here(site.pk)


@pytest.mark.parametrize("state", ["waiting", "running"])
@pytest.mark.parametrize("is_fresh", [True, False])
def test_an_import_whose_process_died_keeps_no_alarm_off_for_longer_than_ten_minutes(
    site: Site, state: str, is_fresh: bool
) -> None:
    move = imported(site, state, is_fresh=is_fresh, quiet_minutes=9)
    before = judged(site)
    SiteMove.objects.filter(pk=move.pk).update(told_at=timezone.now() - timedelta(minutes=11))

    assert before == (True, True)
    assert judged(site) == (False, is_fresh)


def test_half_of_the_facts_stays_a_half_when_another_import_is_cut_off_too(site: Site) -> None:
    imported(site, "stopped", is_fresh=True)
    later = imported(site, "failed")
    assert judged(site) == (False, True)

    SiteMove.objects.filter(pk=later.pk).update(state="done")

    assert judged(site) == (False, False)


def test_an_older_import_that_is_gone_on_with_is_under_way(site: Site) -> None:
    first = imported(site, "stopped", is_fresh=True)
    imported(site, "done")
    assert judged(site) == (False, False)

    SiteMove.objects.filter(pk=first.pk).update(state="running")

    assert judged(site) == (True, True)


def test_what_ended_before_an_import_was_cut_off_completes_nothing(site: Site) -> None:
    imported(site, "done")
    imported(site, "stopped", is_fresh=True)

    assert judged(site) == (False, True)


def test_the_page_of_an_import_whose_process_died_offers_to_go_on(folder: Path) -> None:
    move = imported(Site.objects.create(slug="here", name="Here"), "running", quiet_minutes=11)
    (folder / "shop.zip").touch()
    SiteMove.objects.filter(pk=move.pk).update(path=str(folder / "shop.zip"))

    shown = body(client_of("owner").get(f"/admin/moving/{move.pk}/"))

    assert "The process ended." in shown
    assert 'value="go"' in shown
