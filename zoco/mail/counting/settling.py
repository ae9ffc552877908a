"""Verdicts are settled when second thoughts are over, and told as facts in the same transaction."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count

from zoco.channels.models import Message
from zoco.kit.periods import micros
from zoco.ledger.schema import Fact
from zoco.ledger.services import record_many
from zoco.mail.counting.models import LetterLink, Look
from zoco.mail.counting.weighing import TRAP_REACH, Judged, Seen, judged
from zoco.people.models import NUMBER_BASE

OPENED = "mail.letter.opened"
CLICKED = "mail.link.clicked"
EVERYWHERE = 0
PATIENCE = TRAP_REACH + timedelta(minutes=1)
"""How long after a look its verdict is settled."""
SETTLED_AFTER = PATIENCE // timedelta(minutes=1)
"""The same in minutes, for people."""
LOOKS_AT_ONCE = 2_000


def looks_settle(*, now: datetime) -> int:
    """Settle what is due; returns how many looks. May run twice at once: each look is told once."""
    settled = 0
    while found := _some_settle(now):
        settled += found
    return settled


def looks_forget(*, now: datetime, days: int) -> int:
    """Delete looks older than this many days; facts in the ledger stay."""
    known = Look.objects.filter(kind__in=Look.Kind.values, verdict__in=Look.Verdict.values)
    gone, _each = known.filter(at__lt=now - timedelta(days=days)).delete()
    return gone


@transaction.atomic
def _some_settle(now: datetime) -> int:
    due = Look.objects.filter(verdict="", at__lte=now - PATIENCE).order_by("at", "id")
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    mine = list(due[:LOOKS_AT_ONCE])
    if not mine:
        return 0
    uids = {each.message_id for each in mine}
    messages = {each.uid: each for each in Message.objects.filter(uid__in=uids)}
    looks: dict[UUID, list[Look]] = defaultdict(list)
    for look in Look.objects.filter(message_id__in=map(str, uids), at__gte=mine[0].at - TRAP_REACH).order_by(
        "at", "id"
    ):
        looks[look.message_id].append(look)
    links = _links(each.batch for each in mine)
    verdicts = {uid: _judged(looks[uid], messages[uid], links) for uid in messages}
    known = [each for each in mine if each.message_id in messages]
    for each in known:
        said = verdicts[each.message_id][each.pk]
        each.verdict, each.reason = said.verdict, said.reason[:100]
    Look.objects.bulk_update(known, ["verdict", "reason"], batch_size=200)
    Look.objects.filter(pk__in=[each.pk for each in mine if each.message_id not in messages]).delete()
    record_many([_fact(each, messages[each.message_id]) for each in known if each.kind != Look.Kind.TRAP])
    return len(mine)


def _links(batches: Iterable[int]) -> dict[tuple[int, str], int]:
    """Return how many links letters of a batch have, by batch and language."""
    kept = LetterLink.objects.filter(batch__in=set(batches)).values_list("batch", "language")
    return {(batch, language): n for batch, language, n in kept.annotate(n=Count("id")).order_by()}


def _judged(looks: Sequence[Look], message: Message, links: dict[tuple[int, str], int]) -> dict[int, Judged]:
    language = next((each.language for each in looks if each.language), "")
    seen = [
        Seen(
            each.kind,
            each.at,
            f"{each.language}/{each.number}" if each.kind == Look.Kind.CLICK else "",
            tuple(each.signs.splitlines()),
        )
        for each in looks
    ]
    found = judged(seen, sent_at=message.done_at, links=links.get((looks[0].batch, language), 0))
    return {look.pk: said for look, said in zip(looks, found, strict=True)}


def _fact(look: Look, message: Message) -> Fact:
    moment = micros(look.at)
    props = {"message": str(look.message_id), "topic": message.topic, "batch": str(look.batch or "")}
    if look.kind == Look.Kind.CLICK:
        props |= {"link": str(look.number), "language": look.language}
    return Fact(
        id=str(look.uid),
        name=CLICKED if look.kind == Look.Kind.CLICK else OPENED,
        site=EVERYWHERE,
        origin="server",
        occurred_at=moment,
        received_at=moment,
        person=NUMBER_BASE | message.person_id if message.person_id else 0,
        verdict="human" if look.verdict == Look.Verdict.PERSON else "bot",
        reason=look.reason,
        campaign=message.campaign,
        subject_kind=message.about_kind or "message",
        subject=message.about or str(message.uid),
        props={name: value for name, value in props.items() if value},
    )
