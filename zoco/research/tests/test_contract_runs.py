"""Tables of contracts are worked out in the background: kind by kind, stopped, killed, moved, bounded."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from zoco.moving.parts import parts_all, rows_of, rows_take
from zoco.people.importing.typed import table_read
from zoco.project.tests.readers import body, client_of
from zoco.research.contracts import runs, working
from zoco.research.contracts.forms import EXAMPLE
from zoco.research.contracts.reading import groups_read
from zoco.research.contracts.runs import RUNS, look, table_again, table_through
from zoco.research.models import TABLES_MOST, ContractTable
from zoco.sites.access.services import sites_seen_set
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db
PAGE = "/admin/research/contracts/"
AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
GROUPS = [{"name": each.name, "counts": each.counts} for each in groups_read(table_read(EXAMPLE.encode()))[0]]
FORM = {
    "site": "shop",
    "name": "Paper",
    "period": "year",
    "columns": "kinds",
    "discount": "10",
    "text": EXAMPLE,
}


def kept(site: Site, **over: Any) -> ContractTable:
    return runs.table_keep(table=ContractTable(site=site, name="Paper", groups=GROUPS, **over), at=AT)


def through(table: ContractTable) -> ContractTable:
    ended = table_through(key=table.pk)
    assert ended is not None
    return ended


def names(table: ContractTable) -> list[str]:
    return [each["name"] for each in table.found.get("groups", ())]


def _counting(seen: list[str]) -> Callable[[ContractTable, Any], Iterator[dict[str, Any]]]:
    def counted(table: ContractTable, kinds: Any) -> Iterator[dict[str, Any]]:
        for each in working.worked(table, kinds):
            seen.append(each["name"])
            yield each

    return counted


@pytest.fixture
def fits(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return which kinds are worked out."""
    seen: list[str] = []
    monkeypatch.setattr(runs, "worked", _counting(seen))
    return seen


def test_no_request_fits_and_the_page_says_how_far_it_is(site: Site, fits: list[str]) -> None:
    marketer = client_of("marketer")

    marketer.post(PAGE, FORM)

    table = ContractTable.objects.get()
    assert (table.state, table.found, fits) == ("waiting", {}, [])
    assert DBTaskResult.objects.filter(task_path="zoco.research.tasks.contracts_do").count() == 1
    waiting = body(marketer.get(f"{PAGE}{table.pk}/"))
    assert "It waits for its turn." in waiting
    assert "data-z-again" in waiting
    ContractTable.objects.filter(pk=table.pk).update(state="running")
    assert "Worked out: 0 of 2" in body(marketer.get(f"{PAGE}{table.pk}/"))
    assert "Running" in body(marketer.get(PAGE))
    assert fits == []
    through(table)
    done = body(marketer.get(f"{PAGE}{table.pk}/"))
    assert "data-z-again" not in done
    assert "Change the table" in done
    assert fits == ["Regular", "High End"]


