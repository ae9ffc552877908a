"""People as a file: all, those whom the list shows, or all of one. Who took it is written down."""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from zoco.kit import noting
from zoco.ledger.store.opening import store
from zoco.people.giving.person import person_told
from zoco.people.giving.sheets import export_named
from zoco.people.models import Person
from zoco.people.opening import for_whom
from zoco.people.paging import people_all
from zoco.people.screens.listing import asked_for
from zoco.people.screens.opening import EXPORT
from zoco.people.screens.person import person_or_404
from zoco.people.standing import standing

KINDS = ("csv", "xlsx")


@for_whom(EXPORT, "POST")
def export(request: HttpRequest) -> HttpResponseBase:
    """Give a file of the people who fit what was searched for."""
    kind = request.POST.get("kind", "csv")
    if kind not in KINDS:
        raise Http404
    query, tag = asked_for(request.POST)
    found = people_all(query=query, tag=tag)
    details: dict[str, Any] = {"exported": [None, len(found)]}
    noting.note(action="exported", kind=Person._meta.label_lower, name=kind, details=details, by=request.user)
    content, written = export_named(found, kind)
    answer = StreamingHttpResponse(content, content_type=written)
    answer["Content-Disposition"] = f'attachment; filename="people.{kind}"'
    return answer


@for_whom(EXPORT, "POST")
def export_one(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give everything that is held of one person; of who was merged, of whoever stands for him."""
    found = standing(person_or_404(pk))
    file = person_told(store=store(), person=found)
    label, name = Person._meta.label_lower, f"#{found.pk}"
    noting.note(action="exported", kind=label, name=name, details={}, by=request.user)
    return FileResponse(file, as_attachment=True, filename=f"person-{found.pk}.zip")
