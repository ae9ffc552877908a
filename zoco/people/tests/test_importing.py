"""Files of other programs become people, once; who left stays away; every refused row is told."""

import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.serializers import serialize
from pyroaring import BitMap

from zoco.consent.models import Choice, Standing, Suppression, SuppressionEvent, Topic
from zoco.consent.services import choice_record
from zoco.people.giving.sheets import export_named
from zoco.people.identities import identity_read
from zoco.people.importing import running
from zoco.people.importing.files.packs import parts_of
from zoco.people.importing.files.tables import TableWrong
from zoco.people.importing.made import Options
from zoco.people.importing.models import PeopleImport
from zoco.people.importing.steps import REFUSED
from zoco.people.models import Attribute, Identity, Note, Person, Tagged
from zoco.people.writing import Incoming, people_write

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db
SINCE = "2020-02-10 23:07:16.199433 +0100 CET"
ATTRIBUTES = '{""city"":""Lugo"",""visits"":12}'
LISTMONK = f"""uuid,email,name,attributes,status,created_at,updated_at
4f1f5b1e-0000-4000-8000-00000000001,Ana@Shop.example,Ana Gil,"{ATTRIBUTES}",enabled,{SINCE},
4f1f5b1e-0000-4000-8000-00000000002,ben@shop.example,Ben,{{}},blocklisted,2024-01-02,2024-01-02
4f1f5b1e-0000-4000-8000-00000000003,no address,Cy,{{}},enabled,2024-01-02,2024-01-02
"""
MAILCHIMP = {
    "subscribed_email_audience_export_1.csv": (
        "Email Address,First Name,Last Name,Birthday,Birthday,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,"
        "CONFIRM_IP,EUID,NOTES,TAGS\n"
        'eva@shop.example,Eva,Ruiz,05/17,2000-01-02,4,2023-01-01 10:00:00,,2023-01-02 10:00:00,203.0.113.5,'
        'e1,Called,"""vip"",""fair, 2023"""\n'
    ),
    "unsubscribed_email_audience_export_1.csv": (
        "Email Address,First Name,MEMBER_RATING,OPTIN_TIME,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,"
        "UNSUB_REASON,UNSUB_REASON_OTHER,EUID\n"
        "gus@shop.example,Gus,2,2023-01-01 10:00:00,2024-05-05 10:00:00,May news,7f3a,OTHER,"
        "Too many letters,e2\n"
    ),
    "cleaned_email_audience_export_1.csv": (
        "Email Address,First Name,MEMBER_RATING,OPTIN_TIME,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,EUID\n"
        "hal@shop.example,Hal,1,2023-01-01 10:00:00,2024-05-05 10:00:00,April news,e3\n"
    ),
}  # fmt: skip


