"""The forms of attribution: what is to be counted, and what a conversion is."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zoco.ledger.asking import goals
from zoco.monitor.attribution.models import ConversionRule
from zoco.monitor.reports.conversions.defined import LOOKBACK_MOST
from zoco.monitor.reports.conversions.touches import BY
from zoco.sites.models import Site

DAYS = 90


def _date(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget)


class AttributionForm(forms.Form):
    """Which site, which days, and by what touches are told apart."""

    site = forms.ModelChoiceField(
        label=gettext_lazy("Site"), queryset=Site.objects.order_by("is_demo", "id"), empty_label=None
    )
    by = forms.ChoiceField(label=gettext_lazy("Told apart by"), choices=tuple(BY.items()))
    first = _date(gettext_lazy("First day"))
    last = _date(gettext_lazy("Last day"))

    @classmethod
    def fresh(cls, site: Site | None) -> "AttributionForm":
        """Return it with the last three months."""
        last = timezone.localdate() - timedelta(days=1)
        first = last - timedelta(days=DAYS - 1)
        return cls(initial={"site": site, "by": "channel", "first": first, "last": last})

    def clean(self) -> dict[str, Any]:
        """Hold the period to days in their order. Raises ValidationError."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("first") and given.get("last") and given["last"] < given["first"]:
            raise forms.ValidationError(_("The last day lies before the first."))
        if given.get("first") and given["first"] > timezone.localdate() + timedelta(days=1):
            raise forms.ValidationError(_("These days are still to come; choose a period that has begun."))
        return given


class RuleForm(forms.Form):
    """What a conversion of a site is. No goal chosen means all of them."""

    goals = forms.MultipleChoiceField(
        label=pgettext_lazy("conversion", "Goals"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Each fact that reaches one of them is a conversion. Choose none for all of them. Goals about "
            "how long a visit lasts are none."
        ),
    )
    lookback_days = forms.IntegerField(
        label=pgettext_lazy("conversion", "Days back"),
        min_value=1,
        max_value=LOOKBACK_MOST,
        help_text=ConversionRule._meta.get_field("lookback_days").help_text,
    )
    is_by_person = forms.BooleanField(
        label=gettext_lazy("By person"),
        required=False,
        help_text=ConversionRule._meta.get_field("is_by_person").help_text,
    )

    def __init__(self, given: Any = None, *, site: Site, rule: ConversionRule) -> None:
        wanted = {name.casefold() for name in rule.goals}
        names = [each.name for each in goals.goals_of_facts(site.pk)]
        initial = {
            "goals": [name for name in names if name.casefold() in wanted],
            "lookback_days": rule.lookback_days,
            "is_by_person": rule.is_by_person,
        }
        super().__init__(given, initial=initial)
        self.fields["goals"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]
