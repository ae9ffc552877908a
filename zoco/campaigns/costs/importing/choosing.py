"""The form on which is said what each column of a file is, and what holds for rows that do not say it."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from zoco.campaigns.costs.importing.formats import load_formats
from zoco.campaigns.costs.importing.formats.base import FORMATS, NEEDED, TARGETS
from zoco.campaigns.costs.importing.made import Options
from zoco.campaigns.costs.models import CURRENCY, PERCENT, CostImport
from zoco.campaigns.models import Campaign
from zoco.people.importing.columns import OUT, ColumnsForm

CAMPAIGNS_MOST = 500
LABELS = {
    "on": gettext_lazy("Day"),
    "until": pgettext_lazy("costs", "Last day, where a row is about several"),
    "campaign": pgettext_lazy("costs", "Campaign, by code or name"),
    "creative": gettext_lazy("Creative"),
    "amount": gettext_lazy("Amount"),
    "impressions": gettext_lazy("Impressions"),
    "clicks": gettext_lazy("Clicks"),
    "currency": gettext_lazy("Currency"),
    "account": pgettext_lazy("of ads", "Account"),
    "source": pgettext_lazy("tag", "Source"),
    "medium": gettext_lazy("Medium"),
}
KEPT_TEXT = ProhibitNullCharactersValidator()


class MappingForm(ColumnsForm):
    """What columns are, and what holds for all rows."""

    kind = forms.ChoiceField(label=gettext_lazy("Where the file is from"))
    source = forms.CharField(
        label=pgettext_lazy("tag", "Source"), max_length=100, required=False, validators=[KEPT_TEXT],
        help_text=gettext_lazy("As the tag utm_source of the ads has it: by it costs meet visits."),
    )  # fmt: skip
    medium = forms.CharField(
        label=gettext_lazy("Medium"), max_length=100, required=False, validators=[KEPT_TEXT],
        help_text=gettext_lazy("As the tag utm_medium has it. Both decide on the channel."),
    )  # fmt: skip
    account = forms.CharField(
        label=pgettext_lazy("of ads", "Account"), max_length=100, required=False, validators=[KEPT_TEXT],
        help_text=gettext_lazy(
            "Where you have several: a later file replaces amounts of the same account only."
        ),
    )  # fmt: skip
    fallback = forms.ChoiceField(
        label=gettext_lazy("Rows of campaigns that are not known"), required=False,
        help_text=gettext_lazy("A campaign is known if the site has one of this code or name."),
    )  # fmt: skip
    currency = forms.CharField(label=gettext_lazy("Currency"), max_length=3, validators=[CURRENCY])
    vat = forms.ChoiceField(
        label=gettext_lazy("The amounts are"),
        choices=[("without", gettext_lazy("without VAT")), ("with", gettext_lazy("with VAT"))],
    )
    vat_percent = forms.DecimalField(
        label=gettext_lazy("VAT in percent"), max_digits=5, decimal_places=2, validators=PERCENT,
        help_text=gettext_lazy("0 where none is charged."),
    )  # fmt: skip
    days = forms.ChoiceField(label=gettext_lazy("A day such as 03/04/2026 is"))

    def __init__(self, run: CostImport, *args: Any, **more: Any) -> None:
        load_formats()
        options = Options(**run.options)
        start = run.options | {
            "kind": run.kind, "vat": "with" if options.with_vat else "without",
            "vat_percent": options.vat, "fallback": str(options.fallback),
        }  # fmt: skip
        super().__init__(run, *args, **(more | {"initial": start}))
        campaigns = Campaign.objects.filter(site=run.site_id).order_by("-id")[:CAMPAIGNS_MOST]
        self.choices_offer("kind", [(each.key, each.label) for each in FORMATS])
        self.choices_offer(
            "fallback",
            [
                ("0", _("are refused")),
                *(
                    (str(each.pk), _("count for %(campaign)s") % {"campaign": each.name})
                    for each in campaigns
                ),
            ],
        )
        self.choices_offer("days", [("dmy", _("3 April 2026")), ("mdy", _("March 4, 2026"))])
        offered = [(OUT, pgettext("column", "Leave out")), *((each, LABELS[each]) for each in TARGETS)]
        self.columns_offer(offered)

    def clean(self) -> dict[str, Any]:
        """Hold to what is needed, and to one column each."""
        given: dict[str, Any] = super().clean() or {}
        chosen = [each for each in self.mapped(given).values() if each != OUT]
        if missing := [str(LABELS[each]) for each in NEEDED if each not in chosen]:
            self.add_error(None, _("Say which column is: %(names)s.") % {"names": ", ".join(missing)})
        if twice := sorted({str(LABELS[each]) for each in chosen if chosen.count(each) > 1}):
            self.add_error(None, _("Only one column can be: %(names)s.") % {"names": ", ".join(twice)})
        return given

    @property
    def chosen(self) -> tuple[str, dict[str, str], Options]:
        """Return what was said on a valid form: the format, what columns are, and the rest."""
        given = self.cleaned_data
        options = Options(
            source=given["source"].strip(),
            medium=given["medium"].strip(),
            account=given["account"].strip(),
            currency=given["currency"],
            decimal=given["decimal"],
            days=given["days"],
            with_vat=given["vat"] == "with",
            vat_percent=str(Decimal(given["vat_percent"])),
            fallback=int(given["fallback"] or 0),
        )
        return given["kind"], self.mapped(given), options
