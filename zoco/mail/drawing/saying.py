"""What a step says in a few words: for the picture, the list, and whoever cannot see either."""

from collections.abc import Callable, Mapping
from datetime import time
from typing import Any

from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from zoco.channels.screens.pages import OTHERWISE
from zoco.consent.answers import SAID, Because
from zoco.consent.signup.models import Form
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.labels import NAMES
from zoco.mail.drawing.reads import Cause
from zoco.mail.journeys import there
from zoco.mail.journeys.choices import arms_of
from zoco.mail.journeys.kinds import KINDS
from zoco.mail.journeys.waits import NO, YES

Settings = Mapping[str, Any]
SIGNS = {"is": "=", "is_not": "≠", "contains": "∋", "at_least": "≥", "at_most": "≤", "is_there": "?"}
ENTRIES = {
    "fact": gettext_lazy("something that happens"),
    "form": gettext_lazy("a form by which they sign up"),
    "audience": gettext_lazy("an audience that they enter"),
    "date": gettext_lazy("a day that is known of them"),
    "program": gettext_lazy("a program"),
}


def way_word(way: str) -> str:
    """Return what stands at a way."""
    return {"": "", YES: pgettext("way of a journey", "yes"), NO: pgettext("way of a journey", "no")}.get(
        way, way
    )


def label(kind: str) -> str:
    """Return what a kind of step is called."""
    return str(KINDS.get(kind).label) if kind in KINDS else kind


def said(kind: str, settings: Settings) -> str:
    """Return what a step does; nothing where it is not set yet."""
    try:
        return _SAID[kind](settings) if kind in _SAID else ""
    except (LookupError, TypeError, ValueError, AttributeError):
        return ""


def fact_said(name: str) -> str:
    """Return what a fact is called; one of a site's own is called by its name."""
    return str(NAMES.get(name, name))


def reason_said(reason: str) -> str:
    """Return why somebody was passed over, waits or cannot go on, in the reader's language."""
    known = SAID[Because(reason)] if reason in set(Because) else OTHERWISE.get(reason)
    return str(known or _(reason)) if reason else ""


def cause_said(cause: Cause) -> str:
    """Return why people were passed over at a step, wait for it, or cannot go on."""
    said = {"people": formats.count(cause.people), "why": reason_said(cause.reason)}
    match cause.state:
        case "done":
            return _("Went on without it (%(people)s): %(why)s") % said
        case "failed":
            return _("Failed (%(people)s): %(why)s") % said
    return _("Wait (%(people)s): %(why)s") % said


def entry_said(entry: Mapping[str, Any]) -> str:
    """Return what lets people in, by the names that its readers know."""
    kind, key = str(entry.get("kind", "")), entry.get("key") or ""
    match kind:
        case "form":
            named = Form.objects.filter(key=key).values_list("name", flat=True).first()
        case "audience":
            audience = there.audience(key)
            named = audience.name if audience else ""
        case "date":
            named = _day_said(entry)
            if entry.get("every") == "once":
                named = _("%(day)s, once") % {"day": named}
        case _:
            named = ", ".join([fact_said(entry.get("fact", "")), *map(_where, entry.get("where") or ())])
    more = named or key
    return f"{ENTRIES.get(kind, kind)}: {more}" if more else str(ENTRIES.get(kind, kind))


def _where(condition: Mapping[str, Any]) -> str:
    return f"{condition['field']} {SIGNS[condition.get('how', 'is')]} {condition['value']}"


def _day_said(entry: Mapping[str, Any]) -> str:
    attribute = there.attribute(entry["key"])
    label = attribute.label if attribute else entry["key"]
    days, hour = entry.get("days") or 0, time_format(time(entry.get("hour") or 0), "TIME_FORMAT")
    said = {"day": label, "days": abs(days), "time": hour}
    if days < 0:
        words = ngettext(
            "%(day)s, %(days)d day before, at %(time)s", "%(day)s, %(days)d days before, at %(time)s", -days
        )
        return words % said
    if days > 0:
        words = ngettext(
            "%(day)s, %(days)d day later, at %(time)s", "%(day)s, %(days)d days later, at %(time)s", days
        )
        return words % said
    return _("%(day)s, at %(time)s") % said


def _name(row: Any) -> str:
    """Return what a row is called that a step names. Raises ValueError where it is gone."""
    if row is None:
        raise ValueError
    return str(row.name)


def _span(settings: Settings) -> str:
    count = settings["count"]
    match settings.get("unit", "days"):
        case "minutes":
            return ngettext("%(count)d minute", "%(count)d minutes", count) % {"count": count}
        case "hours":
            return ngettext("%(count)d hour", "%(count)d hours", count) % {"count": count}
    return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}


def _fact(settings: Settings) -> str:
    return _("%(fact)s, at most %(span)s") % {"fact": fact_said(settings["fact"]), "span": _span(settings)}


def _hour(settings: Settings) -> str:
    return _("at %(time)s of their clock") % {"time": time_format(time(settings["hour"]), "TIME_FORMAT")}


def _branch(settings: Settings) -> str:
    key = settings.get("key") or 0
    match settings["of"]:
        case "audience":
            name = _name(there.audience(key))
            return _("in %(audience)s?") % {"audience": name}
        case "tag":
            name = _name(there.tag(key))
            return _("has the tag %(tag)s?") % {"tag": name}
        case "fact":
            return _("%(fact)s since?") % {"fact": fact_said(settings["fact"])}
    return (
        f"{settings.get('key', '')} {SIGNS[settings.get('how', 'is')]} {settings.get('value') or ''}".strip()
    )


def _split(settings: Settings) -> str:
    arms = arms_of(settings)
    whole = sum(each.weight for each in arms)
    return " : ".join(f"{each.weight / whole:.0%}" for each in arms)


def _deed(settings: Settings, name: str) -> str:
    return f"− {name}" if settings.get("do") == "remove" else f"+ {name}"


def _tag(settings: Settings) -> str:
    return _deed(settings, settings["name"])


def _audience(settings: Settings) -> str:
    return _deed(settings, _name(there.audience(settings["key"])))


def _attribute(settings: Settings) -> str:
    attribute = there.attribute(settings["key"])
    if attribute is None:
        return ""
    return f"{attribute.label} = {settings.get('value', '')}"


def _letter(settings: Settings) -> str:
    return _name(there.letter(settings["letter"]))


def _message(settings: Settings) -> str:
    name = _name(there.account(settings["account"]))
    return f"{name}: {' '.join(settings['texts'][0]['text'].split())}"


def _hook(settings: Settings) -> str:
    name = _name(there.account(settings["account"]))
    return f"{name}: {settings['event']}"


_SAID: dict[str, Callable[[Settings], str]] = {
    "wait": _span,
    "hour": _hour,
    "fact": _fact,
    "branch": _branch,
    "split": _split,
    "tag": _tag,
    "audience": _audience,
    "attribute": _attribute,
    "letter": _letter,
    "message": _message,
    "hook": _hook,
}
