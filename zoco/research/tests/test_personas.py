"""Personas of people whose kinds are known: found, judged, named, asked by a rule."""

from typing import Any

import numpy as np
import pytest
from django.urls import reverse

from zoco.ledger.store.base import Store
from zoco.people.audiences.counting import people_of
from zoco.people.audiences.leaves import Asked, LeafWrong
from zoco.people.audiences.rules import rules_read
from zoco.people.models import Person
from zoco.project.tests.readers import client_of
from zoco.research.models import Outcome, Study
from zoco.research.personas.features import columns, name_proposed
from zoco.research.personas.screens import _mark
from zoco.research.personas.working import MIXTURE_MOST, labelled
from zoco.research.purchases import DAY, Bought
from zoco.research.studies import StudyWrong, TooFewBuyers, study_begin
from zoco.research.tests.crowd import NOW, PEOPLE
from zoco.research.working import study_through
from zoco.sites.models import Site

UNTIL = 1_000 * DAY
CHOSEN = ["since", "purchases", "order"]


def told(**_fields: Any) -> None:
    """Take what is told."""


def two_kinds(size: int = 200) -> Bought:
    """Return as many who bought often of late as who bought once, dear and long ago."""
    random = np.random.default_rng(2)
    is_good = np.arange(size) % 2 == 0
    since = np.where(is_good, random.uniform(1, 20, size), random.uniform(300, 400, size))
    often = np.where(is_good, random.integers(8, 12, size), 1)
    each = np.where(is_good, random.uniform(10, 14, size), random.uniform(90, 99, size))
    last = (UNTIL - since * DAY).astype(np.int64)
    return Bought(np.arange(size), often, last - DAY * 5, last, each * often, often.astype(np.float64))


def worked(bought: Bought, **wanted: Any) -> tuple[Study, Any]:
    study = Study(kind="personas", wanted=wanted)
    return study, labelled(study, bought, wanted.pop("features", CHOSEN), UNTIL, told)


@pytest.mark.parametrize("wanted", [{}, {"groups": 2}, {"method": "mixture", "groups": 2}])
def test_two_kinds_are_found_stable_and_named_by_what_sets_them_apart(wanted: dict[str, Any]) -> None:
    study, labels = worked(two_kinds(), **wanted)

    assert len({tuple(labels[::2]), tuple(labels[1::2])}) == 2
    assert set(labels[::2]) != set(labels[1::2])
    assert len(set(labels)) == 2
    groups = study.found["groups"]
    assert [each["people"] for each in groups] == [100, 100]
    assert all(each["stability"] > 0.95 for each in groups)
    names = {name_proposed(groups[labels[place]]["marks"]) for place in (0, 1)}
    assert len(names) == 2
    assert all(", " in name for name in names)


def test_one_crowd_parted_in_two_is_told_to_be_no_finding_or_doubtful() -> None:
    random = np.random.default_rng(4)
    last = (UNTIL - random.lognormal(3, 1, 300) * DAY).astype(np.int64)
    often = 1 + random.poisson(2, 300)
    money = random.lognormal(3, 0.5, 300)
    whole = Bought(np.arange(300), often, last, last, money, often.astype(np.float64))

    study, _labels = worked(whole, groups=6)

    assert min(each["stability"] for each in study.found["groups"]) < 0.75


def test_features_by_which_nobody_differs_are_left_out_and_said() -> None:
    found, same = columns(two_kinds(), ["purchases", "pieces", "since"], UNTIL)

    assert (list(found), same) == (["purchases", "since"], ["pieces"])
    with pytest.raises(StudyWrong, match="at least two features"):
        worked(two_kinds(), features=["purchases", "pieces"])


@pytest.mark.parametrize(
    ("apart", "written"), [(0.04, "0.0"), (-0.04, "0.0"), (0.06, "+0.1"), (-0.06, "\N{MINUS SIGN}0.1")]
)
def test_what_is_no_difference_on_the_page_has_no_sign(apart: float, written: str) -> None:
    assert _mark(["purchases", apart, 1, 1], "EUR")["difference"] == written


def test_what_cannot_be_is_a_sentence() -> None:
    with pytest.raises(TooFewBuyers, match="there are 40"):
        worked(two_kinds(40))
    with pytest.raises(StudyWrong, match="Choose medoids"):
        worked(two_kinds(MIXTURE_MOST + 2), method="mixture")
    often = np.repeat([1, 2], 30)
    alike = Bought(np.arange(60), often, often * DAY, often * DAY, often * 1.0, often * 1.0)
    with pytest.raises(StudyWrong, match="fewer groups"):
        worked(alike, groups=3)


@pytest.mark.django_db
def test_page_begins_a_study_whose_personas_become_audiences(
    shop: Store, site: Site, crowd: list[Person]
) -> None:
    owner, where = client_of("owner"), reverse("zoco_personas")
    assert "Choose at least two" in owner.post(where, {"features": "since"}).content.decode()
    given = {"site": "shop", "features": CHOSEN, "method": "medoids", "groups": "3"}
    assert owner.post(where, given).status_code == 302

    study = study_through(key=Study.objects.get().pk, store=shop)

    assert study is not None
    assert (study.state, study.found["people"], len(study.found["groups"])) == ("done", PEOPLE, 3)
    shown = owner.get(where).content.decode()
    assert shown.count("How is this computed") == 4
    for group in study.found["groups"]:
        assert name_proposed(group["marks"]) in shown
    rule = {"leaf": "persona", "persona": f"{study.pk}:1"}
    node = rules_read({"version": 1, "rules": {"all": [rule]}})
    mine = set(Outcome.objects.filter(study=study, group=1).values_list("person", flat=True))
    assert set(people_of(node, Asked(now=NOW, store=shop))) == mine
    assert len(mine) == study.found["groups"][1]["people"]
    study.delete()
    with pytest.raises(LeafWrong, match="no more"):
        people_of(node, Asked(now=NOW, store=shop))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "given", [{}, {"features": ["x", "y"]}, {"features": CHOSEN, "groups": "99"}, {"features": "\x00" * 9}]
)
def test_hostile_choices_begin_nothing(site: Site, given: dict[str, Any]) -> None:
    answer = client_of("owner").post(reverse("zoco_personas"), {"site": "shop", "method": "medoids"} | given)

    assert answer.status_code == 200
    assert not Study.objects.exists()


@pytest.mark.django_db
def test_study_asked_for_with_nonsense_ends_with_a_sentence(shop: Store, site: Site) -> None:
    study = study_begin(site=site.pk, kind="personas", wanted={"features": []}, by=None, at=NOW)

    ended = study_through(key=study.pk, store=shop)

    assert ended is not None
    assert "at least two features" in ended.said
