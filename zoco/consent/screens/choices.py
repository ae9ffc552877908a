"""The page of choices: what people chose, the newest first, with the proof of each."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import pgettext

from zoco.consent.models import Choice, Purpose, Topic
from zoco.consent.proofs import proof_named, proofs_said
from zoco.consent.screens.forms import ChoicesForm
from zoco.consent.screens.opening import SEE_CHOICES, page
from zoco.ledger.pictures import moments
from zoco.people.opening import for_whom

SIZE = 50
ICONS = {Choice.State.ASKED: "time", Choice.State.GIVEN: "check", Choice.State.WITHDRAWN: "cross"}


@for_whom(SEE_CHOICES)
def choices(request: HttpRequest) -> HttpResponse:
    """List choices with their proof."""
    form = ChoicesForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    rows = Choice.objects.select_related("person").order_by("-at", "-pk")
    for name in ("state", "topic"):
        if given.get(name):
            rows = rows.filter(**{name: given[name]})
    listed = Paginator(rows, SIZE).get_page(request.GET.get("page"))
    labels = {each.key: each.said("label") for each in Topic.objects.all()}
    said = proofs_said(list(listed), moments.said)
    return page(
        request, "choices", pgettext("consent", "Choices"), under="zoco_consent_choices",
        form=form, page=listed, lines=[_line(each, labels, said.get(each.pk, "")) for each in listed],
        is_empty=not any(given.values()) and not listed.paginator.count,
    )  # fmt: skip


def _line(choice: Choice, labels: dict[str, str], said: str) -> dict[str, Any]:
    parts = [str(Purpose(choice.purpose).label), labels.get(choice.topic, choice.topic), choice.adapter]
    state = Choice.State(choice.state)
    return {
        "choice": choice,
        "person": choice.person,
        "what": " · ".join(each for each in parts if each),
        "state": state.label,
        "icon": ICONS[state],
        "said": said,
        "proof": proof_named(choice.proof, moments.said),
    }
