"""A trial as CSV, to be checked outside: each unit with the arm that it was dealt and the one it saw."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zoco.kit.cells import csv_texts, disarmed
from zoco.kit.pacing import Pace
from zoco.ledger import sitebook
from zoco.ledger.pictures import formats
from zoco.ledger.store.base import QueryFailed, StoreBusy
from zoco.trials.analysis import units
from zoco.trials.analysis.figures import scope_of
from zoco.trials.deciding import dealer
from zoco.trials.models import Trial, Unit
from zoco.trials.screens.listing import SEE
from zoco.trials.screens.showing import FACTS

HEAD = ("unit", "dealt", "share", "shown", "first_shown_at", "saw_several")
"""`share` is how probably the unit was dealt its arm."""

UNITS_MOST = 2_000_000
"""So many units a file holds at most: they are sorted in memory."""
A_MINUTE = 6
pace = Pace()


class TooMany(Exception):
    """There are more units than a file holds."""


@never_cache
@permission_required([SEE, FACTS], raise_exception=True)
@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Stream the units: whoever was dealt an arm while the trial ran, and whoever was exposed."""
    trial = get_object_or_404(Trial, pk=pk)
    if trial.started_at is None:
        return HttpResponse(_("The trial has not begun yet."), status=409, content_type="text/plain")
    if seconds := pace.wait(f"user-{request.user.pk}", A_MINUTE):
        said = _("Units were taken along too often in a minute; try again in a moment.")
        return HttpResponse(
            said, status=429, content_type="text/plain", headers={"Retry-After": str(seconds)}
        )
    try:
        rows = _rows(trial)
    except TooMany:
        said = _("Too many units for one file, which holds %(most)s; export the facts of the trial instead.")
        return HttpResponse(said % {"most": formats.count(UNITS_MOST)}, status=413, content_type="text/plain")
    except (QueryFailed, StoreBusy):
        said = _("The ledger does not answer now; try again in a moment.")
        return HttpResponse(said, status=503, content_type="text/plain")
    answer = StreamingHttpResponse(csv_texts(rows), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="trial-{trial.key}.csv"'
    return answer


def _rows(trial: Trial) -> Iterator[tuple[str, ...]]:
    """Ask the ledger, and return lines of text; the query is over when this returns."""
    from zoco.ledger.store import opening

    site = next(each for each in sitebook.sites() if each.id == trial.site_id)
    scope, store = scope_of(trial, site, timezone.now()), opening.store()
    exposed = units.exposed_read(scope, store)
    everybody, came = exposed.told_as, exposed.at
    if scope.unit != Unit.PERSON:
        others = units.came_read(scope, store)
        is_other = ~np.isin(others.unit, everybody)
        everybody = np.concatenate([everybody, others.unit[is_other]])
        came = np.concatenate([came, others.at[is_other]])
    if len(everybody) > UNITS_MOST:
        raise TooMany
    order = np.argsort(everybody, kind="stable")
    return _written(trial, exposed, everybody[order], came[order])


def _written(
    trial: Trial, exposed: units.Exposed, everybody: units.Ints, came: units.Ints
) -> Iterator[tuple[str, ...]]:
    yield HEAD
    deal = dealer(trial)
    place = {unit: number for number, unit in enumerate(exposed.told_as.tolist())}
    for unit, moment in zip(everybody.tolist(), came.tolist(), strict=True):
        dealt, at = deal(unit, moment), place.get(unit)
        share = _share(trial, dealt, moment) if dealt else ""
        if at is not None:
            first = datetime.fromtimestamp(exposed.at[at] / 1e6, UTC).isoformat(timespec="seconds")
            crossed = str(int(exposed.crossed[at]))
            yield str(unit), dealt or "", share, disarmed(exposed.arms[exposed.arm[at]]), first, crossed
        elif dealt is not None:
            yield str(unit), dealt, share, "", "", "0"


def _share(trial: Trial, arm: str, at: int) -> str:
    arms = trial.dealt_as(at)
    return f"{sum(each.weight for each in arms if each.key == arm) / sum(each.weight for each in arms):.6f}"
