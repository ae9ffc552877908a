"""The pages of an import: uploaded in pieces, mapped with proof, looked at, imported, reported."""

import csv
import io
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from wagtail.users.models import UserProfile

from zoco.consent.models import Choice
from zoco.people.importing import running
from zoco.people.importing.models import PeopleImport
from zoco.people.models import Identity, Person
from zoco.project.models import Change
from zoco.project.tests.readers import body, client_of

TABLE = b"E-mail,Size,Status\nana@a.example,41,subscribed\n=cmd()@,42,subscribed\n"
pytestmark = pytest.mark.django_db


def worked(run: PeopleImport) -> str:
    """Do what was asked for in the background; return the state."""
    running.through(key=run.pk)
    run.refresh_from_db()
    return str(run.state)


def refused_rows(run: PeopleImport, marketer: Client) -> Any:
    """Take the rows that were refused, as only whoever may take out files of people can; it is noted."""
    page, where = f"/admin/people/imports/{run.pk}/", f"/admin/people/imports/{run.pk}/refused.csv"
    analyst = client_of("analyst")
    assert analyst.post(where)["Location"] == "/admin/"
    assert where not in body(analyst.get(page))
    assert marketer.get(where).status_code == 405
    assert where in body(marketer.get(page))
    assert not Change.objects.filter(action="exported").exists()
    report = marketer.post(where)
    noted = Change.objects.get(action="exported")
    assert (noted.kind, noted.subject_name) == ("zoco_people.peopleimport", f"#{run.pk}")
    assert noted.by_name == "marketer"
    return report


def assert_in_spanish(run: PeopleImport, marketer: Client) -> None:
    """Have whoever reads Spanish in the account, not in the browser, take the refused rows."""
    UserProfile.objects.create(user=User.objects.get(username="marketer"), preferred_language="es")
    report: Any = marketer.post(f"/admin/people/imports/{run.pk}/refused.csv")
    text = b"".join(report.streaming_content).decode()
    assert "Archivo,Línea,Motivo," in text
    assert "no es una dirección de correo" in text


def test_from_upload_to_report() -> None:
    marketer = client_of("marketer")
    begun = marketer.post(
        "/admin/people/imports/new/", {"name": "list.csv", "size": len(TABLE)}, HTTP_ACCEPT="application/json"
    ).json()
    for offset in (0, 30, 0):
        piece = TABLE[offset : offset + 30] if offset == 0 else TABLE[offset:]
        sent = marketer.post(
            f"{begun['part']}?offset={offset}", piece, content_type="application/octet-stream"
        )
    assert sent.status_code == 409
    run = PeopleImport.objects.get()
    assert worked(run) == "read"
    page = body(marketer.get(begun["page"]))
    assert "ana@a.example" in page
    assert '<option value="new.number" selected>' in page

    given = {
        "column-0": "email", "column-1": "new.number", "column-2": "status", "known": "change", "topic": "",
        "where": "", "agreed_on": "2024-01-02", "tag": "", "space": "x", "country": "", "do": "plan",
    }  # fmt: skip
    act = f"/admin/people/imports/{run.pk}/act/"
    assert marketer.post(act, given).status_code == 422  # permission without proof
    assert marketer.post(act, given | {"where": "fair"}).status_code == 302
    assert worked(run) == "planned"
    assert not Person.objects.exists()
    shown = body(marketer.get(begun["page"]))
    assert "ana@a.example" in shown
    assert "Size: 41" in shown
    marketer.post(act, {"do": "write"})
    assert worked(run) == "done"

    assert Identity.objects.get().person.attributes == {"size": 41.0}
    assert Choice.objects.get().proof["where"] == "fair"
    report = refused_rows(run, marketer)
    text = b"".join(report.streaming_content).decode("utf-8-sig")
    (_head, row) = csv.reader(io.StringIO(text))
    assert row[:2] + row[3:] == ["list.csv", "3", "'=cmd()@", "42", "subscribed"]
    assert "E-mail: " in row[2]
    assert_in_spanish(run, marketer)
