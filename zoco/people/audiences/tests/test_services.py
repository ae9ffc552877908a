"""Audiences are made, counted and changed; who enters and leaves is told once, whoever is killed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from zoco.ledger.models import OutboxRow
from zoco.ledger.outbox.rows import database
from zoco.ledger.store.base import Erasure
from zoco.people.audiences import telling
from zoco.people.audiences.bitmaps import unpacked
from zoco.people.audiences.keeping import AudienceEraser, old_forget
from zoco.people.audiences.models import Audience, AudienceChange
from zoco.people.audiences.renewing import AGAIN, due_begin
from zoco.people.audiences.rules import RuleWrong, rules_read
from zoco.people.audiences.services import (
    EVERY,
    AudienceWrong,
    audience_count,
    audience_delete,
    audience_write,
    members_add,
    members_remove,
)
from zoco.people.identities import identity_read
from zoco.people.merging import merge_undo, people_merge
from zoco.people.models import Attribute, Person, Tag, Tagged
from zoco.people.writing import Incoming, people_write
from zoco.sites.wording import said_again

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
LIVE, STATIC = Audience.Kind.LIVE, Audience.Kind.STATIC
pytestmark = pytest.mark.django_db


def tree(**leaf: Any) -> Any:
    return {"version": 1, "rules": {"all": [leaf]}}


@pytest.fixture
def people() -> list[Person]:
    Attribute.objects.create(key="size", label="Size", kind="number")
    Attribute.objects.create(key="likes", label="Likes", kind="choices", choices=["Tea", "Mate"])
    rows = [
        Incoming(
            (identity_read("email", f"p{n}@{'mx' if n % 2 else 'es'}.example"),), {"country": "ES"},
            {"size": float(n), "likes": ["Tea", "Mate"][: n % 3]}, ("vip",) if n < 3 else ("old",),
        )
        for n in range(6)
    ]  # fmt: skip
    written = [each.person for each in people_write(rows, at=NOW)]
    return [each for each in written if each is not None]


def live(name: str, **leaf: Any) -> Audience:
    return audience_write(name=name, kind=LIVE, rules=rules_read(tree(**leaf)), at=NOW)


def counted(audience: Audience, at: datetime = NOW) -> set[int]:
    found = audience_count(key=audience.pk, at=at)
    assert found is not None
    assert found.wrong == ""
    return set(unpacked(found.members))


def told() -> list[tuple[str, int, str]]:
    rows = OutboxRow.objects.using(database()).filter(name__startswith="people.audience.").order_by("pk")
    return [(row.name.rpartition(".")[2], row.person & ~(1 << 62), row.fact) for row in rows]


@pytest.mark.parametrize(
    ("leaf", "who"),
    [
        ({"leaf": "tag", "tag": "vip"}, {0, 1, 2}),
        ({"leaf": "attribute", "field": "size", "how": "least", "value": "4"}, {4, 5}),
        ({"leaf": "attribute", "field": "size", "how": "is_not", "value": "1|2"}, {0, 3, 4, 5}),
        ({"leaf": "attribute", "field": "likes", "how": "is", "value": "mate"}, {2, 5}),
        ({"leaf": "attribute", "field": "likes", "how": "unknown"}, {0, 3}),
        ({"leaf": "attribute", "field": "own.city", "how": "known"}, set()),
        ({"leaf": "attribute", "field": "own.created", "how": "days", "value": "1"}, {0, 1, 2, 3, 4, 5}),
        ({"leaf": "attribute", "field": "own.created", "how": "known"}, {0, 1, 2, 3, 4, 5}),
        ({"leaf": "attribute", "field": "own.created", "how": "unknown"}, set()),
        ({"leaf": "attribute", "field": "own.created", "how": "most", "value": "2026-11-27"}, set()),
        ({"leaf": "identity", "kind": "email", "domain": "@MX.example"}, {1, 3, 5}),
        ({"leaf": "identity", "kind": "email", "proved": True}, set()),
    ],
)
def test_what_is_known_of_people_decides(people: list[Person], leaf: dict[str, Any], who: set[int]) -> None:
    assert counted(live("Some", **leaf)) == {people[n].pk for n in who}


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({}, "version"),
        ({"version": 2, "rules": {}}, "version 2"),
        ({"version": 1, "rules": {"all": []}}, "rules.all must hold"),
        ({"version": 1, "rules": {"all": [], "any": []}}, "one of all, any, not, leaf"),
        ({"version": 1, "rules": {"any": [{"leaf": "x"}]}}, "rules.any[0]: there is no rule 'x'"),
        (tree(leaf="tag", tag="none"), "rules.all[0]: tag: "),
        (tree(leaf="tag", colour="red"), "colour is not known"),
        (tree(leaf="attribute", field="size", how="is", value="big"), "'big' is no number"),
        (tree(leaf="attribute", field="own.city", how="least", value="3"), "numbers and days alone"),
        (tree(leaf="attribute", field="own.created", how="days", value="0000019999999"), "number of days"),
        (tree(leaf="attribute", field="own.created", how="is", value="9999-12-31T23:59"), "is no day"),
        (tree(leaf="behaviour", fact="Order", how="did", when="ever"), "fact: Write the name of a fact"),
        (tree(leaf="behaviour", fact="a.b", how="least", when="ever"), "number: Write how many"),
        (tree(leaf="behaviour", fact="a.b", how="did", when="last"), "days: Write how many days"),
        (tree(leaf="behaviour", fact="a.b", how="did", when="ever", where=["x"]), "where[0] has field"),
        (tree(leaf="tag", tag=["a"]), "tag is not known"),
        ({"version": 1, "rules": {"not": {"not": {"not": {"not": {"not": {"not": {}}}}}}}}, "too deep"),
        ({"version": 1, "rules": {"all": [{"leaf": "identity", "kind": "email"}] * 41}}, "1 and 40 rules"),
        ({"version": 1, "rules": {"all": [{"any": [{"leaf": "identity", "kind": "email"}] * 21}] * 2}}, "42"),
    ],
)  # fmt: skip
def test_rules_that_cannot_be_say_where_and_why(people: list[Person], raw: Any, said: str) -> None:
    with pytest.raises(RuleWrong) as refused:
        rules_read(raw)

    assert said in str(refused.value)


def test_who_enters_and_leaves_is_written_down_and_told_once(people: list[Person]) -> None:
    audience = live("VIPs", leaf="tag", tag="vip")
    later = NOW + timedelta(hours=1)

    counted(audience)
    Tagged.objects.filter(person=people[0], tag__name="vip").delete()
    Tagged.objects.create(tag=Tag.objects.get(name="vip"), person=people[5], since=later)
    assert counted(audience, later) == {people[n].pk for n in (1, 2, 5)}
    assert counted(audience, later + timedelta(hours=1)) == {people[n].pk for n in (1, 2, 5)}
    assert telling.changes_tell(audience=audience.pk) == 5
    assert telling.changes_tell(audience=audience.pk) == 0

    sizes = AudienceChange.objects.order_by("pk").values_list("size", "entered_size", "left_size", "is_told")
    assert list(sizes) == [(3, 3, 0, True), (3, 1, 1, True)]
    keys = [each.pk for each in people]
    assert [each[:2] for each in told()] == [
        *(("entered", keys[n]) for n in (0, 1, 2)), ("entered", keys[5]), ("left", keys[0]),
    ]  # fmt: skip
    assert f'"subject":"{audience.pk}"' in told()[0][2]


def test_batches_that_were_cut_off_go_on_without_a_second_fact(
    people: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "BATCH", 2)
    audience = live("All", leaf="identity", kind="email")
    counted(audience)

    assert telling._batch_tell(audience.pk) == 2
    AudienceChange.objects.update(told=0)  # as if the batch had been lost after its facts
    assert telling.changes_tell(audience=audience.pk) == 6

    assert [person for _kind, person, _fact in told()] == [each.pk for each in people]


def test_audience_within_an_audience_is_counted_anew_and_never_in_a_ring(people: list[Person]) -> None:
    vips = live("VIPs", leaf="tag", tag="vip")
    others = audience_write(
        name="Others", kind=LIVE, at=NOW,
        rules=rules_read({"version": 1, "rules": {"not": {"leaf": "audience", "audience": vips.pk}}}),
    )  # fmt: skip

    assert counted(others) == {each.pk for each in people[3:]}
    with pytest.raises(AudienceWrong, match="Others asks for this audience"):
        audience_delete(audience=vips)
    Audience.objects.filter(pk=vips.pk).update(rules=tree(leaf="audience", audience=others.pk))
    ring = audience_count(key=vips.pk, at=NOW)

    assert ring is not None
    assert ring.wrong.startswith("These audiences ask for each other")
    assert ring.size == 0


def test_people_are_put_in_and_taken_out_by_hand(people: list[Person]) -> None:
    audience = audience_write(name="Board", kind=STATIC, at=NOW)
    keys = [each.pk for each in people]

    assert members_add(audience=audience, people=keys[:3], at=NOW) == 3
    assert members_add(audience=audience, people=keys[:4], at=NOW) == 1
    assert members_remove(audience=audience, people=[keys[0], 10**12], at=NOW) == 1
    with pytest.raises(AudienceWrong, match="no person 10000000000000"):
        members_add(audience=audience, people=[keys[0], 10**13], at=NOW)
    with pytest.raises(AudienceWrong, match="follows from its rules"):
        members_add(audience=live("VIPs", leaf="tag", tag="vip"), people=keys, at=NOW)
    with pytest.raises(AudienceWrong, match="There is an audience board already"):
        audience_write(name=" board ", kind=STATIC, at=NOW)

    audience.refresh_from_db()
    assert set(unpacked(audience.members)) == {*keys[1:4]}


def test_whoever_came_in_while_a_name_was_typed_is_in(people: list[Person]) -> None:
    board, vips = audience_write(name="Board", kind=STATIC, at=NOW), live("VIPs", leaf="tag", tag="vip")
    typed = Audience.objects.get(pk=board.pk), Audience.objects.get(pk=vips.pk)
    members_add(audience=board, people=[people[0].pk], at=NOW)
    counted(vips)

    audience_write(name="Council", kind=STATIC, at=NOW, audience=typed[0])
    rules = rules_read(tree(leaf="tag", tag="old"))
    audience_write(name="Others", kind=LIVE, at=NOW, audience=typed[1], rules=rules)

    board.refresh_from_db()
    vips.refresh_from_db()
    assert (board.name, board.size, set(unpacked(board.members))) == ("Council", 1, {people[0].pk})
    assert (vips.name, vips.size, vips.due_at, vips.counted_at) == ("Others", 3, NOW, NOW)
    assert vips.rules["rules"] == {"all": [{"leaf": "tag", "tag": "old"}]}


def test_merge_puts_the_survivor_in_and_undone_all_is_as_it_was(people: list[Person]) -> None:
    one, both = (audience_write(name=name, kind=STATIC, at=NOW) for name in ("One", "Both"))
    gone, kept = people[0], people[1]
    members_add(audience=one, people=[gone.pk], at=NOW)
    members_add(audience=both, people=[gone.pk, kept.pk], at=NOW)
    before = list(Audience.objects.order_by("pk").values_list("members", "size"))

    merge = people_merge(person=gone, into=kept, why="test", at=NOW)

    for audience in Audience.objects.all():
        assert set(unpacked(audience.members)) == {kept.pk}
    assert members_add(audience=one, people=[gone.pk], at=NOW) == 0
    merge_undo(merge=merge, at=NOW)
    assert list(Audience.objects.order_by("pk").values_list("members", "size")) == before


def test_whoever_is_forgotten_is_in_no_audience_and_no_change(people: list[Person]) -> None:
    audience = live("All", leaf="identity", kind="email")
    counted(audience)
    telling.changes_tell(audience=audience.pk)
    erasure = Erasure(0, persons=(people[2].number,))

    assert AudienceEraser().held(erasure) == [f"audience {audience.pk}"]
    assert AudienceEraser().erase(erasure) == 1
    assert AudienceEraser().held(erasure) == []

    audience.refresh_from_db()
    assert audience.size == 5
    change = AudienceChange.objects.get()
    assert people[2].pk not in unpacked(change.entered)
    assert (change.told, change.entered_size) == (5, 6)
    assert old_forget(now=NOW + timedelta(days=401)) == 1
    assert old_forget(now=NOW + timedelta(days=401)) == 0


def test_counts_that_are_due_begin_once_and_come_again(people: list[Person]) -> None:
    audience = live("VIPs", leaf="tag", tag="vip")

    assert due_begin(now=NOW) == 1
    assert due_begin(now=NOW) == 0
    audience.refresh_from_db()
    assert audience.due_at == NOW + AGAIN
    counted(audience, NOW)
    audience.refresh_from_db()
    assert audience.due_at == NOW + EVERY


def test_count_of_rules_that_changed_meanwhile_or_of_an_earlier_moment_is_dropped(
    people: list[Person],
) -> None:
    audience = live("VIPs", leaf="tag", tag="vip")
    counted(audience, NOW + timedelta(minutes=1))
    Tagged.objects.all().delete()

    assert audience_count(key=audience.pk, at=NOW) is not None

    audience.refresh_from_db()
    assert audience.size == 3
    assert audience_count(key=10**6, at=NOW) is None


def test_rule_about_what_is_there_no_more_says_so_and_keeps_who_was_in(people: list[Person]) -> None:
    audience = live("Large", leaf="attribute", field="size", how="least", value="4")
    counted(audience)
    Attribute.objects.all().delete()

    found = audience_count(key=audience.pk, at=NOW + timedelta(hours=1))

    assert found is not None
    assert "field" in said_again(found.wrong, found.wrong_places)
    assert found.size == 2
