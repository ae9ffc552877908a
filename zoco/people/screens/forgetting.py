"""Erasing one person on a page: what goes is said, the name typed, and the worker does it."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from zoco.kit import noting
from zoco.ledger.views.heads import head
from zoco.people.erasing import merged_with
from zoco.people.models import Person
from zoco.people.opening import for_whom
from zoco.people.screens.opening import ERASE
from zoco.people.screens.person import person_or_404
from zoco.people.tasks import person_erase


@for_whom(ERASE, "GET", "HEAD", "POST")
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what goes; POST with the name typed has it erased in the background."""
    found = person_or_404(pk)
    if found.merged_into_id:
        return redirect("zoco_person_erase", pk=found.merged_into_id)
    is_sent, typed = request.method == "POST", request.POST.get("typed", "")
    if is_sent and " ".join(typed.split()).casefold() == " ".join(str(found).split()).casefold():
        with transaction.atomic():
            merged = sorted(merged_with([pk]) - {pk})
            details = {"merged": [len(merged), None]}
            noting.note(
                action="erased",
                kind=Person._meta.label_lower,
                name=f"#{pk}",
                details=details,
                by=request.user,
            )
            person_erase.enqueue(person=pk, merged=merged)
        messages.success(request, _("This person is being erased; in some minutes nothing is left."))
        return redirect("zoco_people")
    others = Person.objects.filter(pk__in=merged_with([pk])).exclude(pk=pk)
    shown = {
        **head(_("Erase %(name)s") % {"name": str(found)}, "bin"),
        "person": found,
        "is_wrong": is_sent,
        "typed": typed[:200],
        "merged": [str(each) for each in others.order_by("pk")],
    }
    return render(request, "zoco/people/erase.html", shown, status=422 if is_sent else 200)
