"""Rules about what people did: a fact in the ledger, how often, for how much, when.

Bots and own staff do not count. Whose a fact is follows joins and merges as they are known now.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext, pgettext, pgettext_lazy

from zoco.ledger import sitebook
from zoco.ledger.asking.filters import FILTERABLE, GOAL
from zoco.ledger.pictures.labels import NAMES
from zoco.ledger.services import NAME
from zoco.people.audiences.bitmaps import of_table
from zoco.people.audiences.deeds import Deed, Where, span_of, statement
from zoco.people.audiences.leaves import LEAVES, Asked, FormLeaf, Found, Json, LeafForm, LeafWrong

HOW = {
    "did": pgettext_lazy("rule", "at least once"),
    "never": pgettext_lazy("rule", "never"),
    "least": pgettext_lazy("rule", "so many times at least"),
    "most": pgettext_lazy("rule", "so many times at most, also never"),
    "exactly": pgettext_lazy("rule", "so many times exactly"),
    "money_least": pgettext_lazy("rule", "for so much money at least"),
    "money_most": pgettext_lazy("rule", "for so much money at most, also none"),
    "first": pgettext_lazy("rule", "for the first time ever"),
    "last": pgettext_lazy("rule", "for the last time"),
}
WHEN = {
    "ever": pgettext_lazy("rule", "ever"),
    "last": pgettext_lazy("rule", "in the last days, as many as"),
    "before": pgettext_lazy("rule", "longer ago than days, as many as"),
    "between": pgettext_lazy("rule", "from a day to a day"),
}
COUNTED = ("least", "most", "exactly", "money_least", "money_most")
MEASURES = {"did": "count", "least": "count", "money_least": "money"}
WHERES = 3
DAYS_MOST = 36_500
PROP = "props."
COLUMNS = {name: each.label for name, each in FILTERABLE.items() if name != GOAL and each.kind != "status"}
IS = {
    "is": pgettext_lazy("rule", "is"),
    "is_not": pgettext_lazy("rule", "is not"),
    "contains": pgettext_lazy("rule", "contains"),
    "starts": pgettext_lazy("rule", "begins with"),
    "above": pgettext_lazy("rule", "is above"),
    "below": pgettext_lazy("rule", "is below"),
}


def _sites() -> list[tuple[str, Any]]:
    return [("", _("All sites")), *((str(each.id), each.name) for each in sitebook.sites())]


class BehaviourForm(LeafForm):
    """A fact, how often, when, on which site, and what else must be true of it."""

    fact = forms.CharField(
        label=gettext_lazy("What they did"),
        max_length=120,
        help_text=gettext_lazy("Such as shop.order.placed."),
    )
    how = forms.ChoiceField(label=pgettext_lazy("rule", "How often"), choices=tuple(HOW.items()))
    number = forms.DecimalField(
        label=gettext_lazy("How many, how much"), required=False, min_value=0, max_value=10**12,
        max_digits=16, decimal_places=2,
    )  # fmt: skip
    when = forms.ChoiceField(label=gettext_lazy("When"), choices=tuple(WHEN.items()))
    days = forms.IntegerField(
        label=pgettext_lazy("rule", "Days"), required=False, min_value=1, max_value=DAYS_MOST
    )
    since = forms.DateField(label=gettext_lazy("First day"), required=False)
    until = forms.DateField(label=gettext_lazy("Last day"), required=False)
    site = forms.ChoiceField(label=gettext_lazy("Site"), required=False, choices=_sites)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        fields = [("", "–"), *COLUMNS.items(), (PROP, _("a property"))]
        for number in range(1, WHERES + 1):
            self.fields[f"field_{number}"] = forms.ChoiceField(
                label=_("And of it"), required=False, choices=fields
            )
            self.fields[f"prop_{number}"] = forms.CharField(
                label=_("Name of the property"), required=False, max_length=100
            )
            self.fields[f"is_{number}"] = forms.ChoiceField(
                label=pgettext("rule", "How"), required=False, choices=tuple(IS.items())
            )
            self.fields[f"value_{number}"] = forms.CharField(
                label=_("Value"), required=False, max_length=500, strip=False
            )

    def clean_fact(self) -> str:
        """Hold it to names of facts."""
        fact: str = self.cleaned_data["fact"].strip()
        if not NAME.fullmatch(fact):
            raise forms.ValidationError(_("Write the name of a fact, such as shop.order.placed."))
        return fact

    def clean(self) -> dict[str, Any]:
        """Ask for what the choices need."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        how, when, number = cleaned.get("how"), cleaned.get("when"), cleaned.get("number")
        if how in COUNTED and number is None and "number" not in self.errors:
            self.add_error("number", _("Write how many."))
        is_money = str(how).startswith("money")
        if how in COUNTED and number is not None and not is_money and number != int(number):
            self.add_error("number", _("Write a whole number."))
        if when in {"last", "before"} and not cleaned.get("days") and "days" not in self.errors:
            self.add_error("days", _("Write how many days."))
        since, until = cleaned.get("since"), cleaned.get("until")
        if when == "between" and not (since or until) and not self.errors:
            self.add_error("since", _("Write the first day, the last one, or both."))
        if since and until and since > until:
            self.add_error("until", _("The last day lies before the first."))
        if is_money and not cleaned.get("site") and len({each.currency for each in sitebook.sites()}) > 1:
            self.add_error("site", _("Your sites count in several currencies; choose one."))
        self._clean_wheres(cleaned)
        return cleaned

    def _clean_wheres(self, cleaned: dict[str, Any]) -> None:
        for number in range(1, WHERES + 1):
            field, how = cleaned.get(f"field_{number}"), cleaned.get(f"is_{number}") or "is"
            if not field:
                continue
            if field == PROP and not cleaned.get(f"prop_{number}"):
                self.add_error(f"prop_{number}", _("Write the name of the property."))
            allowed = ("is", "is_not", "contains", "above", "below") if field == PROP else tuple(IS)[:4]
            if how not in allowed:
                self.add_error(f"is_{number}", _("That cannot be asked of it."))
            if how in {"above", "below"} and not _is_number(cleaned.get(f"value_{number}", "")):
                self.add_error(f"value_{number}", _("Write a number, such as 12.5."))

    def rule(self) -> dict[str, Any]:
        """Return what was filled in, of that only what counts."""
        given = self.cleaned_data
        written: dict[str, Any] = {"fact": given["fact"], "how": given["how"], "when": given["when"]}
        if given["how"] in COUNTED:
            written["number"] = f"{given['number']:f}"
        if given["when"] in {"last", "before"}:
            written["days"] = given["days"]
        if given["when"] == "between":
            written |= {name: given[name].isoformat() for name in ("since", "until") if given[name]}
        if given["site"]:
            written["site"] = int(given["site"])
        wheres = []
        for number in range(1, WHERES + 1):
            if field := given[f"field_{number}"]:
                field = f"{PROP}{given[f'prop_{number}']}" if field == PROP else field
                how = given[f"is_{number}"] or "is"
                wheres.append({"field": field, "is": how, "value": given[f"value_{number}"]})
        return written | ({"where": wheres} if wheres else {})

    @classmethod
    def data_of(cls, rule: Json) -> dict[str, Any]:
        """Return what is to be filled in. Raises LeafWrong."""
        wheres = rule.get("where", [])
        data = super().data_of({key: value for key, value in rule.items() if key != "where"})
        if not isinstance(wheres, list) or len(wheres) > WHERES:
            raise LeafWrong(gettext_noop("where takes a list of at most %(most)s."), most=WHERES)
        for number, each in enumerate(wheres, 1):
            if not isinstance(each, dict) or set(each) != {"field", "is", "value"}:
                words = gettext_noop("where[%(number)s] has field, is and value, and nothing else.")
                raise LeafWrong(words, number=number - 1)
            field = str(each["field"])
            if field.startswith(PROP):
                data[f"prop_{number}"] = field.removeprefix(PROP)
                field = PROP
            data |= {f"field_{number}": field, f"is_{number}": each["is"], f"value_{number}": each["value"]}
        return data


