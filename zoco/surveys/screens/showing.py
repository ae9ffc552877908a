"""The page of a survey: how it is asked, what came of all that was sent, and each question's figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from zoco.consent.signup.showing import root
from zoco.ledger import sitebook
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.labels import language_name
from zoco.surveys import services
from zoco.surveys.designs import FREE, UNAIDED, WRITTEN, DesignWrong, Question, brand_lines, brands_of
from zoco.surveys.models import Survey
from zoco.surveys.results.comparing import OVER_TIME, gaps_of
from zoco.surveys.results.figures import Found, found_of
from zoco.surveys.results.reading import BY, Read, distinct, responses_read
from zoco.surveys.screens import drawing, said
from zoco.surveys.screens.editing import CHANGE
from zoco.surveys.screens.listing import ICONS, SEE
from zoco.surveys.taking.counting import OUTCOMES, outcomes_of

DELETE = "zoco_surveys.delete_survey"
FACTS = "zoco_ledger.view_facts"
State = Survey.State
Groups = Sequence[tuple[str, Read]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked at: of one language or way, grouped."""

    language: str
    way: str
    by: str

    @property
    def query(self) -> str:
        """The same as an address has it."""
        pairs = {"language": self.language, "way": self.way, "by": self.by}
        return urlencode({name: value for name, value in pairs.items() if value})

    @property
    def words(self) -> str:
        """The same in words, without the grouping."""
        parts = [language_name(self.language)] if self.language else []
        return " · ".join([*parts, str(said.WAYS[self.way])] if self.way else parts)


def asked_of(request: HttpRequest) -> Asked:
    """Read what is looked at; what there is not is left out."""
    given = request.GET
    way, by = given.get("way", ""), given.get("by", "")
    language = given.get("language", "")[:20].replace("\0", "")
    return Asked(language, way if way in said.WAYS else "", by if by in BY else "month")


def site_of(survey: Survey) -> sitebook.SiteInfo:
    """Return a survey's site. Raises Http404."""
    found = next((each for each in sitebook.sites() if each.id == survey.site_id), None)
    if found is None:
        raise Http404(_("There is no such site."))
    return found


