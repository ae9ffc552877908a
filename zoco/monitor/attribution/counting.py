"""Paths out of the ledger, and what each model credits for them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zoco.ledger import expr
from zoco.ledger.scope import Facts
from zoco.monitor.reports.conversions.touches import paths
from zoco.stats.attribution import (
    Attribution,
    Credit,
    First,
    Last,
    LastNonDirect,
    Linear,
    Markov,
    Measure,
    Model,
    Paths,
    Position,
    Shapley,
    TimeDecay,
    TooManyStates,
    attribute,
    paths_read,
)

if TYPE_CHECKING:
    from zoco.kit.periods import Period
    from zoco.ledger.sitebook import SiteInfo
    from zoco.ledger.store.base import Store
    from zoco.monitor.reports.conversions.defined import Definition

Shown = dict[str, Any]
DIRECT = {"channel": "direct"}
"""The label of visits that came by nothing; of other columns they have none."""
CENT = 100
"""Units in a cent, and in a hundredth of a conversion: what pages show."""
MODELS = (
    "first", "last", "last_non_direct", "linear", "position", "time_decay", "markov_1", "markov_2", "shapley",
)  # fmt: skip


def model_of(key: str, by: str) -> Model:
    """Return a model by its key, for touches told apart by a column."""
    found: dict[str, Model] = {
        "first": First(),
        "last": Last(),
        "last_non_direct": LastNonDirect(DIRECT.get(by, "")),
        "linear": Linear(),
        "position": Position(),
        "time_decay": TimeDecay(),
        "markov_1": Markov(),
        "markov_2": Markov(order=2),
        "shapley": Shapley(),
    }
    return found[key]


def paths_of(site: SiteInfo, period: Period, definition: Definition, by: str, store: Store) -> Paths:
    """Ask the ledger for the paths of a period. Raises QueryFailed, StoreBusy."""
    table = store.query(expr.to_sql(paths(Facts(site, period), definition, by), store.dialect))
    return paths_taken(table)


def paths_taken(table: Any) -> Paths:
    """Return the paths of a table with the columns of `touches.paths`, a row for each person and path."""
    table = table.combine_chunks()
    counts = table["count"].to_numpy()
    table = table.take(np.repeat(np.arange(len(table)), counts))
    who = table["who"].to_numpy()
    # Whoever is not named is somebody else on each row.
    people = np.where(who != 0, who, np.iinfo(np.int64).min + np.arange(len(who)))
    channels = table["path"].combine_chunks()
    lengths = pc.list_value_length(channels).to_numpy(zero_copy_only=False).astype(np.int64)
    is_converted = table["is_converted"].to_numpy()
    at = np.zeros(int(lengths.sum()), dtype=np.int64)
    moments = pc.list_flatten(table["at"]).to_numpy()
    at[np.repeat(is_converted, lengths)] = moments
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    columns = {
        "channels": pa.LargeListArray.from_arrays(offsets, pc.list_flatten(channels)),
        "at": pa.LargeListArray.from_arrays(offsets, at),
        "ended_at": table["ended_at"],
        "is_converted": table["is_converted"],
        "value": table["value"],
        "person": people,
    }
    return paths_read(pa.table(columns))


def credits_of(found: Paths, key: str, by: str, measure: Measure) -> Shown:
    """Return what a model credits as it is kept; in place of it why it cannot be worked out."""
    try:
        return credits_kept(attribute(found, model_of(key, by), measure=measure))
    except TooManyStates as error:
        return {"failed": str(error)}


def credits_kept(found: Attribution) -> Shown:
    """Return credits as JSON. Units are of 1/10,000; `shown` are multiples of CENT that add up.

    What belongs to no line (`rest`, in multiples of CENT) makes the whole: of channels with too little data,
    undivided, and of conversions without a touch.
    """
    shown = found.in_steps(CENT)
    return {
        "total": found.total,
        "withheld": found.withheld,
        "undivided": found.undivided,
        "unassigned": found.unassigned,
        "rest": found.total - sum(shown),
        "lines": [
            {"label": line.label, "people": line.people, "shown": step, **_credit(line.credit)}
            for line, step in zip(found.lines, shown, strict=True)
        ],
    }


def _credit(credit: Any) -> Shown:
    if not isinstance(credit, Credit):
        return {"lack": asdict(credit)}
    low, high = (credit.of_units.low, credit.of_units.high) if credit.of_units else (None, None)
    return {"units": credit.units, "share": credit.share, "low": low, "high": high}


def stands_on(found: Paths) -> Shown:
    """Return what the figures stand on: how many conversions, people and touches."""
    people = found.people if found.people is not None else np.arange(len(found.counts))
    converted = found.is_converted
    return {
        "conversions": int(converted.sum()),
        "converted": len(np.unique(people[converted])),
        "people": len(np.unique(people)),
        "touches": len(found.channels),
        "without": int((~converted).sum()),
        "untouched": int((converted & (found.lengths == 0)).sum()),
        "labels": len(found.labels),
    }
