"""Drawings of many steps are read at once."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from zoco.mail.drawing.editing import EMPTY, step_add, step_set
from zoco.mail.editing.gallery.ready import letter_begin, ready_of
from zoco.mail.editing.models import Letter
from zoco.mail.journeys.models import Journey
from zoco.mail.journeys.tests.conftest import NOW
from zoco.people.models import Attribute, Audience

ADMIN = "/admin/journeys/"


@pytest.fixture
def owner(client: Client, db: None) -> Client:
    """Return a browser of somebody who may do everything."""
    client.force_login(User.objects.create_superuser("owner", "owner@shop.example", "x"))
    return client


def test_long_drawings_are_read_by_as_many_queries_as_short_ones(owner: Client) -> None:
    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert owner.get(path).status_code == 200
        # What stands around the page is asked for again after some seconds, on whatever page that is.
        own = ("zoco_mail_", "zoco_people_", "zoco_consent_", "zoco_channels_")
        return sum(any(table in each["sql"] for table in own) for each in queries.captured_queries)

    counts: list[list[int]] = []
    for rounds in (1, 1, 20):
        graph, first = step_add(EMPTY, kind="end")
        for n in range(rounds):
            audience = Audience.objects.create(name=f"Slept {len(counts)}-{n}", kind="static", created_at=NOW)
            key = Attribute.objects.create(key=f"a{len(counts)}_{n}", label=f"A {n}", kind="text").key
            letter = Letter(name=f"Offer {n}", purpose="marketing")
            letter_begin(letter=letter, ready=ready_of("offer"), languages=["en"], at=NOW)
            for kind, settings in (
                ("letter", {"letter": letter.pk}),
                ("audience", {"key": audience.pk, "do": "add"}),
                ("attribute", {"key": key, "value": "x"}),
                ("branch", {"of": "audience", "key": audience.pk}),
            ):
                graph, name = step_add(graph, kind=kind)
                graph = step_set(graph, name=name, settings=settings)
        made = Journey.objects.create(name="Long", created_at=NOW, draft={"graph": graph, "entries": []})
        paths = (f"{ADMIN}{made.pk}/", f"{ADMIN}{made.pk}/steps/{first}/")
        counts.append([asked(path) for path in paths])
    page = owner.get(f"{ADMIN}{made.pk}/").content.decode()

    assert counts[2] == counts[1]
    assert page.count("Offer 19") >= 2
    Letter.objects.all().delete()
    Audience.objects.all().delete()
    assert owner.get(f"{ADMIN}{made.pk}/").status_code == 200
