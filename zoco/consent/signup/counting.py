"""What became of fillings, counted by day: the owner sees each end, and why what was refused was refused."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

from zoco.consent.signup.models import Form, FormDay
from zoco.kit.floods.counting import Held

DAYS = 30
TAKEN, ASKED, NO_ACCOUNT = "taken", "asked", "no_account"
TOO_OFTEN = "pace"
OUTCOMES = {
    TAKEN: _("signed up at once"),
    ASKED: _("asked to confirm by e-mail"),
    NO_ACCOUNT: _("the letter that asks waits: no account sends e-mail"),
    "confirmed": _("confirmed"),
    "asked_already": _("asked a moment before"),
    "too_often": _("asked often enough this week"),
    "suppressed": _("the address is suppressed"),
    "fields": _("something missing or wrong in a field"),
    "honeypot": _("a program: it filled the field that people do not see"),
    "no_proof": _("no proof of work, or a forged one"),
    "too_quick": _("quicker than anybody reads"),
    "page": _("from a page of another site"),
    TOO_OFTEN: _("too many from one line"),
    "off": _("the form takes no sign-ups"),
}


def outcome_count(*, form: Form, outcome: str, at: datetime) -> None:
    """Count one, in the transaction of whoever calls."""
    _add(form.pk, outcome, at.date(), 1)


def _add(form: int, outcome: str, on: date, count: int) -> None:
    place: dict[str, Any] = {"form_id": form, "on": on, "outcome": outcome}
    FormDay.objects.get_or_create(**place)
    FormDay.objects.filter(**place).update(count=F("count") + count)


held = Held(FormDay, _add)


def outcome_note(*, form: Form, outcome: str, at: datetime) -> None:
    """Count one that a stranger sent: now, but what came too often once a minute."""
    held.note(form.pk, outcome, at.date(), is_too_often=outcome == TOO_OFTEN)


def outcomes_of(forms: Sequence[Form], *, until: date) -> dict[int, dict[str, int]]:
    """Return how often each form came to each end in DAYS days, by the form's key."""
    rows = FormDay.objects.filter(form__in=forms, on__gt=until - timedelta(days=DAYS))
    found: dict[int, dict[str, int]] = {each.pk: {} for each in forms}
    for form, outcome, count in rows.values_list("form", "outcome").annotate(Sum("count")):
        found[form][outcome] = count
    return found
