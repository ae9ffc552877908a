"""The table of a run as it is handed out: every credit as it was worked out, and what experiments say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from zoco.kit.cells import disarmed
from zoco.ledger.asking.causal import CONFIDENCE
from zoco.monitor.attribution import causes
from zoco.monitor.attribution.counting import MODELS
from zoco.stats.attribution import UNIT, Measure

if TYPE_CHECKING:
    from zoco.ledger.asking.causal import Reader
    from zoco.monitor.attribution.models import AttributionRun

COLUMNS = (
    "of", "model", "label", "credit", "share", "low", "high", "people", "too_little", "interval", "method",
)  # fmt: skip
CAUSAL, NOWHERE = "(causal)", "(to no label)"
BOOTSTRAP = "bootstrap over people"


def rows(run: AttributionRun, reader: Reader) -> Iterator[list[object]]:
    """Yield the head, a row for each measure, model and label, and below them one for each causal figure.

    `interval` is the probability of `low` to `high`, `method` how these were come by. A causal figure is no
    credit: it says what would not have come without the label, and what is divided does not add up with it.
    Those that the reader may not see on their own pages are not in it.
    """
    yield list(COLUMNS)
    for measure in Measure:
        for key in MODELS:
            found = run.result.get("credits", {}).get(f"{measure.value} {key}", {})
            for line in found.get("lines", ()):
                yield [measure.value, key, *_credit(line)]
            if "total" in found:
                outside = found["withheld"] + found["undivided"] + found["unassigned"]
                yield [measure.value, key, NOWHERE, outside / UNIT, *[""] * 7]
    for measure in Measure:
        yield from _causal(run, measure, reader)


def _credit(line: dict[str, Any]) -> list[object]:
    label = disarmed(line["label"])
    if lack := line.get("lack"):
        return [label, "", "", "", "", line["people"], f"{lack['seen']} of {lack['needed']}", "", ""]
    if line["low"] is None:
        return [label, line["units"] / UNIT, line["share"], "", "", line["people"], "", "", ""]
    bounds = (line["low"] / UNIT, line["high"] / UNIT)
    how = ("", CONFIDENCE, BOOTSTRAP)
    return [label, line["units"] / UNIT, line["share"], *bounds, line["people"], *how]


def _causal(run: AttributionRun, measure: Measure, reader: Reader) -> Iterator[list[object]]:
    effects = causes.effects(run, measure, reader)
    labels = _labels(run) if effects else {}
    for each in effects:
        said = [measure.value, CAUSAL, disarmed(labels.get(each.label, each.label))]
        source = disarmed(str(each.source))
        if each.bounds is None:
            yield [*said, "", "", "", "", "", str(each.lack), "", source]
        else:
            bounds = each.bounds
            yield [*said, bounds.value, "", bounds.low, bounds.high, "", "", CONFIDENCE, source]


def _labels(run: AttributionRun) -> dict[str, str]:
    """Return labels as credits have them, by them in small letters."""
    credits = run.result["credits"].values()
    return {line["label"].lower(): line["label"] for each in credits for line in each.get("lines", ())}
