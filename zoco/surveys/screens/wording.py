"""The page of what people wrote: their answers, grouped by topic."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zoco.ledger.pictures import formats
from zoco.ledger.pictures.labels import language_name
from zoco.stats.texts.topics import LEAST, TEXTS_MOST, TOPICS_MOST, TooFewTexts, grouped
from zoco.surveys.designs import WRITTEN
from zoco.surveys.models import Response, Survey
from zoco.surveys.screens import opened
from zoco.surveys.screens.listing import SEE
from zoco.surveys.screens.showing import FACTS, site_of

EXAMPLES = 5
NEWEST = 50
ALL = "all"


@never_cache
@permission_required([SEE, FACTS], raise_exception=True)
@require_safe
def words(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Show topics, or with too few answers only what was written last."""
    row = get_object_or_404(Survey, pk=pk)
    question = next((each for each in row.asked if each.key == key and each.kind in WRITTEN), None)
    if question is None:
        raise Http404(_("There is no such question."))
    found = Response.objects.filter(survey=row, answers__has_key=key).order_by("-at", "-id")
    tongues = _tongues(found)
    language = _language(request.GET.get("language", ""), tongues)
    if language:
        found = found.filter(language=language)
    texts = [str(each[key]) for each in found.values_list("answers", flat=True)[:TEXTS_MOST]]
    asked = request.GET.get("topics", "")
    wanted = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 3 else 0
    title = question.said(get_language() or "en")
    crumbs = [
        {"url": reverse("zoco_surveys"), "label": _("Surveys")},
        {"url": reverse("zoco_survey_results", args=[row.pk]), "label": row.name},
        {"url": None, "label": title},
    ]
    values: dict[str, Any] = {
        "title": title, "icon_name": "form", "breadcrumbs_items": crumbs, "survey": row,
        "is_demo": site_of(row).is_demo,
        "count": len(texts), "count_said": formats.count(len(texts)), "newest": texts[:NEWEST],
        "is_cut": len(texts) == TEXTS_MOST, "most": formats.count(TEXTS_MOST), "least": LEAST,
        "language": language, "languages": [(code, language_name(code)) for code in tongues],
        "choices": range(2, TOPICS_MOST + 1), "wanted": wanted,
        "opened": opened.topics(title, formats.count(len(texts))),
    }  # fmt: skip
    return render(request, "zoco/surveys/words.html", values | _topics(texts, min(wanted, TOPICS_MOST)))


def _tongues(found: QuerySet[Response]) -> list[str]:
    """Return the languages that were written in, the most frequent first."""
    counted = found.order_by().values_list("language").annotate(n=Count("pk"))
    return [code for code, _many in counted.order_by("-n", "language")]


def _language(asked: str, known: list[str]) -> str:
    """Return the language that is grouped: the one that is asked for, else that of most; "" for all.

    Languages share no words, so that all at once would be parted by language before anything else.
    """
    if asked in known:
        return asked
    return "" if asked == ALL or not known else known[0]


def _topics(texts: list[str], wanted: int) -> dict[str, Any]:
    try:
        found = grouped(texts, wanted)
    except TooFewTexts as few:
        return {"topics": [], "common": few.texts}
    lines = [
        {
            "name": " · ".join(each.words),
            "count": formats.count(len(each.texts)),
            "share": formats.percent(len(each.texts) / len(texts), 0),
            "examples": list(dict.fromkeys(texts[number] for number in each.texts))[:EXAMPLES],
        }
        for each in found.topics
    ]
    rest = [texts[number] for number in found.rest[:EXAMPLES]]
    return {"topics": lines, "rest": rest, "rest_count": formats.count(len(found.rest))}
