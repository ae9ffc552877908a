"""Reports of letters: what people did afterwards, by link, arm, domain and audience; who was held back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.contracts.many_facts import write_spool
from zoco.channels.models import Batch, Message, Told
from zoco.channels.tests.mailbox import Mailbox
from zoco.consent.models import Choice
from zoco.consent.services import choice_record
from zoco.consent.suppressing import suppress
from zoco.kit.ids import uuid8
from zoco.kit.periods import micros
from zoco.ledger.pictures.moments import zone
from zoco.ledger.schema import Fact
from zoco.ledger.store import opening
from zoco.ledger.store.base import Erasure
from zoco.ledger.store.duckdb.store import DuckStore
from zoco.ledger.tests.pictures import drawn as file_of
from zoco.ledger.tests.pictures import said as texts
from zoco.mail.counting.credit import ORDERED, REFUNDED, credited, revenue
from zoco.mail.counting.domains import domain_figures
from zoco.mail.counting.models import Look
from zoco.mail.sending.keeping import SendingEraser
from zoco.mail.sending.models import Leg, ListErased, Sending
from zoco.mail.sending.reports.lists import audience_steps, topic_steps
from zoco.mail.sending.reports.rows import Credit, cells, rows_of, whole_of
from zoco.mail.sending.reports.scopes import all_parts, sending_parts
from zoco.mail.sending.tests.conftest import audience_of, go, start
from zoco.people.audiences.models import Audience
from zoco.people.identities import identity_read
from zoco.people.models import NUMBER_BASE, Person
from zoco.project.tests.readers import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgotten() -> None:
    cache.clear()


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return what puts facts of people into a ledger."""
    made: list[DuckStore] = []

    def tell(*facts: tuple[str, int, Any, str, str, str]) -> None:
        rows = [
            Fact(
                id=uuid8(b"told", number), name=name, site=1, origin="server", occurred_at=micros(at),
                received_at=micros(at), person=NUMBER_BASE | person, verdict="server", subject_kind="order",
                subject=order, amount=Decimal(amount), currency=currency,
            )
            for number, (name, person, at, order, amount, currency) in enumerate(facts)
        ]  # fmt: skip
        write_spool(tmp_path / "spool", rows)
        made.append(DuckStore(tmp_path, lead=True))
        made[-1].drain()
        monkeypatch.setattr(opening, "store", lambda: made[-1])

    yield tell
    for each in made:
        each.close()


def click(person: Person, batch: int, at: Any, number: int = 1) -> Message:
    message = Message.objects.get(batch=batch, person=person)
    Look.objects.create(
        message=message, batch=batch, kind="click", language="en", number=number, verdict="person", at=at
    )
    return message


def test_deeds_count_once_for_the_last_click_and_money_stays_in_its_currency(
    sending: Sending, people: list[Person], server: Mailbox, told: Any
) -> None:
    go(start(sending))
    other = Sending(
        name="June", letter=sending.letter, audience=audience_of(people, "again"), account=sending.account
    )
    other.created_at = timezone.now()
    other.save()
    go(start(other))
    ana, bea, carl = people
    first, second = (each.legs.get().batch_id or 0 for each in (sending, other))
    begun = timezone.now() - timedelta(days=30)
    day = timedelta(days=1)
    mine = click(ana, first, begun)
    click(ana, second, begun + 5 * day)
    click(bea, first, begun)
    click(carl, first, begun)
    told(
        (ORDERED, ana.pk, begun + 1 * day, "1", "10", "EUR"),
        (ORDERED, ana.pk, begun + 6 * day, "2", "99", "EUR"),  # after a later click in another letter
        (ORDERED, bea.pk, begun + 1 * day, "3", "7", "USD"),
        (REFUNDED, bea.pk, begun + 20 * day, "3", "-2", "USD"),
        (ORDERED, carl.pk, begun + 8 * day, "4", "50", "EUR"),  # too late
        (ORDERED, carl.pk, begun - 1 * day, "5", "50", "EUR"),  # before
    )

    found = credited(sending_parts(sending)[0], fact=ORDERED, days=7, now=timezone.now())

    assert revenue(found) == {"EUR": Decimal(10), "USD": Decimal(5)}
    assert {each.message for each in found if each.currency == "EUR"} == {mine.pk}
    assert {each.link for each in found} == {(first, "en", 1)}
    later = credited(sending_parts(other)[0], fact=ORDERED, days=7, now=timezone.now())
    assert revenue(later) == {"EUR": Decimal(99)}


