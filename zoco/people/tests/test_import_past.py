"""What people did while other programs wrote to them: facts of the past, once, that wake nobody."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from zoco.consent.models import Choice
from zoco.ledger.models import OutboxRow
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import ledger
from zoco.people.audiences.rules import rules_read
from zoco.people.audiences.services import rules_count
from zoco.people.giving.timeline import known_of, timeline
from zoco.people.importing import running
from zoco.people.importing.models import PeopleImport
from zoco.people.merging import people_merge
from zoco.people.models import Attribute, Identity, Person
from zoco.people.tests.test_importing import NOW, imported, refused, zipped
from zoco.project.tests.readers import body, client_of
from zoco.sites import reads

pytestmark = pytest.mark.django_db
ACCOUNT = {
    "1/lists/members/members_47741_shop.csv": (
        "Email Address,First Name,MEMBER_RATING,OPTIN_TIME,LAST_CHANGED,EUID\n"
        "ana@shop.example,Ana,4,2023-01-01 10:00:00,2024-01-01 10:00:00,e1\n"
        "ben@shop.example,Ben,4,2023-02-01 10:00:00,2024-01-01 10:00:00,e2\n"
    ),
    "1/lists/unsubscribed/unsubscribed_47741_shop.csv": (
        "Email Address,First Name,MEMBER_RATING,OPTIN_TIME,UNSUB_TIME,EUID\n"
        "cy@shop.example,Cy,2,2023-01-01 10:00:00,2024-05-05 10:00:00,e3\n"
    ),
    "1/granular_activity/opens/5521_Spring_news.csv": (
        "Timestamp,IP,Email\n"
        "2026-05-01 08:00:00,203.0.113.5,ana@shop.example\n"
        "2026-05-01 09:00:00,203.0.113.5,ANA@shop.example\n"
        "2024-05-01 09:00:00,203.0.113.6,ben@shop.example\n"
    ),
    "1/granular_activity/clicks/5521_Spring_news.csv": (
        "Timestamp,IP,Email,Url\n"
        "2026-05-01 08:01:00,203.0.113.5,ana@shop.example,https://shop.example/tea?mc_eid=e1&utm_source=m\n"
    ),
    "1/aggregate_activity/opened/5521_Spring_news.csv": "Email Address,Opens\nana@shop.example,2\n",
    "1/campaigns.csv": "Title,Subject\nSpring news,Hello\n",
}  # fmt: skip
OPENED, CLICKED, SENT = "mail.letter.opened", "mail.link.clicked", "channels.message.sent"


@pytest.fixture(autouse=True)
def store(tmp_path: Path) -> Iterator[Store]:
    reads.forget()
    with ledger(tmp_path, []) as opened:
        yield opened
    reads.forget()


def told(store: Store, email: str) -> list[tuple[str, str, str]]:
    """Return what stands in somebody's timeline: name, moment, subject."""
    store.drain()
    person = Identity.objects.get(kind="email", key=email).person
    rows = timeline(store, known_of(store, person.number), first=0, size=50).rows
    return [(row["name"], f"{row['occurred_at']:%Y-%m-%d %H:%M}", row["subject"]) for row in rows]


def whom(store: Store, how: str, **more: Any) -> set[str]:
    """Return who opened letters in this way."""
    store.drain()
    rule = {"leaf": "behaviour", "fact": OPENED, "how": how, **more}
    counted = rules_count(rules_read({"version": 1, "rules": rule}), at=NOW, store=store)
    named = Identity.objects.filter(person__in=list(counted.people), kind="email")
    return {key.partition("@")[0] for key in named.values_list("key", flat=True)}


def test_an_account_of_mailchimp_brings_what_was_opened_and_clicked_once(store: Store) -> None:
    agreed = {"topic": "", "where": "Mailchimp", "agreed_on": "2020-01-01"}

    run = imported("account.zip", zipped(ACCOUNT), **agreed)

    assert run.kind == "mailchimp"
    assert (run.counts["added"], run.counts["deeds"], run.plan["deeds"]) == (3, 4, 4)
    assert told(store, "ana@shop.example") == [
        (OPENED, "2026-05-01 09:00", "Spring news"),
        (CLICKED, "2026-05-01 08:01", "Spring news"),
        (OPENED, "2026-05-01 08:00", "Spring news"),
    ]
    assert {each.person.given_name: each.state for each in Choice.objects.all()} == {
        "Ana": "given", "Ben": "given", "Cy": "withdrawn",
    }  # fmt: skip
    rows = store.query(
        "SELECT origin, verdict, props FROM facts WHERE name = 'mail.link.clicked'"
    ).to_pylist()
    assert [(row["origin"], row["verdict"]) for row in rows] == [("import", "human")]
    assert "https://shop.example/tea" in rows[0]["props"]
    assert "mc_eid" not in rows[0]["props"]
    assert whom(store, "did", when="last", days=30) == {"ana"}
    assert whom(store, "never", when="last", days=30) == {"ben", "cy"}
    assert whom(store, "never", when="ever") == {"cy"}
    assert not OutboxRow.objects.filter(name__in=[OPENED, CLICKED]).exists()

    imported("account.zip", zipped(ACCOUNT), **agreed)

    store.drain()
    assert store.query("SELECT count(*) n FROM facts").to_pylist() == [{"n": 4}]


