"""How lists grew: a topic or an audience by day or week, as a curve and as figures."""

from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from zoco.consent.models import Topic
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.alone.pages import everywhere, file_asked
from zoco.ledger.pictures.alone.pages import offered as files_of
from zoco.ledger.pictures.curves import Curve, curve
from zoco.ledger.pictures.moments import zone
from zoco.mail.sending.reports import lists
from zoco.mail.sending.reports.lists import Step
from zoco.mail.sending.screens import opened
from zoco.mail.sending.screens.frame import SEE, page
from zoco.mail.sending.screens.reporting import PERIODS
from zoco.people.audiences.models import Audience
from zoco.people.opening import for_whom

KEPT_SECONDS = 300
DAILY_MOST = 31


@for_whom(SEE)
def growth(request: HttpRequest) -> HttpResponse:
    """Show who joined a list and who left it, and why."""
    topics = [
        (f"topic:{key}", label) for key, label in Topic.objects.order_by("label").values_list("key", "label")
    ]
    audiences = [
        (f"audience:{pk}", name) for pk, name in Audience.objects.order_by("name").values_list("pk", "name")
    ]
    offered = dict([*topics, *audiences])
    asked, given = request.GET.get("list", ""), request.GET.get("days", "")
    chosen = asked if asked in offered else next(iter(offered), "")
    days = int(given) if given.isdecimal() and len(given) < 4 and int(given) in PERIODS else 90
    now, name = timezone.now(), offered.get(chosen, "")
    shown = _kept(chosen, days, now) if chosen else {}
    picture, opens = _picture(shown, name), opened.growth(name, days)
    drawings = opened.growth_drawings(picture, name, opens)
    site, stem = everywhere(), f"list-{chosen.replace(':', '-')}"
    file = file_asked(request, drawings, site, stem, now)
    if file is not None:
        return file
    return page(
        request,
        "growth",
        _("How lists grew"),
        topics=topics,
        audiences=audiences,
        chosen=chosen,
        days=days,
        periods=PERIODS,
        name=name,
        picture=picture,
        opened=opens,
        pictures=files_of(request, drawings, site, stem),
        **shown,
    )


def heads() -> dict[str, str]:
    """Return what columns are called."""
    return {
        lists.JOINED: _("Joined"),
        lists.UNSUBSCRIBED: _("Unsubscribed"),
        lists.BOUNCED: _("Address is dead"),
        lists.COMPLAINED: _("Complained"),
        lists.ERASED: pgettext("list of people", "Erased"),
        lists.OTHER: pgettext("list of people", "Otherwise"),
    }


def _kept(chosen: str, days: int, now: datetime) -> dict[str, Any]:
    place = f"zoco_mail.growth.{chosen}.{days}.{get_language()}"
    found: dict[str, Any] | None = cache.get(place)
    if found is None:
        found = _said(_steps(chosen, days, now), is_weekly=days > DAILY_MOST)
        cache.set(place, found, KEPT_SECONDS)
    return found


def _steps(chosen: str, days: int, now: datetime) -> list[Step]:
    kind, _sign, key = chosen.partition(":")
    asked: dict[str, Any] = {"since": now - timedelta(days=days - 1), "now": now, "zone": zone()}
    asked["days"] = 1 if days <= DAILY_MOST else 7
    if kind == lists.TOPIC:
        return lists.topic_steps(key, **asked)
    return lists.audience_steps(Audience.objects.get(pk=int(key)), **asked)


def _said(steps: list[Step], *, is_weekly: bool) -> dict[str, Any]:
    whole: dict[str, int] = {name: sum(each.counts[name] for each in steps) for name in heads()}
    left = sum(each.left for each in steps)
    rows = [
        {
            "on": formats.day(each.on),
            "cells": [(label, formats.count(each.counts[name])) for name, label in heads().items()],
            "size": formats.count(each.size),
        }
        for each in reversed(steps)
        if each.counts or each is steps[-1]
    ]
    return {
        "heads": list(heads().values()),
        "rows": rows,
        "is_weekly": is_weekly,
        "whole": [(label, formats.count(whole[name])) for name, label in heads().items()],
        "size": formats.count(steps[-1].size),
        "people": steps[-1].size,
        "net": whole[lists.JOINED] - left,
        "drawn": ([each.size for each in steps], [formats.day(each.on, year=False) for each in steps]),
    }


def _picture(shown: dict[str, Any], name: str) -> SafeString | None:
    if not shown:
        return None
    sizes, labels = shown["drawn"]
    words = pgettext("size of a list", "From %(first)s to %(last)s.") % {
        "first": formats.count(sizes[0]),
        "last": formats.count(sizes[-1]),
    }
    title = _("Size of %(name)s") % {"name": name}
    return curve(Curve(sizes, labels, title, words, is_whole=True), formats.short, width=464, height=180)
