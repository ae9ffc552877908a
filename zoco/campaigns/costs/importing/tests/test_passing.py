"""What a restated file names no more, and what was typed in other parts, is not counted beside it."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from zoco.campaigns.costs import services
from zoco.campaigns.costs.importing import said, steps
from zoco.campaigns.costs.importing.running import go_on, step_begin
from zoco.campaigns.costs.importing.tests.made import NOW, begun, imported, planned, site_made, worked
from zoco.campaigns.costs.models import Cost, CostBefore
from zoco.campaigns.costs.services import cost_set
from zoco.campaigns.models import Campaign
from zoco.project.models import Change

pytestmark = pytest.mark.django_db
HEAD = "date,campaign,source,medium,creative,account,amount,clicks\n"
TABLE = HEAD + (
    "2026-03-28,spring,google,cpc,a,one,20,2\n2026-03-28,spring,google,cpc,b,one,10,1\n"
    "2026-03-29,spring,google,cpc,a,one,7,\n2026-03-30,spring,google,cpc,b,one,5,\n"
    "2026-03-28,spring,google,cpc,a,two,3,\n2026-03-28,spring,bing,cpc,a,one,2,\n"
    "2026-03-28,brand,google,cpc,a,one,1,\n"
)
ANEW = HEAD + "2026-03-28,spring,google,cpc,c,one,31,3\n2026-03-29,spring,google,cpc,a,one,7,\n"


def amounts() -> dict[tuple[str, ...], Decimal]:
    rows = Cost.objects.order_by("pk").values_list(
        "campaign__code", "source", "account", "on", "creative", "amount"
    )
    return {(code, source, account, str(on), name): sum_ for code, source, account, on, name, sum_ in rows}


def test_what_a_restated_file_names_no_more_counts_0_and_is_kept_beside() -> None:
    site = site_made()
    imported(site, TABLE.encode())

    run = planned(begun(site, ANEW.encode()))

    assert (run.plan["new"], run.plan["same"], run.plan["absent"]) == (1, 1, 2)
    assert ("Gone from the file: they count 0, the earlier amount is kept beside it", "2") in said.counted(
        run
    )
    assert not CostBefore.objects.exists()
    assert step_begin(run=run, step="write")
    run = worked(run)
    assert run.counts == {"new": 1, "same": 1, "absent": 2}
    assert {key: sum_ for key, sum_ in amounts().items() if key[3] == "2026-03-28"} == {
        ("spring", "google", "one", "2026-03-28", "a"): 0, ("spring", "google", "one", "2026-03-28", "b"): 0,
        ("spring", "google", "one", "2026-03-28", "c"): 31, ("spring", "google", "two", "2026-03-28", "a"): 3,
        ("spring", "bing", "one", "2026-03-28", "a"): 2, ("brand", "google", "one", "2026-03-28", "a"): 1,
    }  # fmt: skip
    assert amounts()["spring", "google", "one", "2026-03-30", "b"] == 5  # behind the last day of the file
    before = CostBefore.objects.order_by("-amount").values_list("amount", "clicks", "replaced_by")
    assert list(before) == [(Decimal(20), 2, run.pk), (Decimal(10), 1, run.pk)]
    assert set(Cost.objects.filter(amount=0).values_list("clicks", "run")) == {(0, run.pk)}
    assert Change.objects.filter(kind="zoco_campaigns.cost").latest("id").details["absent"] == [None, 2]
    assert imported(site, ANEW.encode()).counts == {"same": 2}


def test_a_coarser_file_takes_the_place_of_finer_rows_and_the_finer_one_comes_back() -> None:
    site = site_made()
    imported(site, TABLE.encode())
    coarse = "date,campaign,source,medium,account,amount\n2026-03-28,spring,google,cpc,one,30\n"

    assert imported(site, coarse.encode()).counts == {"new": 1, "absent": 2}
    assert imported(site, TABLE.encode()).counts == {"same": 5, "changed": 2, "absent": 1}
    assert sum(amounts().values()) == 48


def test_refused_rows_are_named_where_amounts_seem_gone() -> None:
    site = site_made()
    imported(site, TABLE.encode())

    run = planned(begun(site, TABLE.replace("a,one,20", "a,one,much").encode()))

    assert (run.plan["absent"], run.plan["refused"]) == (1, 1)
    assert any("because rows are refused" in each for each in said.warnings(run))


def test_a_stopped_import_goes_on_with_what_is_gone_and_counts_it_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = site_made()
    imported(site, TABLE.encode())
    run = planned(begun(site, ANEW.encode()))
    real = services.costs_voided
    monkeypatch.setattr(steps, "CHUNK", 1)

    def dies(**given: object) -> int:
        if CostBefore.objects.exists():
            raise MemoryError
        return real(**given)  # type: ignore[arg-type]

    monkeypatch.setattr(steps, "costs_voided", dies)
    assert step_begin(run=run, step="write")
    with pytest.raises(MemoryError):
        worked(run)
    monkeypatch.setattr(steps, "costs_voided", real)
    run.refresh_from_db()
    assert go_on(run=run)

    assert worked(run).counts == {"new": 1, "same": 1, "absent": 2}
    assert CostBefore.objects.count() == 2


def typed(amount: int) -> Cost:
    campaign = Campaign.objects.get(code="spring").pk
    day = date(2026, 3, 28)
    return cost_set(
        campaign=campaign, on=day, source="google", amount=Decimal(amount), currency="EUR", by=None, at=NOW
    )


def test_a_sum_is_not_typed_beside_parts_from_a_file() -> None:
    site = site_made()
    imported(site, TABLE.encode())

    with pytest.raises(ValidationError, match="counted twice"):
        typed(40)

    assert sum(amounts().values()) == 48
    Cost.objects.filter(source="google", on=date(2026, 3, 28), campaign__code="spring").update(amount=0)
    assert typed(40).amount == 40


def test_a_typed_sum_gives_way_to_a_file_that_has_its_parts() -> None:
    site = site_made()
    cost = typed(40)

    run = planned(begun(site, TABLE.encode()))
    assert (run.plan["new"], run.plan["typed"]) == (7, 1)
    assert step_begin(run=run, step="write")

    assert worked(run).counts == {"new": 7, "typed": 1}
    cost.refresh_from_db()
    assert (cost.amount, cost.before.get().amount) == (Decimal(0), Decimal(40))


def test_campaigns_of_a_day_are_told_apart_whatever_order_they_are_listed_in() -> None:
    site = site_made()
    Campaign.objects.filter(code="spring").update(name="Zebra", starts_on=date(2026, 1, 1))
    Campaign.objects.filter(code="brand").update(name="Ant", starts_on=date(2026, 2, 1))
    both = HEAD + "2026-03-28,brand,google,cpc,a,one,1,\n2026-03-28,spring,google,cpc,a,one,2,\n"
    imported(site, both.encode())

    assert imported(site, both.encode()).counts == {"same": 2}
