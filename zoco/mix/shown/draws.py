"""The draws of a fit are sent: to whoever may see its page."""

from __future__ import annotations

from io import BytesIO

import pyarrow.csv
import pyarrow.parquet
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zoco.kit.cells import disarmed
from zoco.mix.models import MixDraws
from zoco.mix.screens import COSTS, SEE, mix_of


def _kept(pk: int) -> bytes:
    """Return what is kept of a fit that came to an end. Raises Http404."""
    mix, _site = mix_of(pk)
    kept = MixDraws.objects.filter(mix=mix).first() if mix.has_draws else None
    if kept is None:
        raise Http404
    return bytes(kept.parquet)


def _sent(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@never_cache
@permission_required((SEE, COSTS), raise_exception=True)
@require_safe
def as_parquet(_request: HttpRequest, pk: int) -> HttpResponse:
    """Send the draws as Parquet."""
    return _sent(_kept(pk), "application/vnd.apache.parquet", f"media-mix-{pk}-draws.parquet")


@never_cache
@permission_required((SEE, COSTS), raise_exception=True)
@require_safe
def as_csv(_request: HttpRequest, pk: int) -> HttpResponse:
    """Send the draws as CSV, with all their digits."""
    table = pyarrow.parquet.read_table(BytesIO(_kept(pk)))
    file = BytesIO()
    pyarrow.csv.write_csv(table.rename_columns([disarmed(each) for each in table.column_names]), file)
    return _sent(file.getvalue(), "text/csv; charset=utf-8", f"media-mix-{pk}-draws.csv")
