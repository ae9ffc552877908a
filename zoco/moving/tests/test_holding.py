"""Two processes at one reset, or one move: who lives is left alone however long it says nothing."""

import os
import signal
import time
from argparse import Namespace
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections
from django.utils import timezone

from zoco.kit import runs
from zoco.kit.commands import COMMANDS, CommandFailed
from zoco.ledger.store import opening
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.moving import resetting, running
from zoco.moving.exporting import export_begin
from zoco.moving.models import SiteMove, SiteReset
from zoco.moving.tests.moved import FIRST
from zoco.project.models import Change
from zoco.project.tests.readers import body, client_of
from zoco.sites import leaving
from zoco.sites.models import GoneSite, Site
from zoco.sites.services import site_delete

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True), pytest.mark.alone]
LONG_AGO = 2 * runs.QUIET


def at_work(work: Callable[[], object], sign: Path) -> int:
    """Begin something in another process, and return its number as soon as the sign is there."""
    opening.close()
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            work()
        finally:
            os._exit(1)
    end = time.monotonic() + 20
    while not sign.exists():
        assert time.monotonic() < end
        time.sleep(0.02)
    return child


def killed(child: int) -> None:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def test_a_reset_that_says_nothing_is_alone_until_its_process_ends(
    shop: Site, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign = folder / "sign"

    def long_work(*_given: object) -> None:
        sign.touch()
        time.sleep(60)

    asked_at = timezone.now()
    reset = resetting.reset_begin(site=shop.pk, by=None, at=asked_at, is_background=False)
    with monkeypatch.context() as patch:
        patch.setattr(leaving, "FORGET", {"long": long_work})
        child = at_work(lambda: resetting.reset_through(key=reset.pk, store=opening.store()), sign)
    SiteReset.objects.update(told_at=timezone.now() - LONG_AGO)

    assert "The process ended" not in body(client_of("owner").get(f"/admin/reset/{shop.slug}/"))
    assert resetting.reset_begin(site=shop.pk, by=None, at=timezone.now()).pk == reset.pk
    with pytest.raises(CommandFailed, match="under way"):
        COMMANDS.get("site reset").run(Namespace(site=shop.slug, yes=shop.name))
    assert SiteReset.objects.get().state == "running"

    killed(child)
    SiteReset.objects.update(told_at=timezone.now() - LONG_AGO)
    COMMANDS.get("site reset").run(Namespace(site=shop.slug, yes=shop.name))  # goes on with the same one
    done = SiteReset.objects.get()
    assert (done.state, done.asked_at) == ("done", asked_at)


def test_what_a_killed_process_erased_is_counted_and_told(
    shop: Site, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    retain, sign = DuckStore.retain, folder / "sign"
    there, _first = leaving.facts_until(opening.store(), shop.pk, leaving.EVER)

    def erased_and_not_told(store: DuckStore, site: int, before: int) -> int:
        gone = retain(store, site, before)
        if gone:
            sign.touch()
            time.sleep(60)
        return gone

    def cut_off(work: Callable[[], object]) -> None:
        sign.unlink(missing_ok=True)
        with monkeypatch.context() as patch:
            patch.setattr(DuckStore, "retain", erased_and_not_told)
            killed(at_work(work, sign))

    reset = resetting.reset_begin(site=shop.pk, by=None, at=FIRST + timedelta(hours=4), is_background=False)
    cut_off(lambda: resetting.reset_through(key=reset.pk, store=opening.store()))
    resetting.reset_through(key=reset.pk, store=opening.store())
    first = SiteReset.objects.get()
    gone = shop.pk
    site_delete(site=shop)
    cut_off(lambda: leaving.gone_empty(store=opening.store(), site=gone))
    leaving.gone_empty(store=opening.store(), site=gone)

    rest = GoneSite.objects.get()
    assert 0 < first.facts < there
    assert (first.total, first.facts + rest.facts, rest.left) == (first.facts, there, 0)
    told = Change.objects.filter(kind__in=("zoco_moving.sitereset", "zoco_sites.gonesite"), action="changed")
    assert [each.details["facts"] for each in told.order_by("id")] == [[0, first.facts], [0, rest.facts]]


def test_a_move_that_says_nothing_is_alone_until_its_process_ends(shop: Site, folder: Path) -> None:
    sign, begun = folder / "sign", []

    def long_work(*_given: object) -> None:
        sign.touch()
        time.sleep(60)

    move = export_begin(site=shop, by=None)
    child = at_work(lambda: running.run_through(key=move.pk, work={SiteMove.Kind.OUT: long_work}), sign)
    SiteMove.objects.update(told_at=timezone.now() - LONG_AGO)

    running.tidy()
    other = running.run_through(key=move.pk, work={SiteMove.Kind.OUT: lambda *given: begun.append(given)})
    assert (other.state if other else "", begun) == ("running", [])

    killed(child)
    SiteMove.objects.update(told_at=timezone.now() - LONG_AGO)
    running.tidy()
    assert (SiteMove.objects.get().state, SiteMove.objects.get().said) == ("failed", "The process ended.")


def test_a_run_says_that_it_lives_while_its_process_is_at_something_long(shop: Site) -> None:
    move = export_begin(site=shop, by=None)
    SiteMove.objects.update(told_at=timezone.now() - LONG_AGO)

    with runs.beating(SiteMove.objects.filter(pk=move.pk), every_seconds=0.05):
        time.sleep(0.5)

    assert SiteMove.objects.get().told_at > timezone.now() - timedelta(seconds=30)
