"""What was worked out of a site's facts goes with them: figures of its trials."""

from datetime import datetime, timedelta

from zoco.ledger import sitebook
from zoco.trials.asked.models import TrialQuestion
from zoco.trials.keeping.services import units_forget
from zoco.trials.models import TrialRun

State = TrialRun.State


def site_forget(site: int, until: datetime) -> None:
    """Forget the figures that were asked for until then; trials stay, with what was learnt."""
    with sitebook.everything():
        runs = TrialRun.objects.filter(trial__site=site, created_at__lte=until + timedelta(seconds=1))
        runs.filter(state__in=[State.WAITING, State.RUNNING]).update(state=State.STOPPED, is_to_stop=True)
        runs.delete()
        units_forget(site=site)
        TrialQuestion.objects.filter(site=site, created_at__lte=until + timedelta(seconds=1)).delete()
