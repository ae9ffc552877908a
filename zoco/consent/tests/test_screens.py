"""Pages of owners: topics in four languages, rules, addresses looked up without being listed, choices."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import translation

from zoco.consent.models import Choice, Rule, Suppression, Topic
from zoco.consent.services import choice_record
from zoco.consent.suppressing import suppress, suppressed
from zoco.people.identities import identity_read
from zoco.people.writing import Incoming, people_write
from zoco.project.models import Change
from zoco.project.tests.readers import body, client_of
from zoco.sites.access.models import SiteLimit

AT = datetime(2026, 5, 17, 12, tzinfo=UTC)
ANA = identity_read("email", "ana@shop.example")
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
    suppress(identity=ANA, why=Suppression.Why.COMPLAINT, at=AT)
    owner, page = client_of("owner"), reverse("zoco_consent_suppressed")
    assert "ana@shop" not in body(owner.get(page))
    asked = {"kind": "email", "value": " ANA@shop.example"}

    assert "Lift this reason" in body(owner.post(page, asked))
    lift = {**asked, "act": "lift", "why": "complaint"}
    assert owner.post(page, lift).status_code == 422
    assert suppressed([ANA.place])
    analyst = client_of("analyst")
    assert "Lift this reason" not in body(analyst.post(page, asked))
    assert analyst.post(page, {**lift, "reason": "x"}).headers["location"] == "/admin/"
    owner.post(page, {**lift, "reason": "It was a mistake, she called"})

    assert not suppressed([ANA.place])
    owner.post(page, {**asked, "act": "add", "reason": "A competitor"})
    assert suppressed([ANA.place]) == {ANA.place: {"by_hand"}}
    told = Change.objects.filter(kind="zoco_consent.suppression")
    assert [each.action for each in told.order_by("pk")] == ["deleted", "created"]
    assert "ana@" not in str(list(told.values()))


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