def test_the_past_of_somebody_who_was_merged_is_not_told_twice(store: Store) -> None:
    imported("account.zip", zipped(ACCOUNT), {"EUID": "out"})
    people = {each.given_name: each for each in Person.objects.all()}
    people_merge(person=people["Ben"], into=people["Ana"], why="", at=NOW)

    imported("account.zip", zipped(ACCOUNT), {"EUID": "out"})

    store.drain()
    assert store.query("SELECT count(*) n FROM facts WHERE name = 'mail.letter.opened'").to_pylist() == [
        {"n": 3}
    ]


def test_a_table_says_what_when_and_by_which_letter_and_rows_by_halves_are_refused(store: Store) -> None:
    table = (
        "E-mail,Activity,Date,Campaign,Link,Device\n"
        "ana@shop.example,sent,2026-04-01 08:00:00,Easter,,\n"
        "ana@shop.example,Opened,2026-04-01 09:00:00,Easter,,phone\n"
        "ana@shop.example,hard bounce,2026-04-02 09:00:00,Easter 2,,\n"
        "ana@shop.example,clicks,2026-04-03 09:00:00,Easter 2,javascript:alert(1),\n"
        "ben@shop.example,waved,2026-04-01 09:00:00,Easter,,\n"
        "ben@shop.example,opened,,Easter,,\n"
        "ben@shop.example,opened,2031-01-01,Easter,,\n"
    )

    run = imported("past.csv", table, topic="", where="old program", agreed_on="2020-01-01")

    assert run.mapping == {
        "E-mail": "email", "Activity": "did", "Date": "did_at", "Campaign": "letter", "Link": "did_link",
        "Device": "out",
    }  # fmt: skip
    assert told(store, "ana@shop.example") == [
        (CLICKED, "2026-04-03 09:00", "Easter 2"),
        ("channels.message.bounced", "2026-04-02 09:00", "Easter 2"),
        (OPENED, "2026-04-01 09:00", "Easter"),
        (SENT, "2026-04-01 08:00", "Easter"),
    ]
    assert not Choice.objects.exists()
    assert [line for _table, line, *_rest in refused(run)] == [6, 7, 8]
    assert not Identity.objects.filter(key="ben@shop.example").exists()


def test_a_report_of_mautic_says_when_letters_were_sent_and_read(store: Store) -> None:
    report = (
        "Contact ID,Email,ID,Name,Date sent,Date read,Read\n"
        "7,ana@shop.example,3,Spring,2026-04-01 08:00:00,2026-04-01 10:00:00,1\n"
        "8,ben@shop.example,3,Spring,2026-04-01 08:00:00,,0\n"
    )

    run = imported("report.csv", report)

    assert (run.kind, run.counts["deeds"]) == ("mautic", 3)
    assert told(store, "ana@shop.example") == [
        (OPENED, "2026-04-01 10:00", "Spring"), (SENT, "2026-04-01 08:00", "Spring"),
    ]  # fmt: skip
    assert told(store, "ben@shop.example") == [(SENT, "2026-04-01 08:00", "Spring")]
    ids = Identity.objects.filter(kind="external").values_list("space", "key").order_by("key")
    assert list(ids) == [("mautic", "7"), ("mautic", "8")]
    assert not Attribute.objects.exists()


def test_a_file_of_one_letter_is_said_on_the_form_what_it_tells(store: Store) -> None:
    marketer = client_of("marketer")
    run = running.import_begin(name="5521.csv", size=60, by=None, at=datetime(2026, 5, 17, 12, tzinfo=UTC))
    raw = b"Timestamp,Email\n2026-05-01 08:00:00,ana@shop.example\n"
    PeopleImport.objects.filter(pk=run.pk).update(size=len(raw))
    run.refresh_from_db()
    running.RUNS.part_take(run, offset=0, piece=raw)
    running.step_begin(run=run, step="read")
    running.through(key=run.pk)
    act = f"/admin/people/imports/{run.pk}/act/"
    given = {
        "column-0": "did_at", "column-1": "email", "known": "change", "topic": "-", "do": "plan",
        "space": "mailchimp", "deed": "", "letter": "Spring", "decimal": ".",
    }  # fmt: skip

    unsaid = marketer.post(act, given)
    marketer.post(act, given | {"deed": "opened"})
    running.through(key=run.pk)
    shown = body(marketer.get(f"/admin/people/imports/{run.pk}/"))
    marketer.post(act, {"do": "write"})
    running.through(key=run.pk)

    assert unsaid.status_code == 422
    assert "Say what it was, or which column says it." in body(unsaid)
    assert "Letter opened: " in shown
    assert told(store, "ana@shop.example") == [(OPENED, "2026-05-01 08:00", "Spring")]


def test_known_since_is_the_earliest_of_all_files() -> None:
    for name, since in (("a.csv", "2021-03-01"), ("b.csv", "2022-01-01"), ("c.csv", "2020-05-05")):
        imported(name, f"E-mail,Created at\nana@shop.example,{since}\n")

    (ana,) = Person.objects.all()
    assert ana.attributes == {"known_since": "2020-05-05T00:00:00+00:00"}
    rule = {"leaf": "attribute", "field": "known_since", "how": "most", "value": "2020-12-31"}
    counted = rules_count(rules_read({"version": 1, "rules": rule}), at=NOW)
    assert set(counted.people) == {ana.pk}
    marketer = client_of("marketer")
    assert "Known since" in body(marketer.get(f"/admin/people/{ana.pk}/"))
    assert "5\u00a0May\u00a02020" in body(marketer.get("/admin/people/"))
