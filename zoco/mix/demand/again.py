"""The same model with visits that nobody paid for as a control, and which of a site's models that is."""

from __future__ import annotations

from datetime import datetime

from zoco.mix import running
from zoco.mix.controls.series import UNPAID
from zoco.mix.models import MediaMix

SAME = ("site_id", "goal", "is_revenue", "country", "first_on", "weeks_count", "grain", "saturation")
LOOKED_AT = 100


def sibling(mix: MediaMix) -> MediaMix | None:
    """Return the newest model that differs in knowing these visits alone; None where there is none."""
    asked = {name: getattr(mix, name) for name in SAME}
    done = MediaMix.objects.filter(**asked, state=MediaMix.State.DONE).exclude(pk=mix.pk).order_by("-id")
    wanted = set(mix.controls) ^ {UNPAID}
    for key, controls in done.values_list("pk", "controls")[:LOOKED_AT]:
        if set(controls) == wanted:
            return MediaMix.objects.get(pk=key)
    return None


def with_visits(mix: MediaMix, *, by: int | None, at: datetime) -> MediaMix:
    """Begin the same model with these visits as a control; return it. Raises UnderWay."""
    asked = {name: getattr(mix, name) for name in SAME}
    controls = [*(each for each in mix.controls if each != UNPAID), UNPAID]
    found = MediaMix(**asked, controls=controls, created_by_id=by, created_at=at, told_at=at)
    running.begin(work=found)
    return found
