"""Figures of sendings that are kept added up, of members only, and by the word of a provider."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from zoco.channels.contract import Heard
from zoco.channels.contract import Told as HeardAs
from zoco.channels.hearing import heard_write
from zoco.channels.models import Batch, Message
from zoco.mail.counting.kept import tallies_keep, tallies_kept
from zoco.mail.counting.models import Look
from zoco.mail.counting.tallies import batches_counted, tally_of
from zoco.mail.sending.models import Leg, Sending
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


def test_reports_of_an_audience_count_its_members_only(
    sending: Sending, people: list[Person], told: Any, client: Client
) -> None:
    more(sending, people, 2)
    told()
    one = audience_of([people[0]], "one")
    client.force_login(User.objects.create_superuser("owner", "o@shop.example", "x"))
    whole, _parts = all_parts("sending", since=timezone.now() - timedelta(days=9))

    few = tally_of(whole.among(unpacked(one.members))).whole

    assert (few.sent, few.bounced, few.opened) == (2, 0, 2)
    assert tally_of(whole).whole.sent == 4
    for address in ("sendings/report/", f"letters/{sending.letter_id}/report/"):
        page = client.get(f"/admin/{address}", {"audience": one.pk}).content.decode()
        assert "Only letters to members of one" in page
        assert (
            f"held/{'letter' if 'letters' in address else 'all'}/" in page or "Nobody was held back" in page
        )
    assert client.get("/admin/sendings/report/", {"audience": 9_999}).status_code == 404
