"""What was answered on a site goes with what was counted of it; surveys stay."""

from datetime import datetime, timedelta

from zoco.ledger import sitebook
from zoco.surveys.models import Response, SurveyDay


def site_forget(site: int, until: datetime) -> None:
    """Forget answers until then, and how many there were."""
    with sitebook.everything():
        end = until if until.year == 9999 else until + timedelta(seconds=1)
        Response.objects.filter(survey__site=site, at__lte=end).delete()
        SurveyDay.objects.filter(survey__site=site, on__lte=end.date()).delete()
