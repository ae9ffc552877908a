"""Pages of imports: the list with its form, one import from its upload to its report, what was refused."""

from datetime import datetime
from itertools import islice
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zoco.kit import noting
from zoco.ledger.pictures import formats, moments
from zoco.ledger.views.heads import head
from zoco.people.importing import running
from zoco.people.importing.choosing import MappingForm, field_label
from zoco.people.importing.files.reading import rows_from
from zoco.people.importing.models import PeopleImport
from zoco.people.importing.paged import (
    UploadForm,
    acted,
    begun,
    is_mapped,
    line_of,
    piece_taken,
    refusals_sent,
    standing,
)
from zoco.people.importing.past.cells import Past
from zoco.people.importing.programs import program_named
from zoco.people.importing.said import COUNTS, counted, tables_said
from zoco.people.importing.steps import ROWS, mapper_of
from zoco.people.importing.uploaded import has_report
from zoco.people.opening import for_whom
from zoco.people.screens.opening import EXPORT
from zoco.people.screens.person import value_shown
from zoco.sites.wording import said_whole

SEE, MAKE = (f"zoco_people.{verb}_peopleimport" for verb in ("view", "add"))
PAGE = "zoco_people_import"
LISTED, SHOWN = 100, 8
State = PeopleImport.State


def upload_form(*given: Any) -> UploadForm:
    """Return the form for a file of people."""
    about = _("CSV, a workbook (.xlsx), JSON, or a zip of CSV and JSON files; of any program.")
    return UploadForm(*given, about=about)


def _read(run: PeopleImport) -> None:
    running.step_begin(run=run, step="read")


@for_whom(SEE)
def listing(request: HttpRequest) -> HttpResponse:
    """List the imports, the newest first, and offer to make one."""
    return _listing(request, upload_form())


def _listing(request: HttpRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    runs = PeopleImport.objects.select_related("created_by")[:LISTED]
    shown = {
        **head(_("Import people"), "upload"),
        "form": form,
        "lines": [_line(each) for each in runs],
        "may_make": request.user.has_perm(MAKE),
    }
    return render(request, "zoco/people/imports/imports.html", shown, status=status)


def _line(run: PeopleImport) -> dict[str, Any]:
    counts = {
        pgettext("import", "New people"): run.counts.get("added", 0),
        pgettext("import", "Changed people"): run.counts.get("changed", 0),
        pgettext("import", "Refused rows"): run.counts.get("refused", 0),
    }
    return line_of(run, PAGE, program_named(run.kind).label, counts)


@for_whom(MAKE, "POST")
def new(request: HttpRequest) -> HttpResponseBase:
    """Begin an import: with the whole file, or with its name and size, for pieces that follow."""
    form = upload_form(request.POST, request.FILES)
    by = request.user if isinstance(request.user, User) else None
    return begun(
        request,
        form,
        runs=running.RUNS,
        begin=lambda name, size: running.import_begin(name=name, size=size, by=by, at=timezone.now()),
        read=_read,
        page=PAGE,
        again=lambda: _listing(request, form, 422),
        nothing=_("Choose the file with the people."),
    )


@for_whom(MAKE, "POST")
def part(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a piece of a file; the body is its bytes. The last one has the file read."""
    return piece_taken(request, get_object_or_404(PeopleImport, pk=pk), runs=running.RUNS, read=_read)


@for_whom(SEE)
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far an import is, and what can be done with it."""
    return _one(request, get_object_or_404(PeopleImport, pk=pk))


def _one(request: HttpRequest, run: PeopleImport, form: MappingForm | None = None) -> HttpResponse:
    may = request.user.has_perm(MAKE)
    if form is None and may and is_mapped(request, run):
        form = MappingForm(run)
    counts = run.plan if run.state == State.PLANNED else run.counts
    shown = {
        **head(run.name, "upload"),
        **standing(run, form, page=PAGE, may=may),
        "forget": _("Forget this import; the people stay"),
        "made_by": program_named(run.kind).label,
        "rows": formats.count(run.total),
        "tables": tables_said(run.forms),
        "counts": [] if form else counted(counts, is_plan=run.state == State.PLANNED),
        "preview": _preview(run) if run.state == State.PLANNED and not form else None,
        "has_report": request.user.has_perm(EXPORT) and has_report(running.RUNS, run),
    }
    return render(request, "zoco/people/imports/one.html", shown, status=422 if form and form.errors else 200)


def _preview(run: PeopleImport) -> list[dict[str, Any]]:
    """Return the first rows as they will become."""
    mapper = mapper_of(run)
    labels = {key: each.label for key, each in (mapper.own | mapper.new).items()}
    found = []
    for _place, row in islice(rows_from(running.RUNS.folder_of(run) / ROWS, 0), SHOWN):
        made = mapper.made(row)
        known = [
            *((field_label(name), value) for name, value in made.fields.items()),
            *((labels[key], value) for key, value in made.attributes.items()),
            *((deed.said, _done(made.past, at)) for deed, at in made.past.deeds),
        ]
        found.append(
            {
                "line": made.line,
                "identities": ", ".join(each.value for each in made.identities),
                "facts": "; ".join(f"{label}: {_plain(value)}" for label, value in known),
                "tags": ", ".join(made.tags),
                "permission": ", ".join(str(COUNTS[word]) for word in dict.fromkeys(made.words.values())),
                "wrong": said_whole(made.wrong) if made.wrong else "",
            }
        )
    return found


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return (
        ", ".join(value)
        if isinstance(value, list)
        else value_shown("number", value)
        if isinstance(value, float)
        else str(value)
    )


def _done(past: Past, at: datetime) -> str:
    return ", ".join(filter(None, (moments.said(at), past.letter, past.link)))


@for_whom(MAKE, "POST")
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Try it out as it was mapped, import, stop, go on, or discard."""
    run = get_object_or_404(PeopleImport, pk=pk)
    do = request.POST.get("do", "")
    if do == "plan":
        form = MappingForm(run, request.POST)
        if not form.is_valid():
            return _one(request, run, form)
        mapping, options = form.chosen
        running.plan_begin(run=run, mapping=mapping, options=options)
    elif acted(do, run, runs=running.RUNS, write=_write, go_on=_go_on):
        return redirect("zoco_people_imports")
    return redirect(PAGE, pk=pk)


def _write(run: PeopleImport) -> None:
    running.write_begin(run=run)


def _go_on(run: PeopleImport) -> None:
    running.go_on(run=run)


@for_whom(EXPORT, "POST")
def refused(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the rows that were refused, each with its line and the reason; who took them is noted."""
    run = get_object_or_404(PeopleImport, pk=pk)
    answer = refusals_sent(run, runs=running.RUNS)
    label = PeopleImport._meta.label_lower
    noting.note(action="exported", kind=label, name=f"#{pk}", details={}, by=request.user)
    return answer
