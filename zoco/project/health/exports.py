"""The check of what leaves by itself: files are written, and hold nobody who was erased."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zoco.project.health.findings import Finding, counted


def exports() -> Iterator[Finding]:
    """Scheduled exports come through, and exported files were rewritten where somebody was erased."""
    from zoco.monitor.exports.models import ExportDay, ExportPlan
    from zoco.monitor.exports.saying import said_here

    plans = ExportPlan.objects.filter(is_on=True).select_related("site").order_by("id")
    failing = [plan for plan in plans if plan.failing_since]
    for plan in failing:
        message = _("The export of %(site)s fails: %(why)s") % {
            "site": plan.site,
            "why": said_here(plan.said),
        }
        yield Finding("exports", "warning", message, _("see Exports; it is tried again every half hour"))
    owed = ExportDay.objects.filter(duties__tries__gt=0).distinct().count()
    if owed:
        message = ngettext(
            "%(count)s exported day still holds what was to be deleted and cannot be reached.",
            "%(count)s exported days still hold what was to be deleted and cannot be reached.",
            owed,
        )
        yield Finding(
            "exports", "warning", message % {"count": counted(owed)}, _("see Exports for where they lie")
        )
    if plans and not failing and not owed:
        yield Finding(
            "exports", "ok", _("Scheduled exports come through: %(count)d.") % {"count": len(plans)}
        )
