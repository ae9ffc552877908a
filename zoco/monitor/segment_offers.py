"""What the controls of reports offer of segments: those of the site, and to save the filters in force."""

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from zoco.ledger.asking.filters import filters_write
from zoco.ledger.asking.question import Question
from zoco.ledger.views.actions import Kept, KeptFilters
from zoco.ledger.views.address import Address
from zoco.monitor.segments import Segment

SEE, MAKE = (f"zoco_monitor.{verb}_segment" for verb in ("view", "add"))


def segments(request: HttpRequest, question: Question, address: Address) -> KeptFilters | None:
    """Offer a reader the site's segments, and whoever may make one to save the filters in force."""
    if not request.user.has_perm(SEE):
        return None
    filters = filters_write(question.filters)
    kept = []
    for each in Segment.objects.filter(site=question.site.id).order_by("name", "id"):
        is_current = (each.filters, each.verdicts) == (filters, question.verdicts)
        remove_url = address.refiltered({}, "people") if is_current else ""
        kept.append(Kept(each.name, address.refiltered(each.filters, each.verdicts), is_current, remove_url))
    may_save = bool(filters) and request.user.has_perm(MAKE) and not any(each.is_current for each in kept)
    return KeptFilters(kept, _save_url(question, address) if may_save else "")


def _save_url(question: Question, address: Address) -> str:
    try:
        where = reverse("zoco_segments:add")
    except NoReverseMatch:  # a host project without Wagtail's admin
        return ""
    query = address.shared(site=question.site.slug, period=None, compare=None)
    return f"{where}?{query.urlencode(safe='/:.,')}"