def test_report_shows_every_figure_and_who_was_held_back(
    sending: Sending, people: list[Person], server: Mailbox, told: Any, client: Client
) -> None:
    choice_record(
        person=people[2].pk, state=Choice.State.WITHDRAWN, proof={}, at=timezone.now(), topic="news"
    )
    go(start(sending))
    batch = sending.legs.get().batch_id or 0
    told((ORDERED, people[0].pk, timezone.now(), "1", "12.50", "EUR"))
    click(people[0], batch, timezone.now() - timedelta(hours=1))
    back = Message.objects.get(person=people[1])
    assert back.account is not None
    Told.objects.create(
        account=back.account, event="1", told="bounced", message=back, batch=batch, at=timezone.now()
    )
    client.force_login(User.objects.create_superuser("owner", "o@shop.example", "x"))

    for address in (f"{sending.pk}/report/", "report/", "report/?by=audience", "report/?by=sending"):
        page = client.get(f"/admin/sendings/{address}").content.decode()
        assert "€12.50" in page, address
        assert "shop.example" in page
    page = client.get(
        f"/admin/letters/{sending.letter_id}/report/?window=1&fact=nothing.happened"
    ).content.decode()
    assert ("€12.50" in page, "May" in page) == (False, True)
    (domain,) = domain_figures(whole_of(sending_parts(sending)[0], Credit(ORDERED, 7, timezone.now())).tally)
    counts = (domain.tried, domain.delivered.count, domain.bounced.count, domain.clicked.count)
    assert (domain.domain, counts) == ("shop.example", (2, 1, 1, 1))

    held = client.post(f"/admin/sendings/held/sending/{sending.pk}.csv")
    lines = b"".join(held).decode().splitlines()
    assert len(lines) == 2
    assert "carl@shop.example" in lines[1]
    refused = client_of("analyst").post(f"/admin/sendings/held/sending/{sending.pk}.csv")
    assert refused.status_code in (302, 403)


def more(sending: Sending, people: list[Person], count: int) -> None:
    """Send it again so often, by rows alone: each time two letters leave, one is opened, one comes back."""
    now, account, letter = timezone.now(), sending.account, sending.letter
    assert account is not None
    for number in range(count):
        made = Sending.objects.create(
            name=f"No. {number}", letter=letter, account=account, state="ended", created_at=now
        )
        batch = Batch.objects.create(
            maker="sending", account=account, adapter="email", purpose="marketing", created_at=now, total=2
        )
        Leg.objects.create(sending=made, arm="rest", letter=letter, size=2, begins_at=now, batch=batch)
        sent = [
            Message(
                uid=uuid4(), key=uuid4().hex, account=account, adapter="email", batch=batch, person=each,
                to=f"{each.pk}@shop.example", state="sent", created_at=now, done_at=now,
            )
            for each in people[:2]
        ]  # fmt: skip
        first, second = Message.objects.bulk_create(sent)
        Look.objects.create(message=first, batch=batch.pk, kind="open", verdict="person", at=now)
        Told.objects.create(
            account=account, event=uuid4().hex, told="bounced", message=second, batch=batch.pk, at=now
        )


def test_parts_say_what_each_says_by_itself_in_as_many_queries_for_two_as_for_twenty(
    sending: Sending, people: list[Person], server: Mailbox, told: Any, client: Client
) -> None:
    go(start(sending))
    click(people[0], sending.legs.get().batch_id or 0, timezone.now() - timedelta(hours=1))
    told((ORDERED, people[0].pk, timezone.now(), "1", "12.50", "EUR"))
    more(sending, people, 1)
    client.force_login(User.objects.create_superuser("owner", "o@shop.example", "x"))
    addresses = ["report/?by=letter", "report/?by=audience", "report/?by=sending"]
    asked = [f"/admin/sendings/{each}" for each in addresses]
    asked.append(f"/admin/letters/{sending.letter_id}/report/")

    counts = []
    for _round in range(2):
        cache.clear()
        client.get(asked[0])  # what is asked once a process
        cache.clear()
        with CaptureQueriesContext(connection) as found:
            pages = [client.get(each).content.decode() for each in asked]
        counts.append(len(found))
        more(sending, people, 18)

    # Sites are read again every few seconds; eighteen sendings more would ask eighteen times more.
    assert counts[1] < counts[0] + 9
    assert all("No. 18" in each or "€12.50" in each for each in pages)
    credit = Credit(ORDERED, 7, timezone.now())
    _whole, parts = all_parts("sending", since=timezone.now() - timedelta(days=9))
    assert len(parts) == 38
    rows = rows_of(parts, whole_of(_whole, credit))
    for part, row in zip((parts[0], parts[-1]), (rows[0], rows[-1]), strict=True):
        assert cells(row) == cells(whole_of(part.scope, credit).row), part.label


