"""Forms of rates and warm-ups."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zoco.channels.domains.naming import domain_of
from zoco.channels.rates.models import Rate
from zoco.channels.rates.taking import EACH

MOST = 100_000_000


class RateForm(forms.Form):
    """So many at most, of what, in which span."""

    of = forms.ChoiceField(
        label=_("Of what"),
        choices=[
            ("account", _("all that leaves by this account")),
            ("each", _("what goes to each destination, each by itself")),
            ("one", _("what goes to one destination")),
            ("all", _("all that leaves by all accounts together")),
        ],
    )
    domain = forms.CharField(
        label=_("Destination"),
        max_length=253,
        required=False,
        help_text=_("Only for one destination: the domain of its addresses, such as gmail.com."),
    )
    most = forms.IntegerField(label=_("At most"), min_value=1, max_value=MOST)
    per_seconds = forms.TypedChoiceField(label=_("In"), choices=Rate.Per.choices, coerce=int)

    def clean(self) -> dict[str, Any]:
        """Return the destination in the form in which it is compared."""
        given: dict[str, Any] = super().clean() or {}
        match given.get("of"):
            case "one":
                given["domain"] = domain_of(given.get("domain", ""))
                if "." not in given["domain"]:
                    self.add_error("domain", _("Enter a domain, such as gmail.com."))
            case "each":
                given["domain"] = EACH
            case _:
                given["domain"] = ""
        return given


class WarmUpForm(forms.Form):
    """How an account that is new to its servers begins."""

    is_on = forms.BooleanField(label=_("Begin slowly"), required=False)
    first = forms.IntegerField(label=_("Messages on the first day"), min_value=1, max_value=MOST, initial=50)
    factor = forms.FloatField(
        label=_("Times as many each day"), min_value=1.05, max_value=3.0, initial=1.5, localize=False
    )
    full = forms.IntegerField(
        label=_("Messages a day in the end"), min_value=1, max_value=MOST, initial=10_000
    )
