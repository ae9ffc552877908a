"""Which sites are arriving: an import is told by what it is at, not by what was asked for last."""

from argparse import Namespace
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from zoco.kit import holding
from zoco.kit.commands import COMMANDS, CommandFailed, Exit
from zoco.monitor.models import Goal
from zoco.moving import importing
from zoco.moving.arriving import half_keep, is_half_here, sites_arrived
from zoco.moving.models import SiteMove
from zoco.moving.moving import import_begin
from zoco.moving.running import MoveRefused
from zoco.moving.tests.moved import exported, installation, taken
from zoco.project.models import Change
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
    assert now.site is not None
    assert (is_half_here(now.site.pk), len(sites_arrived())) == (False, 1)


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


def test_a_site_whose_import_can_never_end_is_kept_as_it_is(site: Site) -> None:
    first, second = imported(site, "failed", is_fresh=True), imported(site, "stopped", is_fresh=True)
    elsewhere = Site.objects.create(slug="here", name="Here")
    imported(elsewhere, "failed", is_fresh=True)
    boss, page = client_of("owner"), f"/admin/moving/{first.pk}/"
    before = body(boss.get(page))

    refused = client_of("marketer").post(f"{page}act/", {"do": "keep"})
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = boss.cookies
    unasked = strict.post(f"{page}act/", {"do": "keep"})
    still = judged(site)
    boss.post(f"{page}act/", {"do": "keep"})

    assert 'value="keep"' in before
    assert (refused.status_code, unasked.status_code, still) == (302, 403, (False, True))
    assert judged(site) == (False, False)
    assert 'value="keep"' not in body(boss.get(page))
    told = Change.objects.filter(kind="zoco_moving.sitemove", details__is_fresh=[True, False])
    assert {each.subject for each in told} == {str(first.pk), str(second.pk)}
    assert is_half_here(elsewhere.pk)


def test_another_import_of_the_site_that_died_is_taken_as_it_is_with_the_one_that_is_kept(site: Site) -> None:
    first = imported(site, "failed", is_fresh=True)
    dead = imported(site, "running", is_fresh=True, quiet_minutes=11)

    client_of("owner").post(f"/admin/moving/{first.pk}/act/", {"do": "keep"})

    assert judged(site) == (False, False)
    assert SiteMove.objects.get(pk=dead.pk).state == "failed"


def test_keeping_is_of_imports_into_a_site_and_a_second_time_changes_nothing(site: Site) -> None:
    nowhere = SiteMove.objects.create(kind="in", name="x.zip", state="failed", is_fresh=True)
    out = SiteMove.objects.create(kind="out", site=site, name="x.zip", state="done")
    half = imported(site, "stopped", is_fresh=True)

    found = [half_keep(move=each) for each in (nowhere, out, half, half)]

    assert found == [0, 0, 1, 0]
    assert SiteMove.objects.get(pk=nowhere.pk).is_fresh
    boss = client_of("owner")
    for words in ("keep\0", "KEEP", "x" * 100_000):
        assert (
            boss.post(f"/admin/moving/{nowhere.pk}/act/", {"do": words, "site": "9" * 99}).status_code == 302
        )
    assert boss.post("/admin/moving/999999999/act/", {"do": "keep"}).status_code == 404


@pytest.mark.parametrize(
    ("state", "is_fresh"), [("running", True), ("waiting", True), ("done", True), ("failed", False)]
)
def test_only_an_import_that_made_a_site_and_was_cut_off_is_kept_as_it_is(
    site: Site, state: str, is_fresh: bool
) -> None:
    move = imported(site, state, is_fresh=is_fresh)
    boss, page = client_of("owner"), f"/admin/moving/{move.pk}/"

    shown = body(boss.get(page))
    boss.post(f"{page}act/", {"do": "keep"})

    assert 'value="keep"' not in shown
    assert SiteMove.objects.get().is_fresh == is_fresh


def test_what_was_kept_takes_no_settings_in_when_it_goes_on(
    folder: Path, shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = exported(shop, folder / "shop.zip")
    installation(folder / "two", monkeypatch)

    def fails(*_given: Any) -> None:
        raise MoveRefused("It never ends.")

    with monkeypatch.context() as patch:
        patch.setattr(importing, "settings_take", fails)
        move = taken(path)
    assert move.site is not None
    half = is_half_here(move.site.pk)
    half_keep(move=move)
    whole = not is_half_here(move.site.pk)
    again = taken(path)

    assert (move.state, half, whole) == ("failed", True, True)
    assert (again.pk, again.state, again.added, Goal.objects.count()) == (move.pk, "done", 60, 0)


def test_the_command_takes_up_an_import_whose_process_died(
    folder: Path, shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = exported(shop, folder / "shop.zip")
    installation(folder / "two", monkeypatch)
    begun = import_begin(name="shop.zip", size=path.stat().st_size, by=None, path=str(path))
    SiteMove.objects.filter(pk=begun.pk).update(state="running", is_to_stop=True)
    command, given = COMMANDS.get("site import"), Namespace(file=path, into="")

    with pytest.raises(CommandFailed, match="the same command goes on") as stopped:
        command.run(given)
    state = SiteMove.objects.get().state
    ended = command.run(given)

    assert (stopped.value.code, state) == (Exit.STOPPED, "stopped")
    assert (ended, SiteMove.objects.get().state) == (Exit.OK, "done")


def test_the_list_of_moves_tells_that_a_process_died(folder: Path) -> None:
    imported(Site.objects.create(slug="here", name="Here"), "running", quiet_minutes=11)

    client_of("owner").get("/admin/moving/")

    assert SiteMove.objects.get().state == "failed"
