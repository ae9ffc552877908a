"""Who may get letters, many at once, is who would be told yes one by one."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from zoco.consent.asking import Request, may_contact
from zoco.consent.models import Choice, Purpose, Rule, Suppression, Topic
from zoco.consent.services import choice_record
from zoco.consent.suppressing import suppress
from zoco.people.audiences.rules import rules_read
from zoco.people.audiences.services import rules_count
from zoco.people.identities import identity_read
from zoco.people.models import Identity
from zoco.people.writing import Incoming, people_write

NOW = datetime(2026, 5, 18, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db
PEOPLE = 60


def test_those_are_found_who_would_be_told_yes() -> None:
    rng = random.Random(3)
    Topic.objects.create(key="tea", label="Tea")
    for purpose in (Purpose.MARKETING, Purpose.SERVICE):
        Rule.objects.create(purpose=purpose, most=0, opens_at="00:00", closes_at="00:00")
    rows = [Incoming((identity_read("email", f"p{n}@shop.example"),)) for n in range(PEOPLE)]
    people = [each.person for each in people_write(rows, at=NOW)]
    for person in people:
        assert person is not None
        for number in range(rng.randrange(4)):
            choice_record(
                person=person.pk, state=rng.choice(list(Choice.State)), proof={},
                at=NOW - timedelta(days=rng.randrange(1, 9), hours=number),
                purpose=rng.choice((Purpose.MARKETING, Purpose.MARKETING, Purpose.SERVICE)),
                topic=rng.choice(("", "tea", "other")), adapter=rng.choice(("", "email", "sms")),
            )  # fmt: skip
        if rng.random() < 0.2:
            name = Identity.objects.get(person=person).place
            why = rng.choice((Suppression.Why.DEAD, Suppression.Why.COMPLAINT))
            suppress(identity=name, why=why, at=NOW)

    for purpose in Purpose:
        for topic in ("", "tea"):
            leaf = {"leaf": "consent", "purpose": purpose.value, "topic": topic}
            found = set(rules_count(rules_read({"version": 1, "rules": leaf}), at=NOW).people)
            one_by_one = {
                each.person_id
                for each in Identity.objects.all()
                if may_contact(
                    Request(each.person_id, each.place, "email", purpose, topic), at=NOW, zone="UTC"
                ).is_yes
            }

            assert found == one_by_one, (purpose, topic)
            assert 0 < len(found) < PEOPLE
