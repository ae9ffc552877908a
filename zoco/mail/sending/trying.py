"""Tests of letters: at the time that was set before it is said, once, whether one arm is the best.

Only what people did counts. A tie is a tie: the rest gets the first arm, and nobody says that it had won.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from zoneinfo import ZoneInfo

from django.db import transaction
from pyroaring import BitMap

from zoco.channels.models import Message
from zoco.kit.periods import micros
from zoco.ledger import sitebook
from zoco.ledger.pictures.moments import zone
from zoco.mail.counting.figures import letter_figures
from zoco.mail.counting.models import Look
from zoco.mail.counting.scope import Scope
from zoco.mail.sending.left import leg_left, trial_due
from zoco.mail.sending.models import REST, Leg, Sending
from zoco.people.audiences.bitmaps import of_rows, of_table
from zoco.people.audiences.deeds import Deed, Span, statement
from zoco.people.audiences.leaves import Asked
from zoco.people.models import NUMBER_BASE
from zoco.stats.winners import best_of
from zoco.trials.facts import shown

DAY = timedelta(days=1)
CHUNK = 500


@dataclass(frozen=True, slots=True)
class ArmFigure:
    """How many people of an arm did what the test is decided by, of how many who got its letter."""

    arm: str
    successes: int
    trials: int


def arm_figures(sending: Sending, *, now: datetime) -> list[ArmFigure]:
    """Count each arm of a test, as far as it is known now; each for as long after its letters had left.

    Else whoever got his letter hours earlier would have had more time to follow a link.
    """
    legs = list(sending.legs.exclude(arm=REST).select_related("batch").defer("people", "editions"))
    left = [leg_left(each, now=now) for each in legs]
    span = trial_due(sending, now=now) - max(left, default=now)
    return [_figure(sending, leg, min(had + span, now), now) for leg, had in zip(legs, left, strict=True)]


def _figure(sending: Sending, leg: Leg, until: datetime, now: datetime) -> ArmFigure:
    if leg.batch is None:
        return ArmFigure(leg.arm, 0, 0)
    messages = Message.objects.filter(batch=leg.batch)
    if sending.test_metric == Sending.Metric.CLICKS:
        of = letter_figures(Scope((leg.batch.pk,), messages)).clicked.of
        clicks = Look.objects.filter(
            batch=leg.batch.pk, kind=Look.Kind.CLICK, verdict=Look.Verdict.PERSON, at__lt=until,
            message__in=messages.filter(state=Message.State.SENT).values("uid"),
        )  # fmt: skip
        return ArmFigure(leg.arm, min(clicks.values("message").distinct().count(), of), of)
    got = of_rows(messages.filter(state=Message.State.SENT, person__isnull=False))
    did = _did(sending.test_fact, Span(micros(leg.begins_at or now), micros(until)), now)
    return ArmFigure(leg.arm, len(got & did), len(got))


def _did(fact: str, span: Span, now: datetime) -> BitMap:
    """Return who did what a test asks for within a time."""
    store = Asked(now).ledger
    with sitebook.everything():
        deed = Deed(fact, "count", Decimal(1), span)
        return of_table(store.query(statement(deed, now, store.dialect)))


def trial_decide(*, sending: Sending, now: datetime) -> None:
    """Decide a test whose time has come, and let the rest get what it brought; twice is once."""
    figures = arm_figures(sending, now=now)
    best = best_of([each.successes for each in figures], [each.trials for each in figures])
    with transaction.atomic():
        held = Sending.objects.select_for_update().defer("people").get(pk=sending.pk)
        if held.state != Sending.State.TESTING or held.paused_at is not None or held.verdict:
            return
        is_won = best.winner is not None
        held.winner = figures[best.winner or 0].arm
        held.verdict = Sending.Verdict.WON if is_won else Sending.Verdict.TIE
        held.state = Sending.State.GOING
        held.decision = {
            "at": now.isoformat(),
            "p": best.p,
            "arms": [[each.arm, each.successes, each.trials] for each in figures],
        }
        held.save(update_fields=["winner", "verdict", "state", "decision"])
        _rest_let(held, now)
        _shown_tell(held, now)


def _rest_let(sending: Sending, now: datetime) -> None:
    """Give the rest the arm that it gets: at once, or where hours were tried, at the next such hour."""
    legs = {each.arm: each for each in sending.legs.defer("people")}
    won, rest = legs[sending.winner], legs[REST]
    rest.letter_id, rest.subjects, rest.editions = won.letter_id, won.subjects, won.editions
    rest.is_counted = won.is_counted
    hours = {each.after_minutes for arm, each in legs.items() if arm != REST}
    rest.begins_at = now
    if len(hours) > 1 and won.begins_at is not None:
        rest.begins_at = hour_again(won.begins_at, now, zone())
    rest.save(update_fields=["letter", "subjects", "editions", "is_counted", "begins_at"])


def hour_again(tried: datetime, now: datetime, clock: ZoneInfo) -> datetime:
    """Return the first moment from `now` on at which a wall clock shows the time that was tried, in UTC."""
    if tried >= now:
        return tried
    wall = tried.astimezone(clock)
    days = (now.astimezone(clock).date() - wall.date()).days
    today, tomorrow = ((wall + number * DAY).astimezone(UTC) for number in (days, days + 1))
    return today if today >= now else tomorrow


def _shown_tell(sending: Sending, now: datetime) -> None:
    """Tell of each person which arm he got."""

    def seen(leg: Leg) -> Iterator[tuple[int, str]]:
        sent = Message.objects.filter(batch=leg.batch, state=Message.State.SENT, person__isnull=False)
        for person in sent.order_by("pk").values_list("person", flat=True).iterator(CHUNK):
            yield NUMBER_BASE | person, leg.arm

    for leg in sending.legs.exclude(arm=REST).exclude(batch=None).defer("people", "editions"):
        rows = seen(leg)
        while some := list(islice(rows, CHUNK)):
            shown(trial=sending.trial, seen=some, at=now)
