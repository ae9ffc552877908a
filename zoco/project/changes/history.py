"""Wagtail's report of who changed what, over everything: like our own log of changes, not for all readers.

Wagtail shows each reader the lines of what he may see. An analyst sees sites and goals, but not their
history: what is closed there is closed here too.
"""

from django.contrib.auth.decorators import permission_required
from django.urls import URLPattern, path
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.reports.audit_logging import LogEntriesView

from zoco.project.changes.page import MAY


def history_urls() -> list[URLPattern]:
    """Return the addresses of the report; they stand before Wagtail's own, which have the same paths."""
    found = []
    for name, where, is_part in (
        ("zoco_site_history", "", False),
        ("zoco_site_history_results", "results/", True),
    ):
        view = LogEntriesView.as_view(results_only=is_part)
        closed = require_admin_access(permission_required(MAY, raise_exception=True)(view))
        found.append(path(f"admin/reports/site-history/{where}", closed, name=name))
    return found
