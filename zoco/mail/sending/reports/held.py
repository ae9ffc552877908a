"""Who was held back and why: counted by reason, and each of them as a line of CSV."""

from collections import Counter
from collections.abc import Iterator, Sequence

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from zoco.channels.models import Message
from zoco.channels.screens.pages import OTHERWISE
from zoco.consent.answers import SAID, Because
from zoco.kit.cells import csv_line, disarmed
from zoco.ledger.pictures import formats, moments
from zoco.ledger.pictures.bars import bar
from zoco.mail.counting.scope import Scope

State = Message.State
HELD = (State.WAITS, State.REFUSED)
NOT_SENT = (*HELD, State.FAILED, State.UNCERTAIN)


def held_counts(scope: Scope) -> list[tuple[str, str, str, str]]:
    """Return (what, why, how many, its bar) of the letters that did not leave, the most frequent first."""
    rows = scope.messages.filter(state__in=NOT_SENT).exclude(state=State.WAITS, because="").order_by()
    sums: Counter[tuple[str, str]] = Counter()
    for state, because, reason, n in rows.values_list("state", "because", "reason").annotate(n=Count("pk")):
        sums[state, because if state in HELD else reason] += n
    found = [(state, why_said(why) if state in HELD else why or "–", n) for (state, why), n in sums.items()]
    found.sort(key=lambda each: (-each[2], each[0], each[1]))
    most = found[0][2] if found else 0
    return [(str(State(state).label), why, formats.count(n), bar(n, most)) for state, why, n in found]


def why_said(because: str) -> str:
    """Say why a message waits or was not allowed."""
    return str(SAID[Because(because)] if because in set(Because) else OTHERWISE.get(because, because or "–"))


def held_rows(scope: Scope) -> QuerySet[Message]:
    """Return the messages that did not leave, and are held back or ended otherwise."""
    rows = scope.messages.filter(state__in=NOT_SENT).exclude(state=State.WAITS, because="")
    return rows.select_related("person").order_by("pk")


def held_file(scope: Scope) -> Iterator[str]:
    """Return them as CSV in pieces."""
    yield _line(
        [_("Person"), _("Name"), _("Address"), _("State"), _("Why"), _("Key of the reason"), _("Not before")]
    )
    for each in held_rows(scope).iterator(500):
        why = why_said(each.because) if each.state in HELD else each.reason
        until = moments.said(each.next_at) if each.state == State.WAITS else ""
        name = str(each.person) if each.person else ""
        who = str(each.person_id or "")
        yield _line([who, name, each.to, str(State(each.state).label), why, each.because or each.code, until])


def _line(cells: Sequence[str]) -> str:
    return csv_line([disarmed(each) for each in cells])
