"""Draws from a fit's posterior, kept as a file: all that the fit knows, for whoever goes on elsewhere."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet
from django.db import transaction

from zoco.mix.models import MediaMix, MixDraws
from zoco.stats.mix import Fit

IN_MONEY = {"half": "half_spend", "steepness": "steepness_per_money"}
"""A fit has them in the mean spending of a channel; the file in money of a period."""


def table_of(fit: Fit) -> pa.Table:
    """Return a row for each draw that is kept: noise and baseline, and of each channel its parameters.

    Columns of a channel are `CHANNEL: PARAMETER`; `brought` is what it added in all periods of the fit.
    """
    columns = {"draw": np.arange(1, len(fit.noise) + 1), "noise": fit.noise}
    for at, name in enumerate(fit.baseline.names):
        columns[f"baseline: {name}"] = fit.coefficients[:, at]
    for at, (channel, brought) in enumerate(zip(fit.series.channels, fit.contributions(), strict=True)):
        unit = fit.series.units[at]
        for number, parameter in enumerate(fit.model.parameters):
            shape = fit.shapes[:, at, number]
            shape = {"half": shape * unit, "steepness": shape / unit}.get(parameter, shape)
            columns[f"{channel}: {IN_MONEY.get(parameter, parameter)}"] = shape
        columns[f"{channel}: effect"] = fit.effects[:, at]
        columns[f"{channel}: brought"] = brought.sum(axis=1)
    return pa.table(columns)


@transaction.atomic
def draws_keep(*, mix: MediaMix, fit: Fit) -> None:
    """Keep the draws of a fit, once; of one that is gone meanwhile nothing."""
    file = BytesIO()
    pa.parquet.write_table(table_of(fit), file, compression="zstd")
    if MediaMix.objects.select_for_update().filter(pk=mix.pk).exists():
        MixDraws.objects.update_or_create(mix_id=mix.pk, defaults={"parquet": file.getvalue()})


def draws_forget(*, mix: MediaMix) -> None:
    """Delete the draws of a model that is fitted anew: it may come to another end, which has none."""
    MixDraws.objects.filter(mix_id=mix.pk).delete()
