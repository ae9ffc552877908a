"""A trial as CSV, to be checked outside: each unit with the arm that it was dealt and the one it saw."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zoco.ledger import sitebook
from zoco.ledger.store.base import QueryFailed, StoreBusy
from zoco.trials.analysis import units
from zoco.trials.analysis.figures import scope_of
from zoco.trials.deciding import dealt_arm
from zoco.trials.models import Trial, Unit
from zoco.trials.screens.listing import SEE
from zoco.trials.screens.showing import FACTS

HEAD = ("unit", "dealt", "shown", "first_shown_at", "saw_several")


class _Echo:
    """Gives each line back instead of writing it."""

    def write(self, line: str) -> str:
        return line


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
    writer = csv.writer(_Echo())
    lines = (writer.writerow(row) for row in rows)
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="trial-{trial.key}.csv"'
    return answer


def _rows(trial: Trial) -> Iterator[tuple[Any, ...]]:
    """Ask the ledger, and return lines of text; the query is over when this returns."""
    from zoco.ledger.store import opening

    site = next(each for each in sitebook.sites() if each.id == trial.site_id)
    scope, store = scope_of(trial, site, timezone.now()), opening.store()
    exposed = units.exposed_read(scope, store)
    everybody = exposed.told_as
    if scope.unit != Unit.PERSON:
        everybody = np.union1d(units.about_read(scope, store), everybody)
    return _written(trial, exposed, everybody)


def _written(trial: Trial, exposed: units.Exposed, everybody: units.Ints) -> Iterator[tuple[Any, ...]]:
    yield HEAD
    place = {unit: number for number, unit in enumerate(exposed.told_as.tolist())}
    for unit in everybody.tolist():
        dealt, at = dealt_arm(trial, unit), place.get(unit)
        if at is not None:
            moment = datetime.fromtimestamp(exposed.at[at] / 1e6, UTC).isoformat(timespec="seconds")
            yield unit, dealt or "", _plain(exposed.arm[at]), moment, int(exposed.crossed[at])
        elif dealt is not None:
            yield unit, dealt, "", "", 0


def _plain(arm: str) -> str:
    """Return an arm that a browser told so that no program for tables takes it for a formula."""
    return f"'{arm}" if arm[:1] in ("=", "+", "-", "@", "\t", "\r") else arm
