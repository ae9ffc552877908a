"""The page of personas: choose features, begin a study, and what the last one found."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from zoco.ledger import sitebook
from zoco.ledger.pictures import formats
from zoco.ledger.views.heads import head_of_site, no_site
from zoco.people.opening import for_whom
from zoco.research import opened
from zoco.research.models import Study
from zoco.research.opening import SEE, audience_url, site_asked
from zoco.research.personas.features import FEATURES, FIRST, name_proposed
from zoco.research.personas.leaf import PersonaLeaf, persona_key
from zoco.research.personas.working import FEWEST, MEDOIDS, MIXTURE, MOST
from zoco.research.screens import begin, of_page, page_url
from zoco.stats.kinds.telling import DOUBTFUL, STABLE

if TYPE_CHECKING:
    from zoco.ledger.sitebook import SiteInfo

KIND = Study.Kind.PERSONAS
METHODS = {
    MEDOIDS: pgettext_lazy("method", "Groups around medoids"),
    MIXTURE: pgettext_lazy("method", "A mixture of normal distributions"),
}
NUMBERS = (("0", gettext_lazy("as the data say")), *((str(n), str(n)) for n in range(FEWEST, MOST + 1)))


class PersonasForm(forms.Form):
    """By what people are told apart, how, and into how many groups."""

    features = forms.MultipleChoiceField(
        label=gettext_lazy("Features"),
        choices=tuple((name, each.label) for name, each in FEATURES.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    method = forms.ChoiceField(label=gettext_lazy("Method"), choices=tuple(METHODS.items()))
    groups = forms.ChoiceField(label=gettext_lazy("How many personas"), choices=NUMBERS)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in ("method", "groups"):
            self.fields[name].widget.attrs["class"] = "z-in"

    def clean_features(self) -> list[str]:
        """Ask for two at least."""
        chosen: list[str] = self.cleaned_data["features"]
        if len(chosen) < 2:
            raise forms.ValidationError(_("Choose at least two features by which people differ."))
        return chosen


@for_whom(SEE, "GET", "HEAD", "POST")
def personas(request: HttpRequest) -> HttpResponse:
    """Show the personas of a site; POST begins a study."""
    title, site = _("Personas"), site_asked(request)
    if site is None:
        return no_site(request, title)
    problem, form = "", PersonasForm(initial={"features": FIRST, "groups": "0"})
    if request.method == "POST":
        form = PersonasForm(request.POST)
        if form.is_valid():
            given = form.cleaned_data
            problem = begin(request, site, KIND, given | {"groups": int(given["groups"])})
            if not problem:
                return redirect(page_url(KIND, site))
    shown = head_of_site(title, site, sitebook.sites()) | {"icon_name": "group", "problem": problem}
    shown |= of_page(request, site, KIND) | {"form": form}
    study = shown["study"]
    if isinstance(study, Study):
        shown |= _found(request, site, study)
        shown["opened"] = opened.personas(shown, site)
    return render(request, "zoco/research/personas.html", shown)


def _found(request: HttpRequest, site: SiteInfo, study: Study) -> dict[str, Any]:
    found = study.found
    people = ngettext(
        "%(count)s person who bought up to %(day)s",
        "%(count)s people who bought up to %(day)s",
        found["people"],
    )
    named = {
        "count": formats.count(found["people"]),
        "day": formats.day(date.fromisoformat(found["until"])),
    }
    return {
        "basis": people % named,
        "features": [FEATURES[name].label for name in found["features"]],
        "same": [FEATURES[name].label for name in found["same"]],
        "method": METHODS[found["method"]],
        "silhouette": formats.decimal(found["silhouette"], 2),
        "groups": [_group(request, study, number) for number in range(len(found["groups"]))],
    }


def _group(request: HttpRequest, study: Study, number: int) -> dict[str, Any]:
    group, found = study.found["groups"][number], study.found
    grade, words = _stable(group["stability"])
    return {
        "name": name_proposed(group["marks"]),
        "people": formats.count(group["people"]),
        "share": formats.percent(group["people"] / found["people"]),
        "stability": formats.decimal(group["stability"], 2),
        "grade": grade,
        "words": words,
        "marks": [_mark(each, found["currency"]) for each in group["marks"]],
        "url": audience_url(request, {"leaf": PersonaLeaf.key, "persona": persona_key(study, number)}),
    }


def _stable(share: float) -> tuple[str, str]:
    if share >= STABLE:
        return "good", pgettext("persona", "stable")
    if share >= DOUBTFUL:
        return "warn", pgettext("persona", "doubtful")
    return "bad", pgettext("persona", "no finding")


def _mark(mark: list[Any], currency: str) -> dict[str, str]:
    name, difference, inside, outside = mark
    feature = FEATURES[name]

    def written(number: float) -> str:
        return (
            formats.money(number, currency) if feature.is_money else formats.decimal(number, feature.places)
        )

    sign = "+" if round(difference, 1) > 0 else ""
    return {
        "label": str(feature.label),
        "inside": written(inside),
        "outside": written(outside),
        "difference": f"{sign}{formats.decimal(difference, 1)}",
    }
