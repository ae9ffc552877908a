"""A rule of audiences: people by their scores of recency, frequency and money, or by the segment."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, pgettext_lazy
from pyroaring import BitMap

from zoco.kit.periods import micros
from zoco.ledger import sitebook
from zoco.ledger.sitebook import SiteInfo
from zoco.people.audiences.leaves import LEAVES, Asked, FormLeaf, Found, Json, LeafForm, LeafWrong
from zoco.research.purchases import Bought, span_of
from zoco.research.scores.scoring import (
    DAYS,
    DAYS_FIRST,
    FIXED,
    KINDS,
    SEGMENTS,
    BoundsWrong,
    Scale,
    bounds_read,
    chosen,
    scored,
)
from zoco.stats.value.rfm import PARTS

PARTED = ("recency", "frequency", "money")
NO_SITE = gettext_noop("The site that a rule asks for is there no more.")
ANY: tuple[tuple[str, Any], ...] = (
    ("", pgettext_lazy("score", "any")),
    *((str(each), str(each)) for each in range(1, PARTS + 1)),
)


def sites_offered() -> list[tuple[int, str]]:
    """Return the sites among which a rule chooses."""
    return [(each.id, each.name) for each in sitebook.sites()]


def site_of(rule: Json) -> SiteInfo:
    """Return the site of a rule. Raises LeafWrong."""
    found = next((each for each in sitebook.sites() if each.id == rule["site"]), None)
    if found is None:
        raise LeafWrong(NO_SITE)
    return found


def _score(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, choices=ANY, coerce=int, required=False, empty_value=None)


def _bounds(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=100)


class ScaleForm(LeafForm):
    """Which purchases, and how scores are given."""

    days = forms.ChoiceField(
        label=gettext_lazy("Purchases of"), choices=tuple(DAYS.items()), initial=DAYS_FIRST
    )
    scale = forms.ChoiceField(label=gettext_lazy("Scores"), choices=tuple(KINDS.items()))
    recency_bounds = _bounds(gettext_lazy("Bounds of days since the last purchase"))
    frequency_bounds = _bounds(gettext_lazy("Bounds of purchases"))
    money_bounds = _bounds(gettext_lazy("Bounds of money"))

    def clean(self) -> dict[str, Any]:
        """Ask for bounds where they are what scores go by."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in PARTED:
            if cleaned.get("scale") != FIXED:
                cleaned[f"{name}_bounds"] = ""
                continue
            try:
                bounds_read(cleaned.get(f"{name}_bounds", ""))
            except BoundsWrong as wrong:
                self.add_error(f"{name}_bounds", _(wrong.words) % wrong.places)
        return cleaned


class ScoresForm(ScaleForm):
    """Of which site, and who."""

    site = forms.TypedChoiceField(label=gettext_lazy("Site"), choices=sites_offered, coerce=int)
    segment = forms.ChoiceField(
        label=pgettext_lazy("scores", "Segment"),
        choices=(("", pgettext_lazy("segment", "any")), *SEGMENTS.items()),
        required=False,
    )
    recency = _score(pgettext_lazy("score", "Recency"))
    frequency = _score(pgettext_lazy("score", "Frequency"))
    money = _score(pgettext_lazy("score", "Money"))
    field_order = ("site", "segment", "recency", "frequency", "money")


def scale_of(rule: Json) -> Scale:
    """Return how a rule's scores are given. Raises BoundsWrong."""
    if rule["scale"] != FIXED:
        return Scale()
    recency, frequency, money = (bounds_read(rule.get(f"{name}_bounds", "")) for name in PARTED)
    return Scale(FIXED, (recency, frequency, money))


def days_of(rule: Json) -> int | None:
    """Return of how many days purchases are, None for all."""
    return None if rule["days"] == "all" else int(rule["days"])


@LEAVES.plug
class ScoresLeaf(FormLeaf):
    """People who bought on a site, by their scores."""

    key = "scores"
    label = gettext_lazy("Recency, frequency and money")
    form = ScoresForm

    def found(self, rule: Json, asked: Asked) -> Found:
        """Ask the ledger, and give scores as the page does. Raises LeafWrong."""
        site = site_of(rule)
        period = span_of(site, asked.now, days_of(rule))
        bought = Bought.of(site=site, period=period, store=asked.ledger)
        found = scored(bought, scale_of(rule), micros(asked.now))
        wanted = {name: rule.get(name) or 0 for name in PARTED}
        places = chosen(found, segment=rule.get("segment", ""), **wanted)
        return Found(BitMap(bought.people[places].astype("uint32")), is_sure=False)

    def said(self, rule: Json) -> str:
        """Say it."""
        site = next((each.name for each in sitebook.sites() if each.id == rule["site"]), rule["site"])
        labels = {each: self.form.base_fields[each].label for each in PARTED}
        parts = [str(SEGMENTS[rule["segment"]])] if rule.get("segment") else []
        parts += [f"{labels[each]} {rule[each]}" for each in PARTED if rule.get(each)]
        named = {"site": site, "days": DAYS[rule["days"]], "what": ", ".join(parts) or _("anybody")}
        return _("bought on %(site)s, of %(days)s: %(what)s") % named
