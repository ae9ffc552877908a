"""Figures of sendings that are kept added up, of members only, and by the word of a provider."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from zoco.channels.contract import Heard
from zoco.channels.contract import Told as HeardAs
from zoco.channels.hearing import heard_write
from zoco.channels.models import Batch, Message
from zoco.mail.counting.credit import ORDERED
from zoco.mail.counting.kept import TURN_SECONDS, TURNS, tallies_drop, tallies_keep, tallies_kept
from zoco.mail.counting.models import Look
from zoco.mail.counting.scope import Only, members_of
from zoco.mail.counting.tallies import batches_counted
from zoco.mail.sending.models import Leg, Sending
from zoco.mail.sending.reports.rows import Credit, whole_of
from zoco.mail.sending.reports.scopes import all_parts
from zoco.mail.sending.tests.conftest import audience_of
from zoco.mail.sending.tests.test_reports import forgotten, more, told
from zoco.people.audiences.bitmaps import unpacked
from zoco.people.models import Person

pytestmark = pytest.mark.django_db
__all__ = ["forgotten", "told"]


def test_figures_kept_are_those_counted_and_what_a_provider_tells_counts_once(
    sending: Sending, people: list[Person]
) -> None:
    more(sending, people, 2)
    ours, theirs = Batch.objects.order_by("pk")
    Leg.objects.filter(batch=theirs).update(is_counted=False)
    Batch.objects.update(state="finished")
    now = timezone.now()
    assert (tallies_keep(now=now), tallies_keep(now=now)) == (2, 0)
    assert tallies_kept([ours.pk, theirs.pk]) == batches_counted([ours.pk, theirs.pk])

    for batch in (ours, theirs):
        account = sending.account
        assert account is not None
        for message in Message.objects.filter(batch=batch):
            for word in (HeardAs.DELIVERED, HeardAs.OPENED):
                event = f"{word} {message.pk}"
                heard = Heard(
                    event, word, message.to, str(message.uid), seen_at=now, agent="Mozilla/5.0 (X11)"
                )
                heard_write(account=account, heard=[heard, heard], at=now)
    Look.objects.filter(verdict="").update(verdict="person")

    assert list(tallies_kept([ours.pk, theirs.pk])) == []  # nothing that was kept holds any more
    assert tallies_keep(now=now) == 2
    found = [tally.whole for _batch, tally in sorted(tallies_kept([ours.pk, theirs.pk]).items())]
    assert [each.opened for each in found] == [1, 2]
    assert [(each.sent, each.bounced, each.delivered, each.by_word) for each in found] == [(2, 1, 1, 1)] * 2


def test_members_are_counted_from_what_is_kept_also_when_people_were_merged_or_go(
    sending: Sending, people: list[Person]
) -> None:
    more(sending, people, 2)
    Batch.objects.update(state="finished")
    now = timezone.now()
    batches = sorted(Batch.objects.values_list("pk", flat=True))
    first = Message.objects.filter(batch=batches[0], state="sent").order_by("pk")[0]
    for number in (1, 1, 2):
        Look.objects.create(
            message=first, batch=batches[0], kind="click", language="en", number=number, verdict="person",
            at=now,
        )  # fmt: skip
    tallies_keep(now=now)

    for chosen in ([people[0]], people[:2], people):
        members = str([each.pk for each in chosen])
        kept = tallies_kept(batches, Only(members))
        assert sorted(kept) == batches
        assert {key: each for key, each in kept.items() if each.domains} == batches_counted(
            batches, Only(members)
        )
    Message.objects.filter(person=people[1]).update(person=people[0])
    members = str([people[0].pk])
    assert tallies_kept(batches, Only(members)) == batches_counted(batches, Only(members))
    tallies_drop([people[0].pk])
    assert tallies_kept(batches) == {}
    assert tallies_keep(now=now) == 2


def test_rows_do_not_hold_a_day_after_letters_are_gone_though_nobody_dropped_them(
    sending: Sending, people: list[Person]
) -> None:
    more(sending, people, 1)
    Batch.objects.update(state="finished")
    batch = Batch.objects.get().pk
    now = timezone.now()
    tallies_keep(now=now)

    Message.objects.filter(batch=batch, state="sent").order_by("pk")[:1].get().delete()

    turns = [tallies_keep(now=now + timedelta(seconds=TURN_SECONDS * turn)) for turn in range(TURNS)]
    assert sorted(turns) == [0] * (TURNS - 1) + [1]
    assert tallies_kept([batch]) == batches_counted([batch])


def test_letters_of_batches_that_hold_are_not_counted_again_every_time(
    sending: Sending, people: list[Person]
) -> None:
    more(sending, people, 3)
    Batch.objects.update(state="finished")
    now = timezone.now()
    keys = {each % TURNS for each in Batch.objects.values_list("pk", flat=True)}
    spared = next(each for each in range(TURNS) if each not in keys)
    midnight = datetime.combine(now.date(), time(), UTC)
    quiet = midnight + timedelta(seconds=TURN_SECONDS * spared)
    assert tallies_keep(now=now) == 3

    with CaptureQueriesContext(connection) as caught:
        assert tallies_keep(now=quiet) == 0

    counts = [each["sql"] for each in caught if "COUNT(" in each["sql"]]
    assert len(counts) == 2
    assert "'failed'" in counts[1].lower()
    assert "verdict" in counts[0]


def test_reports_of_an_audience_count_its_members_only(
    sending: Sending, people: list[Person], told: Any, client: Client
) -> None:
    more(sending, people, 2)
    told()
    one = audience_of([people[0]], "one")
    client.force_login(User.objects.create_superuser("owner", "o@shop.example", "x"))
    whole, _parts = all_parts("sending", since=timezone.now() - timedelta(days=9))

    credit = Credit(ORDERED, 7, timezone.now())
    few = whole_of(replace(whole, only=Only(members_of(unpacked(one.members)))), credit).tally.whole

    assert (few.sent, few.bounced, few.opened) == (2, 0, 2)
    assert whole_of(whole, credit).tally.whole.sent == 4
    for address in ("sendings/report/", f"letters/{sending.letter_id}/report/"):
        page = client.get(f"/admin/{address}", {"audience": one.pk}).content.decode()
        assert "Only letters to members of one" in page
        assert (
            f"held/{'letter' if 'letters' in address else 'all'}/" in page or "Nobody was held back" in page
        )
    assert client.get("/admin/sendings/report/", {"audience": 9_999}).status_code == 404
