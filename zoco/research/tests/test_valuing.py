"""What people are worth, on purchases whose truth is known, and as published on those of CDNOW."""

import json
import re
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from django.urls import reverse

from zoco.kit.periods import Period
from zoco.ledger.store.base import Store
from zoco.project.tests.readers import body, client_of
from zoco.research.models import Outcome, Study
from zoco.research.studies import StudyWrong, TooFewBuyers, study_begin
from zoco.research.tests.crowd import NOW, bought
from zoco.research.valuing.choosing import EDGE, MONEY_TOO_LITTLE, models_tried, money_fitted
from zoco.research.valuing.judging import judged
from zoco.research.valuing.logs import Log, log_made
from zoco.research.valuing.panels import ValuePanel
from zoco.research.valuing.working import outcomes
from zoco.research.working import study_through
from zoco.sites.models import Site
from zoco.stats.value.histories import histories
from zoco.stats.value.spend import spending
from zoco.stats.value.tests.cdnow import log as cdnow
from zoco.stats.value.tests.cdnow import real_purchases

START = (date(2025, 3, 1) - date(1970, 1, 1)).days


def log(people: int, weeks: int) -> Log:
    person, day, money = bought(people, weeks)
    last = date.fromordinal(date(2025, 3, 1).toordinal() + weeks * 7 - 1)
    return log_made(person, day + START, money, Period(date(2025, 3, 1), last, "UTC"))


def told(**_fields: Any) -> None:
    """Take what is told."""


def worked(found: Log, model: str = "automatic") -> tuple[dict[str, Any], list[Any]]:
    study = Study(kind="value", until_at=datetime(2026, 3, 1, tzinfo=UTC))
    rows = list(outcomes(study, found, found.buyers(found.until), model, {}, told))
    return study.found, rows


def test_expected_of_each_add_up_to_what_is_expected_of_all() -> None:
    found, rows = worked(log(1_500, 52))

    assert found["model"] in {"bg", "mbg", "pareto"}
    assert found["tried"][0]["key"] == found["model"]
    assert sum(each.purchases for each in rows) == pytest.approx(found["sums"]["purchases"][0], abs=0.1)
    assert sum(each.value for each in rows) == pytest.approx(found["sums"]["value"][0], rel=1e-3)
    assert sum(found["alive"]) == len(rows) == 1_500
    assert all(0 <= each.alive <= 1 and each.low <= each.value <= each.high for each in rows)
    least, most = found["sums"]["purchases"][3:]
    assert least < found["sums"]["purchases"][0] < most


def test_what_was_really_bought_later_lies_where_it_was_told() -> None:
    whole = log(1_500, 104)
    is_early = whole.at <= 52
    early = Log(whole.person[is_early], whole.at[is_early], whole.money[is_early], whole.first_day, 52.0)

    found, rows = worked(early, "mbg")

    later = int(((whole.at > 52) & np.isin(whole.person, early.person)).sum())
    assert found["sums"]["purchases"][3] < later * 365 / 364 < found["sums"]["purchases"][4]
    alive = {each.person_id: each.alive for each in rows}
    back = set(whole.person[whole.at > 52].tolist()) & set(alive)
    gone = set(alive) - back
    assert np.mean([alive[each] for each in back]) > np.mean([alive[each] for each in gone]) + 0.1


def test_the_half_that_is_not_seen_chooses_no_model() -> None:
    whole = log(400, 52)

    found, _why = judged(whole, "automatic", lambda: None)

    likeliest = models_tried("automatic", whole.buyers(52).histories, lambda: None)[0]
    assert (likeliest.key, found["model"]) == ("mbg", "pareto")
    assert found == judged(whole, "pareto", lambda: None)[0]


def test_the_holdout_is_said_with_its_error() -> None:
    found, why = judged(log(1_500, 52), "mbg", lambda: None)

    assert why is None
    assert (found["weeks"], found["half"]) == (52, 26)
    assert len(found["actual"]) == len(found["expected"]) == 52
    assert abs(found["error"]) < 15
    assert sum(row[1] for row in found["groups"]) == found["people"]


