"""Pages of topics and of the rules of sending."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from zoco.consent.models import Choice, Form, Purpose, Rule, Standing, Topic
from zoco.consent.screens.forms import RuleForm, TopicForm
from zoco.consent.screens.opening import (
    ADD_TOPIC,
    CHANGE_RULE,
    CHANGE_TOPIC,
    DELETE_TOPIC,
    SEE_RULES,
    SEE_TOPICS,
    page,
)
from zoco.ledger.pictures import formats
from zoco.people.opening import for_whom

UNDER = "zoco_consent_topics"


@for_whom(SEE_TOPICS)
def topics(request: HttpRequest) -> HttpResponse:
    """List the topics in their order, with how many agreed to each."""
    agreed = {each.key: _agreed(each.key) for each in Topic.objects.all()}
    lines = [
        {"topic": each, "label": each.said("label"), "note": each.said("note"),
         "agreed": formats.count(agreed[each.key])}
        for each in Topic.objects.all()
    ]  # fmt: skip
    return page(
        request, "topics", _("Topics"), under=UNDER, lines=lines,
        may_add=request.user.has_perm(ADD_TOPIC), may_change=request.user.has_perm(CHANGE_TOPIC),
    )  # fmt: skip


def _agreed(topic: str) -> int:
    """Return how many agreed to a topic, by itself or with all others."""
    standing = Standing.objects.filter(purpose=Purpose.MARKETING)
    given = standing.filter(state=Choice.State.GIVEN)
    left = standing.filter(
        Q(adapter="") | Q(adapter=OuterRef("adapter")), person=OuterRef("person"), topic__in=("", topic),
        state=Choice.State.WITHDRAWN, since__gte=OuterRef("since"),
    )  # fmt: skip
    chose = standing.filter(
        person=OuterRef("person"), topic=topic, state__in=(Choice.State.GIVEN, Choice.State.WITHDRAWN)
    )
    by_itself = given.filter(~Exists(left), topic=topic)
    with_all = given.filter(~Exists(chose), ~Exists(left), topic="")
    return sum(each.aggregate(n=Count("person", distinct=True))["n"] for each in (by_itself, with_all))


@for_whom(ADD_TOPIC, "GET", "HEAD", "POST")
def topic_new(request: HttpRequest) -> HttpResponse:
    """Add a topic."""
    return _edited(request, Topic(), _("New topic"))


@for_whom(CHANGE_TOPIC, "GET", "HEAD", "POST")
def topic(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a topic."""
    found = get_object_or_404(Topic, pk=pk)
    return _edited(request, found, found.said("label"))


def _edited(request: HttpRequest, found: Topic, title: str) -> HttpResponse:
    form = TopicForm(request.POST if request.method == "POST" else None, instance=found)
    is_old = found.pk is not None
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect(UNDER)
    return page(
        request, "topic", title, under=UNDER, form=form, topic=found if is_old else None,
        status=422 if form.errors else 200,
        used_by=list(Form.objects.filter(topics=found)) if is_old else [],
        may_delete=is_old and request.user.has_perm(DELETE_TOPIC),
    )  # fmt: skip


@for_whom(DELETE_TOPIC, "POST")
def topic_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a topic that no form offers; choices about it stay, as the proof that they are."""
    found = get_object_or_404(Topic, pk=pk)
    if not Form.objects.filter(topics=found).exists():
        found.delete()
        return redirect(UNDER)
    return redirect("zoco_consent_topic", pk)


@for_whom(SEE_RULES, "GET", "HEAD", "POST")
def rules(request: HttpRequest) -> HttpResponse:
    """Show the rule of each purpose; whoever may, changes one at a time."""
    may_change = request.user.has_perm(CHANGE_RULE)
    if request.method == "POST" and not may_change:
        raise PermissionDenied
    sent = request.POST.get("purpose", "")
    shown: list[dict[str, Any]] = []
    for purpose in (Purpose.MARKETING, Purpose.SERVICE):
        held = Rule.objects.filter(purpose=purpose).first() or Rule(purpose=purpose)
        given = request.POST if sent == purpose else None
        form = RuleForm(given, instance=held, prefix=str(purpose))
        if given is not None and form.is_valid():
            form.save()
            return redirect("zoco_consent_rules")
        shown.append({"purpose": purpose, "form": form, "id": f"z-{purpose}", "rule": held})
    is_wrong = any(each["form"].errors for each in shown)
    return page(
        request, "rules", _("Rules of sending"), under="zoco_consent_rules",
        status=422 if is_wrong else 200, rules=shown, may_change=may_change,
    )  # fmt: skip
