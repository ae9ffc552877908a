"""What may be bought next: on a person's page, with what was not looked at."""

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from zoco.ledger.tests.reports.made import ledger
from zoco.people.models import Person
from zoco.project.tests.readers import client_of
from zoco.research.affinity import panels
from zoco.research.affinity.panels import NextPanel, chances
from zoco.research.tests.bought import ANA, BEA, CARL, NOW
from zoco.research.tests.test_affinity import bonded, shop
from zoco.sites import reads
from zoco.sites.models import Site
from zoco.stats.kinds.together import Pair, left_out, pairs


@pytest.mark.django_db
def test_a_persons_page_says_what_may_be_bought_next_and_how_sure_it_is(
    site: Site, people: list[Person], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    with ledger(tmp_path, bonded(site.pk), reads.site_infos()):  # type: ignore[arg-type]
        owner = client_of("owner")
        ana, bea, carl = (
            owner.get(reverse("zoco_person", args=[key])).content.decode() for key in (ANA, BEA, CARL)
        )
        found: Any = {key: NextPanel().values(people[key - 1], at=NOW) for key in (ANA, BEA)}

    # All of Ana's nineteen steps from bread are to butter. Eleven products on either side could form 110
    # pairs: Garwood's lower bound of 19 at .05 / 110, chi2.ppf(.05 / 220, 38) / 2, is 7.32, of 19 times.
    assert found[BEA]["rows"][0]["next"] == [
        {"other": "butter", "one": "bread", "chance": "100.0%", "bounds": "38.5% to 100.0%", "both": "19",
         "first": "19"}
    ]  # fmt: skip
    assert "Shop, last bought: bread" in bea
    assert "after bread: 100.0% (38.5% to 100.0%); 19 of 19 times" in bea
    # After butter comes bread each time, but Ana's eighteen times.
    assert [each["other"] for each in found[ANA]["rows"][0]["next"]] == ["bread"]
    assert "last bought: butter" in ana
    assert "What may be bought next" not in carl


@pytest.mark.django_db
def test_where_no_pair_is_sure_nothing_is_said_of_the_next_purchase(
    site: Site, people: list[Person], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    with ledger(tmp_path, shop(site.pk), reads.site_infos()):  # type: ignore[arg-type]
        ana: Any
        ana, bea = (NextPanel().values(each, at=NOW) for each in people[:2])
        monkeypatch.setattr(timezone, "now", lambda: NOW)
        page = client_of("owner").get(reverse("zoco_person", args=[ANA])).content.decode()

    assert [(row["bought"], row["next"]) for row in ana["rows"]] == [("oil", [])]
    assert "Nothing can be said of the next purchase" in page
    # What Bea bought was given back, or names no product.
    assert bea == {}


def next_of(person: Person) -> Any:
    return NextPanel().values(person, at=NOW)


@pytest.mark.django_db
def test_a_persons_page_says_what_was_not_looked_at(
    site: Site, people: list[Person], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    url, owner = reverse("zoco_person", args=[ANA]), client_of("owner")
    with ledger(tmp_path, bonded(site.pk), reads.site_infos()):  # type: ignore[arg-type]
        (whole,) = next_of(people[0])["rows"]
        monkeypatch.setattr(panels, "_known", {})
        monkeypatch.setattr("zoco.stats.kinds.together.THINGS_MOST", 1)
        (few,), (bread,) = (next_of(each)["rows"] for each in people[:2])
        said = owner.get(url).content.decode()
        monkeypatch.setattr(panels, "_known", {})
        monkeypatch.setattr("zoco.stats.kinds.together.THINGS_MOST", 1_000)
        monkeypatch.setattr("zoco.research.affinity.baskets.PRODUCTS_MOST", 9)
        (newest,) = next_of(people[0])["rows"]
        cut = owner.get(url).content.decode()
        monkeypatch.setattr(panels, "SITES_MOST", 0)
        none, left = next_of(people[2]), owner.get(url).content.decode()

    assert (whole["unseen"], whole["has_unseen_next"], whole["since"]) == ("", False, "")
    # Bread stood first 19 times, butter 18 times; next came each 19 times, and bread is the first by name.
    assert (few["next"], few["is_none"], few["unseen"], few["has_unseen_next"]) == ([], False, "butter", True)
    assert (bread["next"], bread["is_none"], bread["unseen"]) == ([], True, "")
    assert "What follows was not looked for after these products" in said
    assert "Nothing can be said" not in said
    # Of the newest ten orders the first is tea on the afternoon of 24 February.
    assert (newest["is_none"], newest["since"].replace("\xa0", " ")) == (True, "24 Feb 2026")
    assert "Nothing can be said" in cut
    assert "of this site only those since" in cut
    # Of a sixth site nothing is said, whatever was bought there.
    assert (none["rows"], none["left"]) == ([], "Shop")
    assert "Not looked at, as only five sites are: Shop." in left


@pytest.mark.django_db
def test_what_takes_long_comes_when_the_page_looks_again(
    site: Site, people: list[Person], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    url, owner = reverse("zoco_person", args=[BEA]), client_of("owner")
    with ledger(tmp_path, bonded(site.pk), reads.site_infos()):  # type: ignore[arg-type]
        monkeypatch.setattr(panels, "ANEW_MOST", 0)
        before = owner.get(url).content.decode()
        monkeypatch.setattr(panels, "ANEW_MOST", 1)
        after = owner.get(url).content.decode()

    assert f'id="z-next-{BEA}" data-z-again' in before
    assert ("after bread" in before, "is being looked up" in before) == (False, True)
    assert ("after bread" in after, "data-z-again" in after) == (True, False)


def test_each_product_stands_once_with_its_best_chance_and_three_at_most() -> None:
    def pair(one: str, other: str, both: int) -> Pair:
        return Pair(one, other, both, 20, 10, 100, 2.0, 1.5, 3.0)

    sure = [
        pair("soap", "oil", 12), pair("salt", "oil", 15), pair("soap", "tea", 9), pair("soap", "jam", 10),
        pair("soap", "ham", 8), pair("wine", "rum", 20),
    ]  # fmt: skip

    found = chances(frozenset({"soap", "salt"}), sure)

    assert [(each.one, each.other) for each in found] == [("salt", "oil"), ("soap", "jam"), ("soap", "tea")]


def test_of_each_product_the_likeliest_sure_ones_are_kept_however_many_are_surer_elsewhere() -> None:
    def steps(one: str, other: str, times: int) -> list[tuple[set[str], set[str]]]:
        return [({one}, {other})] * times

    given = [*steps("a", "b", 40), *steps("a", "c", 30), *steps("a", "d", 20), *steps("e", "f", 9)]
    given += [each for number in range(60) for each in steps(f"x{number}", f"y{number}", 5)]

    sure = [each for each in pairs(given, is_ordered=True) if each.is_sure]
    kept = pairs(given, is_ordered=True, each_most=2)

    assert len(sure) == 64
    # All but the third after "a", which is surer than those of five steps.
    assert set(kept) == {each for each in sure if each.other != "d"}
    assert not left_out(before for before, _after in given)