def _is_number(text: str) -> bool:
    try:
        return abs(float(text)) < 1e15
    except ValueError:
        return False


@LEAVES.plug
class BehaviourLeaf(FormLeaf):
    """What somebody did or did not do."""

    key = "behaviour"
    label = gettext_lazy("What they did, or did not")
    form = BehaviourForm

    def begin(self, rule: Json, asked: Asked) -> None:
        """Begin to ask the ledger. Raises LeafWrong."""
        if (question := _question(rule)) is not None:
            asked.begin(*_ask(rule, asked, question))

    def found(self, rule: Json, asked: Asked) -> Found:
        """Ask the ledger: what it tells of may be of people who are gone."""
        if (question := _question(rule)) is None:
            return Found(asked.everybody)
        people = of_table(asked.told(*_ask(rule, asked, question)))
        return Found(people, is_rest=question.is_rest, is_sure=False)

    def said(self, rule: Json) -> str:
        """Say it."""
        named = {"fact": NAMES.get(rule["fact"], rule["fact"]), "how": _how(rule), "when": _when(rule)}
        said = [_("%(fact)s: %(how)s, %(when)s") % named]
        for each in rule.get("where", ()):
            label = COLUMNS.get(each["field"], each["field"].removeprefix(PROP))
            said.append(f"{label} {IS[each['is']]} {each['value'] or '“”'}")
        if "site" in rule:
            names = {site.id: site.name for site in sitebook.sites()}
            said.append(_("on %(site)s") % {"site": names.get(rule["site"], rule["site"])})
        return ", ".join(said)


