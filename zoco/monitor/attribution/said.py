"""A run in words and tables: credits of every model side by side, what they stand on, what there is not."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from zoco.ledger.pictures import formats
from zoco.ledger.pictures.labels import value_label
from zoco.monitor.attribution.counting import MODELS
from zoco.monitor.attribution.explained import EXPLAINED, Explained
from zoco.monitor.attribution.models import AttributionRun
from zoco.monitor.attribution.pictures import side_by_side
from zoco.monitor.reports.conversions.touches import OTHERS
from zoco.stats.attribution import UNIT, Measure
from zoco.stats.attribution.credits import ENOUGH

CHOSEN = "markov_1"
"""The model whose intervals are drawn, and by whose credits channels are ordered."""
Shown = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure with its interval, and which model says it where a phone shows no head."""

    text: str
    between: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A channel, or what belongs to none; `lack` says in place of figures what there is too little of."""

    label: str
    cells: list[Cell]
    picture: str = ""
    lack: str = ""


def label_said(by: str, label: str) -> str:
    """Return a label of touches as a person reads it."""
    if label == OTHERS:
        return _("All others")
    if not label:
        return pgettext("attribution", "(none)")
    return value_label(by, "channel" if by == "channel" else "text", label)


def table(run: AttributionRun, measure: Measure) -> Shown:
    """Return heads, rows and the whole of a run, with what is to be said of them; {} without credits."""
    kept = {key: run.result.get("credits", {}).get(f"{measure.value} {key}") for key in MODELS}
    if not all(kept.values()):
        return {}
    good = {key: each for key, each in kept.items() if "failed" not in each}
    of_all = next(iter(good.values()))
    by_label = {key: {line["label"]: line for line in each["lines"]} for key, each in good.items()}
    order = sorted(of_all["lines"], key=lambda line: (-_chosen(by_label, line["label"]), line["label"]))
    top = max((line.get("high") or 0 for each in good.values() for line in each["lines"]), default=0)
    labels = [line["label"] for line in order]
    return {
        "heads": [EXPLAINED[key] for key in MODELS],
        "rows": [_row(run.by, label, by_label, top) for label in labels],
        "rest": Row("", [_named(key, _sum(good, key, "rest")) for key in MODELS]),
        "has_rest": any(each["rest"] for each in good.values()),
        "whole": [_named(key, _sum(good, key, "total")) for key in MODELS],
        "scale": _figure(top),
        "problems": _problems(run, kept),
        "has_any": bool(run.result["stands"]["conversions"]),
    }


def _chosen(by_label: dict[str, Shown], label: str) -> float:
    line = by_label.get(CHOSEN, next(iter(by_label.values())))[label]
    return float(line.get("units", 0))


def _row(by: str, label: str, by_label: dict[str, Shown], top: float) -> Row:
    name = label_said(by, label)
    lines = {key: each[label] for key, each in by_label.items()}
    if lack := next(iter(lines.values())).get("lack"):
        words = _("Too little data: %(seen)s of %(least)s people")
        seen, needed = formats.count(lack["seen"]), formats.count(lack["needed"])
        return Row(name, [], lack=words % {"seen": seen, "least": needed})
    cells = [_named(key, _cell(lines[key]) if key in lines else Cell("–")) for key in MODELS]
    chosen = lines.get(CHOSEN)
    values = [line["units"] for line in lines.values()]
    said = _("%(label)s: from %(low)s to %(high)s by model") % {
        "label": name, "low": _figure(min(values)), "high": _figure(max(values)),
    }  # fmt: skip
    picture = side_by_side(
        [line["units"] for key, line in lines.items() if key != CHOSEN],
        chosen["units"] if chosen else None,
        (chosen["low"], chosen["high"]) if chosen and chosen["low"] is not None else None,
        top,
        said,
    )
    return Row(name, cells, picture)


def _named(key: str, cell: Cell) -> Cell:
    return replace(cell, model=str(EXPLAINED[key].label))


def _sum(good: dict[str, Shown], key: str, name: str) -> Cell:
    return Cell(_figure(good[key][name])) if key in good else Cell("–")


def _cell(line: Shown) -> Cell:
    between = f"{_bound(line['low'])}–{_bound(line['high'])}" if line["low"] is not None else ""
    return Cell(_figure(line["shown"]), between)


def _figure(units: float) -> str:
    return formats.decimal(Decimal(round(units)) / UNIT, 2)


def _bound(units: float) -> str:
    """Return an end of an interval with three digits or more: it wanders itself."""
    value = units / UNIT
    return formats.decimal(value, 0 if value >= 100 else 1)


def _problems(run: AttributionRun, kept: Shown) -> list[str]:
    """Return what there is not, in sentences."""
    found = []
    stands = run.result["stands"]
    if stands["converted"] < ENOUGH.converted:
        words = _(
            "Too little data: figures mean something once %(least)s people have converted; so far it is "
            "%(seen)s. Choose a longer period."
        )
        seen = formats.count(stands["converted"])
        found.append(words % {"seen": seen, "least": formats.count(ENOUGH.converted)})
    failed = [str(EXPLAINED[key].label) for key, each in kept.items() if "failed" in each]
    if failed:
        words = _("Too many different touches for: %(models)s. Tell touches apart by something coarser.")
        found.append(words % {"models": ", ".join(failed)})
    return found


def stands(run: AttributionRun, zone: str) -> list[tuple[str, str]]:
    """Return what the figures stand on, as names and values."""
    found, rule = run.result.get("stands"), run.rule
    if not found:
        return []
    at = datetime.fromisoformat(found["counted_at"]).astimezone(ZoneInfo(zone))
    identity = _("known people, else browsers") if rule["is_by_person"] else _("browsers")
    days = ngettext("%(number)s day", "%(number)s days", rule["lookback_days"])
    return [
        (_("Counted"), formats.moment(at)),
        (_("Conversions are"), ", ".join(rule["goals"])),
        (_("Conversions"), formats.count(found["conversions"])),
        (_("People who converted"), formats.count(found["converted"])),
        (_("Conversions without a known touch"), formats.count(found["untouched"])),
        (_("Paths that led nowhere"), formats.count(found["without"])),
        (_("Touches"), formats.count(found["touches"])),
        (_("Touches count for"), days % {"number": formats.count(rule["lookback_days"])}),
        (_("Counted are"), identity),
        (_("Currency"), rule["currency"]),
        (_("Time zone"), rule["zone"]),
    ]


def explained() -> list[Explained]:
    """Return all models, in order."""
    return [EXPLAINED[key] for key in MODELS]
