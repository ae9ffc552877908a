"""Keep segments in step with what they filter by."""

from zoco.monitor.segments import Segment
from zoco.monitor.sharing.services import renamed


def segments_follow(*, site: int, was: str, now: str) -> None:
    """Let the segments of a site, by its key, that filter by a goal go on when it gets another name."""
    for segment in Segment.objects.select_for_update().filter(site=site):
        filters = renamed(segment.filters, was=was, now=now)
        if filters != segment.filters:
            segment.filters = filters
            segment.save(update_fields=["filters"])
