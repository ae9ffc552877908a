"""A trial as CSV, to be checked outside: each unit with the arm that it was dealt and the one it saw.

First whoever was exposed, then whoever was dealt an arm and was not. It comes in pieces, as the ledger
answers: neither all units nor a worker are held.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zoco.kit.cells import csv_texts, disarmed
from zoco.kit.floods.pacing import Pace
from zoco.ledger import sitebook
from zoco.ledger.store.base import QueryFailed, StoreBusy
from zoco.trials.analysis import units
from zoco.trials.analysis.figures import scope_of
from zoco.trials.choices import Unit
from zoco.trials.deciding import Deal, dealer
from zoco.trials.keeping.services import Kept
from zoco.trials.models import Trial
from zoco.trials.screens.listing import SEE
from zoco.trials.screens.showing import FACTS

HEAD = ("unit", "dealt", "share", "shown", "first_shown_at", "saw_several")
"""`share` is how probably the unit was dealt its arm."""

A_MINUTE = 6
pace = Pace()


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
        pieces = csv_texts(_rows(trial))
        first = next(pieces)  # what the ledger refuses is said before the file begins
    except (QueryFailed, StoreBusy):
        said = _("The ledger does not answer now; try again in a moment.")
        return HttpResponse(said, status=503, content_type="text/plain")
    answer = StreamingHttpResponse(chain([first], pieces), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="trial-{trial.key}.csv"'
    return answer


def _rows(trial: Trial) -> Iterator[tuple[str, ...]]:
    """Yield lines of text, as the ledger answers. Raises QueryFailed, StoreBusy."""
    from zoco.ledger.store import opening

    site = next(each for each in sitebook.sites() if each.id == trial.site_id)
    scope, store, deal, share = (
        scope_of(trial, site, timezone.now()),
        opening.store(),
        dealer(trial),
        _Share(trial),
    )
    yield HEAD
    with units.exposed_stream(scope, store) as batches:
        for batch in batches:
            yield from _exposed(batch.to_pydict(), deal, share)
    if scope.unit == Unit.PERSON:
        return
    with units.others_stream(scope, store) as batches:
        for batch in batches:
            found = batch.to_pydict()
            for unit, moment in zip(found["unit"], found["first"], strict=True):
                if (dealt := deal(unit, moment)) is not None:
                    yield str(unit), dealt, share.of(unit, dealt, moment), "", "", "0"


def _exposed(found: dict[str, list[int]], deal: Deal, share: _Share) -> Iterator[tuple[str, ...]]:
    columns = (found[name] for name in ("told_as", "arm", "first", "crossed"))
    for unit, arm, moment, crossed in zip(*columns, strict=True):
        dealt = deal(unit, moment)
        first = datetime.fromtimestamp(moment / 1e6, UTC).isoformat(timespec="seconds")
        said = share.of(unit, dealt, moment) if dealt else ""
        yield str(unit), dealt or "", said, disarmed(str(arm)), first, str(int(crossed))


class _Share:
    """How probably units were dealt their arm."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.kept = Kept(trial) if trial.keeps_units else None

    def of(self, unit: int, arm: str, at: int) -> str:
        """Return the share of an arm when a unit was dealt."""
        batch = self.kept.of(unit) if self.kept else None
        arms = self.trial.dealt_as(at) if batch is None else self.trial.batches_read[batch].arms
        own = sum(each.weight for each in arms if each.key == arm)
        return f"{own / sum(each.weight for each in arms):.6f}"
