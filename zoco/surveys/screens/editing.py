"""The editor of a draft."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from zoco.kit.editors.lines import lines_offered
from zoco.ledger import sitebook
from zoco.ledger.views.heads import no_site
from zoco.sites.wording import said_whole
from zoco.surveys import services
from zoco.surveys.designs import DesignWrong
from zoco.surveys.models import Survey
from zoco.surveys.screens.forms import Questions, SurveyForm, initial_of

ADD, CHANGE = "zoco_surveys.add_survey", "zoco_surveys.change_survey"


@never_cache
@permission_required(ADD, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a draft."""
    if not sitebook.sites():
        return no_site(request, _("New survey"))
    if request.method == "POST":
        return _taken(request, None)
    return _page(request, None, SurveyForm(), _questions([{"kind": "nps"}]))


@never_cache
@permission_required(CHANGE, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft; of one that began the page is shown, which says what it asks."""
    survey = get_object_or_404(Survey, pk=pk)
    if survey.state != Survey.State.DRAFT:
        return redirect("zoco_survey_results", pk)
    if request.method == "POST":
        return _taken(request, survey)
    lines = _questions([initial_of(each) for each in survey.asked])
    return _page(request, survey, SurveyForm(instance=survey), lines)


def _questions(first: list[dict[str, Any]]) -> Any:
    return lines_offered(Questions, "questions", first)


def _taken(request: HttpRequest, survey: Survey | None) -> HttpResponse:
    form = SurveyForm(request.POST, instance=survey)
    lines = Questions(request.POST, prefix="questions")
    if all([form.is_valid(), lines.are_valid()]):
        given = form.cleaned_data
        parts: dict[str, Any] = {
            "name": given["name"],
            "questions": [each.question() for each in lines.filled],
            "texts": form.texts,
        }
        try:
            if survey is None:
                made = services.survey_make(site=given["site"].pk, key=given["key"], by=request.user, **parts)
            else:
                made = services.survey_change(survey=survey.pk, **parts)
            return redirect("zoco_survey_results", made.pk)
        except DesignWrong as wrong:
            form.add_error(None, said_whole(wrong))
    return _page(request, survey, form, lines)


def _page(request: HttpRequest, survey: Survey | None, form: Any, lines: Any) -> HttpResponse:
    title = str(survey.name) if survey else _("New survey")
    crumbs = [{"url": reverse("zoco_surveys"), "label": _("Surveys")}, {"url": None, "label": title}]
    values = {
        "title": title, "icon_name": "form", "breadcrumbs_items": crumbs, "form": form, "lines": lines,
        "survey": survey,
    }  # fmt: skip
    return render(request, "zoco/surveys/edit.html", values)
