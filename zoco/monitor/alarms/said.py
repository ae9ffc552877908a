"""Incidents in words: what happened, how sure that is, and which part of the whole it was."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zoco.ledger.asking.filters import FILTERABLE
from zoco.ledger.pictures import formats
from zoco.monitor.alarms.models import Alarm, Incident
from zoco.monitor.alarms.narrowed import UNREADABLE, is_as_kept
from zoco.monitor.alarms.others import averages, spent_said
from zoco.monitor.alarms.others.failing_said import failing_said
from zoco.monitor.alarms.others.kinds import LETTERS, OF_COSTS, PARTS
from zoco.monitor.alarms.usual import KINDS
from zoco.monitor.alarms.watched import MEASURES, SECTION, measure_named
from zoco.monitor.segment_said import filters_in_words

# Below this, a share would be written as 0%.
NO_SHARE = 0.005
METHOD = (
    "Noufaily et al. 2013 (Statistics in Medicine 32, 1206–1222) after Farrington et al. 1996; "
    "Kulldorff 1997; Neill 2012; Bhagwan et al. 2014 (NSDI)"
)


def measure_said(key: str) -> str:
    """Return the name of a measure."""
    return str(measure_named(key).label) if key in MEASURES or ":" in key else str(LETTERS.get(key, key))


def alarm_said(alarm: Alarm) -> str:
    """Say what an alarm watches."""
    kind = KINDS.get(alarm.kind)
    if kind is None:
        return alarm.kind
    if kind.measure:
        return str(kind.label)
    return f"{kind.label}: {_within(measure_said(alarm.measure), alarm.segment_name)}"


def _within(measure: str, segment: str) -> str:
    """Name a figure with the segment that it is of."""
    if not segment:
        return measure
    return _("%(measure)s in the segment “%(segment)s”") % {"measure": measure, "segment": segment}


def gone_said(alarm: Alarm) -> str:
    """Say that the segment of an alarm was deleted, and what to do."""
    words = _("The segment “%(segment)s” was deleted, and nothing is watched. Choose another one.")
    return words % {"segment": alarm.segment_name}


def segment_said(incident: Incident) -> str:
    """Say what an incident's segment holds, and what became of it since."""
    alarm, was = incident.alarm, incident.found.get("segment")
    if not was:
        return ""
    filters = filters_in_words(was["filters"])
    if is_as_kept(alarm, incident.found):
        return _("Segment “%(segment)s”: %(filters)s.") % {"segment": was["name"], "filters": filters}
    words = {"segment": was["name"], "filters": filters}
    if alarm.has_lost_segment:
        return _("Segment “%(segment)s”, which was deleted since: %(filters)s.") % words
    return (
        _("Segment “%(segment)s” as it was then: %(filters)s. The alarm watches something else now.") % words
    )


def known_said(alarm: Alarm) -> str:
    """Say whether the alarm can know anything yet, and if not, why."""
    if alarm.has_lost_segment:
        return gone_said(alarm)
    word, *numbers = alarm.known.split() or [""]
    if word == UNREADABLE:
        words = _("Quiet: the segment “%(segment)s” filters by what is no more. Choose another one.")
        return words % {"segment": alarm.segment_name}
    if word == "history":
        has, needs = int(numbers[0]), int(numbers[1])
        return _("Quiet: it needs %(needs)s days of history and has %(has)s.") % {"needs": needs, "has": has}
    if word == "costs":
        return _("Quiet: no costs of the last two weeks are known.")
    if word == "bound":
        return _("Quiet: set a bound here, or one of a campaign's own.")
    if word == "few":
        return _("Quiet: there is too little of it to tell a fall from chance.")
    return _("Watching") if alarm.looked_at else _("Not looked at yet")


def incident_title(incident: Incident) -> str:
    """Say in a few words what happened and where."""
    alarm, found = incident.alarm, incident.found
    if alarm.kind == "silence":
        return _("No facts arrive on %(site)s") % {"site": alarm.site.name}
    if alarm.kind == "export":
        return _("Exports fail on %(site)s") % {"site": alarm.site.name}
    if alarm.kind in OF_COSTS:
        return spent_said.title(incident)
    part = part_said(found.get("cause"))
    words = {"what": what_said(found), "part": part, "site": alarm.site.name}
    if alarm.kind == "tracker" and part:
        return _("The tracker is gone from %(part)s on %(site)s") % words
    if found["is_fall"]:
        return (_("%(what)s fell on %(site)s: %(part)s") if part else _("%(what)s fell on %(site)s")) % words
    return (_("%(what)s rose on %(site)s: %(part)s") if part else _("%(what)s rose on %(site)s")) % words


