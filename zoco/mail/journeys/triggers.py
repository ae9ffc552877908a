"""What lets people onto a journey: a fact, an audience that they enter, a form, a date, a program."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_noop

from zoco.consent.confirming.services import FILLED
from zoco.consent.signup.models import Form
from zoco.ledger.schema import Fact
from zoco.mail.journeys.graph import GraphWrong
from zoco.mail.journeys.kinds import StepWrong
from zoco.mail.journeys.waits import fact_checked
from zoco.people.audiences.telling import ENTERED
from zoco.people.models import Attribute, Audience

FACT, AUDIENCE, FORM, DATE, PROGRAM = "fact", "audience", "form", "date", "program"
EVERY = ("once", "year")
ENTRIES_MOST = 10
DAYS_MOST = 366
COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "is": lambda has, said: str(has) == str(said),
    "at_least": lambda has, said: float(has) >= float(said),
    "at_most": lambda has, said: float(has) <= float(said),
}
OWN = ("subject", "subject_kind", "campaign", "source", "path", "host", "amount", "currency", "quantity")

Entry = Mapping[str, Any]


def entries_read(kept: object) -> list[dict[str, Any]]:
    """Return what lets people in, each with the fact that tells of it. Raises GraphWrong."""
    if not isinstance(kept, list) or len(kept) > ENTRIES_MOST:
        raise GraphWrong(gettext_noop("At most %(most)s things let people in."), most=ENTRIES_MOST)
    return [_entry(each) for each in kept]


def _entry(kept: object) -> dict[str, Any]:
    if not isinstance(kept, Mapping):
        raise GraphWrong(gettext_noop("Choose what lets people in."))
    match kept.get("kind"):
        case "fact":
            try:
                name = fact_checked(kept)
            except StepWrong as wrong:
                raise GraphWrong(wrong.words, step="", **wrong.places) from wrong
            return {"kind": FACT, "fact": name, "where": _where(kept.get("where") or [])}
        case "audience":
            audience = Audience.objects.filter(pk=_whole(kept.get("key"))).first()
            if audience is None:
                raise GraphWrong(
                    gettext_noop("The audience that lets people in is not there; choose another.")
                )
            where = [{"field": "subject", "how": "is", "value": str(audience.pk)}]
            return {"kind": AUDIENCE, "key": audience.pk, "fact": ENTERED, "where": where}
        case "form":
            form = Form.objects.filter(key=str(kept.get("key", ""))).first()
            if form is None:
                raise GraphWrong(gettext_noop("The form that lets people in is not there; choose another."))
            where = [{"field": "subject", "how": "is", "value": form.key}]
            return {"kind": FORM, "key": form.key, "fact": FILLED, "where": where}
        case "date":
            return _date(kept)
        case "program":
            return {"kind": PROGRAM}
    raise GraphWrong(gettext_noop("Choose what lets people in."))


def _where(kept: object) -> list[dict[str, Any]]:
    if not isinstance(kept, list) or len(kept) > ENTRIES_MOST:
        raise GraphWrong(gettext_noop("At most %(most)s conditions."), most=ENTRIES_MOST)
    found = []
    for each in kept:
        if not isinstance(each, Mapping) or not each.get("field") or each.get("how", "is") not in COMPARED:
            raise GraphWrong(gettext_noop("A condition has a field, how it is compared, and a value."))
        how, value = each.get("how", "is"), each.get("value")
        if how != "is":
            _number(value)
        found.append({"field": str(each["field"])[:80], "how": how, "value": value})
    return found


def _number(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        raise GraphWrong(gettext_noop("Compare it with a number.")) from None


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _date(kept: Entry) -> dict[str, Any]:
    """Return an entry by a day that is known of people, so many days before or after, each year or once."""
    attribute = Attribute.objects.filter(key=kept.get("key", ""), kind=Attribute.Kind.DAY).first()
    if attribute is None:
        raise GraphWrong(gettext_noop("Choose an attribute that is a day."))
    shift, every, hour = kept.get("days", 0), kept.get("every", "year"), kept.get("hour", 9)
    if not isinstance(shift, int) or abs(shift) > DAYS_MOST or every not in EVERY:
        raise GraphWrong(gettext_noop("Say how many days before or after, and whether it is each year."))
    if not isinstance(hour, int) or not 0 <= hour <= 23:
        raise GraphWrong(gettext_noop("An hour is a whole number from 0 to 23."))
    return {"kind": DATE, "key": attribute.key, "days": shift, "every": every, "hour": hour}


def fits(entry: Entry, fact: Fact) -> bool:
    """Return whether a fact lets its person in."""
    if entry.get("fact") != fact.name:
        return False
    for each in entry.get("where", ()):
        field = each["field"]
        has = getattr(fact, field) if field in OWN else (fact.props or {}).get(field)
        try:
            if has is None or not COMPARED[each["how"]](has, each["value"]):
                return False
        except (TypeError, ValueError, OverflowError):
            return False
    return True