@pytest.mark.django_db
def test_a_model_that_was_far_off_is_not_shown_without_saying_so(shop: Store, site: Site) -> None:
    study = study_begin(site=site.pk, kind="value", wanted={"model": "mbg"}, by=None, at=NOW)
    ended = study_through(key=study.pk, store=shop)
    assert ended is not None
    owner, where = client_of("owner"), reverse("zoco_value")
    warned = "What is expected here may be as far off"
    assert abs(ended.found["holdout"]["error"]) < 25
    assert warned not in body(owner.get(where))
    person = Outcome.objects.filter(study=ended).order_by("person_id")[0].person

    def marked() -> list[bool]:
        rows: Any = ValuePanel().values(person, at=NOW)["rows"]
        return [row["is_far_off"] for row in rows]

    assert marked() == [False]

    ended.found["holdout"]["error"] = -25.0
    ended.save()

    page = body(owner.get(where))
    assert page.index("25.0% too few purchases") < page.index(warned)
    assert marked() == [True]


@pytest.mark.django_db
def test_those_who_are_worth_most_are_offered_as_an_audience_that_has_people(shop: Store, site: Site) -> None:
    study = study_begin(site=site.pk, kind="value", wanted={"model": "mbg"}, by=None, at=NOW)
    study_through(key=study.pk, store=shop)
    worth = [each or 0.0 for each in Outcome.objects.values_list("value", flat=True)]

    owner = client_of("owner")
    answer = owner.get(reverse("zoco_value"))

    label, url = answer.context["audiences"][-1]
    least = int(re.sub(r"\D", "", label.split(" or more")[0]))
    rule = json.loads(parse_qs(urlsplit(url).query)["rules"][0])["rules"]["all"][0]
    assert (rule["what"], rule["how"], rule["number"]) == ("value", "least", least)
    assert 0.1 <= np.mean([each >= least for each in worth]) <= 0.2
    # What the study kept is what its outcomes say, and they say it of a study from before it was kept.
    study.refresh_from_db()
    assert study.found["worth_most"] == int(sorted(worth)[::-1][len(worth) // 10])
    del study.found["worth_most"]
    study.save()
    assert owner.get(reverse("zoco_value")).context["audiences"][-1] == (label, url)


def test_too_short_a_time_has_no_holdout_and_says_so() -> None:
    found, why = judged(log(400, 7), "mbg", lambda: None)

    assert found == {}
    assert why is not None
    assert why[1] == {"weeks": 7, "least": 8}


def test_too_few_people_get_a_sentence_and_no_number() -> None:
    with pytest.raises(TooFewBuyers) as wrong:
        worked(log(30, 52))

    assert "there are 30 and" in str(wrong.value)


def test_models_that_do_not_fit_say_why() -> None:
    # Everybody buys each week and nobody leaves: nothing tells how they would.
    ages = np.full(200, 40.0)
    rows = histories(np.full(200, 40.0), ages, ages)

    tried = models_tried("automatic", rows, lambda: None)

    assert [(each.key, each.fitted, each.why) for each in tried] == [
        (key, None, (EDGE, {})) for key in ("bg", "mbg", "pareto")
    ]


def test_a_study_of_such_people_says_that_no_model_fits() -> None:
    person = np.repeat(np.arange(1, 101), 41)
    day = np.tile(np.arange(41) * 7, 100) + START
    last = date.fromordinal(date(2025, 3, 1).toordinal() + 40 * 7)
    same = log_made(person, day, np.full(len(day), 5.0), Period(date(2025, 3, 1), last, "UTC"))

    with pytest.raises(StudyWrong, match="No model can be fitted"):
        worked(same)


def test_too_little_spending_withholds_money_alone() -> None:
    fitted, why = money_fitted(spending(np.array([1.0, 2.0, 0.0]), np.array([5.0, 6.0, 0.0])))

    assert fitted is None
    assert why is not None
    assert why[0] == MONEY_TOO_LITTLE
    assert (why[1]["people_there"], why[1]["again_there"]) == (2, 1)


@real_purchases
def test_on_cdnow_it_says_what_the_papers_say() -> None:
    customers, weeks, dollars = cdnow()
    days = np.round(weeks * 7).astype(np.int64) + (date(1996, 12, 31) - date(1970, 1, 1)).days
    kept = dollars > 0
    period = Period(date(1997, 1, 1), date(1998, 6, 30), "UTC")

    found = log_made(customers[kept], days[kept], dollars[kept], period)
    held, why = judged(log_made(customers, days, dollars, period), "bg", lambda: None)

    assert found.until == 78
    assert why is None
    assert (held["half"], held["people"]) == (39, 2357)
    assert held["error"] == pytest.approx(-12, abs=1.5)
