"""The page "Live": the last facts and refusals, asked for again every few seconds while somebody looks."""

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zoco.ledger import sitebook
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.store.base import QueryFailed, StoreBusy
from zoco.ledger.views.heads import head_of_site, site_chosen
from zoco.monitor.latest.mine import can_tell, visitors_of
from zoco.monitor.latest.opened import opened_of
from zoco.monitor.latest.reads import Wanted, latest
from zoco.monitor.latest.said import line

SEE = "zoco_ledger.view_facts"
LONGEST = 200


@never_cache
@permission_required(SEE, raise_exception=True)
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Show the last ones; with `part` only their table, and 204 where nothing came since `mark`."""
    known = sitebook.sites()
    if not known:
        return redirect("zoco_ledger:index")  # which says what to do
    site = site_chosen(known, request.GET.get("site", ""))
    shown = _lines(request, site)
    if "part" in request.GET:
        if shown["problem"]:
            return HttpResponse(status=503, headers={"Retry-After": "3"})
        if shown["mark"] and shown["mark"] == request.GET.get("mark", ""):
            return HttpResponse(status=204)
        return render(request, "zoco/monitor/live_lines.html", shown)
    shown |= head_of_site(_("Live"), site, known)
    shown |= {"hosts": site.hostnames, "zone": site.zone, "can_tell": can_tell(), "opened": opened_of(site)}
    return render(request, "zoco/monitor/live.html", shown)


def _lines(request: HttpRequest, site: SiteInfo) -> dict[str, Any]:
    text, host = (request.GET.get(name, "").replace("\0", "")[:LONGEST].strip() for name in ("q", "host"))
    is_mine = bool(request.GET.get("mine")) and can_tell()
    mine = visitors_of(request, site)
    asked = {"q": text, "host": host, "is_mine": is_mine}
    try:
        rows = latest(site, Wanted(text, host, mine if is_mine else None), now=datetime.now(UTC))
    except (StoreBusy, QueryFailed):
        return {"asked": asked, "lines": [], "mark": "", "problem": _("The ledger cannot answer now.")}
    lines = [line(row, site, mine) for row in rows]
    mark = f"{lines[0].id}-{len(lines)}" if lines else "none"
    return {"asked": asked, "lines": lines, "mark": mark, "problem": ""}
