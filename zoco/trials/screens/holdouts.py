"""The page of a site's holdout: those held out of all trials against everybody else."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from zoco.ledger.pictures import formats
from zoco.ledger.sitebook import SiteInfo
from zoco.trials.asked.holdouts import HELD, OTHERS
from zoco.trials.asked.pages import asked_page
from zoco.trials.designs import Metric
from zoco.trials.screens import opened, said
from zoco.trials.screens.editing import ADD
from zoco.trials.screens.listing import SEE
from zoco.trials.screens.planning import GoalForm

Kept = dict[str, Any]


@never_cache
@permission_required(SEE, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def holdout(request: HttpRequest) -> HttpResponse:
    """Show the form, take what is asked, and show the figures."""
    title = _("Held out of all trials")
    return asked_page(request, "holdout", title, "zoco/trials/holdout.html", GoalForm, _said, ADD)


def _said(site: SiteInfo, given: Kept, found: Kept, _may_add: bool) -> Kept:
    metric = Metric(given["goal"], given["kind"], "primary", given["goal"])
    names = {HELD: gettext_lazy("Held out"), OTHERS: gettext_lazy("Everybody else")}
    low, high = (said.difference(metric, each, site.currency) for each in found["interval"])
    first, last = (
        formats.day(datetime.fromisoformat(found[key]).astimezone(ZoneInfo(site.zone)).date())
        for key in ("since", "until")
    )
    shown: Kept = {
        "words": _words(found),
        "kind": "good" if found["is_sure"] and found["difference"] > 0 else "info",
        "lines": [
            (names[key], formats.count(each["n"]), said.value(metric, each["value"], site.currency))
            for key, each in found["arms"].items()
        ],
        "figures": [
            (_("Difference"), said.difference(metric, found["difference"], site.currency)),
            (_("Interval of 95%"), _("%(low)s to %(high)s") % {"low": low, "high": high}),
            (_("Lift"), said.lift(found)),
            ("p", said.p_value(found["p"])),
            (_("Held out of all trials"), formats.percent(found["percent"] / 100, 0)),
            (_("Days"), _("%(low)s to %(high)s") % {"low": first, "high": last}),
        ],
    }
    groups = [(str(name), units) for name, units, _value in shown["lines"]]
    return shown | {"opened": opened.held_out(site.zone, [*groups, *shown["figures"][-2:]])}


def _words(found: Kept) -> str:
    if not found["is_sure"]:
        return _("Whether all trials together change anything is not sure yet.")
    if found["difference"] > 0:
        return _("Everybody else surely does it more than those who are held out.")
    return _("Everybody else surely does it less than those who are held out.")