def test_one_that_is_stopped_keeps_what_is_there_and_goes_on(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = kept(site)

    def stopping(of: ContractTable, kinds: Any) -> Iterator[dict[str, Any]]:
        for each in working.worked(of, kinds):
            RUNS.stop(of)
            yield each

    monkeypatch.setattr(runs, "worked", stopping)
    stopped = through(table)
    assert (stopped.state, names(stopped)) == ("stopped", ["Regular"])
    fits: list[str] = []
    monkeypatch.setattr(runs, "worked", _counting(fits))

    page = body(client_of("marketer").get(f"{PAGE}{table.pk}/"))
    assert "It was stopped before all was worked out." in page
    assert table_again(table=table)
    ended = through(table)

    assert (ended.state, names(ended), fits) == ("done", ["Regular", "High End"], ["High End"])
    assert ended.found["groups"] == list(working.worked(ended, working.kinds_of(ended)))
    assert not table_again(table=ended), "what is done is not worked out again"


def test_one_that_was_killed_goes_on_with_what_is_not_there(site: Site, fits: list[str]) -> None:
    table = kept(site)
    ended = through(table)
    first, _second = ended.found["groups"]
    # Whoever is killed leaves it as its last kind was written; its task runs again.
    ContractTable.objects.filter(pk=table.pk).update(state="running", found={"groups": [first]})
    fits.clear()

    again = through(table)

    assert (again.state, fits) == ("done", ["High End"])
    assert again.found == ended.found


@pytest.mark.crash
def test_one_whose_process_is_gone_has_failed_and_says_so(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    table = kept(site)
    running = ContractTable.objects.filter(pk=table.pk)
    hour = timezone.now() - timedelta(hours=1)
    running.update(state="running", told_at=hour)
    code = (
        "import time; from zoco.kit import holding\n"
        f"with holding.held({RUNS.held_in!r}, {str(table.pk)!r}): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        look()
        assert running.get().state == "running", "it lives, however long it says nothing"
        holder.kill()

    look()

    assert (running.get().state, running.get().said) == ("failed", "The process ended.")
    page = body(client_of("marketer").get(f"{PAGE}{table.pk}/"))
    assert "The process ended." in page
    assert "Go on" in page


def test_a_table_is_not_changed_while_it_is_worked_out(site: Site) -> None:
    table = kept(site)

    answer = client_of("marketer").post(f"{PAGE}{table.pk}/", FORM | {"name": "Other"})

    assert answer.status_code == 422
    assert "is being worked out; stop it or wait until it is done" in body(answer)
    table.refresh_from_db()
    assert (table.name, table.groups) == ("Paper", GROUPS)


def test_only_who_may_change_it_stops_it(site: Site) -> None:
    table, marketer = kept(site), client_of("marketer")

    client_of("analyst").post(f"{PAGE}{table.pk}/run/", {"do": "stop"})
    table.refresh_from_db()
    assert table.state == "waiting"
    marketer.post(f"{PAGE}{table.pk}/run/", {"do": "stop"})
    table.refresh_from_db()
    assert table.state == "stopped"
    marketer.post(f"{PAGE}{table.pk}/run/", {"do": "again"})
    table.refresh_from_db()
    assert table.state == "waiting"


def test_whoever_does_not_see_the_site_finds_no_table(site: Site) -> None:
    table = kept(site)
    other = Site.objects.create(slug="other", name="Other", currency="EUR")
    some = client_of("marketer")
    sites_seen_set(user=User.objects.get(pk=some.session["_auth_user_id"]), sites=[other])

    answers = [some.get(f"{PAGE}{table.pk}/"), some.post(f"{PAGE}{table.pk}/run/", {"do": "stop"})]

    assert [each.status_code for each in answers] == [404, 404]
    table.refresh_from_db()
    assert table.state == "waiting"


def test_a_site_that_moves_has_its_tables_worked_out_where_it_goes(site: Site, fits: list[str]) -> None:
    through(kept(site))
    there = Site.objects.create(slug="there", name="There", currency="EUR")
    part = next(each for each in parts_all() if each.key == "tables of contracts")
    fits.clear()

    rows_take(part, there.pk, list(rows_of(part, site.pk)))

    moved = ContractTable.objects.get(site=there)
    page = body(client_of("marketer").get(f"{PAGE}{moved.pk}/"))
    assert "It waits for its turn." in page
    assert (moved.state, fits) == ("new", []), "a page that is looked at works nothing out"
    assert look() == 1
    assert look() == 0, "it is queued once"
    assert through(moved).found == ContractTable.objects.get(site=site).found


def test_a_site_has_so_many_tables_at_most(site: Site) -> None:
    blank = {"site": site, "groups": GROUPS, "state": "done"}
    ContractTable.objects.bulk_create(ContractTable(name=str(at), **blank) for at in range(TABLES_MOST))
    part = next(each for each in parts_all() if each.key == "tables of contracts")

    answer = client_of("marketer").post(PAGE, FORM)
    row = {"name": "Paper", "period": "year", "is_together": False, "discount": 10.0, "groups": GROUPS}
    taken = rows_take(part, site.pk, [row | {"money": None}])

    assert answer.status_code == 422
    assert "This site has 100 tables of contracts" in body(answer)
    assert "This site has 100 tables of contracts" in taken.refused[0]
    assert ContractTable.objects.count() == TABLES_MOST


def test_a_table_has_so_many_kinds_at_most(site: Site) -> None:
    head = ",".join(f"kind {at}" for at in range(13))
    text = f"year,{head}\n0{',100' * 13}\n1{',90' * 13}\n"

    answer = client_of("marketer").post(PAGE, FORM | {"text": text})

    assert answer.status_code == 422
    assert "Columns of customers: 13; at most 12 are worked out" in body(answer)
    assert not ContractTable.objects.exists()
