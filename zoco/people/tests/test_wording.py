"""What went wrong in the background is said in the language of whoever reads it, not in the worker's."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.utils import translation

from zoco.kit.said import Said
from zoco.people.audiences.services import audience_count
from zoco.people.importing import running
from zoco.people.importing.models import PeopleImport
from zoco.people.models import Audience
from zoco.project.tests.readers import body, client_of
from zoco.sites.wording import packed_said, said_again

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
TORN = 'email\nana@shop.example\n"torn\n'
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data")]


def test_an_audience_says_in_the_readers_language_why_it_cannot_be_counted() -> None:
    audience, other = (Audience.objects.create(name=each, created_at=NOW) for each in ("Tea", "Milk"))
    for one, asked in ((audience, other), (other, audience)):
        one.rules = {"version": 1, "rules": {"leaf": "audience", "audience": asked.pk}}
        one.save()
    marketer = client_of("marketer")

    with translation.override("es"):
        audience_count(key=audience.pk, at=NOW)

    shown = body(marketer.get(f"/admin/audiences/{audience.pk}/"))
    assert "These audiences ask for each other: Milk, Tea. Take the rule out of one." in shown
    with translation.override("es"):
        audience.refresh_from_db()
        spanish = said_again(audience.wrong, audience.wrong_places)
    assert "audiencias" in spanish
    assert "Milk, Tea" in spanish


def test_an_import_says_in_the_readers_language_why_it_failed() -> None:
    run = running.import_begin(name="list.csv", size=len(TORN), by=None, at=NOW)
    running.RUNS.part_take(run, offset=0, piece=TORN.encode())
    assert running.step_begin(run=run, step="read")
    marketer = client_of("marketer")

    with translation.override("es"):
        running.through(key=run.pk)

    run = PeopleImport.objects.get()
    english = "Line 3 cannot be read: a quote is torn, or a cell is too long or no text."
    assert (run.state, run.said_places) == ("failed", {"line": 3})
    assert english in body(marketer.get(f"/admin/people/imports/{run.pk}/"))
    with translation.override("es"):
        assert said_again(run.said, run.said_places).startswith("No se puede leer la línea 3")
    assert User.objects.count() == 1


def test_what_is_wrong_within_is_said_in_the_same_language() -> None:
    inner = Said("The file is empty.")
    kept = packed_said(Said("%(place)s: %(why)s", place="rules", why=inner))

    assert kept == ("%(place)s: %(why)s", {"place": "rules", "why": ["The file is empty.", {}]})
    with translation.override("es"):
        assert said_again(*kept) == "rules: El archivo está vacío."
        assert said_again(*kept, is_english=True) == "rules: The file is empty."
    assert said_again("", {}) == ""
    assert said_again("QueryFailed: 100%", {}) == "QueryFailed: 100%"
