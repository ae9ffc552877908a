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
from zoco.ledger import sitebook
from zoco.ledger.store.base import QueryFailed, StoreBusy
from zoco.trials.analysis import units
from zoco.trials.analysis.figures import scope_of
from zoco.trials.deciding import dealt_arm
from zoco.trials.models import Trial, Unit
from zoco.trials.screens.listing import SEE
from zoco.trials.screens.showing import FACTS

HEAD = ("unit", "dealt", "shown", "first_shown_at", "saw_several")


@never_cache
@permission_required([SEE, FACTS], raise_exception=True)
@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Stream the units: whoever was dealt an arm while the trial ran, and whoever was exposed."""
    trial = get_object_or_404(Trial, pk=pk)
    if trial.started_at is None:
        return HttpResponse(_("The trial has not begun yet."), status=409, content_type="text/plain")
    try:
        rows = _rows(trial)
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
    everybody = exposed.told_as
    if scope.unit != Unit.PERSON:
        everybody = np.union1d(units.about_read(scope, store), everybody)
    return _written(trial, exposed, everybody)


def _written(trial: Trial, exposed: units.Exposed, everybody: units.Ints) -> Iterator[tuple[str, ...]]:
    yield HEAD
    place = {unit: number for number, unit in enumerate(exposed.told_as.tolist())}
    for unit in everybody.tolist():
        dealt, at = dealt_arm(trial, unit), place.get(unit)
        if at is not None:
            moment = datetime.fromtimestamp(exposed.at[at] / 1e6, UTC).isoformat(timespec="seconds")
            crossed = str(int(exposed.crossed[at]))
            yield str(unit), dealt or "", disarmed(exposed.arm[at]), moment, crossed
        elif dealt is not None:
            yield str(unit), dealt, "", "", "0"
