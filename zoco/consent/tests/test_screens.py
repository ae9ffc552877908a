"""Pages of owners: topics in four languages, rules, addresses looked up without being listed, choices."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone, translation

from zoco.consent.deciding import Decision
from zoco.consent.erasing import ConsentEraser
from zoco.consent.models import Choice, Rule, Standing, Suppression, SuppressionEvent, Topic
from zoco.consent.panels import PermissionPanel
from zoco.consent.services import choice_record
from zoco.consent.suppressing import suppress, suppressed
from zoco.kit.periods import micros
from zoco.ledger.store.base import Erasure
from zoco.people.identities import identity_read
from zoco.people.models import Person
from zoco.people.naming import subjects_named
from zoco.people.writing import Incoming, people_write
from zoco.project.models import Change
from zoco.project.tests.readers import body, client_of
from zoco.sites.access.models import SiteLimit

AT = datetime(2026, 5, 17, 12, tzinfo=UTC)
ANA = identity_read("email", "ana@shop.example")
DEAD = Decision(
    by="server", rule="no such user", source="https://rules.example/1", reason="user_unknown", code="5.1.1",
    said="550 5.1.1 <ana@shop.example>: no such\nuser ANA", letter=uuid4(), subject="Honey is here",
    sent_at=AT,
)  # fmt: skip
pytestmark = [pytest.mark.django_db, pytest.mark.markup]


def test_a_topic_speaks_four_languages_and_keeps_its_key() -> None:
    owner = client_of("owner")
    assert "No topic yet" in body(owner.get(reverse("zoco_consent_topics")))
    given = {"label": "News", "key": "news", "position": "1", "is_confirmed": "on", "label_es": "Novedades"}

    owner.post(reverse("zoco_consent_topic_new"), given)

    topic = Topic.objects.get()
    with translation.override("es"):
        assert (topic.said("label"), topic.said("label", "ru")) == ("Novedades", "News")
    there = reverse("zoco_consent_topic", args=[topic.pk])
    owner.post(there, {**given, "key": "other", "label": "All news"})
    topic.refresh_from_db()
    assert (topic.key, topic.label) == ("news", "All news")
    assert "All news" in body(owner.get(reverse("zoco_consent_topics")))
    assert Change.objects.filter(kind="zoco_consent.topic").count() == 2


def test_whoever_agreed_to_all_topics_agreed_to_each_that_he_did_not_leave() -> None:
    Topic.objects.bulk_create(Topic(key=key, label=key.title()) for key in ("honey", "bread"))
    chose = {
        "all": [("", "given")], "one": [("honey", "given")], "both": [("", "given"), ("honey", "given")],
        "left one": [("", "given"), ("honey", "withdrawn")],
        "left all": [("bread", "given"), ("", "withdrawn")],
        "came back": [("", "withdrawn"), ("honey", "given")],
    }  # fmt: skip
    for name, choices in chose.items():
        person = Person.objects.create(name=name, created_at=AT, changed_at=AT)
        for day, (topic, state) in enumerate(choices):
            Standing.objects.create(
                person=person, purpose="marketing", topic=topic, state=state, since=AT + timedelta(day)
            )

    lines = client_of("owner").get(reverse("zoco_consent_topics")).context["lines"]

    assert {each["topic"].key: each["agreed"] for each in lines} == {"honey": "4", "bread": "3"}


def test_whoever_left_by_any_way_counts_no_more_though_he_agreed_by_mail() -> None:
    Topic.objects.create(key="honey", label="Honey")
    left = {
        "topic": ("honey", "honey"),
        "all": ("honey", ""),
        "all of all": ("", ""),
        "nothing": ("honey", "x"),
    }
    for name, (agreed, withdrawn) in left.items():
        person = Person.objects.create(name=name, created_at=AT, changed_at=AT)
        given = Standing(person=person, purpose="marketing", topic=agreed, state="given", since=AT)
        given.adapter = "email"
        gone = Standing(person=person, purpose="marketing", topic=withdrawn, state="withdrawn")
        gone.since = AT + timedelta(1)
        Standing.objects.bulk_create([given, gone])

    (line,) = client_of("owner").get(reverse("zoco_consent_topics")).context["lines"]

    assert line["agreed"] == "1"


def test_topics_are_called_in_a_timeline_as_its_reader_knows_them() -> None:
    Topic.objects.create(key="news", label="News", words={"es": {"label": "Noticias"}})

    with translation.override("es"):
        named = subjects_named([("topic", "news"), ("topic", "gone"), ("topic", "")])

    assert named == {("topic", "news"): "Noticias", ("topic", "gone"): "", ("topic", ""): ""}


def test_a_key_is_made_of_the_label_where_none_is_given() -> None:
    owner = client_of("owner")
    for label in ("Весенние новости", "Весенние новости", "24 hours"):
        owner.post(reverse("zoco_consent_topic_new"), {"label": label, "position": "0"})

    keys = Topic.objects.order_by("pk").values_list("key", flat=True)
    assert list(keys) == ["vesennie-novosti", "vesennie-novosti-2", "n-24-hours"]


def test_a_rule_is_kept_by_purpose_and_one_that_never_opens_is_refused() -> None:
    owner = client_of("owner")
    given = {"most": "3", "days": "7", "opens_at": "09:00", "closes_at": "20:00", "weekdays": ["0", "4"]}
    marketing = {"purpose": "marketing", **{f"marketing-{name}": value for name, value in given.items()}}

    refused = owner.post(reverse("zoco_consent_rules"), {**marketing, "marketing-weekdays": []})
    assert (refused.status_code, Rule.objects.count()) == (422, 0)
    owner.post(reverse("zoco_consent_rules"), marketing)

    rule = Rule.objects.get()
    assert (rule.purpose, rule.most, rule.weekdays) == ("marketing", 3, [0, 4])
    analyst = client_of("analyst")
    analyst.post(reverse("zoco_consent_rules"), {**marketing, "marketing-most": "9"})
    assert Rule.objects.get().most == 3


def test_an_address_is_asked_for_lifted_with_a_reason_and_listed_nowhere() -> None:
    suppress(identity=ANA, why=Suppression.Why.IMPORTED, at=AT)
    owner, page = client_of("owner"), reverse("zoco_consent_suppressed")
    assert "ana@shop" not in body(owner.get(page))
    asked = {"kind": "email", "value": " ANA@shop.example"}

    assert "Let the address go" in body(owner.post(page, asked))
    there, lift = reverse("zoco_consent_lift"), {**asked, "why": "imported"}
    assert "say why the address is let go" in body(owner.post(there, lift, follow=True))
    assert owner.post(there, {"kind": "email", "value": "nobody"}).status_code == 400
    assert suppressed([ANA.place])
    analyst = client_of("analyst")
    assert "Let the address go" not in body(analyst.post(page, asked))
    assert analyst.post(there, {**lift, "reason": "x"}).headers["location"] == "/admin/"
    owner.post(there, {**lift, "reason": "The wrong column was mapped"})

    assert not suppressed([ANA.place])
    owner.post(page, {**asked, "act": "add", "reason": "A competitor"})
    assert suppressed([ANA.place]) == {ANA.place: {"by_hand"}}
    told = Change.objects.filter(kind="zoco_consent.suppression")
    assert [each.action for each in told.order_by("pk")] == ["deleted", "created"]
    assert "ana@" not in str(list(told.values()))


def test_what_a_server_decided_is_shown_and_let_go_on_the_persons_page() -> None:
    person = _ana()
    suppress(identity=ANA, why=Suppression.Why.DEAD, at=AT, decision=DEAD)
    here = reverse("zoco_person", args=[person.pk])
    marketer = client_of("marketer")
    shown = body(marketer.get(here))
    for words in (
        "Nobody is there at this address.",
        "no such user (user_unknown)",
        "5.1.1",
        "Honey is here",
    ):
        assert words in shown
    assert "550 5.1.1 (email): no such user (email)" in shown
    assert "Let the address go" not in body(client_of("analyst").get(here))
    lift = {"kind": "email", "value": ANA.value, "why": "dead", "person": str(person.pk)}

    answer = marketer.post(reverse("zoco_consent_lift"), {**lift, "reason": "It works"})

    assert answer.headers["location"] == f"{here}#z-suppressed"
    assert not suppressed([ANA.place])
    event = SuppressionEvent.objects.filter(is_lift=True).get()
    assert (event.by, event.note, event.user and event.user.username) == ("staff", "It works", "marketer")
    shown = body(marketer.get(here))
    assert "lifted. marketer It works" in shown
    assert "Let the address go" not in shown


def test_what_the_person_wanted_is_not_lifted_by_anybody_else() -> None:
    person = _ana()
    for why in (Suppression.Why.COMPLAINT, Suppression.Why.UNSUBSCRIBED):
        suppress(identity=ANA, why=why, at=AT)
    owner = client_of("owner")

    shown = body(owner.get(reverse("zoco_person", args=[person.pk])))
    assert shown.count("Only the person can take that back") == 2
    assert "Let the address go" not in shown
    for said in ("complaint", "unsubscribed"):
        lift = {"kind": "email", "value": ANA.value, "why": said, "reason": "It was a mistake, she called"}
        assert "Only the person" in body(owner.post(reverse("zoco_consent_lift"), lift, follow=True))

    assert suppressed([ANA.place]) == {ANA.place: {"complaint", "unsubscribed"}}
    assert not SuppressionEvent.objects.filter(is_lift=True).exists()
    assert not Change.objects.filter(kind="zoco_consent.suppression").exists()


def test_words_of_a_decision_go_with_the_person_and_the_decision_stays() -> None:
    person = _ana()
    suppress(identity=ANA, why=Suppression.Why.DEAD, at=AT, decision=DEAD)

    ConsentEraser().keep(Erasure(site=0, at=micros(timezone.now()), persons=(person.number,)))

    event = SuppressionEvent.objects.get(why="dead")
    assert (event.said, event.subject, event.letter, event.rule) == ("", "", None, "no such user")
    assert suppressed([ANA.place]) == {ANA.place: {"dead", "unsubscribed"}}


def _ana() -> Person:
    (written,) = people_write([Incoming((ANA,), {"name": "Ana"})], at=AT)
    assert written.person is not None
    return written.person


def test_answers_for_many_topics_and_addresses_are_read_at_once(django_assert_max_num_queries: Any) -> None:
    for number in range(8):
        Topic.objects.create(key=f"topic-{number}", label=f"Topic {number}")
    others = tuple(identity_read("email", f"ana{number}@shop.example") for number in range(3))
    (written,) = people_write([Incoming((ANA, *others))], at=AT)
    assert written.person is not None
    choice_record(person=written.person.pk, state=Choice.State.GIVEN, proof={}, at=AT, topic="topic-3")
    suppress(identity=others[0], why=Suppression.Why.BY_HAND, at=AT)

    with django_assert_max_num_queries(10):
        shown = PermissionPanel().values(written.person, at=AT)

    addresses: Any = shown["addresses"]
    answers = dict(addresses)
    assert [len(each) for each in answers.values()] == [10] * 4
    said = {address: [each["answer"] for each in lines][3] for address, lines in answers.items()}
    assert said == {ANA.value: "Yes", others[0].value: "No", others[1].value: "Yes", others[2].value: "Yes"}
    assert [each["answer"] for each in answers[others[0].value]][-2:] == ["No", "Yes"]


def test_choices_stand_with_their_proof_for_whoever_sees_all_sites() -> None:
    (written,) = people_write([Incoming((ANA,), {"name": "Ana"})], at=AT)
    assert written.person is not None
    proof = {"form": "footer", "text": "Yes, <b>write</b> to me."}
    choice_record(person=written.person.pk, state=Choice.State.GIVEN, proof=proof, at=AT, topic="news")
    page = reverse("zoco_consent_choices")
    marketer = client_of("marketer")

    shown = marketer.get(page).content.decode()
    assert "Yes, &lt;b&gt;write&lt;/b&gt; to me." in shown
    assert "Ana" not in body(marketer.get(page, {"state": "withdrawn"}))
    SiteLimit.objects.create(user=User.objects.get(username="marketer"))
    assert marketer.get(page).headers["location"] == "/admin/"
