"""What was answered on a site goes with what was counted of it, and when its days are over; surveys stay."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count

from zoco.ledger import sitebook
from zoco.surveys.models import Response, Survey, SurveyDay
from zoco.surveys.taking.counting import EXPIRED, outcome_count


def site_forget(site: int, until: datetime) -> None:
    """Forget answers until then, and how many there were."""
    with sitebook.everything():
        end = until if until.year == 9999 else until + timedelta(seconds=1)
        Response.objects.filter(survey__site=site, at__lte=end).delete()
        SurveyDay.objects.filter(survey__site=site, on__lte=end.date()).delete()


def site_retain(site: int, before: datetime, now: datetime) -> int:
    """Erase answers from before a moment, and count them on the day of `now`; returns how many went.

    They go as the facts do that tell of them, so that page and report speak of the same time.
    """
    with sitebook.everything(), transaction.atomic():
        rows = Response.objects.filter(survey__site=site, at__lt=before)
        counted = rows.order_by().values("survey").annotate(n=Count("pk")).values_list("survey", "n")
        gone = dict(counted)
        rows.delete()
        for survey in Survey.objects.filter(pk__in=gone).order_by("pk"):
            outcome_count(survey=survey, outcome=EXPIRED, at=now, count=gone[survey.pk])
    return sum(gone.values())
