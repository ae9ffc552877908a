"""A rule of audiences: who bought a product, and not yet another that is often bought with it or next."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from pyroaring import BitMap

from zoco.people.audiences.leaves import LEAVES, Asked, FormLeaf, Found, Json, LeafForm, LeafWrong
from zoco.research.affinity.baskets import LONGEST, BuyersTooMany, baskets, buyers
from zoco.research.purchases import span_of
from zoco.research.scores.leaf import days_of, site_of, sites_offered
from zoco.research.scores.scoring import DAYS, DAYS_FIRST

TOO_MANY = gettext_noop(
    "There are too many orders to be sure who did not buy %(other)s. Choose purchases of fewer days."
)


class BoughtForm(LeafForm):
    """Which products, of which orders."""

    site = forms.TypedChoiceField(label=gettext_lazy("Site"), choices=sites_offered, coerce=int)
    days = forms.ChoiceField(
        label=gettext_lazy("Purchases of"), choices=tuple(DAYS.items()), initial=DAYS_FIRST
    )
    one = forms.CharField(
        label=gettext_lazy("Bought"),
        max_length=LONGEST,
        help_text=gettext_lazy("The product as orders name it. The newest 20,000 orders count."),
    )
    other = forms.CharField(
        label=gettext_lazy("And not"),
        required=False,
        max_length=LONGEST,
        help_text=gettext_lazy("Of this product all orders of these days count."),
    )


@LEAVES.plug
class BoughtLeaf(FormLeaf):
    """Known people by the products of their orders that are not given back."""

    key = "bought"
    label = gettext_lazy("Products that were bought")
    form = BoughtForm

    def found(self, rule: Json, asked: Asked) -> Found:
        """Read baskets as the page does, and of the other product all orders: nobody who has it may be asked
        to buy it. Raises LeafWrong, QueryFailed, StoreBusy.
        """
        site = site_of(rule)
        period = span_of(site, asked.now, days_of(rule))
        ours, _is_cut = baskets(site=site, period=period, store=asked.ledger)
        one = BitMap(each.person for each in ours if each.person and rule["one"] in each.products)
        if other := rule.get("other"):
            try:
                one -= buyers(other, site=site, period=period, store=asked.ledger)
            except BuyersTooMany as error:
                raise LeafWrong(TOO_MANY, other=other) from error
        return Found(one, is_sure=False)

    def said(self, rule: Json) -> str:
        """Say it."""
        named: dict[str, Any] = {"one": rule["one"], "other": rule.get("other"), "days": DAYS[rule["days"]]}
        if rule.get("other"):
            return _("bought %(one)s and not %(other)s, of %(days)s") % named
        return _("bought %(one)s, of %(days)s") % named
