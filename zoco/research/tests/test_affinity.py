"""What is bought together and next, from the products that orders name."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from tests.contracts.many_facts import write_spool
from zoco.ledger.asking.statements import templates
from zoco.ledger.store import opening
from zoco.ledger.store.base import Store
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.ledger.tests.reports.made import ledger
from zoco.ledger.tests.store import chdb
from zoco.people.audiences.counting import people_of
from zoco.people.audiences.leaves import Asked, LeafWrong
from zoco.people.audiences.rules import RuleWrong, rules_read
from zoco.people.models import Person
from zoco.project.tests.readers import client_of
from zoco.research.affinity.baskets import LONGEST, baskets, buyers, followed, last_products, products_of
from zoco.research.affinity.leaf import BoughtLeaf
from zoco.research.purchases import span_of
from zoco.research.tests.bought import ANA, BEA, CARL, NOW, SITE, back, order
from zoco.sites import reads
from zoco.sites.models import Site


def shop(site: int) -> list[object]:
    def lines(*names: str) -> dict[str, object]:
        return {"lines": [[name, 1, 9.5] for name in names]}

    return [
        order("2026-01-10 10:00:00", ANA, "A1", "20", site=site, props=lines("soap", "oil")),
        order("2026-02-10 10:00:00", ANA, "A2", "20", site=site, props=lines("oil")),
        order("2026-02-11 10:00:00", BEA, "B1", "20", site=site, props=lines("soap")),
        back("2026-02-12 10:00:00", "B1", "20", site=site),
        *(
            order(f"2026-02-{day} 10:00:00", 0, f"N{day}", "5", site=site, props=lines("soap", "oil"))
            for day in range(13, 20)
        ),
        order("2026-02-20 10:00:00", BEA, "B2", "20", site=site),
    ]


ODD = replace(SITE, id=2, slug="odd")
NAMES = ("мыло", 'so"ap', "a\\b", "x/y", "\t", "肥皂 <b>", "it's %_", "😀", 7, "y" * 120)


def odd(site: int) -> list[object]:
    """Return orders of Carl, each of one product with a name of its own kind."""
    return [
        order(
            f"2026-01-01 {hour:02}:00:00", CARL, f"O{hour}", "5", site=site, props={"lines": [[name, 1, 5]]}
        )
        for hour, name in enumerate(NAMES)
    ]


@pytest.fixture(params=["duckdb", "clickhouse"])
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    is_duckdb = request.param == "duckdb"
    facts = [*shop(SITE.id), *odd(ODD.id)]
    write_spool(tmp_path / "spool" if is_duckdb else tmp_path, facts)  # type: ignore[arg-type]
    opened: Store = DuckStore(tmp_path, lead=True) if is_duckdb else chdb.opened(tmp_path)
    opened.drain()
    yield opened
    opened.close()


def test_baskets_are_what_was_ordered_and_not_all_given_back(both: Store) -> None:
    found, is_cut = baskets(site=SITE, period=span_of(SITE, NOW, None), store=both)

    assert (len(found), is_cut) == (9, False)
    assert [(each.person, sorted(each.products)) for each in found if each.person] == [
        (ANA, ["oil"]),
        (ANA, ["oil", "soap"]),
    ]
    assert list(followed(found)) == [(frozenset({"soap", "oil"}), frozenset({"oil"}))]


def test_of_too_much_only_the_newest_is_read(both: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoco.research.affinity.baskets.PRODUCTS_MOST", 5)

    found, is_cut = baskets(site=SITE, period=span_of(SITE, NOW, None), store=both)

    assert ([len(each.products) for each in found], is_cut) == ([2, 2, 2], True)


@pytest.mark.parametrize(
    ("props", "products"),
    [
        ('{"lines":[["a",1,2],["b"]]}', {"a", "b"}),
        ('{"lines":[[7,1]]}', {"7"}),
        ('{"lines":[[],[null],{"a":1},"x",[["y"]],[""]]}', set()),
        ('{"lines":"a"}', set()),
        ("{}", set()),
        ("", set()),
        ("[[[", set()),
    ],
)
def test_lines_of_any_shape_are_read(props: str, products: set[str]) -> None:
    assert products_of(props) == products


@pytest.mark.django_db
def test_page_shows_pairs_and_how_sure_they_are(
    site: Site, people: list[Person], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    with ledger(tmp_path, shop(site.pk), reads.site_infos()):  # type: ignore[arg-type]
        owner = client_of("owner")
        shown = owner.get(reverse("zoco_affinity"), {"days": "all"}).content.decode()
        nonsense = owner.get(reverse("zoco_affinity"), {"days": "\x00", "site": site.slug})

    assert "9 orders that name their products, 2 different ones." in shown
    assert "soap" in shown
    assert shown.count("How is this computed") == 2
    assert "No product followed on another in 5 orders of known people." in shown
    assert nonsense.status_code == 200


def bonded(site: int) -> list[object]:
    """Return orders in which whoever buys bread buys butter next, beside many others of one thing each."""

    def lines(name: str) -> dict[str, object]:
        return {"lines": [[name, 1, 2]]}

    def bought(at: str, person: int, name: str) -> object:
        number = f"{at}{person}".replace(" ", "")
        return order(f"{at}:00:00", person, number, "2", site=site, props=lines(name))

    days = range(10, 29)
    pairs = [
        bought(f"2026-01-{day} {hour}", ANA, name)
        for day in days
        for hour, name in ((10, "bread"), (12, "butter"))
    ]
    teas = ((f"2026-02-{day} {hour}", f"tea{day * hour % 9}") for day in days for hour in (10, 14))
    others = [bought(at, BEA, name) for at, name in teas]
    return [*pairs, *others, bought("2026-03-01 10", BEA, "bread")]


@pytest.mark.django_db
def test_a_sure_pair_leads_to_those_whose_next_product_it_is(
    site: Site, people: list[Person], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    rule = {"leaf": "bought", "site": site.pk, "days": "all", "one": "bread", "other": "butter"}
    with ledger(tmp_path, bonded(site.pk), reads.site_infos()):  # type: ignore[arg-type]
        shown = client_of("owner").get(reverse("zoco_affinity"), {"days": "all"}).content.decode()
        asked = Asked(now=NOW, store=opening.store())
        found = {key: people_of(_rule(rule | over), asked) for key, over in OVER.items()}

    assert "Who bought bread and not butter" in shown
    assert "not tea" not in shown
    assert {key: set(each) for key, each in found.items()} == {
        "both": {BEA}, "one": {ANA, BEA}, "none": set(), "of late": {BEA},
    }  # fmt: skip


OVER: dict[str, dict[str, object]] = {
    "both": {}, "one": {"other": ""}, "none": {"one": "<b>'; drop"}, "of late": {"days": "90"},
}  # fmt: skip


def _rule(rule: dict[str, object]) -> Any:
    return rules_read({"version": 1, "rules": {"all": [rule]}})


def test_buyers_of_products_of_any_name_are_found(both: Store) -> None:
    asked: Any = {"site": ODD, "period": span_of(ODD, NOW, None), "store": both}

    assert [set(buyers(str(name)[:LONGEST], **asked)) for name in NAMES] == [{CARL}] * len(NAMES)


def test_one_statement_serves_all_people_and_products(both: Store) -> None:
    asked: Any = {"site": SITE, "period": span_of(SITE, NOW, None), "store": both}
    last_products(CARL, **asked)
    buyers("salt", **asked)
    texts = len(templates._held)
    held = [key for key in templates._held if "'research last'" in key or "'research buyers'" in key]
    assert len({key.split(",")[0] for key in held}) == 2

    last = [sorted(last_products(person, **asked)) for person in (ANA, BEA, CARL, 10**9)]

    # Bea's only order that names products was given back, by a fact that does not say whose it was.
    assert last == [["oil"], [], [], []]
    assert [set(buyers(name, **asked)) for name in ("soap", "oil", "s'oap")] == [{ANA}, {ANA}, set()]
    assert len(templates._held) == texts


def test_who_bought_what_is_known_of_all_orders(both: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoco.research.affinity.baskets.ORDERS_MOST", 3)
    asked: Any = {"site": SITE, "period": span_of(SITE, NOW, None), "store": both}

    # Ana's soap lies before the three newest orders, Bea gave hers back, of the others nobody is known.
    assert set(buyers("soap", **asked)) == {ANA}
    assert not any(buyers(name, **asked) for name in ("soa", "'", '"', "%", "lines"))


@pytest.mark.django_db
def test_whoever_bought_the_other_long_ago_is_left_out(
    site: Site, people: list[Person], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    rule = {"site": site.pk, "days": "all", "one": "oil", "other": "soap"}
    monkeypatch.setattr("zoco.research.affinity.baskets.ORDERS_MOST", 9)
    with ledger(tmp_path, shop(site.pk), reads.site_infos()):  # type: ignore[arg-type]
        asked = Asked(now=NOW, store=opening.store())
        found = set(BoughtLeaf().found(rule, asked).people)
        monkeypatch.setattr("zoco.research.affinity.baskets.BUYING_MOST", 1)
        with pytest.raises(LeafWrong, match="fewer days"):
            BoughtLeaf().found(rule, asked)

    # Ana's order of soap is the tenth, and the newest nine make the first part of the rule.
    assert found == set()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [{"one": ""}, {"one": "x" * 10_000}, {"site": 10**30}, {"days": "7"}, {"other": ["x"]}, {"more": 1}],
)
def test_a_rule_of_products_that_cannot_be_is_refused(site: Site, wrong: dict[str, object]) -> None:
    rule = {"leaf": "bought", "site": site.pk, "days": "all", "one": "bread"}

    with pytest.raises(RuleWrong):
        _rule(rule | wrong)


@pytest.mark.django_db
def test_pages_of_the_simulated_company_say_so(
    site: Site, people: list[Person], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    names = ("zoco_affinity", "zoco_scores", "zoco_personas", "zoco_value", "zoco_mixes", "zoco_regionals")
    owner, said = client_of("owner"), {}
    for is_demo in (False, True):
        Site.objects.filter(pk=site.pk).update(is_demo=is_demo)
        reads.forget()
        (folder := tmp_path / str(is_demo)).mkdir()
        with ledger(folder, shop(site.pk), reads.site_infos()):  # type: ignore[arg-type]
            pages = [owner.get(reverse(name)).content.decode() for name in names]
        said[is_demo] = ["no figure here is real" in each for each in pages]

    assert said == {False: [False] * len(names), True: [True] * len(names)}
