"""The editor of a flag: the flag itself, its variants, its rules. Lines that are left empty are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zoco.kit.editors.lines import LineForm, lines_of
from zoco.sites.forms import OfSite
from zoco.trials.flags.audiences import audiences_known
from zoco.trials.flags.models import Flag
from zoco.trials.flags.rules import RULES_MOST, VARIANTS_MOST, Rule, Variant
from zoco.trials.flags.services import FIELDS

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Flag]
else:
    _ModelForm = forms.ModelForm


class FlagForm(OfSite, _ModelForm):
    """What a flag is, but for its variants and rules."""

    class Meta:
        model = Flag
        fields = ("site", "name", "key", *FIELDS[1:])
        widgets = {"note": forms.Textarea(attrs={"rows": 2})}


class VariantForm(LineForm):
    """A line: a variant."""

    legend = gettext_lazy("Variant %(number)s")

    key = forms.CharField(label=pgettext_lazy("variant", "Key"), max_length=40)
    value = forms.CharField(
        label=pgettext_lazy("variant", "Value"), max_length=1_000, required=False, strip=False
    )

    def part(self) -> Variant:
        """Return what was given."""
        return Variant(self.cleaned_data["key"], self.cleaned_data["value"])


class RuleForm(LineForm):
    """A line: a rule."""

    legend = gettext_lazy("Rule %(number)s")

    variant = forms.CharField(label=pgettext_lazy("rule", "Variant (key)"), max_length=40)
    percent = forms.FloatField(
        label=gettext_lazy("Percent of those who fit"),
        min_value=0.01,
        max_value=100,
        initial=100,
        localize=False,
    )
    prop = forms.CharField(
        label=gettext_lazy("Property"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Of the context that is asked with; pages also know host and language."),
    )
    values = forms.CharField(
        label=gettext_lazy("Is one of"),
        max_length=2_000,
        required=False,
        help_text=gettext_lazy("Parted by commas."),
    )
    audience = forms.TypedChoiceField(
        label=pgettext_lazy("rule", "Audience"), coerce=int, empty_value=None, required=False
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        known = audiences_known()
        kept = self.initial.get("audience")
        gone = [(kept, _("an audience that is gone"))] if kept and kept not in dict(known) else []
        self.fields["audience"].choices = [("", _("None")), *known, *gone]  # type: ignore[attr-defined]

    def part(self) -> Rule:
        """Return what was given."""
        given = self.cleaned_data
        values = tuple(dict.fromkeys(each.strip() for each in given["values"].split(",") if each.strip()))
        return Rule(given["variant"], given["percent"], given["prop"], values, given["audience"] or 0)


Variants = lines_of(VariantForm, most=VARIANTS_MOST)
Rules = lines_of(RuleForm, most=RULES_MOST)
FIRST = ({"key": "on", "value": "true"}, {"key": "off", "value": "false"})
