"""Of several addresses of a person one is used: the oldest, until a colleague chooses another."""

from datetime import UTC, datetime
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.serializers import serialize
from django.db import connection

from zoco.consent.models import Purpose, Suppression
from zoco.consent.public.preferring import addresses_of, is_stopped
from zoco.consent.suppressing import suppress
from zoco.people.audiences.rules import rules_read
from zoco.people.audiences.services import rules_count
from zoco.people.editing import Hand, identity_add, identity_remove, identity_use
from zoco.people.identities import identity_read
from zoco.people.merging import merge_undo, people_merge
from zoco.people.models import Edit, Identity, Person
from zoco.people.writing import Incoming, people_write
from zoco.project.models import Change
from zoco.project.tests.readers import body, client_of

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def person(*emails: str) -> Person:
    (written,) = people_write([Incoming(tuple(identity_read("email", each) for each in emails))], at=NOW)
    assert written.person is not None
    return written.person


def used(who: Person) -> list[str]:
    return list(who.identities.filter(is_main=True).order_by("pk").values_list("value", flat=True))


def test_a_new_address_is_used_only_where_there_is_none() -> None:
    ana = person("old@shop.example", "second@shop.example")
    people_write(
        [Incoming((identity_read("email", "old@shop.example"), identity_read("email", "3@shop.example")))],
        at=NOW,
    )
    for kind, value in (("email", "4@shop.example"), ("phone", "+34600123456")):
        identity_add(person=ana, named=identity_read(kind, value), hand=Hand(NOW))
    for space in ("shop", "club"):
        identity_add(person=ana, named=identity_read("external", "7", space=space), hand=Hand(NOW))

    assert used(ana) == ["old@shop.example", "+34 600 12 34 56", "7", "7"]

    identity_remove(person=ana, pk=ana.identities.get(value="old@shop.example").pk, hand=Hand(NOW))

    assert used(ana)[0] == "second@shop.example"


def test_a_page_lets_another_address_be_used_and_says_who_chose_it() -> None:
    ana = person("old@shop.example", "new@shop.example")
    identity_add(person=ana, named=identity_read("phone", "+34600123456"), hand=Hand(NOW))
    marketer, analyst = client_of("marketer"), client_of("analyst")
    page = f"/admin/people/{ana.pk}/"
    new = ana.identities.get(value="new@shop.example")
    shown = body(marketer.get(page))

    refused = analyst.post(f"{page}act/", {"do": "use", "value": new.pk})
    gone = marketer.post(f"{page}act/", {"do": "use", "value": new.pk + 9})

    assert refused["Location"] == "/admin/"
    assert gone.status_code == 422
    assert used(ana)[0] == "old@shop.example"
    assert (shown.count("is used"), shown.count("Use this one")) == (1, 1)
    assert "Use this one" not in body(analyst.get(page))

    for _twice in range(2):
        assert marketer.post(f"{page}act/", {"do": "use", "value": new.pk}).status_code == 302

    assert used(ana) == ["new@shop.example", "+34 600 12 34 56"]
    edit = Edit.objects.get(person=ana, what="used")
    assert edit.details == {"email": ["old@shop.example", "new@shop.example"]}
    assert edit.by_name == "marketer"
    assert "another one is used" in body(marketer.get(page))
    noted = Change.objects.filter(subject_name=f"#{ana.pk}").order_by("-pk")[0]
    assert "old@shop.example" not in str(noted.details)


def test_the_survivor_of_a_merge_keeps_the_address_that_is_used() -> None:
    gone, kept = person("first@shop.example", "other@shop.example"), person("mine@shop.example")
    identity_add(person=gone, named=identity_read("phone", "+34600123456"), hand=Hand(NOW))
    identity_use(person=gone, pk=gone.identities.get(value="other@shop.example").pk, hand=Hand(NOW))
    before = serialize("json", Identity.objects.order_by("pk"))

    merge = people_merge(person=gone, into=kept, why="", at=NOW)

    assert used(kept) == ["mine@shop.example", "+34 600 12 34 56"]
    assert [each.value for each in addresses_of(kept.pk)] == [
        "mine@shop.example", "first@shop.example", "other@shop.example",
    ]  # fmt: skip
    merge_undo(merge=merge, at=NOW)
    assert serialize("json", Identity.objects.order_by("pk")) == before


def test_who_loses_the_address_that_was_chosen_uses_the_one_of_before() -> None:
    kept, gone = person("a@shop.example", "b@shop.example"), person("c@shop.example")
    identity_use(person=kept, pk=kept.identities.get(value="b@shop.example").pk, hand=Hand(NOW))
    merge = people_merge(person=gone, into=kept, why="", at=NOW)
    identity_use(person=kept, pk=kept.identities.get(value="c@shop.example").pk, hand=Hand(NOW))
    assert used(kept) == ["c@shop.example"]

    merge_undo(merge=merge, at=NOW)

    assert (used(kept), used(gone)) == (["b@shop.example"], ["c@shop.example"])


def test_a_merge_of_before_is_undone_and_both_use_an_address() -> None:
    kept, gone = person("a@shop.example"), person("c@shop.example", "d@shop.example")
    merge = people_merge(person=gone, into=kept, why="", at=NOW)
    del merge.before["mains"]
    merge.save()

    merge_undo(merge=merge, at=NOW)

    assert (used(kept), used(gone)) == (["a@shop.example"], ["c@shop.example"])


def test_letters_may_come_if_the_address_that_is_used_is_not_dead() -> None:
    ana = person("old@shop.example", "new@shop.example")
    leaf = {"leaf": "consent", "purpose": Purpose.SERVICE.value, "topic": ""}
    suppress(identity=identity_read("email", "old@shop.example"), why=Suppression.Why.DEAD, at=NOW)
    rules = rules_read({"version": 1, "rules": leaf})
    assert is_stopped(ana.pk)
    assert list(rules_count(rules, at=NOW).people) == []

    identity_use(person=ana, pk=ana.identities.get(value="new@shop.example").pk, hand=Hand(NOW))

    assert not is_stopped(ana.pk)
    assert list(rules_count(rules, at=NOW).people) == [ana.pk]


def test_of_addresses_that_were_all_marked_the_oldest_stays_used() -> None:
    ana, bo = person("old@shop.example", "new@shop.example"), person("bo@shop.example")
    Identity.objects.update(is_main=True)

    editor = SimpleNamespace(connection=connection)
    import_module("zoco.people.migrations.0007_mains").only_oldest_is_used(apps, editor)

    assert (used(ana), used(bo)) == (["old@shop.example"], ["bo@shop.example"])
