"""The club comes and goes with the simulated company: made in the order of time, and only where it is alone.

People are of the whole installation, not of a site. So nobody is made up beside people of somebody's own, and
what is taken away is what was made here: mailboxes under .example that bear the tag.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from zoco.channels.bulk.models import Batch
from zoco.channels.models import Account
from zoco.channels.services import account_save
from zoco.consent.models import Suppression, SuppressionEvent, Topic
from zoco.consent.signup.models import Form
from zoco.consent.suppressing import hashes_of
from zoco.ledger.erasing import facts_erase
from zoco.ledger.store import opening
from zoco.mail.counting.models import LetterLink, TallyKept
from zoco.mail.counting.settling import looks_settle
from zoco.mail.editing.models import Letter
from zoco.mail.sending.following import sending_follow
from zoco.mail.sending.left import trial_due
from zoco.mail.sending.models import ListErased, Sending
from zoco.people.audiences.models import Audience
from zoco.people.audiences.rules import rules_read
from zoco.people.audiences.services import audience_count, audience_write
from zoco.people.models import Identity, Person, Tag
from zoco.sites.models import Site
from zoco.testing.club.answers import answers_draw
from zoco.testing.club.letters import TURNS, Club, headings_of, letters_write, sending_begin, sending_leave
from zoco.testing.club.members import HOSTS, TAG, members_found, members_write

KEY = "alacena-club"
NAME = "Club de La Alacena (demo data)"
EVERY = timedelta(days=21)
LAST = timedelta(days=3)
"""The last letter leaves so long before now, so that it was read."""
A_DAY = timedelta(hours=TURNS[-1])
"""After so long all have their letter, also those who had to wait for their morning."""
TESTED = 3
"""Which of the letters, counted back from the last, is tried with two subjects."""


def club_size() -> int:
    """Return how many members there are."""
    return len(_members())


def club_tongues() -> dict[int, str]:
    """Return the members' keys with the language of each."""
    return {each.person.pk: each.person.language for each in _members()}


def club_load(*, site: Site, seed: int, until: datetime) -> int | None:
    """Let members sign up and get letters up to a moment; returns how many, None beside other people."""
    if Person.objects.exists():
        return None
    members = members_found(site.pk)
    if not members:
        return 0
    club = _made(site, at=members[0].at)
    form = Form.objects.get(key=KEY)
    letters = letters_write(club, at=members[0].at)
    rng = np.random.default_rng([seed, 11])
    moments = list(_moments(members[0].at, until, site.zone))
    for number, at in enumerate(moments):
        members_write([each for each in members if each.at <= at], form=form, topic=club.topic)
        members = [each for each in members if each.at > at]
        audience_count(key=club.audience.pk, at=at)
        club.audience.refresh_from_db()
        letter = letters[number % len(letters)]
        is_tested = len(moments) - number == TESTED
        with transaction.atomic():  # a worker that runs beside sees nothing that it could send
            sending = sending_begin(club, letter, at=at, other=headings_of(letter) if is_tested else None)
            if sending is not None:
                _sent(sending, at=at, rng=rng, until=until)
    members_write(members, form=form, topic=club.topic)
    looks_settle(now=until)
    audience_count(key=club.audience.pk, at=until)
    Account.objects.filter(pk=club.account.pk).update(is_on=False)
    return Person.objects.count()


def _moments(first: datetime, until: datetime, zone: str) -> Iterator[datetime]:
    """Give the moments at which letters leave, at ten in the morning of the shop."""
    last = (until - LAST).astimezone(ZoneInfo(zone)).replace(hour=10, minute=0, second=0, microsecond=0)
    count = max(int((last - first) / EVERY), 0)
    return (last - EVERY * back for back in range(count, -1, -1))


def _sent(sending: Sending, *, at: datetime, rng: np.random.Generator, until: datetime) -> None:
    """Let a letter leave and be answered; the rest of a test follows when that is decided by its answers."""
    moments = [at]
    for moment in moments:
        looks_settle(now=moment)
        for batch in sending_leave(sending, at=moment):
            arm = sending.legs.get(batch=batch).arm
            answers_draw(batch, arm=arm, rng=rng, until=until)
        if moment == at and sending.decides_at is not None:
            moments.append(trial_due(sending, now=at + A_DAY))
    sending_follow(pk=sending.pk, now=moments[-1] + A_DAY)


def _made(site: Site, *, at: datetime) -> Club:
    """Make what stands before the first letter."""
    topic = Topic.objects.create(key=KEY, label=NAME)
    form = Form.objects.create(key=KEY, name=NAME, site=site, is_confirmed=False, is_on=False)
    form.topics.add(topic)
    place = {
        "from_address": "hola@alacena.example", "from_name": site.name, "host": "mail.alacena.example"
    }  # fmt: skip
    account = account_save(account=Account(adapter="email", name=NAME), settings=place, secrets={})
    rules = {"version": 1, "rules": {"leaf": "consent", "purpose": "marketing", "topic": KEY}}
    audience = audience_write(name=NAME, kind=Audience.Kind.LIVE, at=at, rules=rules_read(rules))
    return Club(site, topic, account, audience)


def club_remove() -> int:
    """Take away all that was made, and erase the members wherever they went; returns how many."""
    batches = list(Batch.objects.filter(topic=KEY).values_list("pk", flat=True))
    Sending.objects.filter(account__name=NAME).delete()
    Letter.objects.filter(topic=KEY).delete()
    gone = _members_erase()
    LetterLink.objects.filter(batch__in=batches).delete()
    TallyKept.objects.filter(batch__in=batches).delete()
    Batch.objects.filter(pk__in=batches).delete()
    Form.objects.filter(key=KEY).delete()
    Topic.objects.filter(key=KEY).delete()
    ListErased.objects.filter(key=KEY).delete()
    Account.objects.filter(name=NAME).delete()
    Audience.objects.filter(name=NAME).delete()
    return gone


def _members() -> list[Identity]:
    mine = Q()
    for host in HOSTS:
        mine |= Q(key__endswith=f"@{host}.example")
    rows = Identity.objects.filter(mine, kind=Identity.Kind.EMAIL, person__tagged__tag__name=TAG)
    return list(rows.select_related("person"))


def _members_erase() -> int:
    held = _members()
    if not held:
        return 0
    marks = list(hashes_of([each.place for each in held]))
    people = {each.person.number for each in held}
    facts_erase(store=opening.store(), persons=people, at=timezone.now())
    Suppression.objects.filter(hash__in=marks).delete()
    SuppressionEvent.objects.filter(hash__in=marks).delete()
    Tag.objects.filter(name=TAG, tagged=None).delete()
    return len(people)
