"""Pages of reports of letters, cold: 300 sendings with openings, clicks, bounces and orders in the ledger.

    python -m benchmarks.letter_reports                 300 sendings to 200 people each
    python -m benchmarks.letter_reports --profile PATH  where the time of one page goes

Each page is asked as the first time that somebody looks: nothing of it is kept from before. It is told in
seconds of the CPU, all threads together; the bound is 300 ms a page. Beside it stands how many times the
reference that is: the same letters counted anew from all their messages, once, by four queries.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SECONDS_MOST = 0.3
ROUNDS = 3
UNHASHED = "django.contrib.staticfiles.storage.StaticFilesStorage"
LINKS, LETTERS, DOMAINS = 5, 12, 40
NARROWED = ("audience=2", "domain=host3.example", "link=en:https://shop.example/1")


def generate(folder: Path, sendings: int, people: int) -> None:
    """Fill the database and the ledger: each sending goes to everybody, a week after the one before."""
    from datetime import timedelta

    from django.core.management import call_command
    from django.db import connection, transaction
    from django.utils import timezone

    from zoco.channels.models import Account
    from zoco.consent.models import Topic
    from zoco.mail.editing.models import Letter
    from zoco.people.models import Person

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous = OFF")
    now = timezone.now()
    random.seed(7)
    Topic.objects.create(key="news", label="News")
    account = Account.objects.create(adapter="email", name="mail", options={"from_address": "a@shop.example"})
    letters = [
        Letter.objects.create(name=f"Letter {n}", topic="news", created_at=now, changed_at=now)
        for n in range(LETTERS)
    ]
    everybody = [Person(name=f"P {n}", created_at=now, changed_at=now) for n in range(people)]
    everybody = Person.objects.bulk_create(everybody)
    audiences = [audience_made(n, everybody, now) for n in range(LETTERS)]
    facts: list[Any] = []
    with transaction.atomic():
        for n in range(sendings):
            at = now - timedelta(days=1 + n * 80 / sendings)
            sending_made(n, at, letters[n % LETTERS], audiences[n % LETTERS], account, everybody, facts)
    ledger_filled(folder, facts)


def audience_made(number: int, everybody: list[Any], now: Any) -> Any:
    """Make an audience of every so many of the people."""
    from pyroaring import BitMap

    from zoco.people.audiences.bitmaps import packed
    from zoco.people.audiences.models import Audience

    members = BitMap(each.pk for each in everybody if each.pk % (number + 1) == 0)
    return Audience.objects.create(
        name=f"Audience {number}", kind="static", members=packed(members), size=len(members), created_at=now
    )


def sending_made(
    n: int, at: Any, letter: Any, audience: Any, account: Any, everybody: list[Any], facts: list[Any]
) -> None:
    """Make one sending with all that came of it, by rows alone."""
    from uuid import uuid4

    from zoco.channels.models import Batch, Message
    from zoco.mail.counting.models import LetterLink
    from zoco.mail.sending.models import Leg, Sending

    made = Sending.objects.create(
        name=f"No. {n}", letter=letter, audience=audience, account=account, state="ended", created_at=at
    )
    batch = Batch.objects.create(
        maker="sending", account=account, adapter="email", purpose="marketing", created_at=at,
        total=len(everybody), filled_at=at, state="finished",
    )  # fmt: skip
    Leg.objects.create(sending=made, arm="rest", letter=letter, size=batch.total, begins_at=at, batch=batch)
    LetterLink.objects.bulk_create(
        LetterLink(batch=batch.pk, language="en", number=k + 1, address=f"https://shop.example/{k}")
        for k in range(LINKS)
    )
    states = [random.choices(("sent", "refused", "failed"), (96, 3, 1))[0] for _each in everybody]
    sent = [
        Message(
            uid=uuid4(), key=uuid4().hex, account=account, adapter="email", batch=batch, person=each,
            to=f"p{each.pk}@host{each.pk % DOMAINS}.example", state=state, created_at=at, done_at=at,
            because="cap" if state == "refused" else "", reason="550 no" if state == "failed" else "",
        )
        for each, state in zip(everybody, states, strict=True)
    ]  # fmt: skip
    for each in Message.objects.bulk_create(sent):
        if each.state == "sent":
            came(each, at, facts)


def came(each: Any, at: Any, facts: list[Any]) -> None:
    """Let chance say what became of a message."""
    from datetime import timedelta
    from uuid import uuid4

    from zoco.channels.models import Told
    from zoco.consent.models import Choice
    from zoco.mail.counting.models import Look

    luck, later = random.random(), at + timedelta(minutes=random.randrange(2_000))
    seen: dict[str, Any] = {"message": each, "batch": each.batch_id, "verdict": "person", "at": later}
    if luck < 0.3:
        Look.objects.create(kind="open", **seen)
    if luck < 0.08:
        Look.objects.create(kind="click", language="en", number=random.randint(1, LINKS), **seen)
    if luck < 0.02:
        facts.append((each.person_id, later + timedelta(hours=1)))
    if luck > 0.985:
        what = "bounced" if luck < 0.999 else "complained"
        Told.objects.create(
            account=each.account, event=uuid4().hex, told=what, message=each, batch=each.batch_id, at=later
        )
    if 0.5 < luck < 0.502:
        proof = {"form": "unsubscribe", "message": str(each.uid)}
        Choice.objects.create(
            person_id=each.person_id, state="withdrawn", proof=proof, at=later, topic="news",
            purpose="marketing",
        )  # fmt: skip


def ledger_filled(folder: Path, facts: list[Any]) -> None:
    """Let the ledger have orders of people, and ten times as many that nobody is known of."""
    from decimal import Decimal

    from tests.contracts.many_facts import write_spool
    from zoco.kit.ids import uuid8
    from zoco.kit.periods import micros
    from zoco.ledger.schema import Fact
    from zoco.people.models import NUMBER_BASE

    def order(number: int, person: int, at: Any) -> Fact:
        return Fact(
            id=uuid8(b"told", number), name="shop.order.placed", site=1, origin="server",
            occurred_at=micros(at), received_at=micros(at), person=person, verdict="server",
            subject_kind="order", subject=str(number), amount=Decimal("12.5"), currency="EUR",
        )  # fmt: skip

    rows = []
    for n, (person, at) in enumerate(facts):
        rows.append(order(n * 11, NUMBER_BASE | person, at))
        rows += [order(n * 11 + k, 0, at) for k in range(1, 11)]
    write_spool(folder / "spool", rows)
    ledger_opened(folder)


def ledger_opened(folder: Path) -> None:
    """Let this process lead the ledger."""
    from zoco.ledger.store import opening
    from zoco.ledger.store.duckdb.store import DuckStore

    made = DuckStore(folder, lead=True)
    made.drain()
    opening.store = lambda: made


def kept() -> None:
    """Do what the worker does every few minutes, twice: the second time nothing is new."""
    from django.utils import timezone

    from zoco.mail.counting.kept import tallies_keep

    for _round in range(2):
        began = time.process_time()
        n = tallies_keep(now=timezone.now())
        print(f"added up {n} batches in {(time.process_time() - began) * 1e3:.0f} ms")


def reference() -> float:
    """Return the CPU seconds that counting all batches anew takes."""
    from zoco.channels.models import Batch
    from zoco.mail.counting.tallies import batches_counted

    batches = list(Batch.objects.values_list("pk", flat=True))
    began = time.process_time()
    batches_counted(batches)
    took = time.process_time() - began
    print(f"reference: counting {len(batches)} batches anew takes {took * 1e3:.0f} ms")
    return took


def paths() -> list[str]:
    """Return the pages."""
    from zoco.mail.sending.models import Sending

    some = Sending.objects.earliest("pk")
    ways = ("letter", "audience", "sending")
    return [
        *(f"sendings/report/?by={by}&days={days}" for by in ways for days in (30, 90)),
        *(f"sendings/report/?by=sending&days=90&{narrowed}" for narrowed in NARROWED),
        f"letters/{some.letter_id}/report/",
        f"sendings/{some.pk}/report/",
        f"sendings/{some.pk}/",
        "sendings/",
        "sendings/lists/?list=topic:news",
        "sendings/lists/?list=audience:1",
    ]


def main() -> None:
    """Ask all pages, tell the figures; 1 where one takes longer than the bound."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sendings", type=int, default=300)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--profile", default="")
    parser.add_argument("--folder", type=Path, help="a folder that is kept")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = given.folder or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        os.environ |= {"ZOCO_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "zoco.project.settings"}
        import django

        django.setup()
        from django.conf import settings
        from django.test import override_settings

        began = time.perf_counter()
        if (folder / "ledger.duckdb").exists():
            ledger_opened(folder)
        else:
            generate(folder, given.sendings, given.people)
        kept()
        print(f"{given.sendings} sendings to {given.people}, made in {time.perf_counter() - began:.0f} s")
        with override_settings(STORAGES=settings.STORAGES | {"staticfiles": {"BACKEND": UNHASHED}}):
            wrong = asked(given.profile)
    sys.exit(int(wrong))


def asked(profiled: str) -> bool:
    """Ask each page, and return whether one took too long."""
    from django.contrib.auth.models import User
    from django.core.cache import cache
    from django.test import Client

    client = Client(headers={"accept-language": "en", "host": "localhost"})
    client.force_login(
        User.objects.filter(username="owner").first() or User.objects.create_superuser("owner")
    )
    wrong, counted = False, reference()
    for path in [profiled] if profiled else paths():
        client.get(f"/admin/{path}")  # templates are compiled
        if profiled:
            profile(lambda path=path: client.get(f"/admin/{path}"))
        best = float("inf")
        for _round in range(ROUNDS):
            cache.clear()
            began = time.process_time()
            answer = client.get(f"/admin/{path}")
            best = min(best, time.process_time() - began)
            assert answer.status_code == 200, (path, answer.status_code)
        wrong |= best > SECONDS_MOST
        print(f"{path}: {best * 1e3:.0f} ms, {best / counted:.2f} of it, {len(answer.content) / 1e3:.0f} kB")
    return wrong


def profile(ask: Any) -> None:
    """Print where the time of one page goes."""
    import cProfile
    import pstats

    from django.core.cache import cache
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        ask()
    slow = sorted(queries.captured_queries, key=lambda each: -float(each["time"]))
    print(len(queries), "queries", sum(float(each["time"]) for each in slow), "s")
    for each in slow[:8]:
        print(each["time"], each["sql"][:600], "\n")
    cache.clear()
    (watch := cProfile.Profile()).runcall(ask)
    pstats.Stats(watch).sort_stats("tottime").print_stats(30)


if __name__ == "__main__":
    main()