def what_said(found: dict[str, Any]) -> str:
    """Name the figure of an incident, with its segment."""
    return _within(measure_said(found["measure"]), (found.get("segment") or {}).get("name", ""))


def incident_said(incident: Incident) -> str:
    """Say what was seen against what was expected, with the interval, and where it comes from."""
    found = incident.found
    if incident.alarm.kind == "export":
        return failing_said(found)
    if incident.alarm.kind in OF_COSTS:
        return spent_said.text(incident)
    cause = found.get("cause")
    if found["measure"] in averages.OF:
        return f"{_average_said(found)} {_cause_said(cause)}"
    named = _("%(measure)s: %(said)s") % {"measure": what_said(found), "said": seen_said(found)}
    is_silence = incident.alarm.kind == "silence" and cause is None
    return named if is_silence else f"{named} {_cause_said(cause)}"


def seen_said(found: dict[str, Any]) -> str:
    """Say how many were seen and expected in the last hours, with the interval."""
    hours, values = int(found["hours"]), _figures(found)
    words = ngettext(
        "In the last hour %(seen)s were seen; %(expected)s were expected, 95%% of the time between %(low)s "
        "and %(high)s.",
        "In the last %(hours)s hours %(seen)s were seen; %(expected)s were expected, 95%% of the time "
        "between %(low)s and %(high)s.",
        hours,
    )
    return words % {**values, "hours": hours}


def _figures(found: dict[str, Any]) -> dict[str, str]:
    return {name: _number(found[name]) for name in ("seen", "expected", "low", "high")}


def _average_said(found: dict[str, Any]) -> str:
    hours, values = int(found["hours"]), _figures(found)
    words = ngettext(
        "%(measure)s: In the last hour it was %(seen)s; %(expected)s was expected, 95%% of the time between "
        "%(low)s and %(high)s, by so many orders.",
        "%(measure)s: In the last %(hours)s hours it was %(seen)s; %(expected)s was expected, 95%% of the "
        "time between %(low)s and %(high)s, by so many orders.",
        hours,
    )
    return words % {**values, "measure": what_said(found), "hours": hours}


def _cause_said(cause: dict[str, Any] | None) -> str:
    if cause is None:
        return _("All parts moved alike; no single one stands out.")
    share = cause["explains"]
    words = {
        "part": part_said(cause),
        "seen": _number(cause["seen"]),
        "expected": _number(cause["expected"]),
        "share": formats.percent(min(max(share, 0.0), 1.0), 0),
    }
    said = _share_said(share) % words
    if others := "; ".join(named_said(name, values) for name, values in cause.get("also") or []):
        said += " " + _("The same under another name: %(parts)s.") % {"parts": others}
    return said


def _share_said(share: float) -> str:
    """Return the sentence for a share of the difference: most of it, some, or none worth a number."""
    if share >= 0.5:
        return _(
            "Most of it is %(part)s: %(seen)s instead of %(expected)s, %(share)s of the whole difference."
        )
    if share >= NO_SHARE:
        return _("%(part)s stands out: %(seen)s instead of %(expected)s, %(share)s of the whole difference.")
    return _("%(part)s stands out: %(seen)s instead of %(expected)s. The whole did not move with it.")


def odds_said(odds: float) -> str:
    """Say how often chance alone would do it: "less than once in 100,000,000"."""
    if odds < 1e-12:
        return _("less than once in %(times)s") % {"times": formats.count(10**12)}
    times = formats.count(round(1 / odds, 1 - len(str(round(1 / odds)))))
    return _("about once in %(times)s") % {"times": times}


def part_said(cause: dict[str, Any] | None) -> str:
    """Name a part: "Country ES, MX"."""
    return named_said(cause["dimension"], cause["values"]) if cause else ""


def named_said(dimension: str, values: list[str]) -> str:
    """Name values of a dimension."""
    if dimension == SECTION:
        return _("pages under %(path)s") % {"path": ", ".join(values)}
    label = FILTERABLE[dimension].label if dimension in FILTERABLE else PARTS.get(dimension, dimension)
    return f"{label} {', '.join(values)}"


def _number(value: float) -> str:
    return formats.decimal(value, 0 if value >= 10 or float(value).is_integer() else 1)


def report_query(incident: Incident) -> dict[str, list[str]]:
    """Return the filters of the report that shows the part, as keys and values of an address."""
    segment, cause = incident.found.get("segment"), incident.found.get("cause")
    asked = {} if not segment else {**segment["filters"], "verdicts": [segment["verdicts"]]}
    if not cause:
        return asked
    name = cause["dimension"]
    if name == SECTION:
        return asked | {"f.path^": cause["values"][:1]}
    return asked | {f"f.{name}": cause["values"][:1]} if name in FILTERABLE else asked
