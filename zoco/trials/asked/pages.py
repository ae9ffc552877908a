"""What the pages of questions share: who asks, the question that is shown, and how far its answer is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zoco.ledger import sitebook
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.views.heads import head_of_site, no_site, site_chosen
from zoco.sites.wording import said_again
from zoco.trials.asked import services
from zoco.trials.asked.models import TrialQuestion
from zoco.trials.designs import DesignWrong

Said = Callable[[SiteInfo, dict[str, Any], dict[str, Any], bool], dict[str, Any]]


def asked_page(
    request: HttpRequest, kind: str, title: str, template: str, make: Callable[..., Any], say: Said, add: str
) -> HttpResponse:
    """Take a question, or show the last one that is named, with its form.

    `make` makes the form of a site; `say` makes of a site, what was given, the answer and whether one may add
    trials what the template shows.
    """
    sites = sitebook.sites()
    if not sites:
        return no_site(request, title)
    site = site_chosen(sites, (request.POST if request.method == "POST" else request.GET).get("site", ""))
    wrong, question, form = "", _named(request, site, kind), None
    if request.method == "POST" and request.POST.get("do") == "stop":
        return _stopped(request, site, kind)
    if request.method == "POST":
        form = make(request.POST, site=site)
        if form.is_valid():
            try:
                made = services.question_ask(
                    site=site.id, kind=kind, given=form.cleaned_data, by=request.user, at=timezone.now()
                )
                return redirect(f"{request.path}?site={site.slug}&asked={made.pk}")
            except DesignWrong as error:
                wrong = _(error.words) % error.places
        question = None
    form = form or make(None, site=site, initial=question.given if question else None)
    answer = None
    if question is not None and question.said:
        wrong = said_again(question.said, question.said_places)
    elif question is not None and question.answer:
        answer = say(site, question.given, question.answer, request.user.has_perm(add))
    crumbs = [{"url": reverse("zoco_trials"), "label": _("Trials")}, {"url": None, "label": title}]
    values = {
        "form": form, "answer": answer, "wrong": wrong, "breadcrumbs_items": crumbs, "question": question,
        "share": round(100 * question.done / question.total) if question is not None else 0,
    }  # fmt: skip
    return render(request, template, head_of_site(title, site, sites) | values)


def _stopped(request: HttpRequest, site: SiteInfo, kind: str) -> HttpResponse:
    """Stop the question that the address names, and show it."""
    question = _named(request, site, kind)
    if question is None:
        return redirect(f"{request.path}?site={site.slug}")
    services.question_stop(question=question)
    return redirect(f"{request.path}?site={site.slug}&asked={question.pk}")


def _named(request: HttpRequest, site: SiteInfo, kind: str) -> TrialQuestion | None:
    """Return the question that the address names, where it is one of this site and kind."""
    key = request.GET.get("asked", "")
    if not (key.isascii() and key.isdigit() and len(key) < 18):
        return None
    return TrialQuestion.objects.filter(site=site.id, kind=kind, pk=int(key)).first()
