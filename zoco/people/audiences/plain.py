"""Rules about what is known of people: their fields and attributes, how they are known, their tags."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, pgettext_lazy

from zoco.people.attributes import Value, ValueWrong, folded, value_indexed, value_read
from zoco.people.audiences.bitmaps import of_rows
from zoco.people.audiences.leaves import LEAVES, Asked, FormLeaf, Found, Json, LeafForm, LeafWrong
from zoco.people.finding import LAST
from zoco.people.models import Attribute, AttributeValue, Identity, Person, Tag, Tagged

OWN = ("country", "language", "city", "name", "given_name", "family_name", "zone")
CREATED = "created"
OF = "own."
DAYS_MOST = 36_500
VALUES_MOST = 100
HOW = {
    "is": pgettext_lazy("rule", "is"),
    "is_not": pgettext_lazy("rule", "is not"),
    "starts": pgettext_lazy("rule", "begins with"),
    "least": pgettext_lazy("rule", "is at least"),
    "most": pgettext_lazy("rule", "is at most"),
    "days": pgettext_lazy("rule", "lies within the last days, as many as"),
    "known": pgettext_lazy("rule", "is known"),
    "unknown": pgettext_lazy("rule", "is not known"),
}
NUMBERS = ("number", "flag", "day", "moment")
TIMES = ("day", "moment")


def fields_known() -> list[tuple[str, Any]]:
    """Return what a rule may be about: the fields that all have, and attributes."""
    labels = {field.name: field.verbose_name for field in Person._meta.concrete_fields}
    own: list[tuple[str, Any]] = [(f"{OF}{name}", labels[name]) for name in OWN]
    own.append((f"{OF}{CREATED}", labels["created_at"]))
    return [*own, *Attribute.objects.order_by("label", "id").values_list("key", "label")]


class AttributeForm(LeafForm):
    """What is known, and what it must be."""

    field = forms.ChoiceField(label=pgettext_lazy("rule", "What"), choices=fields_known)
    how = forms.ChoiceField(label=pgettext_lazy("rule", "How"), choices=tuple(HOW.items()))
    value = forms.CharField(
        label=gettext_lazy("Value"),
        max_length=1_000,
        required=False,
        help_text=gettext_lazy("Several values that all count are parted by |, such as ES|MX."),
    )

    def clean(self) -> dict[str, Any]:
        """Hold the value to the kind of the field."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        if cleaned["how"] in {"known", "unknown"}:
            cleaned["value"] = ""
        elif not cleaned["value"]:
            self.add_error("value", _("Write a value."))
        else:
            try:
                _values(cleaned["field"], cleaned["how"], cleaned["value"])
            except (LeafWrong, ValueWrong) as wrong:
                self.add_error("value", _(wrong.words) % wrong.places)
        return cleaned


@LEAVES.plug
class AttributeLeaf(FormLeaf):
    """What is known of somebody."""

    key = "attribute"
    label = gettext_lazy("What is known of them")
    form = AttributeForm

    def found(self, rule: Json, asked: Asked) -> Found:
        """Find them by the index of the field or attribute."""
        field, how = rule["field"], rule["how"]
        people = Person.objects.all()
        if how in {"known", "unknown"}:
            is_own = field.startswith(OF)
            rows = _of_own(people, field) if is_own else _of_attribute(field)
            return Found(of_rows(rows, "pk" if is_own else "person_id"), is_rest=how == "unknown")
        values = _values(field, how, rule["value"])
        if field == f"{OF}{CREATED}":
            created = people.filter(_between(how, values, asked.now))
            return Found(of_rows(created, "pk"), is_rest=how == "is_not")
        if field.startswith(OF):
            rows = people.filter(_fits(_own(field), how, values))
            return Found(of_rows(rows, "pk"), is_rest=how == "is_not")
        rows = _of_attribute(field).filter(_indexed(field, how, values, asked.now))
        return Found(of_rows(rows), is_rest=how == "is_not")

    def said(self, rule: Json) -> str:
        """Say it."""
        label = dict(fields_known()).get(rule["field"], rule["field"])
        value = str(rule.get("value", "")).replace("|", ", ")
        return f"{label} {HOW[rule['how']]} {value}".strip()


def _of_own(people: QuerySet[Person], field: str) -> QuerySet[Person]:
    """Return of whom a field is known that all have: when somebody came is known of everybody."""
    return people if field == f"{OF}{CREATED}" else people.exclude(**{_own(field): ""})


def _own(field: str) -> str:
    return field.removeprefix(OF)


def _kind(field: str) -> tuple[str, list[str]]:
    if field == f"{OF}{CREATED}":
        return "day", []
    if field.startswith(OF):
        return "text", []
    attribute = Attribute.objects.filter(key=field).first()
    if attribute is None:
        raise LeafWrong(gettext_noop("There is no attribute %(key)s any more."), key=field)
    return attribute.kind, attribute.choices


def _values(field: str, how: str, text: str) -> list[Any]:
    """Return the values that a rule names, read. Raises LeafWrong, ValueWrong."""
    kind, choices = _kind(field)
    if (how in {"least", "most"} and kind not in NUMBERS) or (how == "days" and kind not in TIMES):
        raise LeafWrong(gettext_noop("That can be asked of numbers and days alone."))
    if how == "starts" and kind in NUMBERS:
        raise LeafWrong(gettext_noop("That can be asked of texts alone."))
    if how == "days":
        if not (text.isascii() and text.isdigit() and len(text) < 7 and 0 < int(text) <= DAYS_MOST):
            words = gettext_noop("Write a whole number of days, from 1 to %(most)s.")
            raise LeafWrong(words, most=DAYS_MOST)
        return [int(text)]
    parts = [each.strip() for each in text.split("|") if each.strip()]
    if not parts or len(parts) > VALUES_MOST or (how in {"least", "most"} and len(parts) > 1):
        raise LeafWrong(gettext_noop("Write one value, or up to %(most)s that are equal."), most=VALUES_MOST)
    if how == "starts" or kind == "text":
        return parts
    several = kind if kind != "choices" else "choice"
    return [value_read(several, each, choices=choices) for each in parts]


