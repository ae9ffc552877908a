"""A rule of audiences: what the last study of customer value found of people."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, pgettext_lazy

from zoco.ledger import sitebook
from zoco.people.audiences.bitmaps import of_rows
from zoco.people.audiences.leaves import LEAVES, Asked, FormLeaf, Found, Json, LeafForm, LeafWrong
from zoco.research.models import Outcome, Study
from zoco.research.scores.leaf import site_of, sites_offered
from zoco.research.studies import last_done

WHAT = {
    "value": pgettext_lazy("rule", "money expected in the next 12 months"),
    "purchases": pgettext_lazy("rule", "purchases expected in the next 12 months"),
    "alive": pgettext_lazy("rule", "chance to be a customer still, in percent"),
}
HOW = {"least": pgettext_lazy("rule", "at least"), "most": pgettext_lazy("rule", "at most")}
NO_STUDY = gettext_noop("There is no study of customer value of %(site)s; begin one first.")
NO_MONEY = gettext_noop("The last study of customer value of %(site)s could not tell money.")


class ValueForm(LeafForm):
    """Of which site, what, and how much."""

    site = forms.TypedChoiceField(label=gettext_lazy("Site"), choices=sites_offered, coerce=int)
    what = forms.ChoiceField(label=pgettext_lazy("rule", "What"), choices=tuple(WHAT.items()))
    how = forms.ChoiceField(label=pgettext_lazy("rule", "How much"), choices=tuple(HOW.items()))
    number = forms.DecimalField(
        label=gettext_lazy("Number"), min_value=0, max_value=10**12, max_digits=16, decimal_places=2
    )

    def clean(self) -> dict[str, Any]:
        """Hold chances to percent."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        number = cleaned.get("number")
        if cleaned.get("what") == "alive" and number is not None and number > 100:
            self.add_error("number", _("A chance has 100 percent at most."))
        return cleaned

    def rule(self) -> dict[str, Any]:
        """Return what was filled in, the number as JSON has one."""
        found = super().rule()
        number: Decimal = self.cleaned_data["number"]
        return found | {"number": int(number) if number == int(number) else float(number)}


@LEAVES.plug
class ValueLeaf(FormLeaf):
    """People by what is expected of them. Whoever first bought after the study is not among them."""

    key = "value"
    label = gettext_lazy("Customer value")
    form = ValueForm

    def found(self, rule: Json, asked: Asked) -> Found:
        """Read what the last study found. Raises LeafWrong where there is none."""
        site = site_of(rule)
        study = last_done(site.id, Study.Kind.VALUE)
        if study is None:
            raise LeafWrong(NO_STUDY, site=site.name)
        if rule["what"] == "value" and "spending" not in study.found:
            raise LeafWrong(NO_MONEY, site=site.name)
        number = rule["number"] / 100 if rule["what"] == "alive" else rule["number"]
        bound = {f"{rule['what']}__{'gte' if rule['how'] == 'least' else 'lte'}": number}
        return Found(of_rows(Outcome.objects.filter(study=study, **bound)))

    def said(self, rule: Json) -> str:
        """Say it."""
        site = next((each.name for each in sitebook.sites() if each.id == rule["site"]), rule["site"])
        named = {"site": site, "what": WHAT[rule["what"]], "how": HOW[rule["how"]], "number": rule["number"]}
        return _("customers of %(site)s, %(what)s: %(how)s %(number)s") % named
