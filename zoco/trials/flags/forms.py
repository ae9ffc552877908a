"""The editor of a flag: the flag itself, its variants, its rules. Lines that are left empty are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zoco.ledger import sitebook
from zoco.trials.flags.audiences import audiences_known
from zoco.trials.flags.models import Flag
from zoco.trials.flags.rules import RULES_MOST, VARIANTS_MOST, Rule, Variant
from zoco.trials.flags.services import FIELDS

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Flag]
else:
    _ModelForm = forms.ModelForm


class FlagForm(_ModelForm):
    """What a flag is, but for its variants and rules."""

    class Meta:
        model = Flag
        fields = ("site", "name", "key", *FIELDS[1:])
        widgets = {"note": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if self.instance.pk:
            self.fields["site"].disabled = self.fields["key"].disabled = True
        elif "site" not in self.initial:
            self.initial["site"] = next((site.id for site in sitebook.sites()), None)


class VariantForm(forms.Form):
    """A line: a variant. None without a key, so that no field of it must be given."""

    key = forms.CharField(label=pgettext_lazy("variant", "Key"), max_length=40, required=False)
    value = forms.CharField(
        label=pgettext_lazy("variant", "Value"), max_length=1_000, required=False, strip=False
    )

    def part(self) -> Variant:
        """Return what was given."""
        return Variant(self.cleaned_data["key"], self.cleaned_data["value"])


class RuleForm(forms.Form):
    """A line: a rule. None without a variant; with one it has a percentage."""

    variant = forms.CharField(label=pgettext_lazy("rule", "Variant (key)"), max_length=40, required=False)
    percent = forms.FloatField(
        label=gettext_lazy("Percent of those who fit"),
        min_value=0.01,
        max_value=100,
        initial=100,
        required=False,
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

    def clean_percent(self) -> float:
        """Return the percentage, which a line that is a rule needs."""
        given: float | None = self.cleaned_data["percent"]
        if given is None:
            raise forms.ValidationError(self.fields["percent"].error_messages["required"], "required")
        return given

    def part(self) -> Rule:
        """Return what was given."""
        given = self.cleaned_data
        values = tuple(dict.fromkeys(each.strip() for each in given["values"].split(",") if each.strip()))
        return Rule(given["variant"], given["percent"], given["prop"], values, given["audience"] or 0)


class _Lines(forms.BaseFormSet[Any]):
    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "use_required_attribute": False}

    def parts(self) -> tuple[Any, ...]:
        """Return what was given in the lines that are any."""
        return tuple(each.part() for each in self.forms if each.cleaned_data)

    def are_valid(self) -> bool:
        """Return whether all lines are; one without its first field is none, and nothing is wrong with it."""
        first = next(iter(self.form.base_fields))
        for each in self.forms:
            each.empty_permitted = False
            if not each.data.get(each.add_prefix(first), "").strip():
                each.cleaned_data = {}
                each._errors = {}
        is_managed = self.management_form.is_valid() and self.total_form_count() <= self.absolute_max
        return bool(is_managed and all(not each.errors for each in self.forms))


Variants = forms.formset_factory(
    VariantForm, formset=_Lines, extra=0, max_num=VARIANTS_MOST, absolute_max=VARIANTS_MOST
)
Rules = forms.formset_factory(RuleForm, formset=_Lines, extra=0, max_num=RULES_MOST, absolute_max=RULES_MOST)
FIRST = ({"key": "on", "value": "true"}, {"key": "off", "value": "false"})