def zipped(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, text in files.items():
            pack.writestr(name, text)
    return packed.getvalue()


def imported(name: str, content: bytes | str, mapping: Any = None, **options: Any) -> PeopleImport:
    """Import a file as a person would who takes what is guessed, but for what is given."""
    raw = content.encode() if isinstance(content, str) else content
    run = running.import_begin(name=name, size=len(raw), by=None, at=NOW)
    running.RUNS.part_take(run, offset=0, piece=raw)
    steps: tuple[Any, ...] = (
        lambda run: running.step_begin(run=run, step="read"),
        lambda run: running.plan_begin(
            run=run, mapping=run.mapping | (mapping or {}), options=Options(**run.options | options)
        ),
        lambda run: running.write_begin(run=run),
    )
    for begin in steps:
        run.refresh_from_db()
        assert begin(run), (run.state, run.said)
        running.through(key=run.pk)
        run.refresh_from_db()
    assert run.state == "done", run.said
    return run


def everybody() -> list[str]:
    """Return all rows of people and their permission."""
    models = (Person, Identity, Attribute, Tagged, Note, Choice, Standing, Suppression)
    return [serialize("json", model._default_manager.order_by("pk")) for model in models]


def refused(run: PeopleImport) -> list[Any]:
    lines = (running.RUNS.folder_of(run) / REFUSED).read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_listmonk_once_and_again() -> None:
    agreed = {"topic": "", "where": "form in the shop", "agreed_on": "2024-01-02"}

    run = imported("subscribers.csv", LISTMONK, **agreed)

    assert run.kind == "listmonk"
    assert run.counts == run.plan == {"added": 2, "refused": 1, "given": 1, "blocked": 1}
    ana = Person.objects.get(name="Ana Gil")
    assert ana.attributes == {"visits": 12.0, "known_since": "2020-02-10T22:07:16.199433+00:00"}
    assert ana.city == "Lugo"
    assert sorted(ana.identities.values_list("kind", "space", "key")) == [
        ("email", "", "ana@shop.example"),
        ("external", "listmonk", "4f1f5b1e-0000-4000-8000-00000000001"),
    ]
    choice = Choice.objects.get(person=ana)
    assert (choice.state, choice.topic, choice.adapter, choice.at) == (
        "given", "", "email", datetime(2024, 1, 2, tzinfo=UTC),
    )  # fmt: skip
    assert choice.proof == {"import": "subscribers.csv", "line": "2", "where": "form in the shop"}
    assert [(line, cells[1]) for _table, line, _words, _places, cells in refused(run)] == [(4, "no address")]
    before = everybody()

    again = imported("subscribers.csv", LISTMONK, **agreed)

    assert again.counts == {"same": 2, "refused": 1, "suppressed": 1}
    assert everybody() == before


def test_mailchimp_brings_status_by_file_proof_and_tags() -> None:
    run = imported("audience.zip", zipped(MAILCHIMP), topic="", where="Mailchimp", agreed_on="2020-01-01")

    assert run.kind == "mailchimp"
    eva = Person.objects.get(given_name="Eva")
    assert sorted(eva.tagged.values_list("tag__name", flat=True)) == ["fair, 2023", "vip"]
    assert eva.attributes["birthday_2"] == "2000-01-02"
    assert eva.notes.get().text == "Called"
    choice = Choice.objects.get(person=eva)
    assert (choice.state, choice.at) == ("given", datetime(2023, 1, 2, 10, tzinfo=UTC))
    assert choice.proof["address"] == "203.0.113.5"
    left = Choice.objects.get(person__given_name="Gus")
    assert (left.state, left.at) == ("withdrawn", datetime(2024, 5, 5, 10, tzinfo=UTC))
    assert (left.proof["reason"], left.proof["letter"]) == ("OTHER; Too many letters", "May news")
    assert Suppression.objects.get().why == "dead"
    assert SuppressionEvent.objects.get().subject == "April news"
    assert eva.attributes["known_since"] == "2023-01-01T10:00:00+00:00"
    assert not Choice.objects.filter(person__given_name="Hal").exists()


def test_whoever_refused_is_not_made_to_agree_and_leaving_counts_in_a_row_that_is_wrong() -> None:
    Topic.objects.get_or_create(key="news", defaults={"label": "News"})
    rows = [Incoming((identity_read("email", f"{who}@a.example"),)) for who in ("ana", "ben", "cy")]
    ana, ben, cy = (each.person for each in people_write(rows, at=NOW))
    assert ana is not None
    assert ben is not None
    assert cy is not None
    choice_record(
        person=ana.pk,
        topic="news",
        state=Choice.State.WITHDRAWN,
        proof={},
        at=datetime(2020, 1, 1, tzinfo=UTC),
    )
    choice_record(
        person=cy.pk, state=Choice.State.GIVEN, proof={"form": "shop"}, at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    table = (
        "email;country;status;left\nana@a.example;ES;subscribed;\nben@a.example;Nowhere;unsubscribed;\n"
        "cy@a.example;España;unsubscribed;2025-01-01\nben@a.example;;subscribed;\n"
    )

    run = imported("list.csv", table, {"left": "left_at"}, topic="news", where="fair", agreed_on="2026-05-01")

    held = {each.person_id: each.state for each in Standing.objects.exclude(topic="")}
    assert held == {ana.pk: "withdrawn"}
    assert run.counts["held"] == 2  # Ana, and Ben by his second row
    assert {each.person_id: each.state for each in Standing.objects.filter(topic="", adapter="email")} == {
        ben.pk: "withdrawn", cy.pk: "withdrawn",
    }  # fmt: skip
    cy.refresh_from_db()
    assert cy.country == "ES"
    (line,) = refused(run)
    assert line[1] == 3
    assert line[3]["why"][1] == {"value": "Nowhere"}


@pytest.mark.parametrize("head", ["Subscribed", "Accepts Email Marketing", "подписан"])
def test_whoever_a_column_says_is_not_subscribed_agrees_to_nothing(head: str) -> None:
    table = f"email,{head}\nana@a.example,yes\nben@a.example,no\ncy@a.example,\n"

    imported("list.csv", table, topic="", where="fair", agreed_on="2026-05-01")

    held = {each.person.identities.get().key[:3]: each.state for each in Standing.objects.all()}
    assert held == {"ana": "given", "ben": "withdrawn"}


def test_identities_of_two_people_are_refused_and_an_identifier_goes_before_an_address() -> None:
    first = "id,email,phone\n1,ana@a.example,\n2,ben@a.example,+34600123456\n"
    imported("a.csv", first, {"id": "external"}, space="crm")
    table = "id,email,phone\n1,new@a.example,\n3,ana@a.example,\n,ana@a.example,+34600123456\n"

    run = imported("b.csv", table, {"id": "external"}, space="crm")

    assert run.counts == {"changed": 1, "refused": 2}
    assert Identity.objects.get(key="new@a.example").person == Identity.objects.get(key="1").person
    assert [line for _table, line, *_rest in refused(run)] == [3, 4]
    assert Person.objects.count() == 2


def test_a_workbook_of_several_sheets_is_read_and_its_formulas_are_not(tmp_path: Path) -> None:
    import openpyxl  # type: ignore[import-untyped]

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["E-mail", "Since", "Points", "Formula"])
    sheet.append(["ana@a.example", datetime(2024, 2, 3), 7.0, '=HYPERLINK("http://evil.example")'])  # noqa: DTZ001
    book.create_sheet("More").append(["E-mail", "City"])
    book["More"].append(["ben@a.example", "Lugo"])
    path = tmp_path / "people.xlsx"
    book.save(path)

    imported("people.xlsx", path.read_bytes())

    assert Identity.objects.get(key="ana@a.example").person.attributes == {
        "since": "2024-02-03",
        "points": 7.0,
    }
    assert Identity.objects.get(key="ben@a.example").person.city == "Lugo"


def test_what_unpacks_to_everything_is_refused_before_it_does(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    path.write_bytes(zipped({"subscribed.csv": "a@b.example\n" * 12_000_000}))

    with pytest.raises(TableWrong, match="unpacks to"):
        parts_of(path, "bomb.zip", tmp_path, 1 << 40)


def test_a_killed_import_goes_on_where_its_last_transaction_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    from zoco.people.importing import steps

    monkeypatch.setattr(steps, "CHUNK", 10)
    table = "email\n" + "".join(f"p{n}@a.example\n{n} is none\n" for n in range(30))
    calls: list[int] = []
    real = steps._report

    def report(*given: Any) -> None:
        real(*given)
        calls.append(1)
        if len(calls) == 9:  # six to try it out, the third that is written
            raise KeyboardInterrupt

    monkeypatch.setattr(steps, "_report", report)
    with pytest.raises(KeyboardInterrupt):
        imported("list.csv", table)
    run = PeopleImport.objects.get()
    run.refresh_from_db()
    assert (run.counts["added"], run.done) == (10, 20)
    PeopleImport.objects.update(state="working")

    running.through(key=run.pk)

    run.refresh_from_db()
    assert (run.state, run.counts) == ("done", {"added": 30, "refused": 30})
    assert Person.objects.count() == 30
    assert len({line for _table, line, *_rest in refused(run)}) == len(refused(run)) == 30


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_was_exported_changes_nothing_when_it_is_imported(kind: str) -> None:
    Attribute.objects.create(key="size", label="Size", kind="number")
    Attribute.objects.create(key="likes", label="Likes", kind="choices", choices=["tea", "milk"])
    Attribute.objects.create(key="seen", label="Seen", kind="moment")
    Attribute.objects.create(key="nice", label="Nice", kind="flag")
    one = tuple(
        identity_read(kind, value, space=space)
        for kind, value, space in (
            ("email", "ana@a.example", ""), ("email", "Ana@b.example", ""), ("phone", "+34600123456", ""),
            ("external", "=7", "crm"),
        )
    )  # fmt: skip
    fields = {"name": '=HYPERLINK("x")', "country": "ES", "zone": "Europe/Madrid", "language": "pt-br"}
    own: dict[str, Any] = {
        "size": -2.5,
        "likes": ["tea", "milk"],
        "seen": "2026-01-02T03:04:05+00:00",
        "nice": False,
    }
    other = (identity_read("social", "@ana", space="mastodon"),)
    people_write(
        [Incoming(one, fields, own, ("a, b", 'say "x"')), Incoming(other, {"name": "'- quoted"})], at=NOW
    )
    before = everybody()
    content = export_named(BitMap(Person.objects.values_list("pk", flat=True)), kind)[0]
    raw = b"".join(each if isinstance(each, bytes) else each.encode() for each in content)
    assert b"=HYPERLINK" not in raw.replace(b"'=HYPERLINK", b"")

    run = imported(f"people.{kind}", raw)

    assert (run.kind, run.counts) == ("zoco", {"same": 2})
    assert everybody() == before