class _Question(NamedTuple):
    """What is measured, how much of it at least, and whether those who reach that are left out."""

    measure: str
    least: Decimal
    is_rest: bool = False


def _question(rule: Json) -> _Question | None:
    """Return what is asked, None where it holds for everybody.

    What is wanted at most is asked as its contrary, so that nobody is listed who never did it.
    """
    how, number = str(rule["how"]), Decimal(rule.get("number", "0"))
    match how:
        case "never":
            return _Question("count", Decimal(1), is_rest=True)
        case "most":
            return _Question("count", number + 1, is_rest=True)
        case "exactly" if not number:
            return _Question("count", Decimal(1), is_rest=True)
        case "least" | "money_least" if not number:
            return None
        case "money_most":
            return _Question("money_above", number, is_rest=True)
    return _Question(MEASURES.get(how, how), number if how != "did" else Decimal(1))


def _ask(rule: Json, asked: Asked, question: _Question) -> tuple[Deed, Callable[[], Any]]:
    """Return what the ledger is asked, and the call that asks it. Raises LeafWrong."""
    site = rule.get("site")
    if site is not None and site not in {each.id for each in sitebook.sites()}:
        raise LeafWrong(gettext_noop("The site that a rule asks for is there no more."))
    wheres = tuple(Where(each["field"], each["is"], each["value"]) for each in rule.get("where", ()))
    deed = Deed(rule["fact"], question.measure, question.least, span_of(rule, asked.now), site, wheres)
    store, now = asked.ledger, asked.now
    return deed, lambda: store.query(statement(deed, now, store.dialect))


def _how(rule: Json) -> str:
    number = rule.get("number", "")
    match rule["how"]:
        case "least":
            return ngettext("at least %(n)s time", "at least %(n)s times", int(Decimal(number))) % {
                "n": number
            }
        case "most":
            return ngettext("at most %(n)s time", "at most %(n)s times", int(Decimal(number))) % {"n": number}
        case "exactly":
            return ngettext("%(n)s time", "%(n)s times", int(Decimal(number))) % {"n": number}
        case "money_least":
            return _("for at least %(n)s") % {"n": number}
        case "money_most":
            return _("for at most %(n)s") % {"n": number}
    return str(HOW[rule["how"]])


def _when(rule: Json) -> str:
    days = rule.get("days", 0)
    match rule["when"]:
        case "last":
            return ngettext("in the last %(n)s day", "in the last %(n)s days", days) % {"n": days}
        case "before":
            return ngettext("more than %(n)s day ago", "more than %(n)s days ago", days) % {"n": days}
        case "between":
            return f"{rule.get('since', '…')} – {rule.get('until', '…')}"
    return str(WHEN["ever"])