def test_clicks_lie_over_the_letter_and_stand_in_a_list(
    sending: Sending, people: list[Person], server: Mailbox, client: Client
) -> None:
    go(start(sending))
    leg = sending.legs.get()
    click(people[0], leg.batch_id or 0, timezone.now())
    client.force_login(User.objects.create_superuser("owner", "o@shop.example", "x"))

    page = client.get(f"/admin/sendings/map/leg/{leg.pk}/en/").content.decode()
    sheet = client.get(f"/admin/sendings/map/leg/{leg.pk}/en/sheet/")

    assert "<b>1</b> · 100.0%" in page
    assert ">1 · 100.0%</span>" in sheet.content.decode()
    assert sheet.headers["Content-Security-Policy"].startswith("sandbox")
    assert client.get(f"/admin/sendings/map/leg/{leg.pk}/fr/").status_code == 404
    shown = client.get(f"/admin/sendings/{sending.pk}/").content.decode()
    assert f"/admin/sendings/{sending.pk}/sheet/es/" in shown
    assert "Hola you" in client.get(f"/admin/sendings/{sending.pk}/sheet/es/").content.decode()


class _Died(Exception):
    pass


def _lived(erasure: Erasure, *, statements: int) -> bool:
    """Begin an erasure and die after so many statements, its last commit among them; did it get through?"""
    left = statements

    def counted(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal left
        if not left:
            raise _Died
        left -= 1
        return execute(sql, params, many, context)

    try:
        with transaction.atomic(), connection.execute_wrapper(counted):
            SendingEraser().keep(erasure)
    except _Died:
        return False
    return True


def test_lists_grow_and_shrink_by_reasons(
    people: list[Person], audience: Audience, account: Any, client: Client
) -> None:
    now = timezone.now()
    asked: dict[str, Any] = {"since": now - timedelta(days=6), "zone": zone(), "days": 1}
    later = now + timedelta(minutes=1)
    choice_record(person=people[0].pk, state=Choice.State.WITHDRAWN, proof={}, at=later, topic="news")
    suppress(identity=identity_read("email", "bea@shop.example"), why="dead", at=later)  # type: ignore[arg-type]
    erasure = Erasure(at=micros(later), site=0, visitors=(), persons=(people[2].number,))
    tries = 0
    while not _lived(erasure, statements=tries):
        tries += 1
    assert tries >= 8
    SendingEraser().keep(replace(erasure, at=erasure.at + 1))
    topic = "news"
    Person.objects.filter(pk=people[2].pk).delete()

    steps = topic_steps(topic, now=now + timedelta(hours=1), **asked)
    counts = sum((each.counts for each in steps), type(steps[0].counts)())

    assert {name: counts[name] for name in ("unsubscribed", "bounced", "erased")} == {
        "unsubscribed": 1, "bounced": 1, "erased": 1,
    }  # fmt: skip
    assert (steps[-1].size, ListErased.objects.exclude(kind="person").count()) == (0, 2)
    whole = audience_steps(audience, now=now + timedelta(hours=1), **asked)
    assert sum(each.counts["joined"] for each in whole) == 3
    client.force_login(User.objects.create_superuser("owner", "o@shop.example", "x"))
    for chosen in (f"topic:{topic}", f"audience:{audience.pk}"):
        page = client.get("/admin/sendings/lists/", {"list": chosen, "days": "30"}).content.decode()
        assert "<svg" in page
        assert "Address is dead" in page
        assert "size before + joined − left" in page
        answer = client.get("/admin/sendings/lists/", {"list": chosen, "days": "30", "picture": "sizes"})
        assert texts(file_of(answer.content.decode()))[0].startswith("Size of ")
