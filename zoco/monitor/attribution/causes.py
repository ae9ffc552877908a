"""Causal figures beside credits: what experiments say that a channel brought, and where models disagree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from zoco.kit.periods import Period
from zoco.ledger import sitebook
from zoco.ledger.asking.causal import Bounds, Effect, Reader, Wanted, effects_of
from zoco.ledger.pictures import formats
from zoco.monitor.attribution.counting import MODELS
from zoco.monitor.attribution.explained import EXPLAINED
from zoco.monitor.attribution.models import AttributionRun
from zoco.monitor.attribution.said import CHOSEN, Cell, label_said
from zoco.stats.attribution import UNIT, Measure

Shown = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Beside:
    """What one source says of a label, the credit of the chosen model, and sentences where they disagree."""

    label: str
    source: str
    url: str
    caused: Cell
    credited: Cell
    lack: str = ""
    said: list[str] = field(default_factory=list)


def causal(run: AttributionRun, measure: Measure, reader: Reader) -> list[Beside]:
    """Return what its reader may know of the labels of a run that was counted, beside its credits."""
    if not (found := effects(run, measure, reader)):
        return []
    credits = _credits(run, measure)
    return [_beside(run.by, each, credits.get(each.label, {})) for each in found]


def effects(run: AttributionRun, measure: Measure, reader: Reader) -> list[Effect]:
    """Return what experiments and models of spending say of the labels of a run that was counted.

    Without what its reader has no right to see: nothing of it is hinted at either.
    """
    site = next((each for each in sitebook.sites() if each.id == run.site_id), None)
    rule = run.rule
    if site is None or not run.result.get("credits") or rule["currency"] != site.currency:
        return []
    period = Period(run.first_on, run.last_on, rule["zone"])
    wanted = Wanted(site, period, run.by, measure is Measure.REVENUE, tuple(rule["goals"]))
    return effects_of(wanted, reader)


def _credits(run: AttributionRun, measure: Measure) -> dict[str, dict[str, Bounds]]:
    """Return by label what each model credits, with its interval; labels with too little data have none."""
    found: dict[str, dict[str, Bounds]] = {}
    for key in MODELS:
        for line in run.result["credits"].get(f"{measure.value} {key}", {}).get("lines", ()):
            if "units" in line:
                low, high = (line["units"] if line[name] is None else line[name] for name in ("low", "high"))
                bounds = Bounds(line["units"] / UNIT, low / UNIT, high / UNIT)
                found.setdefault(line["label"].lower(), {})[key] = bounds
    return found


def _beside(by: str, effect: Effect, credits: dict[str, Bounds]) -> Beside:
    label, source = label_said(by, effect.label), str(effect.source)
    return Beside(
        label,
        source,
        effect.url,
        _cell(effect.bounds),
        _cell(credits.get(CHOSEN)),
        str(effect.lack),
        list(_said(label, source, effect.bounds, credits)) if effect.bounds else [],
    )


def _said(label: str, source: str, caused: Bounds, credits: dict[str, Bounds]) -> Iterator[str]:
    """Yield a sentence for the models whose intervals lie above that of the cause, one for those below."""
    above = [key for key, credit in credits.items() if credit.low > caused.high]
    below = [key for key, credit in credits.items() if credit.high < caused.low]
    given = {"label": label, "source": source}
    if above:
        words = _(
            "%(label)s brought at most %(bound)s, says: %(source)s. More is credited by: %(models)s. Some of "
            "those whom they credit it with would have come anyway."
        )
        yield words % {**given, "bound": _figure(caused.high), "models": _models(above)}
    if below:
        words = _(
            "%(label)s brought at least %(bound)s, says: %(source)s. Less is credited by: %(models)s. They "
            "do not see those who came later, or by something else."
        )
        yield words % {**given, "bound": _figure(caused.low), "models": _models(below)}


def _models(keys: list[str]) -> str:
    return ", ".join(str(EXPLAINED[key].label) for key in keys)


def _cell(bounds: Bounds | None) -> Cell:
    if bounds is None:
        return Cell("–")
    return Cell(_figure(bounds.value), f"{_figure(bounds.low)} – {_figure(bounds.high)}")


def _figure(value: float) -> str:
    return formats.decimal(Decimal(str(round(value, 2))), 0 if abs(value) >= 100 else 2)
