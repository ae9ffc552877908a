"""Who stands at a step: listed to whoever may see people, with since when, until when and why not."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from zoco.ledger.pictures import formats
from zoco.mail.journeys.entering import enter
from zoco.mail.journeys.models import StepDue
from zoco.mail.journeys.running import due_run
from zoco.mail.journeys.tests.conftest import NOW, Made
from zoco.people.models import Person
from zoco.project.tests.readers import body, client_of

pytestmark = pytest.mark.django_db


def test_the_figure_of_a_step_opens_to_who_stands_there(people: list[Person], made: Made) -> None:
    journey = made()
    for number, person in enumerate(people[:3]):
        enter(journey=journey, person=person, by="program", now=NOW + timedelta(minutes=number))
    due_run(now=NOW + timedelta(hours=1))
    failed = StepDue.objects.get(traveller__person=people[1], step="wait")
    StepDue.objects.filter(pk=failed.pk).update(state=StepDue.State.FAILED, reason="bounced")
    owner, where = client_of("owner"), reverse("zoco_journey_standing", args=[journey.pk, "wait"])

    assert where in body(owner.get(reverse("zoco_journey", args=[journey.pk])))
    shown = body(owner.get(where))

    links = [reverse("zoco_person", args=[each.pk]) for each in people]
    assert [link in shown for link in links] == [True, True, True, False, False]
    assert "cannot go on: It came back." in shown
    ends = [formats.moment(NOW + timedelta(days=2, hours=1)), formats.moment(NOW + timedelta(hours=1))]
    assert [shown.count(each) for each in ends] == [2, 3]
    empty = reverse("zoco_journey_standing", args=[journey.pk, "bye"])
    assert "Nobody stands here" in body(owner.get(empty))
    assert empty not in body(owner.get(reverse("zoco_journey", args=[journey.pk])))


def test_who_may_not_see_people_gets_the_number_alone(
    people: list[Person], made: Made, client: Client
) -> None:
    journey = made()
    enter(journey=journey, person=people[0], by="program", now=NOW)
    due_run(now=NOW + timedelta(hours=1))
    user = User.objects.create_user("drawer")
    names = ("view_journey", "access_admin")
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(user)
    where = reverse("zoco_journey_standing", args=[journey.pk, "wait"])

    page = client.get(reverse("zoco_journey", args=[journey.pk]))

    assert page.status_code == 200
    assert where not in page.content.decode()
    assert client.get(where).status_code in (302, 403)
    assert people[0].name not in body(page) or not people[0].name


@pytest.mark.parametrize("name", ["nothing", "x" * 200, "<b>"])
def test_a_step_that_is_not_there_is_not_found(name: str, made: Made) -> None:
    journey = made()

    assert (
        client_of("owner").get(reverse("zoco_journey_standing", args=[journey.pk, name])).status_code == 404
    )
