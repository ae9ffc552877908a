"""Runs of attribution: from their order to their credits, stopped, taken up after a death, downloaded."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from zoco.kit import holding
from zoco.ledger.schema import Fact
from zoco.ledger.store.base import QueryFailed, StoreBusy
from zoco.ledger.tests.pictures import drawn as file_of
from zoco.ledger.tests.pictures import said as texts
from zoco.ledger.tests.reports.made import SITE, ledger
from zoco.monitor.attribution import counting, explained, said, services
from zoco.monitor.attribution.services import AttributionWrong
from zoco.monitor.leaving import site_forget
from zoco.monitor.models import AttributionRun, ConversionRule
from zoco.monitor.services import goal_create
from zoco.monitor.tests.conversions.walked import BY_PERSON, ORDER, made, walks
from zoco.sites.models import Site
from zoco.sites.runs import UNANSWERED
from zoco.stats.attribution import Measure

pytestmark = pytest.mark.django_db
State = AttributionRun.State
FACTS: list[Fact] = made(3, 600)
DAYS = {"first": date(2026, 3, 10), "last": date(2026, 3, 20)}


@pytest.fixture(scope="module")
def _ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with ledger(tmp_path_factory.mktemp("runs"), FACTS):
        yield


@pytest.fixture
def site(_ledger: None) -> Site:
    made_here = Site.objects.create(pk=SITE.id, slug="shop", name="Shop", zone=SITE.zone)
    goal_create(site=made_here.pk, name="Order", kind="event", event=ORDER)
    goal_create(site=made_here.pk, name="Contact", kind="page", pattern="/contact")
    ConversionRule.objects.create(site=made_here, goals=[], lookback_days=5)
    return made_here


@pytest.fixture
def run(site: Site) -> AttributionRun:
    return services.run_begin(site=site.pk, by="channel", user=None, **DAYS)


def test_a_run_credits_all_that_was_converted(run: AttributionRun) -> None:
    found = services.run_through(key=run.pk)

    walked = [each for each in walks(FACTS, BY_PERSON) if each.is_converted]
    assert found is not None
    kept = AttributionRun.objects.get()
    assert (kept.state, kept.said, kept.done, kept.total) == (State.DONE, "", 19, 19)
    assert found.result["stands"]["conversions"] == len(walked)
    assert kept.rule == {
        "goals": ["Order", "Contact"], "lookback_days": 5, "is_by_person": True, "currency": "EUR",
        "zone": "Europe/Madrid",
    }  # fmt: skip
    table = said.table(kept, Measure.REVENUE)
    whole = sum(each.value for each in walked)
    assert {cell.text for cell in table["whole"]} == {f"{whole:,.2f}"}
    assert [head.key for head in table["heads"]] == list(counting.MODELS)
    assert table["problems"] == []


def test_every_model_is_explained() -> None:
    assert tuple(explained.EXPLAINED) == counting.MODELS


def test_a_run_that_is_stopped_ends_at_its_next_step(
    run: AttributionRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = counting.paths_of

    def stopping(*given: object) -> object:
        services.RUNS.stop(run)
        return counted(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(counting, "paths_of", stopping)

    found = services.run_through(key=run.pk)

    assert found is not None
    assert (found.state, AttributionRun.objects.get().result) == (State.STOPPED, {})
    services.run_again(run=run)
    assert AttributionRun.objects.get().state == State.WAITING


def test_one_that_waits_is_stopped_at_once(run: AttributionRun) -> None:
    services.RUNS.stop(run)

    found = services.run_through(key=run.pk)

    assert found is not None
    assert found.state == State.STOPPED


def test_what_a_dead_worker_left_begins_anew(run: AttributionRun) -> None:
    AttributionRun.objects.update(state=State.COUNTING, done=7)

    found = services.run_through(key=run.pk)

    assert found is not None
    assert found.state == State.DONE


def test_a_second_worker_leaves_a_run_alone(run: AttributionRun) -> None:
    with holding.held(services.RUNS.held_in, str(run.pk)):
        found = services.run_through(key=run.pk)

    assert found is not None
    assert found.state == State.WAITING


def test_a_run_that_is_gone_is_no_error(run: AttributionRun) -> None:
    AttributionRun.objects.all().delete()

    assert services.run_through(key=run.pk) is None


def test_a_run_that_is_deleted_meanwhile_ends_and_stays_deleted(
    run: AttributionRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted, credited = counting.paths_of, []

    def deleting(*given: object) -> object:
        AttributionRun.objects.all().delete()
        return counted(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(counting, "paths_of", deleting)
    monkeypatch.setattr(counting, "credits_of", lambda *given: credited.append(given))

    found = services.run_through(key=run.pk)

    assert found is not None
    assert found.state == State.STOPPED
    assert not AttributionRun.objects.exists()
    assert credited == []


@pytest.mark.parametrize("wrong", [StoreBusy("held"), QueryFailed("Binder Error: no such column")])
def test_a_ledger_that_does_not_answer_is_said_in_the_language_of_the_reader(
    client: Client, run: AttributionRun, monkeypatch: pytest.MonkeyPatch, wrong: Exception
) -> None:
    def failing(*given: object) -> object:
        raise wrong

    monkeypatch.setattr(counting, "paths_of", failing)

    services.run_through(key=run.pk)

    kept = AttributionRun.objects.get()
    assert (kept.state, kept.said) == (State.FAILED, UNANSWERED)
    client.force_login(User.objects.create_superuser("ana"))
    shown = client.get(f"/admin/attribution/{run.pk}/", headers={"accept-language": "es"}).content.decode()
    assert "El registro no respondió; inténtelo de nuevo en un momento." in shown


def test_the_same_is_counted_once_at_a_time(client: Client, site: Site, run: AttributionRun) -> None:
    with pytest.raises(AttributionWrong, match="is being counted already"):
        services.run_begin(site=site.pk, by="channel", user=None, **DAYS)

    other = services.run_begin(site=site.pk, by="source", user=None, **DAYS)
    AttributionRun.objects.filter(pk=run.pk).update(state=State.STOPPED)
    again = services.run_begin(site=site.pk, by="channel", user=None, **DAYS)
    assert {other.pk, again.pk} == {run.pk + 1, run.pk + 2}
    with pytest.raises(AttributionWrong, match="is being counted already"):
        services.run_again(run=run)
    client.force_login(User.objects.create_superuser("ana"))
    answer = client.post(f"/admin/attribution/{run.pk}/act/", {"do": "again"}, follow=True)
    assert "is being counted already" in answer.content.decode()


def test_one_that_died_is_in_nobodys_way(site: Site, run: AttributionRun) -> None:
    AttributionRun.objects.update(state=State.COUNTING, told_at=timezone.now() - timedelta(hours=1))

    services.run_begin(site=site.pk, by="channel", user=None, **DAYS)

    states = AttributionRun.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [State.FAILED, State.WAITING]


def test_a_run_that_nobody_is_at_has_failed(run: AttributionRun) -> None:
    AttributionRun.objects.update(state=State.COUNTING, told_at=timezone.now() - timedelta(hours=1))

    services.tidy()

    assert AttributionRun.objects.get().state == State.FAILED


def test_too_little_data_is_said_and_no_figure_shown(run: AttributionRun) -> None:
    AttributionRun.objects.update(first_on=date(2026, 3, 10), last_on=date(2026, 3, 10))

    found = services.run_through(key=run.pk)

    assert found is not None
    table = said.table(found, Measure.CONVERSIONS)
    assert table["problems"][0].startswith("Too little data: ")
    assert [row.cells for row in table["rows"]] == [[]] * 5
    assert all(row.lack.endswith("of 100 people") for row in table["rows"])
    assert table["has_any"]


def test_a_period_without_a_conversion_shows_no_table_of_zeros(client: Client, run: AttributionRun) -> None:
    client.force_login(User.objects.create_superuser("ana"))
    AttributionRun.objects.update(first_on=date(2025, 3, 10), last_on=date(2025, 3, 10))
    services.run_through(key=run.pk)

    page = client.get(f"/admin/attribution/{run.pk}/").content.decode()

    assert "Too little data: figures mean something once 100 people have converted; so far it is 0." in page
    assert "z-credits" in page
    assert "data-label=" not in page


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"by": "weather"}, "cannot be told apart"),
        ({"first": date(2026, 3, 21)}, "between 1 and 732 days"),
        ({"first": date(2020, 1, 1)}, "between 1 and 732 days"),
    ],
)
def test_what_cannot_be_counted_is_refused(site: Site, given: dict[str, object], words: str) -> None:
    asked = {"site": site.pk, "by": "channel", "user": None, **DAYS, **given}

    with pytest.raises(AttributionWrong, match=words):
        services.run_begin(**asked)  # type: ignore[arg-type]

    assert not AttributionRun.objects.exists()


def test_a_site_that_goes_takes_its_runs_along(run: AttributionRun) -> None:
    site_forget(run.site_id, timezone.now())

    assert not AttributionRun.objects.exists()
    assert ConversionRule.objects.count() == 1


def test_pages_show_a_run_and_hand_it_out(client: Client, run: AttributionRun, tmp_path: Path) -> None:
    client.force_login(User.objects.create_superuser("ana"))
    services.run_through(key=run.pk)
    where = f"/admin/attribution/{run.pk}/"

    listing, page = client.get("/admin/attribution/"), client.get(f"{where}?of=conversions")
    rows = list(csv.DictReader(client.get(f"{where}credits.csv").content.decode().splitlines()))

    made = texts(file_of(client.get(where, {"of": "conversions", "picture": "credits"}).content.decode()))

    assert made[0] == "Credits by model"
    assert any(each.startswith("Uncertainty: Below each figure") for each in made)
    assert "How is this computed" in page.content.decode()
    assert f'href="{where}"' in listing.content.decode()
    assert "Markov 2" in page.content.decode()
    assert page.content.decode().count('data-label="Shapley"') >= 2
    assert 'role="img" aria-label="Display: from ' in page.content.decode()
    whole = run.result or AttributionRun.objects.get().result
    total = whole["credits"]["revenue shapley"]["total"]
    mine = [each for each in rows if (each["of"], each["model"]) == ("revenue", "shapley")]
    assert sum(round(float(each["credit"]) * 10_000) for each in mine) == total
    assert client.post(f"{where}act/", {"do": "delete"}).status_code == 302
    assert not AttributionRun.objects.exists()


def test_a_form_that_says_nonsense_begins_nothing(client: Client, site: Site) -> None:
    client.force_login(User.objects.create_superuser("ana"))
    wrong = {"site": "99", "by": "'", "first": "2026-03-20", "last": "yesterday"}

    answer = client.post("/admin/attribution/new/", wrong)

    assert answer.status_code == 200
    assert not AttributionRun.objects.exists()


def test_days_that_are_still_to_come_are_refused(client: Client, site: Site) -> None:
    client.force_login(User.objects.create_superuser("ana"))
    ahead = {"site": site.pk, "by": "channel", "first": "2199-01-01", "last": "2199-02-01"}

    answer = client.post("/admin/attribution/new/", ahead)

    assert "These days are still to come" in answer.content.decode()
    assert not AttributionRun.objects.exists()
