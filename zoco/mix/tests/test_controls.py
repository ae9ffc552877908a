"""Controls: taken in line by line, put right when they come again, their gaps said, and in the model."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from zoco.ledger.tests.reports.made import SITE, ledger
from zoco.mix.controls.reading import controls_read
from zoco.mix.controls.screens import gaps_of
from zoco.mix.controls.series import by_period
from zoco.mix.controls.services import CONTROLS_MOST, TooManyControls, controls_put
from zoco.mix.models import Control, ControlDay, MediaMix
from zoco.mix.running import COLLINEAR_BASELINE, COLLINEAR_OTHERS, _ending
from zoco.mix.tests.company import FIRST, costs_make, facts_of, site_make
from zoco.mix.tests.test_fits import WEEKS, WORLD, done
from zoco.mix.weeks import RUN_IN, WEEK, Weeks
from zoco.people.importing.typed import table_read
from zoco.project.tests.readers import body, client_of
from zoco.sites import reads
from zoco.sites.models import Site
from zoco.stats.mix import Collinear

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
TODAY = NOW.date()
PAGE = "/admin/media-mix/controls/"
TABLE = "date,Price,Temperature\n2026-01-01,19.90,4.5\n2026-01-02,19.90,\n2026-01-05,21.50,-1\n"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    (tmp_path / "keys").mkdir(mode=0o700)
    with ledger(tmp_path, facts_of(WORLD.series.outcome[RUN_IN:]), [SITE]):
        made = site_make()
        reads.forget()
        yield made
    reads.forget()


@pytest.fixture
def marketer(site: Site) -> Client:
    return client_of("marketer")


def wrong(text: str) -> list[str]:
    return controls_read(table_read(text.encode()), TODAY)[1].said()


def test_a_table_is_taken_in_and_the_same_again_changes_nothing(marketer: Client) -> None:
    first = marketer.post(PAGE, {"site": "shop", "text": TABLE})
    days = list(ControlDay.objects.values_list("control__name", "on", "value").order_by("pk"))

    again = marketer.post(PAGE, {"site": "shop", "text": TABLE}, follow=True)

    assert first["Location"] == f"{PAGE}?site=shop"
    assert days == [
        ("Price", date(2026, 1, 1), 19.9),
        ("Price", date(2026, 1, 2), 19.9),
        ("Price", date(2026, 1, 5), 21.5),
        ("Temperature", date(2026, 1, 1), 4.5),
        ("Temperature", date(2026, 1, 5), -1.0),
    ]
    assert list(ControlDay.objects.values_list("control__name", "on", "value").order_by("pk")) == days
    page = body(again)
    assert "Price: days that are new: 0, changed: 0, the same: 3." in page
    assert "3 – 4 Jan 2026" in page.replace("\N{NO-BREAK SPACE}", " ")


def test_a_restated_day_is_put_right_and_the_others_stay(marketer: Client) -> None:
    marketer.post(PAGE, {"site": "shop", "text": TABLE})

    answer = marketer.post(
        PAGE, {"site": "shop", "text": "Tag;PRICE\n02.01.2026;18,40\n06.01.2026;17,00\n"}, follow=True
    )

    assert "Price: days that are new: 1, changed: 1, the same: 0." in body(answer)
    kept = dict(ControlDay.objects.filter(control__name="Price").values_list("on", "value"))
    assert kept == {
        date(2026, 1, 1): 19.9, date(2026, 1, 2): 18.4, date(2026, 1, 5): 21.5, date(2026, 1, 6): 17.0,
    }  # fmt: skip
    assert Control.objects.count() == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("date,Price\n2026-01-01,cheap\n", "Line 2: Price: cheap is no number"),
        ("date,Price\n2026-01-01,1\n2026-01-01,2\n", "Line 3: The day 2026-01-01 stands in line 2 already"),
        ("date,Price\n2999-01-01,1\n", "Line 2: The day lies in the future, or before 2000"),
        ("date,Price\nsoon,1\n", "Line 2: No day, or not written as 2026-11-30 or 30.11.2026"),
        ("date,Price\n2026-01-01,1,2\n", "Line 2: It has more cells than the first line has names"),
        ("date,Price,Rain\n2026-01-01,1,\n", "Line 1: Rain has no value on any day"),
        ("date,Price\n2026-01-01,1e15\n", "Line 2: Price: 1e15 is no number"),
    ],
)
def test_what_is_wrong_is_said_by_line_and_nothing_is_kept(marketer: Client, text: str, says: str) -> None:
    answer = marketer.post(PAGE, {"site": "shop", "text": text})

    assert wrong(text) == [says]
    assert answer.status_code == 422
    assert says in body(answer)
    assert not Control.objects.exists()


@pytest.mark.parametrize("letter", ["\x01", "\x0b", "\x1f", "\x7f", "\x85"])
def test_names_with_control_characters_are_refused_and_said(marketer: Client, letter: str) -> None:
    table = SimpleUploadedFile("t.csv", f"date,Price,Ra{letter}in\n2026-01-01,1,2\n".encode())

    answer = marketer.post(PAGE, {"site": "shop", "file": table})

    assert answer.status_code == 422
    assert "The name of column 3 holds control characters; write it anew without them." in body(answer)
    assert not Control.objects.exists()


def test_a_site_has_so_many_controls_at_most(site: Site) -> None:
    columns = {f"c{number}": {TODAY: 1.0} for number in range(CONTROLS_MOST + 1)}

    with pytest.raises(TooManyControls, match="Controls of a site: 30 at most"):
        controls_put(site=site.pk, columns=columns, by=None, at=NOW)


def test_of_two_tables_at_once_the_second_waits_for_what_the_first_makes() -> None:
    made = site_make()

    with CaptureQueriesContext(connection) as asked:
        controls_put(site=made.pk, columns={"Price": {TODAY: 1.0}}, by=None, at=NOW)

    told = [each["sql"] for each in asked if each["sql"].startswith("SELECT")]
    assert 'FROM "zoco_sites_site"' in told[0]
    assert 'FROM "zoco_mix_control"' in told[1]


def test_gaps_are_steps_that_are_longer_than_usual() -> None:
    monthly = [date(2026, month, 1) for month in (1, 2, 3, 5, 6)]

    assert list(gaps_of([TODAY])) == []
    assert list(gaps_of(monthly)) == [(date(2026, 3, 2), date(2026, 4, 30))]


def weeks_of_controls(count: int, **over: Any) -> Weeks:
    given: dict[str, Any] = {"spend": {}, "outcome": [0.0] * count, "holidays": [0.0] * count} | over
    return Weeks(FIRST, 0, **given)


def test_a_week_has_the_mean_of_its_days_and_a_day_stands_for_a_month_at_most() -> None:
    days = {FIRST: 2.0, FIRST + timedelta(days=3): 4.0, FIRST + 2 * WEEK: 9.0}

    row, carried, why = by_period(days, weeks_of_controls(5))
    _row, _carried, gone = by_period(days, weeks_of_controls(9))
    _row, _carried, late = by_period({FIRST + WEEK: 1.0}, weeks_of_controls(3))

    assert (row, carried, why) == ([3.0, 4.0, 9.0, 9.0, 9.0], 3, None)
    # Known last on 15 January 2024: the week of 19 February begins 35 days later.
    assert gone is not None
    assert gone[1]["day"] == "2024-02-19"
    assert late == ["it is not known from %(since)s on", {"since": "2024-01-01"}]


def test_what_moves_like_a_control_or_the_baseline_is_said_so() -> None:
    control = _ending(Collinear(("search", "control:Price", "trend"), ("control:Price", "trend")))
    baseline = _ending(Collinear(("search", "trend"), ("trend",)))

    assert control is not None
    assert (control.said, control.places) == (COLLINEAR_OTHERS, {"channels": "search", "others": "Price"})
    assert baseline is not None
    assert (baseline.said, baseline.places) == (COLLINEAR_BASELINE, {"channels": "search"})


@pytest.mark.figures
def test_a_control_explains_what_it_truly_does_and_is_shown_with_what_was_believed(site: Site) -> None:
    costs_make(site, WORLD, WEEKS)
    price = WORLD.series.controls[RUN_IN:, 0]
    days = {FIRST + number * WEEK: float(value) for number, value in enumerate(price)}
    del days[FIRST + 7 * WEEK]
    flat = {FIRST: 3.0, FIRST + WEEK: 3.0}
    controls_put(site=site.pk, columns={"Price": days, "Flat": flat}, by=None, at=NOW)

    mix = done(controls=["control:Price", "control:Flat", "goal:Nobody"])

    (control,) = mix.result["controls"]
    # A standard deviation of the price takes 3 % of 50,000 away in the company's truth.
    assert control["by_unit"]["low"] <= -1_500 <= control["by_unit"]["high"] < 0
    assert control["swing"]["mean"] == pytest.approx(
        control["by_unit"]["mean"] * np.ptp(np.array(mix.weeks["controls"]["control:Price"][RUN_IN:]))
    )
    assert control["knowledge"] == "identified"
    analyst = client_of("analyst")
    page = body(analyst.get(f"/admin/media-mix/{mix.pk}/"))
    assert "What else moved it" in page
    assert "Controls, against their mean" in page
    assert "Of the control Price the last known day stands for weeks without one: 1 of 120." in page
    assert "The control Flat is not in the model: nothing is known of it for more than a month before" in page
    assert "The control Nobody is not in the model: it is gone." in page
    sent = analyst.get(f"/admin/media-mix/{mix.pk}/weeks.csv").content.decode()
    assert sent.splitlines()[0].startswith("week,is_run_in,outcome,fitted,holidays,control:Price,")


def test_a_model_takes_the_controls_that_were_chosen(marketer: Client, site: Site) -> None:
    controls_put(site=site.pk, columns={"Price": {TODAY: 1.0}}, by=None, at=NOW)
    asked = {"site": "shop", "outcome": "revenue", "weeks": "156", "country": "", "saturation": "hill"}

    page = body(marketer.get("/admin/media-mix/"))
    marketer.post("/admin/media-mix/", asked | {"grain": "day", "controls": ["control:Price"]})
    refused = marketer.post("/admin/media-mix/", asked | {"controls": ["control:None"]})

    assert 'value="control:Price"' in page
    mix = MediaMix.objects.get()
    assert (mix.grain, mix.controls) == ("day", ["control:Price"])
    assert refused.status_code == 200


def test_a_control_is_taken_away_and_an_analyst_takes_none(marketer: Client, site: Site) -> None:
    marketer.post(PAGE, {"site": "shop", "text": TABLE})
    control = Control.objects.get(name="Price")
    analyst = client_of("analyst")

    analyst.post(f"{PAGE}{control.pk}/delete/")
    analyst.post(PAGE, {"site": "shop", "text": TABLE.replace("Price", "Mine")})
    assert Control.objects.count() == 2
    marketer.post(f"{PAGE}{control.pk}/delete/")

    assert [each.name for each in Control.objects.all()] == ["Temperature"]
    assert ControlDay.objects.count() == 2
