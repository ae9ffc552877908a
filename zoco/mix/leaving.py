"""What of media mixes goes with a site's facts: what was fitted to them. Tests of channels stay as typed."""

from datetime import datetime, timedelta

from zoco.ledger import sitebook
from zoco.mix.models import MediaMix, RegionalTest


def site_forget(site: int, until: datetime) -> None:
    """Forget what was worked out of a site's facts until then; what is under way stops, and keeps nothing."""
    with sitebook.everything():
        for model in (MediaMix, RegionalTest):
            mine = model.objects.filter(site=site, created_at__lte=until + timedelta(seconds=1))
            mine.update(is_to_stop=True)
            mine.delete()