@never_cache
@permission_required(SEE, raise_exception=True)
@require_safe
def survey(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a survey."""
    row = get_object_or_404(Survey.objects.select_related("site"), pk=pk)
    asked, tongue = asked_of(request), get_language() or "en"
    read = responses_read(row, site_of(row).zone, language=asked.language, way=asked.way)
    groups = list(read.groups(asked.by))
    crumbs = [{"url": reverse("zoco_surveys"), "label": _("Surveys")}, {"url": None, "label": row.name}]
    may_change, may_read = request.user.has_perm(CHANGE), request.user.has_perm(FACTS)
    values = {
        "title": row.name, "icon_name": "form", "breadcrumbs_items": crumbs, "survey": row,
        "icon": ICONS[row.state], "address": f"{root()}{reverse('zoco_survey', args=[row.key])}",
        "placeholder": "{{ survey." + row.named + " }}", "asked": asked,
        "languages": [(each, language_name(each)) for each in distinct(row, "language")],
        "ways": [(each, said.WAYS.get(each, each)) for each in distinct(row, "way")],
        "groupings": GROUPINGS.items(), "responses": formats.count(len(read.rows)),
        "outcomes": [
            (OUTCOMES.get(key, key), formats.count(count)) for key, count in outcomes_of(row).items()
        ],
        "questions": [_question(row, each, read, groups, asked, tongue, may_read) for each in row.asked],
        "may_lift": request.user.has_perm("zoco_trials.view_trial") and row.started_at is not None,
        "may_change": may_change, "may_download": may_read,
        "may_delete": request.user.has_perm(DELETE) and row.state != State.RUNNING,
        "is_demo": site_of(row).is_demo,
        "is_draft": row.state == State.DRAFT, "is_running": row.state == State.RUNNING,
    }  # fmt: skip
    return render(request, "zoco/surveys/survey.html", values)


GROUPINGS = {
    "month": gettext_lazy("by month"),
    "week": gettext_lazy("by week"),
    "language": gettext_lazy("by language"),
    "way": gettext_lazy("by the way it was asked"),
}


def _question(
    row: Survey, question: Question, read: Read, groups: Groups, asked: Asked, tongue: str, may_read: bool
) -> dict[str, Any]:
    found = found_of(question, read.answers(question.key))
    picture = reverse("zoco_survey_picture", args=[row.pk, question.key])
    return {
        "question": question,
        "words": question.said(tongue),
        "kind": said.KINDS[question.kind],
        "drawn_from": said.drawn_from(found, read.left_out),
        "is_small": found.n and found.is_small,
        "n": found.n,
        "method": said.method(question),
        "head": said.cells(Found(question, found.n, found.head), tongue),
        "table": said.cells(found, tongue),
        "first": [
            (said.label(question, each.key, tongue), said.value(each), said.interval(each))
            for each in found.first
        ],
        "others": [(words, formats.count(count)) for words, count in found.others] if may_read else [],
        "groups": _groups(question, groups, asked.by, tongue) if found.n else None,
        "picture": f"{picture}?{asked.query}" if found.n and question.kind != FREE else "",
        "small": drawing.small(drawing.rows_of(found, tongue), question.said(tongue)) if found.n else "",
        "over": f"{picture}?{asked.query}&over=1" if found.head else "",
        "png": f"{row.key}-{question.key}.png",
        "is_written": question.kind in WRITTEN and may_read and found.n,
        "is_unaided": question.kind == UNAIDED,
        "brands": brand_lines(question.brands),
    }


def _groups(question: Question, groups: Groups, by: str, tongue: str) -> dict[str, Any]:
    """Return the table of groups: a figure each for the score, or for each option."""
    rows, heads = [], []
    each_found = [(key, found_of(question, some.answers(question.key))) for key, some in groups]
    answered = [(key, found) for key, found in each_found if found.n]
    gaps = gaps_of([found for _key, found in answered], by)
    against = _("Against the one before") if by in OVER_TIME else _("Against all others")
    for (key, found), gap in zip(answered, gaps, strict=True):
        lines = found.head[:1] or found.lines
        heads = [said.label(question, each.key, tongue) for each in lines]
        cells = [f"{said.value(each)} ({said.interval(each)})" for each in lines]
        if found.head:
            heads, cells = [*heads, against], [*cells, said.gap(gap)]
        rows.append((said.group(by, key), formats.count(found.n), list(zip(heads, cells, strict=True))))
    scores = [drawing.Drawn(said.group(by, key), found.head[0]) for key, found in answered if found.head]
    small = drawing.small(scores, question.said(tongue))
    return {"heads": heads, "rows": rows, "are_compared": any(gaps), "small": small}


@never_cache
@permission_required(SEE, raise_exception=True)
@require_safe
def picture(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Give the picture of a question as SVG: what was said, or with `over` its score by group."""
    row = get_object_or_404(Survey, pk=pk)
    question = next((each for each in row.asked if each.key == key), None)
    if question is None:
        raise Http404(_("There is no such question."))
    asked, tongue, site = asked_of(request), get_language() or "en", site_of(row)
    read = responses_read(row, site.zone, language=asked.language, way=asked.way)
    found = found_of(question, read.answers(key))
    if request.GET.get("over") and found.head:
        groups = [(name, found_of(question, some.answers(key))) for name, some in read.groups(asked.by)]
        rows = [drawing.Drawn(said.group(asked.by, name), each.head[0]) for name, each in groups if each.head]
    else:
        rows = drawing.rows_of(found, tongue)
    made = drawing.picture(
        row, site, found, rows, left_out=read.left_out, language=tongue, filters=asked.words,
        now=timezone.now(),
    )  # fmt: skip
    answer = HttpResponse(made, content_type="image/svg+xml; charset=utf-8")
    answer.headers["Content-Disposition"] = f'inline; filename="{row.key}-{key}.svg"'
    return answer


@require_POST
@permission_required(SEE, raise_exception=True)
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin, close or delete a survey, or count brands by other names."""
    get_object_or_404(Survey, pk=pk)
    do, now = request.POST.get("do", ""), timezone.now()
    if not request.user.has_perm(DELETE if do == "delete" else CHANGE):
        raise PermissionDenied
    try:
        if do == "delete":
            services.survey_delete(survey=pk)
            return redirect("zoco_surveys")
        if do == "start":
            services.survey_start(survey=pk, at=now)
        elif do == "close":
            services.survey_close(survey=pk, at=now)
        elif do == "brands":
            lines = request.POST.get("brands", "").replace("\0", "")[:20_000]
            question = request.POST.get("question", "")
            services.survey_brands(survey=pk, question=question, brands=brands_of(lines))
    except DesignWrong as wrong:
        messages.error(request, _(wrong.words) % wrong.places)
    return redirect("zoco_survey_results", pk)
