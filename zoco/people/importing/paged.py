"""What pages of imports share: a file taken whole or in pieces, what may be done, what was refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zoco.ledger.pictures import formats
from zoco.ledger.pictures.spoken import spoken
from zoco.people.importing.files.refusals import refused_texts
from zoco.people.importing.uploaded import has_report, refusals_of
from zoco.sites.stepped import ImportWrong, Stepped, SteppedRun
from zoco.sites.wording import said_again

Run = TypeVar("Run", bound=SteppedRun)
PIECE_MOST = 8 << 20
ONE_PIECE = 1 << 20
State = SteppedRun.State
ICONS = {State.DONE: "check", State.FAILED: "warning", State.STOPPED: "cross"}


class UploadForm(forms.Form):
    """Which file: itself, or its name and size where a script sends it in pieces."""

    file = forms.FileField(label=gettext_lazy("File"), required=False)
    name = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)
    size = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, about: Any = "") -> None:
        """`about` says which files may be."""
        super().__init__(*args)
        self.fields["file"].help_text = about


def begun(
    request: HttpRequest,
    form: UploadForm,
    *,
    runs: Stepped[Run],
    begin: Callable[[str, int], Run],
    read: Callable[[Run], object],
    page: str,
    again: Callable[[], HttpResponseBase],
    nothing: str,
) -> HttpResponseBase:
    """Begin an import with the whole file, or with its name and size, for pieces that follow.

    `begin` notes it by name and size and may raise ImportWrong, `read` has it read once it is whole. `page`
    names its address, `page` and "_part" that of its pieces. `again` shows the form with what is wrong,
    `nothing` says that no file was chosen.
    """
    form.is_valid()
    file = form.cleaned_data.get("file")
    is_script = request.headers.get("Accept") == "application/json"
    try:
        run = begin(*_named(form, file, nothing))
        _whole_taken(file, run, runs)
    except ImportWrong as error:
        if is_script:
            return JsonResponse({"error": str(error)}, status=422)
        if "file" not in form.errors:
            form.add_error("file", str(error))
        return again()
    if file:
        read(run)
    where = reverse(page, args=[run.pk])
    if is_script:
        return JsonResponse({"page": where, "part": reverse(f"{page}_part", args=[run.pk])})
    return redirect(where)


def _named(form: UploadForm, file: UploadedFile[Any] | None, nothing: str) -> tuple[str, int]:
    """Return the name and size of what is uploaded; raises ImportWrong where nothing is."""
    name, size = form.cleaned_data.get("name") or "", form.cleaned_data.get("size") or 0
    if file:
        return file.name or "", file.size or 0
    if not (name and size):
        raise ImportWrong(_("The file is empty.") if name or "file" in form.errors else nothing)
    return name, size


def _whole_taken(file: UploadedFile[Any] | None, run: Run, runs: Stepped[Run]) -> None:
    offset = 0
    while file and (piece := file.read(ONE_PIECE)):
        offset = runs.part_take(run, offset=offset, piece=piece)


def piece_taken(
    request: HttpRequest, run: Run, *, runs: Stepped[Run], read: Callable[[Run], object]
) -> JsonResponse:
    """Take a piece of a file; the body is its bytes. The last one has the file read."""
    offset = request.GET.get("offset", "")
    piece = request.read(PIECE_MOST + 1)
    if not (offset.isascii() and offset.isdigit()) or len(offset) > 18 or len(piece) > PIECE_MOST:
        return JsonResponse({"error": _("This is no piece of a file.")}, status=422)
    try:
        received = runs.part_take(run, offset=int(offset), piece=piece)
    except ImportWrong as error:
        return JsonResponse({"error": str(error), "received": run.received}, status=409)
    if received == run.size:
        read(run)
    return JsonResponse({"received": received, "size": run.size})


def is_mapped(request: HttpRequest, run: SteppedRun) -> bool:
    """Return whether the page of an import asks what its columns are."""
    return run.state == State.READ or (run.state == State.PLANNED and "change" in request.GET)


def standing(run: SteppedRun, form: forms.Form | None, *, page: str, may: bool) -> dict[str, Any]:
    """Return what the page of an import says of how far it is, and what its reader may do with it.

    `page` names its address; "_part" and "_act" behind it name those of pieces and of what is done.
    """
    is_open = run.state == State.WORKING
    return {
        "run": run,
        "form": form,
        "page_url": reverse(page, args=[run.pk]),
        "part_url": reverse(f"{page}_part", args=[run.pk]),
        "act_url": reverse(f"{page}_act", args=[run.pk]),
        "said": said_again(run.said, run.said_places),
        "icon": ICONS.get(State(run.state), "time"),
        "is_open": is_open,
        "share": round(100 * run.done / run.total) if run.total and is_open else 0,
        "may_upload": may and run.state == State.UPLOADING,
        "may_write": may and run.state == State.PLANNED and not form,
        "may_stop": may and is_open,
        "may_go_on": may and run.state in (State.STOPPED, State.FAILED) and bool(run.total),
        "may_discard": may and not is_open,
    }


def acted(
    do: str,
    run: Run,
    *,
    runs: Stepped[Run],
    write: Callable[[Run], object],
    go_on: Callable[[Run], object],
) -> bool:
    """Import, stop, go on or discard, as a button says; returns whether nothing is left to be shown."""
    match do:
        case "write":
            write(run)
        case "stop":
            runs.stop(run)
        case "on":
            go_on(run)
        case "discard":
            runs.discard(run)
            return True
    return False


def line_of(run: SteppedRun, page: str, made_by: str, counts: Mapping[str, int]) -> dict[str, Any]:
    """Return the line of a list about an import: its page, who made the file, and how many rows came to what.

    `counts` are by what stands above them; of an import that is not over there are none.
    """
    is_over = bool(run.counts) and run.state == State.DONE
    return {
        "run": run,
        "url": reverse(page, args=[run.pk]),
        "icon": ICONS.get(State(run.state), "time"),
        "made_by": made_by or "–",
        "figures": [(head, formats.count(count) if is_over else "–") for head, count in counts.items()],
    }


def refusals_sent(run: Run, *, runs: Stepped[Run]) -> StreamingHttpResponse:
    """Hand out the rows that were refused, each with its line and the reason. Raises Http404."""
    path = refusals_of(runs, run)
    if not has_report(runs, run):
        raise Http404(_("Nothing was refused, or it is no longer kept."))
    told = refused_texts(
        path, names=[each["name"] for each in run.forms], keys=[each["key"] for each in run.columns]
    )
    answer = StreamingHttpResponse(spoken(told), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="refused-{run.pk}.csv"'
    return answer
