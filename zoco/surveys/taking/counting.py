"""What became of everything that was sent to a survey, counted by day: also why it was refused.

What came too often is counted once a minute: to refuse it shall cost less than to take it.
"""

from datetime import date, datetime
from typing import Any

from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

from zoco.kit.floods.counting import Held
from zoco.ledger import sitebook
from zoco.surveys.models import Survey, SurveyDay

TAKEN, EXPIRED = "taken", "expired"
TOO_OFTEN = ("pace", "seen_pace")
OUTCOMES = {
    TAKEN: _("answered"),
    "twice": _("answered before; the first answer counts"),
    "fields": _("something missing or wrong in a field"),
    "honeypot": _("a program: it filled the field that people do not see"),
    "no_proof": _("no proof of work, or a forged one"),
    "too_quick": _("quicker than anybody reads"),
    "page": _("from a page of another site"),
    "pace": _("too many from one line"),
    "link": _("with a link that is forged, too old, or of somebody who is gone"),
    "closed": _("after the survey was closed"),
    "seen_forged": _("seen, but with a ticket or link that is forged, too old or of another browser"),
    "seen_page": _("seen, but on a page of another site"),
    "seen_pace": _("seen, but told too often from one line in a minute"),
    "seen_day": _("seen, but by more browsers of one line than are counted in a day"),
    EXPIRED: _("answers erased since: the days are over for which the site keeps facts"),
}


def outcome_count(*, survey: Survey, outcome: str, at: datetime, count: int = 1) -> None:
    """Count one, or several at once."""
    _add(survey.pk, outcome, at.date(), count)


def _add(survey: int, outcome: str, on: date, count: int) -> None:
    place: dict[str, Any] = {"survey_id": survey, "on": on, "outcome": outcome}
    with sitebook.everything():
        SurveyDay.objects.get_or_create(**place)
        SurveyDay.objects.filter(**place).update(count=F("count") + count)


held = Held(SurveyDay, _add)


def outcome_note(*, survey: Survey, outcome: str, at: datetime) -> None:
    """Count one now; what came too often with others like it."""
    held.note(survey.pk, outcome, at.date(), is_too_often=outcome in TOO_OFTEN)


def outcomes_of(survey: Survey) -> dict[str, int]:
    """Return how often a survey came to each end, the most frequent first."""
    rows = SurveyDay.objects.filter(survey=survey).values_list("outcome").annotate(whole=Sum("count"))
    return dict(sorted(rows, key=lambda each: (-each[1], each[0])))