def _fits(name: str, how: str, values: list[str]) -> Q:
    """Return what a field of a person's own must be; without regard to case where it is a word."""
    wanted = Q()
    for value in values:
        if how == "starts":
            wanted |= Q(**{f"{name}__istartswith": value})
        elif name == "country":
            wanted |= Q(country=value.upper())
        elif name == "language":
            wanted |= Q(language__iexact=value) | Q(language__istartswith=f"{value}-")
        else:
            wanted |= Q(**{f"{name}__iexact": value})
    return wanted


def _between(how: str, values: list[Any], now: datetime) -> Q:
    if how == "days":
        return Q(created_at__gte=now - timedelta(days=values[0]), created_at__lte=now)
    wanted = Q()
    for value in values:
        start = datetime.fromisoformat(value).replace(tzinfo=UTC)
        end = start + timedelta(days=1)
        match how:
            case "least":
                wanted |= Q(created_at__gte=start)
            case "most":
                wanted |= Q(created_at__lt=end)
            case _:
                wanted |= Q(created_at__gte=start, created_at__lt=end)
    return wanted


def _of_attribute(key: str) -> QuerySet[AttributeValue]:
    attribute = Attribute.objects.filter(key=key).first()
    if attribute is None:
        raise LeafWrong(gettext_noop("There is no attribute %(key)s any more."), key=key)
    return AttributeValue.objects.filter(attribute=attribute.pk)


def _indexed(field: str, how: str, values: list[Value], now: datetime) -> Q:
    """Return what a row must be by which people of a value are found."""
    kind, _choices = _kind(field)
    if how == "days":
        since = now - timedelta(days=int(values[0]))  # type: ignore[arg-type]
        return Q(number__gte=since.timestamp(), number__lte=now.timestamp())
    if how == "starts":
        begun = [folded(str(value)) for value in values]
        wanted = Q()
        for each in begun:
            wanted |= Q(text__gte=each, text__lt=each + LAST)
        return wanted
    rows = [value_indexed("choice" if kind == "choices" else kind, value)[0] for value in values]
    if kind not in NUMBERS:
        return Q(text__in=[text for text, _number in rows])
    numbers = [number for _text, number in rows]
    if how in {"is", "is_not"}:
        return Q(number__in=numbers)
    return Q(number__gte=numbers[0]) if how == "least" else Q(number__lte=numbers[0])


class IdentityForm(LeafForm):
    """By what somebody is known."""

    kind = forms.ChoiceField(label=gettext_lazy("Known by"), choices=Identity.Kind.choices)
    space = forms.CharField(label=gettext_lazy("System, if only one"), max_length=40, required=False)
    domain = forms.CharField(
        label=gettext_lazy("For e-mail: domain, if only one"), max_length=200, required=False
    )
    proved = forms.BooleanField(label=gettext_lazy("Only if it was proved"), required=False)


@LEAVES.plug
class IdentityLeaf(FormLeaf):
    """By what somebody is known."""

    key = "identity"
    label = gettext_lazy("How they can be reached")
    form = IdentityForm

    def found(self, rule: Json, asked: Asked) -> Found:
        """Find them by their identities."""
        rows = Identity.objects.filter(kind=rule["kind"])
        if "space" in rule:
            rows = rows.filter(space=rule["space"].casefold())
        if "domain" in rule:
            rows = rows.filter(key__endswith="@" + rule["domain"].strip().lstrip("@").casefold())
        if rule.get("proved"):
            rows = rows.exclude(proved_at=None)
        return Found(of_rows(rows))

    def said(self, rule: Json) -> str:
        """Say it."""
        what = " ".join([str(Identity.Kind(rule["kind"]).label), *_given(rule, "space", "domain")])
        words = _("known by a proved %(what)s") if rule.get("proved") else _("known by %(what)s")
        return words % {"what": what}


def _given(rule: Json, *names: str) -> list[str]:
    return [str(rule[name]) for name in names if rule.get(name)]


class TagForm(LeafForm):
    """A tag."""

    tag = forms.CharField(label=pgettext_lazy("rule", "Tag"), max_length=80)

    def clean_tag(self) -> str:
        """Hold it to those that there are."""
        tag: str = self.cleaned_data["tag"]
        if not Tag.objects.filter(name=tag).exists():
            raise forms.ValidationError(_("Nobody bears the tag %(tag)s; there is none.") % {"tag": tag})
        return tag


@LEAVES.plug
class TagLeaf(FormLeaf):
    """A tag that somebody bears."""

    key = "tag"
    label = gettext_lazy("A tag that they bear")
    form = TagForm

    def found(self, rule: Json, asked: Asked) -> Found:
        """Find who bears it."""
        return Found(of_rows(Tagged.objects.filter(tag__in=Tag.objects.filter(name=rule["tag"]))))

    def said(self, rule: Json) -> str:
        """Say it."""
        return _("tagged %(tag)s") % {"tag": rule["tag"]}
